import { expect, it } from 'vitest';
import { BundleId, FileId } from '../core/ids.ts';
import { addHour, FACET_HOURS_MAX, FacetCount, hourOf, isoOf } from './search-facets.ts';

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
  expect(count.facets(bundles)).toEqual({
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
