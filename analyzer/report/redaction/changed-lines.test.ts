import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChangedLines, changedLines } from './changed-lines.ts';

function applied(made: readonly string[], changes: readonly ChangedLines[]): readonly string[] {
  let out = [...made];
  for (const { from, until, text } of [...changes].reverse()) {
    out = [...out.slice(0, from - 1), ...text.split('\n'), ...out.slice(until)];
  }
  return out;
}

test('what it says makes one text of the other', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (made, wanted) => {
      expect(applied(made, changedLines(made, wanted))).toEqual(wanted);
    }),
    { numRuns: 2000 },
  );
});

test('a section that is gone is no change of all that follows', () => {
  const many = Array.from({ length: 300 }, (_, at) => `line ${at}`);
  const made = [...many.slice(0, 100), 'It is redacted.', '', ...many.slice(100)];
  const changes = changedLines(made, many);
  expect(applied(made, changes)).toEqual(many);
  expect(changes.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(20);
});
