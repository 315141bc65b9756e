import { describe, expect, it } from 'vitest';
import type { Correlation } from '../../core/correlation.ts';
import { ok } from '../../core/failure.ts';
import { type TestWorld, type TestWorldOptions, testWorlds, WHOLE_BUNDLE } from './test-world.ts';

const caseWorld = testWorlds({ cases: ['mine'] });
const NONE: Correlation = {
  pivot: null,
  window: { from: null, to: null, because: 'pivot', sentence: 'No window.', inside: 0, outside: 9, undated: 0 },
  events: [],
  eventsNotListed: 0,
  chains: [],
  gaps: [],
  clocks: null,
  empty: 'No line in scope matches.',
};
const PIVOT: Correlation['pivot'] = {
  kind: 'time',
  time: '2024-05-01T12:00:00.000Z',
  evidence: null,
  finding: null,
  sentence: 'the instant as given',
};

function world(answer: Partial<Correlation> = { pivot: PIVOT, empty: 'Nothing there.' }): TestWorld {
  const answers: TestWorldOptions['answers'] = { 'correlate.run': () => ok({ ...NONE, ...answer }) };
  return caseWorld({ answers });
}

describe('correlate', () => {
  it.each([
    ['0123456789abcdef', { finding: '0123456789abcdef' }],
    ['2024-05-01T12:00:05', { time: '2024-05-01T12:00:05' }],
    ['kube-proxy', { text: 'kube-proxy' }],
    ['10.0.0.1:443', { text: '10.0.0.1:443' }],
    ['"sync failed" OR refused', { text: '"sync failed" OR refused' }],
  ])('takes %s for what it is', async (word, pivot) => {
    const here = world();
    expect(await here.run('correlate', 'mine', '--pivot', word)).toBe(0);
    expect(here.calls.at(-1)?.input).toMatchObject({ pivot, bundles: null, from: null, to: null, limit: 15 });
  });

  it('passes everything on', async () => {
    const here = world();
    const words = ['--window', '90s', '--from', '2024-05-01', '--to', '2024-05-02', '--limit', '3'];
    expect(await here.run('correlate', 'mine', '--pivot', 'x', ...words, '--node', WHOLE_BUNDLE.node ?? '')).toBe(0);
    expect(here.calls.at(-1)?.input).toMatchObject({
      windowMs: 90_000,
      from: '2024-05-01',
      to: '2024-05-02',
      limit: 3,
      bundles: [WHOLE_BUNDLE.id],
    });
  });

  it.each([
    ['--window', '0s'],
    ['--window', '25h'],
    ['--window', '5'],
    ['--limit', '0'],
  ])('refuses %s %s before it opens anything', async (option, value) => {
    const here = world();
    expect(await here.run('correlate', 'mine', '--pivot', 'x', option, value)).toBe(2);
    expect(here.calls).toEqual([]);
  });

  it('needs a pivot', async () => {
    const here = world();
    expect(await here.run('correlate', 'mine')).toBe(2);
    expect(here.err()).toContain('--pivot');
  });

  it('ends with 2 when there is no pivot, with 0 when the window is empty; both say why', async () => {
    const none = world({});
    expect(await none.run('correlate', 'mine', '--pivot', 'x')).toBe(2);
    expect(none.out()).toBe('');
    expect(none.err()).toContain('No line in scope matches.');
    const empty = world();
    expect(await empty.run('correlate', 'mine', '--pivot', '2024-05-01')).toBe(0);
    expect(empty.out()).toContain('Pivot: the instant as given, 2024-05-01T12:00:00.000Z');
    expect(empty.err()).toContain('Nothing there.');
  });

  it('an empty pivot is refused in words', async () => {
    const here = world();
    expect(await here.run('correlate', 'mine', '--pivot', ' ')).toBe(2);
    expect(here.err()).toBe('coldcase: --pivot: A pivot is a finding, a time, FILE:LINE, or words.\n');
  });

  it('--json is the contract’s answer', async () => {
    const here = world();
    await here.run('correlate', 'mine', '--pivot', 'x', '--json');
    expect(JSON.parse(here.out())).toEqual({ ...NONE, bundlesNotOpened: [], pivot: PIVOT, empty: 'Nothing there.' });
  });
});
