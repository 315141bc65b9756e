import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HISTOGRAM } from '../bridge/fake/fake-timeline.ts';
import { barsOf, gapRects, peakOf } from './timeline-draw.ts';
import { addedCells, countCells, laneRows } from './timeline-lanes.ts';
import { markerGroups } from './timeline-markers.ts';
import type { TimelineMarker } from './types.ts';

const COLUMNS = 300;
const VIEW = { from: 0, to: COLUMNS * 1_000 };
const PLACE = { start: 0, bucketMs: 1_000 };
const BOX = { y: 10, width: 600, height: 72 };

/** @returns cells in which every column holds `lines`, of all levels. */
const full = (lines: number) =>
  Array.from({ length: COLUMNS }, (_, column) => [column, lines, lines, lines, lines]).flat();

it('draws as many rectangles for ten million lines as for a hundred', () => {
  const [few, many] = [full(1), full(10_000_000)].map((cells) => barsOf(cells, PLACE, VIEW, BOX, 'linear'));
  expect(many).toEqual(few);
  expect(many?.other.length).toBe(COLUMNS * 4);
  expect(many?.error.length).toBe(COLUMNS * 4);
});

it('draws inside of its box, whatever is counted and wherever the columns lie', () => {
  const counts = fc.integer({ min: 0, max: 1e9 });
  const cells = fc
    .array(fc.tuple(counts, counts, counts, counts), { maxLength: 50 })
    .map((all) => all.flatMap((four, column) => [column, ...four]));
  fc.assert(
    fc.property(
      cells,
      fc.integer({ min: -60_000, max: 60_000 }),
      fc.constantFrom('linear', 'root'),
      (all, start, scale) => {
        const bars = barsOf(all, { start, bucketMs: 1_000 }, { from: 0, to: 50_000 }, BOX, scale);
        for (const rects of [bars.other, bars.warning, bars.error]) {
          for (let at = 0; at < rects.length; at += 4) {
            const [x, y, width, height] = rects.slice(at, at + 4) as [number, number, number, number];
            expect(x).toBeGreaterThanOrEqual(0);
            expect(x + width).toBeLessThanOrEqual(BOX.width + 1);
            expect(y).toBeGreaterThanOrEqual(BOX.y - 0.001);
            expect(y + height).toBeLessThanOrEqual(BOX.y + BOX.height + 0.001);
          }
        }
      },
    ),
  );
});

it('shows one error among a thousand lines, on top of them', () => {
  const { other, error } = barsOf([5, 999, 0, 0, 1], PLACE, VIEW, BOX, 'linear');
  expect(error[3]).toBe(2);
  expect((error[1] as number) + 2).toBeCloseTo(other[1] as number);
});

it.each([
  ['warnings and one error', [5, 0, 0, 999, 1]],
  ['one warning and errors', [5, 0, 0, 1, 999]],
  ['one line, one warning and errors', [5, 1, 0, 1, 999]],
])('fills the box and no more with %s', (_what, cells) => {
  const { other, warning, error } = barsOf(cells, PLACE, VIEW, BOX, 'linear');
  const heights = [other, warning, error].map((rects) => rects[3] ?? 0);
  expect(heights.reduce((sum, height) => sum + height)).toBeCloseTo(BOX.height);
  expect(Math.min(...heights.slice(1))).toBe(2);
  expect(error[1]).toBeCloseTo(BOX.y);
});

it('draws gaps that lie on each other once, and one that is an instant so that it is seen', () => {
  const [gap] = HISTOGRAM.gaps;
  if (gap === undefined) throw new Error('the fake case has a gap');
  const at = (from: number, to: number) => ({
    ...gap,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  });
  const rects = gapRects([at(50_000, 50_000), at(100_000, 200_000), at(150_000, 200_000)], VIEW, BOX);
  expect(rects).toEqual([100, 10, 3, 72, 200, 10, 200, 72]);
});

it('adds lanes up as they are, and finds the peak', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.tuple(fc.nat(20), fc.nat(9)), { maxLength: 20 }), { maxLength: 6 }), (lanes) => {
      const cells = lanes.map((lane) => {
        const columns = new Map(lane.filter(([, lines]) => lines > 0));
        return [...columns].sort(([a], [b]) => a - b).flatMap(([column, lines]) => [column, 0, lines, 0, lines]);
      });
      const added = addedCells(
        cells.map((one) => ({ cells: one })),
        21,
      );
      const sum = cells.reduce((all, one) => all + countCells(one).lines, 0);
      expect(countCells(added).lines).toBe(sum);
      expect(countCells(added).errors * 2).toBe(sum);
      expect(peakOf(added)).toBeLessThanOrEqual(sum);
    }),
  );
});

it('shuts nodes when there are many lanes, and leaves out what is not wanted', () => {
  const names = new Map(
    HISTOGRAM.lanes.flatMap(({ bundle, node }) => (bundle === null ? [] : [[bundle, node ?? ''] as const])),
  );
  const open = laneRows(HISTOGRAM, names, new Map(), new Set());
  expect(open.map(({ kind, name, lines }) => [kind, name, lines])).toEqual([
    ['node', 'ip-10-0-113-27', 15],
    ['component', 'kube-proxy', 15],
    ['node', 'ip-10-0-126-200', 45],
    ['component', 'kubelet', 45],
  ]);
  expect(open[1]?.gaps).toEqual(HISTOGRAM.gaps);
  const many = { ...HISTOGRAM, lanes: Array.from({ length: 7 }, () => HISTOGRAM.lanes).flat() };
  expect(laneRows(many, names, new Map(), new Set()).map(({ kind }) => kind)).toEqual(['node', 'node']);
  const [first] = HISTOGRAM.lanes;
  const without = laneRows(HISTOGRAM, names, new Map(), new Set([first?.id ?? '']));
  expect(without[0]?.lines).toBe(0);
  expect(without[1]).toMatchObject({ shown: 'left out', lines: 15 });
});

it('puts findings that begin together in one group, the worst first', () => {
  const marker = (title: string, severity: TimelineMarker['severity'], at: number): TimelineMarker => ({
    finding: title as TimelineMarker['finding'],
    bundle: HISTOGRAM.densest[0]?.bundle as TimelineMarker['bundle'],
    node: null,
    title,
    severity,
    first: new Date(at).toISOString(),
    last: new Date(at).toISOString(),
  });
  const groups = markerGroups(
    [
      marker('later', 'low', 200_000),
      marker('second', 'critical', 10_500),
      marker('first', 'medium', 10_000),
      marker('away', 'high', 999_000),
    ],
    VIEW,
    600,
  );
  expect(groups.map(({ severity, markers }) => [severity, markers.map(({ title }) => title)])).toEqual([
    ['critical', ['second', 'first']],
    ['low', ['later']],
  ]);
});
