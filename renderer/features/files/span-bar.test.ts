import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barOf, duration, scaleOf, spansSay } from './span-bar.ts';

const HOUR = 3_600_000;
const at = (hour: number) => Date.UTC(2025, 9, 14, hour);
const span = (from: number, to: number, lines = 1_000) => ({ from: at(from), to: at(to), lines });

describe('the scale', () => {
  it('is the time of all files', () => {
    expect(scaleOf([[span(4, 6)], [span(2, 3), span(8, 9)]], null)).toEqual({ from: at(2), to: at(9) });
    expect(scaleOf([[]], null)).toBeNull();
  });

  it('is the window where there is one, and open where it is open', () => {
    expect(scaleOf([[span(2, 9)]], { from: at(4), to: at(5) })).toEqual({ from: at(4), to: at(5) });
    expect(scaleOf([[span(2, 9)]], { from: null, to: at(5) })).toEqual({ from: at(2), to: at(5) });
  });

  it('leaves a few stray lines out, but never a file of many', () => {
    const stray = { from: 0, to: 1_000, lines: 3 };
    expect(scaleOf([[span(2, 9)], [stray]], null)).toEqual({ from: at(2), to: at(9) });
    expect(scaleOf([[span(2, 9)], [{ ...stray, lines: 900 }]], null)).toEqual({ from: 0, to: at(9) });
    expect(scaleOf([[span(2, 9)], [span(1, 2, 1)]], null)).toEqual({ from: at(1), to: at(9) });
  });
});

describe('a bar', () => {
  const scale = { from: at(0), to: at(10) };

  it('has its gaps', () => {
    expect(barOf([span(0, 1), span(5, 10)], scale)).toEqual({
      parts: [
        { left: 0, width: 10 },
        { left: 50, width: 50 },
      ],
      beyond: 'none',
    });
  });

  it('is cut at the scale and says what lies beyond', () => {
    expect(barOf([span(-5, 1), span(9, 12)], scale)).toEqual({
      parts: [
        { left: 0, width: 10 },
        { left: 90, width: 10 },
      ],
      beyond: 'both',
    });
    expect(barOf([span(11, 12)], scale)).toEqual({ parts: [], beyond: 'after' });
  });

  it('never gets too thin to be seen, nor leaves the scale, and joins what would overlap', () => {
    const thin = { from: at(10) - 1, to: at(10), lines: 1 };
    expect(barOf([thin], scale).parts).toEqual([{ left: 98.5, width: 1.5 }]);
    const near = [0, 1, 2].map((nth) => ({ from: at(0) + nth * 10_000, to: at(0) + nth * 10_000 + 1, lines: 1 }));
    expect(barOf(near, scale).parts).toHaveLength(1);
  });
});

describe('any bar', () => {
  const spans = fc
    .uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 2, maxLength: 40 })
    .map((edges) => edges.sort((a, b) => a - b))
    .map((edges) =>
      edges.slice(0, edges.length - (edges.length % 2)).flatMap((from, nth, all) => {
        const to = all[nth + 1];
        return nth % 2 === 1 || to === undefined ? [] : [{ from, to, lines: 1 }];
      }),
    );

  it('stays on its scale, in order, without overlaps, and shows every span that lies on it', () => {
    fc.assert(
      fc.property(
        spans,
        fc.integer({ min: 0, max: 9_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        (list, from, width) => {
          const scale = { from, to: from + width };
          const { parts } = barOf(list, scale);
          let end = -1;
          for (const part of parts) {
            expect(part.left).toBeGreaterThan(end);
            end = part.left + part.width;
          }
          expect(end).toBeLessThanOrEqual(100 + 1e-9);
          const seen = list.filter((one) => one.to > scale.from && one.from < scale.to);
          for (const one of seen) {
            const middle = (Math.max(one.from, scale.from) + Math.min(one.to, scale.to)) / 2;
            const at = ((middle - scale.from) / width) * 100;
            expect(parts.some(({ left, width: wide }) => left <= at + 1e-9 && at <= left + wide + 1e-9)).toBe(true);
          }
        },
      ),
    );
  });
});

describe('in words', () => {
  it('says from when to when, and the gaps', () => {
    expect(spansSay([span(2, 3), span(5, 6), span(10, 11)])).toBe(
      '14 Oct 02:00:00 to 14 Oct 11:00:00 UTC, 2 gaps, the longest 4 h',
    );
    expect(spansSay([span(2, 3)])).toContain('no gaps');
    expect(spansSay([])).toBe('no time');
  });

  it.each([
    [500, '0 s'],
    [40_000, '40 s'],
    [12 * 60_000 + 5_000, '12 min'],
    [3 * HOUR + 5 * 60_000, '3 h 5 min'],
    [3 * HOUR, '3 h'],
    [25 * HOUR, '1 day 1 h'],
    [48 * HOUR, '2 days'],
  ])('%d ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
