import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  axisTicks,
  distanceLabel,
  framed,
  instantAt,
  panned,
  roundSpan,
  SPAN_MIN_MS,
  type Span,
  within,
  xOf,
  zoomed,
} from './timeline-view.ts';

const START = Date.parse('2025-10-14T00:00:00Z');
const DAY = 86_400_000;
const WHOLE: Span = { from: START, to: START + 3 * DAY };
/** A second to two clocks a hundred years apart. */
const spans = fc
  .tuple(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1_000, max: 3.2e12 }))
  .map(([from, length]): Span => ({ from, to: from + length }));

describe('the view of the timeline', () => {
  it('stays inside of what there is, whatever is done to it', () => {
    fc.assert(
      fc.property(
        spans,
        spans,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (whole, view, factor, share) => {
          const at = (view.from + view.to) / 2;
          for (const moved of [
            within(view, whole),
            zoomed(view, at, factor, whole),
            panned(view, share, whole),
            within(framed(view), whole),
          ]) {
            expect(moved.from).toBeGreaterThanOrEqual(whole.from - 1);
            expect(moved.to).toBeLessThanOrEqual(Math.max(whole.to, whole.from + SPAN_MIN_MS) + 1);
            expect(moved.to - moved.from).toBeGreaterThanOrEqual(SPAN_MIN_MS - 1);
          }
        },
      ),
    );
  });

  it('keeps what the pointer is at under the pointer', () => {
    const view = { from: START + DAY, to: START + 2 * DAY };
    const at = instantAt(300, view, 1_000);
    const nearer = zoomed(view, at, 0.5, WHOLE);
    expect(Math.round(xOf(at, nearer, 1_000))).toBe(300);
    expect(nearer.to - nearer.from).toBe(DAY / 2);
  });

  it('is told without what is too small for its length', () => {
    const from = START + 754;
    expect(roundSpan({ from, to: from + 60_000 })).toEqual({ from: START, to: START + 61_000 });
    expect(roundSpan({ from, to: from + DAY })).toEqual({ from: START, to: START + DAY + 60_000 });
  });
});

describe('the axis', () => {
  it('has labels at round instants, with room between them, for every span', () => {
    fc.assert(
      fc.property(spans, fc.integer({ min: 200, max: 4_000 }), (view, width) => {
        const ticks = axisTicks(view, width);
        for (const [nth, tick] of ticks.entries()) {
          const next = ticks[nth + 1];
          expect(tick.at % 1_000).toBe(0);
          expect(tick.at).toBeGreaterThanOrEqual(view.from);
          if (next !== undefined) expect(xOf(next.at, view, width) - xOf(tick.at, view, width)).toBeGreaterThan(70);
        }
      }),
    );
  });

  it('names a day where it begins, and the time elsewhere', () => {
    const view = { from: START - 4 * 3_600_000, to: START + 4 * 3_600_000 };
    expect(axisTicks(view, 760).map(({ label }) => label)).toEqual([
      ...['20:00', '21:00', '22:00', '23:00'],
      '14 Oct',
      ...['01:00', '02:00', '03:00'],
    ]);
  });
});

it('says how far from the pivot as one would', () => {
  expect([0, -450, -32_240, 90_000, -11_100_000, 187_200_000].map(distanceLabel)).toEqual([
    '0 s',
    '-450 ms',
    '-32.2 s',
    '+1:30 min',
    '-3:05 h',
    '+2 d 4 h',
  ]);
});
