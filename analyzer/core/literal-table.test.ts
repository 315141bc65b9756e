import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hitAt, hitLiteral, LiteralTable } from './literal-table.ts';

/** Few different bytes, so that literals overlap and repeat. */
const word = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('a', 'b', 'E', ' ', '"'), minLength, maxLength });

describe('LiteralTable', () => {
  it('finds every occurrence of every literal that is asked for, in the order in which they stand, wherever the bytes lie', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(word(1, 20), { minLength: 1, maxLength: 8 }),
        fc.array(fc.oneof(word(0, 6), fc.constant('\n'), fc.nat({ max: 7 })), { maxLength: 30 }),
        fc.nat({ max: 3 }),
        fc.nat({ max: 255 }),
        (literals, parts, shift, asked) => {
          const text = parts.map((part) => (typeof part === 'number' ? (literals[part] ?? '') : part)).join('');
          const bytes = Buffer.from('x'.repeat(shift) + text).subarray(shift);
          const among = literals.flatMap((_, nth) => ((asked >> nth) & 1 ? [nth] : []));
          const hits = new LiteralTable(literals.map((literal) => Buffer.from(literal))).find(bytes, among);
          const expected = [...text].flatMap((_, at) =>
            among.flatMap((nth) => (text.startsWith(literals[nth] as string, at) ? [[at, nth]] : [])),
          );
          expect(hits.map((hit) => [hitAt(hit), hitLiteral(hit)])).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('looks for others the next time', () => {
    const table = new LiteralTable([Buffer.from('one literal'), Buffer.from('another one'), Buffer.from('EOF')]);
    const bytes = Buffer.from('EOF one literal, another one');
    expect(table.find(bytes, [0]).map(hitLiteral)).toEqual([0]);
    expect(table.find(bytes, [1, 2]).map(hitLiteral)).toEqual([2, 1]);
    expect(table.find(bytes, [])).toEqual([]);
  });
});
