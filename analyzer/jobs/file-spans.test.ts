import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimeBucket } from '../core/case-reader.ts';
import { spansOf } from './file-spans.ts';

const bucket = (nth: number, lines = 1): TimeBucket => ({ time: nth * 10, counts: [lines, 0, 0, 0] });

describe('spansOf', () => {
  it('joins what follows without a gap', () => {
    expect(spansOf([bucket(1), bucket(2, 5), bucket(4)], 10, 64)).toEqual([
      { from: 10, to: 30, lines: 6 },
      { from: 40, to: 50, lines: 1 },
    ]);
    expect(spansOf([], 10, 64)).toEqual([]);
  });

  it('leaves the shortest gaps out where there would be too many', () => {
    const buckets = [0, 2, 10, 13, 40, 42].map((nth) => bucket(nth));
    expect(spansOf(buckets, 10, 3).map(({ from, to }) => [from, to])).toEqual([
      [0, 30],
      [100, 140],
      [400, 430],
    ]);
    expect(spansOf(buckets, 10, 1)).toEqual([{ from: 0, to: 430, lines: 6 }]);
  });

  it('covers every bucket once, in order, with no more spans than asked', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(400), { maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (places, most) => {
        const buckets = places.sort((a, b) => a - b).map((nth) => bucket(nth, nth + 1));
        const spans = spansOf(buckets, 10, most);
        expect(spans.length).toBeLessThanOrEqual(most);
        expect(spans.length > 0).toBe(buckets.length > 0);
        expect(spans.every((span, nth) => nth === 0 || span.from > (spans[nth - 1]?.to ?? 0))).toBe(true);
        for (const { from, to, lines } of spans) {
          const inside = buckets.filter(({ time }) => time >= from && time < to);
          expect(inside.reduce((sum, { counts }) => sum + counts[0], 0)).toBe(lines);
          expect([inside[0]?.time, (inside.at(-1)?.time ?? 0) + 10]).toEqual([from, to]);
        }
        expect(spans.reduce((sum, { lines }) => sum + lines, 0)).toBe(places.reduce((sum, nth) => sum + nth + 1, 0));
      }),
    );
  });
});
