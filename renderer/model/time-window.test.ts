import { describe, expect, it } from 'vitest';
import { parseInstant, queryTime, windowLabel } from './time-window.ts';

const at = (iso: string) => Date.parse(iso);

describe('instants that are typed', () => {
  it('are read in UTC unless a zone is given', () => {
    expect(parseInstant('2025-10-14', null)).toBe(at('2025-10-14T00:00:00Z'));
    expect(parseInstant('2025-10-14 10:05', null)).toBe(at('2025-10-14T10:05:00Z'));
    expect(parseInstant('2025-10-14T10:05:09.5Z', null)).toBe(at('2025-10-14T10:05:09.500Z'));
    expect(parseInstant('2025-10-14T10:05+02:00', null)).toBe(at('2025-10-14T08:05:00Z'));
    expect(parseInstant('2025-10-14T10:05-00:30', null)).toBe(at('2025-10-14T10:35:00Z'));
  });

  it('may be a time of a known day', () => {
    expect(parseInstant('9:05', at('2025-10-14T23:00:00Z'))).toBe(at('2025-10-14T09:05:00Z'));
    expect(parseInstant('9:05', null)).toBeNull();
  });

  it('are refused when there is no such instant', () => {
    for (const text of ['', 'now', '2025-13-01', '2025-02-31', '2025-10-14 25:00', '2025-10-14 10:61'])
      expect(parseInstant(text, 0)).toBeNull();
  });
});

describe('a window of time', () => {
  it('is named by its ends, the day once', () => {
    const from = at('2025-10-14T10:00:00Z');
    expect(windowLabel({ from, to: at('2025-10-14T11:05:00Z') })).toBe('14 Oct 10:00 to 11:05');
    expect(windowLabel({ from, to: at('2025-10-15T00:00:30Z') })).toBe('14 Oct 10:00 to 15 Oct 00:00:30');
    expect(windowLabel({ from, to: null })).toBe('from 14 Oct 10:00');
    expect(windowLabel({ from: null, to: from })).toBe('before 14 Oct 10:00');
  });

  it('is written as the query language takes it', () => {
    expect(queryTime(at('2025-10-14T10:00:00Z'))).toBe('2025-10-14T10:00Z');
    expect(queryTime(at('2025-10-14T10:00:05Z'))).toBe('2025-10-14T10:00:05Z');
    expect(queryTime(at('2025-10-14T10:00:05.25Z'))).toBe('2025-10-14T10:00:05.250Z');
  });
});
