import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BundleId, FileId } from '../core/ids.ts';
import { GrowingCounts } from './growing-counts.ts';
import { addHour, FACET_HOURS_MAX, FacetCount, hourOf, isoOf, PARTIAL_COUNTS_MAX } from './search-facets.ts';

const bundles = [
  { id: BundleId.parse('a'.repeat(64)), node: 'n1' },
  { id: BundleId.parse('b'.repeat(64)), node: null },
];
const file = (bundle: number, id: number, path: string, count: number) => ({
  bundle,
  file: FileId.parse(id),
  path,
  count,
});

it('counts of chunks are added, and the largest come first', () => {
  const count = new FacetCount();
  count.add({ files: [file(0, 1, 'a', 2), file(1, 1, 'b', 1)], levels: [1, 0, 0, 2], hours: [[2, 3]], parts: [] });
  count.add({
    files: [file(1, 1, 'b', 4)],
    levels: [0, 0, 4, 0],
    hours: [
      [null, 1],
      [1, 3],
    ],
    parts: [],
  });
  expect(count.facets(bundles, 'all')).toEqual({
    node: [
      { bundle: bundles[1]?.id, node: null, count: 5 },
      { bundle: bundles[0]?.id, node: 'n1', count: 2 },
    ],
    file: [
      { bundle: bundles[1]?.id, node: null, file: 'b', count: 5 },
      { bundle: bundles[0]?.id, node: 'n1', file: 'a', count: 2 },
    ],
    severity: [
      { severity: 'medium', count: 4 },
      { severity: 'high', count: 2 },
      { severity: null, count: 1 },
    ],
    hour: [
      { hour: '1970-01-01T01:00:00.000Z', count: 3 },
      { hour: '1970-01-01T02:00:00.000Z', count: 3 },
      { hour: null, count: 1 },
    ],
  });
});

it('more hours than are counted apart lose no line', () => {
  const hours = new Map<number | null, number>();
  for (let hour = 0; hour < FACET_HOURS_MAX + 5; hour++) addHour(hours, hour, 1);
  addHour(hours, 3, 1);
  expect(hours.size).toBe(FACET_HOURS_MAX + 1);
  expect([hours.get(3), hours.get(null)]).toEqual([2, 5]);
});

it('no time, and times that are no Date, have no hour', () => {
  expect([Number.NaN, 9e15, -9e15].map(hourOf)).toEqual([null, null, null]);
  expect([Number.NaN, 9e15, -9e15].map(isoOf)).toEqual([null, null, null]);
  expect([hourOf(-1), hourOf(0), hourOf(3_600_000)]).toEqual([-1, 0, 1]);
});

it('answers on the way name the largest files and hours, whatever grows meanwhile', () => {
  const count = new FacetCount();
  const many = Array.from({ length: 2 * PARTIAL_COUNTS_MAX }, (_, at) => at);
  for (const at of many) count.add({ files: [file(0, at + 1, `f${at}`, 1)], levels: [], hours: [[at, 2]], parts: [] });
  const early = count.facets(bundles, 'largest');
  expect([early.file.length, early.hour.length]).toEqual([PARTIAL_COUNTS_MAX, PARTIAL_COUNTS_MAX]);
  expect(early.node).toEqual([{ bundle: bundles[0]?.id, node: 'n1', count: many.length }]);
  const last = many.length - 1;
  count.add({ files: [file(0, last + 1, `f${last}`, 1)], levels: [], hours: [[last, 1]], parts: [] });
  const later = count.facets(bundles, 'largest');
  expect(later.file[0]).toMatchObject({ file: `f${last}`, count: 2 });
  expect(later.hour.at(-1)).toEqual({ hour: new Date(last * 3_600_000).toISOString(), count: 3 });
  expect(count.facets(bundles, 'all').file.length).toBe(many.length);
});

it('the largest are those of all, in the same order', () => {
  const grown = fc.array(fc.tuple(fc.nat(9), fc.nat(3), fc.boolean()), { maxLength: 60 });
  fc.assert(
    fc.property(grown, fc.integer({ min: 1, max: 6 }), (steps, most) => {
      const counts = new GrowingCounts<number>(most, (one, other) => one - other);
      for (const [key, count, asked] of steps) {
        counts.add(key, key, count);
        if (asked) counts.largest();
      }
      expect(counts.largest()).toEqual(counts.all().slice(0, most));
    }),
  );
});

it('asking for the largest again does not look at what has not grown', () => {
  let compared = 0;
  const counts = new GrowingCounts<number>(10, (one, other) => {
    compared += 1;
    return one - other;
  });
  for (let key = 0; key < 10_000; key++) counts.add(key, key, 1);
  counts.largest();
  compared = 0;
  counts.add(5_000, 5_000, 1);
  expect(counts.largest()[0]).toEqual({ key: 5_000, count: 2 });
  expect(compared).toBeLessThan(100);
});
