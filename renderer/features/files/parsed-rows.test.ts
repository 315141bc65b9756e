import { describe, expect, it } from 'vitest';
import { entityRanges, type Message, parsedRows } from './parsed-rows.ts';

const message = (line: number, lines: number, text = 'x'): Message => ({
  line,
  lines,
  time: null,
  timeBasis: null,
  severity: null,
  level: null,
  component: null,
  host: null,
  pid: null,
  source: null,
  message: text,
  entities: [],
});

describe('messages as rows', () => {
  it('give each line a row: it begins a message or goes on with one', () => {
    const rows = parsedRows([message(8, 4), message(12, 1), message(13, 9)], 10, 5);
    expect(rows.map((row) => (row.kind === 'message' ? row.message.line : '-'))).toEqual(['-', '-', 12, 13, '-']);
    expect(parsedRows([], 1, 3)).toHaveLength(3);
  });

  it('end where an answer of long messages was cut short', () => {
    const long = 'y'.repeat(600_000);
    expect(parsedRows([message(1, 1, long), message(2, 2, long)], 1, 200)).toHaveLength(3);
    expect(parsedRows([message(1, 900, long + long)], 1, 200)).toHaveLength(200);
  });
});

describe('entities in a text', () => {
  it('are found wherever they stand, the longest name first', () => {
    const text = 'pod ns/app-1 of ns/app-1-x at 10.0.0.1';
    const found = entityRanges(text, [
      { kind: 'pod', name: 'ns/app-1' },
      { kind: 'pod', name: 'ns/app-1-x' },
      { kind: 'ip', name: '10.0.0.1' },
      { kind: 'pod', name: '' },
    ] as Message['entities']);
    expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(['ns/app-1', 'ns/app-1-x', '10.0.0.1']);
    expect(found[1]?.title).toBe('pod ns/app-1-x');
  });
});
