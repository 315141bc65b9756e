import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOOK_BACK_LINES } from '../time/look-back.ts';
import { BUCKET_CARRIED } from './slab.ts';
import {
  BUCKET_FIELDS,
  type BucketTable,
  coarser,
  packBuckets,
  TimeHistogram,
  unpackBuckets,
} from './time-histogram.ts';

const run = fc.tuple(
  fc.oneof(fc.constant(BUCKET_CARRIED), fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 2 ** 31 - 1 })),
  fc.nat(9),
  fc.nat(9),
  fc.nat(9),
  fc.nat(9),
);

function rows(table: BucketTable): number[][] {
  return Array.from({ length: table.length / BUCKET_FIELDS }, (_, nth) => [
    ...table.subarray(nth * BUCKET_FIELDS, (nth + 1) * BUCKET_FIELDS),
  ]);
}

describe('a histogram', () => {
  test('counts every line once at every level, in its bucket', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 200 }), (runs) => {
        const histogram = new TimeHistogram();
        // One block of few lines: nothing is far behind a stamp.
        histogram.add(Int32Array.from(runs.flat()), 0, runs.length, { lines: 1, carried: 0 });
        const expected = new Map<number, number[]>();
        let left = 0;
        let last = BUCKET_CARRIED;
        for (const [bucket, ...counts] of runs) {
          last = bucket === BUCKET_CARRIED ? last : bucket;
          if (last === BUCKET_CARRIED) left += counts.reduce((sum, one) => sum + one, 0);
          else
            expected.set(
              last,
              (expected.get(last) ?? [0, 0, 0, 0]).map((one, at) => one + (counts[at] as number)),
            );
        }
        expect(histogram.left).toBe(left);
        for (const width of [1, 12, 180]) {
          const coarse = new Map<number, number[]>();
          for (const [bucket, counts] of expected) {
            if (counts.every((one) => one === 0)) continue;
            const to = Math.floor(bucket / width);
            coarse.set(
              to,
              (coarse.get(to) ?? [0, 0, 0, 0]).map((one, at) => one + (counts[at] as number)),
            );
          }
          const table = coarser(histogram.table(), width);
          expect(rows(table)).toEqual(
            [...coarse].sort((a, b) => a[0] - b[0]).map(([bucket, counts]) => [bucket, ...counts]),
          );
          expect(unpackBuckets(packBuckets(table))).toEqual(table);
        }
      }),
    );
  });

  test('a file of random times is counted, not kept without end', () => {
    const histogram = new TimeHistogram();
    const runs = Array.from({ length: 6_000 }, (_, nth) => [nth * 2_000, 1, 0, 0, 0]);
    histogram.add(Int32Array.from(runs.flat()), 0, runs.length, { lines: 6_000, carried: 0 });
    const kept = rows(histogram.table()).length;
    expect(kept).toBe(4_096);
    expect(histogram.left).toBe(6_000 - kept);
  });

  test('the time of a stamp is carried over LOOK_BACK_LINES of the next blocks, no further', () => {
    const histogram = new TimeHistogram();
    const add = (runs: number[][], lines: number, carried: number) =>
      histogram.add(Int32Array.from(runs.flat()), 0, runs.length, { lines, carried });
    const carriedRun = (none: number, error = 0) => [BUCKET_CARRIED, none, 0, 0, error];
    add([carriedRun(3)], 3, 3);
    expect([histogram.left, histogram.carries]).toEqual([3, LOOK_BACK_LINES - 3]);
    add([[7, 1, 0, 0, 0]], 50, 49);
    add([carriedRun(100)], 100, 100);
    expect(histogram.carries).toBe(LOOK_BACK_LINES - 149);
    const left = histogram.left;
    add([carriedRun(0, 40), carriedRun(30), carriedRun(0, 5)], 75, 75);
    expect(rows(histogram.table())).toEqual([[7, 101 + 11, 0, 0, 40]]);
    expect([histogram.left - left, histogram.carries]).toEqual([19 + 5, 0]);
    add([[9, 2, 0, 0, 0]], 2, 0);
    add([carriedRun(1)], 1, 1);
    expect(rows(histogram.table())[1]).toEqual([9, 3, 0, 0, 0]);
  });

  test('a package of more buckets than are kept gives no more', () => {
    expect(unpackBuckets(new Uint8Array(22_000_000))).toHaveLength(4096 * 1024 * 5);
  });

  test('a cut package ends early', () => {
    const packed = packBuckets(Int32Array.from([5, 1, 2, 300, 4]));
    for (let length = 0; length < packed.length; length++) {
      expect(unpackBuckets(packed.subarray(0, length))).toHaveLength(0);
    }
  });
});
