import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../analyzer/query/parse.ts';
import { mayMatch, rangesIn } from './may-match.ts';

const LINE = { text: 'E1014 lock is held by 18422', time: Date.UTC(2025, 9, 14, 10) };

function queryOf(text: string) {
  const parsed = parseQuery(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.query;
}

describe('what a line tells of a query', () => {
  it.each([
    ['lock', 'yes'],
    ['lock held', 'yes'],
    ['lock socket', 'no'],
    ['lock OR socket', 'yes'],
    ['-socket', 'yes'],
    ['-lock', 'no'],
    ['lock sev:error', 'maybe'],
    ['socket sev:error', 'no'],
    ['socket OR sev:error', 'maybe'],
    ['-sev:error', 'maybe'],
    ['file:messages', 'maybe'],
    ['/held by \\d+/', 'yes'],
    ['after:2025-10-14', 'yes'],
    ['lock before:2025-10-14', 'no'],
    ['-near:5m@2025-10-14T10:00', 'no'],
  ] as const)('%s: %s', (text, tells) => {
    expect(mayMatch(LINE, queryOf(text))).toBe(tells);
  });

  it('a line without a known time may match any time', () => {
    expect(mayMatch({ ...LINE, time: null }, queryOf('after:2030-01-01'))).toBe('maybe');
  });

  it('marks what matches, in lines that may match as a whole', () => {
    expect(rangesIn(LINE, queryOf('lock'))).toEqual([[6, 10]]);
    expect(rangesIn(LINE, queryOf('lock -held'))).toEqual([]);
    expect(rangesIn(LINE, null)).toEqual([]);
  });
});
