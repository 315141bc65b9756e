import { describe, expect, it } from 'vitest';
import { type Here, parseGoTo } from './goto.ts';

const HERE: Here = { line: 500, total: 1_001, day: Date.UTC(2025, 9, 14, 10) };

describe('what is typed to go somewhere', () => {
  it.each([
    ['1', 1],
    [' 1,000 ', 1_000],
    ['9999999', 1_001],
    ['0', 1],
    ['+100', 600],
    ['- 100', 400],
    ['+10,000', 1_001],
    ['-10000', 1],
    ['0%', 1],
    ['50%', 501],
    ['99.9 %', 1_000],
    ['250%', 1_001],
  ])('%s is a line', (text, line) => {
    expect(parseGoTo(text, HERE)).toEqual({ kind: 'line', line });
  });

  it('a time alone is of the day of the line one is on', () => {
    expect(parseGoTo('12:03', HERE)).toEqual({ kind: 'time', ms: Date.UTC(2025, 9, 14, 12, 3) });
    expect(parseGoTo('2025-10-13T09:00:01.5Z', HERE)).toEqual({
      kind: 'time',
      ms: Date.UTC(2025, 9, 13, 9, 0, 1, 500),
    });
    expect(parseGoTo('2025-10-13', HERE)).toEqual({ kind: 'time', ms: Date.UTC(2025, 9, 13) });
  });

  it('a file without times says so, and takes a date all the same', () => {
    const said = parseGoTo('12:03', { ...HERE, day: null });
    expect(said.kind === 'wrong' ? said.message : '').toContain('known time');
    expect(parseGoTo('2025-10-13', { ...HERE, day: null }).kind).toBe('time');
  });

  it('a link is handed on as it is', () => {
    expect(parseGoTo(' coldcase://line/x ', HERE)).toEqual({ kind: 'link', link: 'coldcase://line/x' });
  });

  it.each(['', 'x', '12:99', '1.5', '%', '+', '2025-02-31'])('%s is wrong and says what is right', (text) => {
    const said = parseGoTo(text, HERE);
    expect(said.kind === 'wrong' ? said.message : '').toContain('from 1 to 1,001');
  });
});
