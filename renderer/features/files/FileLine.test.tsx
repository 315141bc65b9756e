import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { parseQuery } from '../../../analyzer/query/parse.ts';
import { createFakeBridge } from '../../bridge/fake/fake-bridge.ts';
import { createStores, StoresProvider } from '../../stores/stores.tsx';
import { FileLine, type FileLineProps } from './FileLine.tsx';
import type { Message } from './parsed-rows.ts';

afterEach(cleanup);

const MESSAGE: Message = {
  line: 7,
  lines: 3,
  time: '2025-10-14T10:07:44.812Z',
  timeBasis: 'explicit',
  severity: 'high',
  level: 'E',
  component: 'kubelet',
  host: null,
  pid: null,
  source: 'log.go:245',
  message: 'pod shop/web-1 refused by shop/web-10\nmore of it',
  entities: [
    { kind: 'pod', name: 'shop/web-1' },
    { kind: 'pod', name: 'shop/web-10' },
  ],
};

function line(part: Partial<FileLineProps>) {
  const stores = createStores(createFakeBridge({}), window);
  stores.highlights.getState().edit(() => [{ query: 'web', colour: 'green', shown: 'on' }]);
  const { container } = render(
    <StoresProvider stores={stores}>
      <FileLine
        id="line-7"
        number={7}
        total={9}
        row={{ text: 'E1014 10:07:44 log.go:245] pod shop/web-1 refused by shop/web-10', time: null }}
        parsed={null}
        version={1}
        query={null}
        cited={undefined}
        bookmark={undefined}
        look="other"
        length="beginning"
        onMeasure={() => undefined}
        onChoose={() => undefined}
        {...part}
      />
    </StoresProvider>,
  );
  return container;
}

function queryOf(text: string) {
  const parsed = parseQuery(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.query;
}

describe('a line of a file', () => {
  it('is its text, whatever is marked in it', () => {
    const shown = line({ query: queryOf('"web-1 refused"') }).querySelector('.line > span');
    expect(shown?.textContent).toBe('E1014 10:07:44 log.go:245] pod shop/web-1 refused by shop/web-10');
    const marks = [...(shown?.querySelectorAll('mark') ?? [])].map((mark) => `${mark.className}: ${mark.textContent}`);
    expect(marks).toEqual(['match hl hl--green: web', 'match : -1 refused', 'hl hl--green: web']);
  });

  it('is not marked by a query that it does not match as a whole', () => {
    expect(line({ query: queryOf('refused -by') }).querySelector('mark.match')).toBeNull();
  });

  it('parsed, is its fields and the first line of its message, with whole names marked', () => {
    const shown = line({ parsed: { kind: 'message', message: MESSAGE } });
    expect(shown.querySelector('.line > span:last-child')?.textContent).toBe('pod shop/web-1 refused by shop/web-10');
    expect([...shown.querySelectorAll('.entity')].map((one) => one.textContent)).toEqual(['shop/web-1', 'shop/web-10']);
    expect(shown.querySelector('time')?.getAttribute('datetime')).toBe(MESSAGE.time);
  });

  it('parsed, is marked by what of the query stands in its message, when the whole line matches', () => {
    const marks = (text: string) =>
      [
        ...line({ parsed: { kind: 'message', message: MESSAGE }, query: queryOf(text) }).querySelectorAll('mark.match'),
      ].map((mark) => mark.textContent);
    expect(marks('E1014 refused')).toEqual(['refused']);
    cleanup();
    expect(marks('E1015 refused')).toEqual([]);
  });

  it('of great length is shown by its beginning, and whole when it is asked for', () => {
    const row = { text: 'x'.repeat(10_000), time: null };
    expect(line({ row }).textContent).toContain('6,000 more characters');
    expect(line({ row, length: 'whole' }).querySelector('.line > span')?.textContent).toBe(row.text);
  });

  it('says that it is kept, with its note, and cited', () => {
    const shown = line({ bookmark: 'here', cited: 'critical' });
    expect(shown.querySelector('[aria-label="Bookmarked: here"]')).not.toBeNull();
    expect(shown.querySelector('.line')?.className).toContain('is-cited--critical');
  });
});
