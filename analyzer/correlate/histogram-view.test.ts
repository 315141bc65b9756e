import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addBuckets,
  type BucketTable,
  bucketTable,
  columnsOf,
  LaneCount,
  LEVEL_MS,
  type Level,
} from './histogram-view.ts';

const DAY = 86_400_000;
const NOON = Date.UTC(2024, 4, 1, 12);

describe('columns', () => {
  it.each<[number, number, number]>([
    [600_000, 600, 1_000],
    [600_001, 600, 2_000],
    [3_600_000, 600, 10_000],
    [3_600_000, 60, 60_000],
    [DAY, 600, 300_000],
    [30 * DAY, 600, 7_200_000],
    [100 * 365 * DAY, 600, 100 * DAY],
    [100 * 365 * DAY, 4_000, 10 * DAY],
  ])('%d ms in at most %d: of %d ms', (ms, most, bucketMs) => {
    expect(columnsOf({ from: 0, to: ms }, most, 0).bucketMs).toBe(bucketMs);
  });

  it('are never more than asked for, begin at a multiple of their width, and hold the span', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -8e15, max: 8e15 }),
        fc.integer({ min: 1, max: 8e15 }),
        fc.integer({ min: 2, max: 4_000 }),
        (from, ms, most) => {
          const { start, bucketMs, count } = columnsOf({ from, to: from + ms }, most, 0);
          expect(count).toBeLessThanOrEqual(most);
          expect(start % bucketMs).toBeCloseTo(0);
          expect(start).toBeLessThanOrEqual(from);
          expect(start + count * bucketMs).toBeGreaterThanOrEqual(from + ms);
        },
      ),
    );
    expect(columnsOf({ from: -1, to: 1 }, 1, 0).count).toBe(1);
    expect(columnsOf({ from: 0, to: 60_000 }, 600, 10_000).bucketMs).toBe(10_000);
  });
});

/** A pyramid of lines at these seconds behind noon, as a bundle keeps it. */
function pyramid(seconds: readonly number[], shiftMs = 0): (level: Level) => BucketTable {
  return (level) => {
    const width = LEVEL_MS[level];
    const counts = new Map<number, number>();
    for (const second of seconds) {
      const start = Math.floor((NOON + second * 1_000) / width) * width;
      counts.set(start, (counts.get(start) ?? 0) + 1);
    }
    const buckets = [...counts].sort(([one], [other]) => one - other);
    return bucketTable(
      level,
      buckets.map(([start, lines]) => ({ time: start + shiftMs, counts: [0, lines, 0, 0] as const })),
    );
  };
}

describe('buckets', () => {
  it('in columns are all lines of the span, but for those that a bucket at its ends hides', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20_000), { maxLength: 200 }),
        fc.nat(20_000),
        fc.integer({ min: 10, max: 20_000 }),
        fc.integer({ min: 2, max: 500 }),
        fc.constantFrom(0, 0, 90_000, 3_000, -45 * 60_000),
        (seconds, from, length, most, shiftMs) => {
          const span = { from: NOON + from * 1_000, to: NOON + (from + length) * 1_000 };
          const columns = columnsOf(span, most, 10_000);
          const lane = new LaneCount(columns);
          const counted = addBuckets(pyramid(seconds, shiftMs), span, columns, lane);
          const inside = (ms: number) =>
            seconds.filter((second) => {
              const time = NOON + second * 1_000 + shiftMs;
              return time >= span.from - ms && time < span.to + ms;
            }).length;
          if (counted === 'exactly') expect(lane.lines).toBe(inside(0));
          expect(lane.lines).toBeGreaterThanOrEqual(inside(-10_000));
          expect(lane.lines).toBeLessThanOrEqual(inside(10_000));
          const cells = lane.cells();
          expect(cells.length % 5).toBe(0);
          expect(cells.filter((_, at) => at % 5 > 0).reduce((sum, count) => sum + count, 0)).toBe(lane.lines);
        },
      ),
    );
  });

  it('of the whole are in the column of their time, and exact where no bucket is cut', () => {
    const seconds = [0, 5, 119, 120, 1_799, 1_800, 7_200];
    const whole = { from: NOON, to: NOON + 7_200_001 };
    const columns = columnsOf(whole, 5, 10_000);
    expect(columns).toEqual({ start: NOON, bucketMs: 1_800_000, count: 5 });
    const lane = new LaneCount(columns);
    const open = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
    expect(addBuckets(pyramid(seconds), open, columns, lane)).toBe('exactly');
    expect(lane.cells()).toEqual([0, 0, 5, 0, 0, 1, 0, 1, 0, 0, 4, 0, 1, 0, 0]);
  });

  it('that reach over an end are said', () => {
    const span = { from: NOON + 3_000, to: NOON + 63_000 };
    const columns = columnsOf(span, 100, 10_000);
    expect(addBuckets(pyramid([0, 40]), span, columns, new LaneCount(columns))).toBe('to 10 s');
    expect(addBuckets(pyramid([30, 40]), span, columns, new LaneCount(columns))).toBe('exactly');
  });
});
