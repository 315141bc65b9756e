import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CapturedText, eachLine, LINE_MAX } from './text-lines.ts';

function read(text: CapturedText): { readonly lines: readonly (readonly unknown[])[]; readonly count: number } {
  const lines: (readonly unknown[])[] = [];
  const count = eachLine(text, (line, number, ended) => lines.push([line, number, ended]));
  return { lines, count };
}

test('lines come without their endings, and whether they had one', () => {
  expect(read('a\r\n\nb')).toEqual({
    lines: [
      ['a', 1, true],
      ['', 2, true],
      ['b', 3, false],
    ],
    count: 3,
  });
  expect(read('')).toEqual({ lines: [], count: 0 });
  expect(read(['', 'a\n', ''])).toEqual({ lines: [['a', 1, true]], count: 1 });
});

test('a text in pieces has the lines of the whole one, wherever it was cut', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'ü', '\n', '\r'), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      expect(read(pieces)).toEqual(read(pieces.join('')));
    }),
  );
});

test('of a line that is too long over several pieces, enough comes to see that', () => {
  const long = 'x'.repeat(LINE_MAX + 1);
  const { lines, count } = read(['a\n', long, long, `${long}\nb\n`, long, long]);
  expect(lines.map(([line, number, ended]) => [String(line).length, number, ended])).toEqual([
    [1, 1, true],
    [LINE_MAX + 1, 2, true],
    [1, 3, true],
    [LINE_MAX + 1, 4, false],
  ]);
  expect(count).toBe(4);
});
