import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineNumbers, NumberedHit } from './line-numbers.ts';

test('lines have their numbers, in whatever order they are asked for', () => {
  const lines = fc.array(fc.constantFrom('', 'a', 'some words', '\r'), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 1_000 }), fc.array(fc.nat()), (texts, firstLine, asked) => {
      const starts = texts.map((_, at) => texts.slice(0, at).reduce((sum, text) => sum + text.length + 1, 0));
      const numbers = new LineNumbers(Buffer.from(texts.join('\n')), firstLine);
      for (const one of asked) {
        const at = one % texts.length;
        expect(numbers.at(starts[at] as number)).toBe(firstLine + at);
      }
    }),
  );
});

test('a hit has the number of its line', () => {
  const numbers = new LineNumbers(Buffer.from('one\ntwo\nthree'), 7);
  const hits = [new NumberedHit(8, 13, numbers), new NumberedHit(4, 7, numbers), new NumberedHit(0, 3, numbers)];
  expect(hits.map(({ line }) => line)).toEqual([9, 8, 7]);
});
