import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lastPosition,
  lineOfThumb,
  moveBy,
  positionAt,
  positionOf,
  ROW_PX,
  THUMB_MIN_PX,
  TOP,
  thumbOf,
  visibleLines,
} from './scroll-map.ts';

const fixed = () => ROW_PX;

describe('scroll map', () => {
  it('moves by pixels within and across lines', () => {
    expect(moveBy(TOP, ROW_PX * 3 + 5, 1000, 180, fixed)).toEqual({ line: 4, px: 5 });
    expect(moveBy({ line: 4, px: 5 }, -6, 1000, 180, fixed)).toEqual({ line: 3, px: 17 });
    expect(moveBy({ line: 2, px: 0 }, -1000, 1000, 180, fixed)).toEqual(TOP);
  });

  it('stops with the last line at the lower edge, also in files of millions of lines', () => {
    expect(moveBy({ line: 9_999_990, px: 0 }, 100_000, 10_000_000, 180, fixed)).toEqual({ line: 9_999_991, px: 0 });
    expect(lastPosition(5, 180, fixed)).toEqual(TOP);
    expect(moveBy(TOP, 50, 0, 180, fixed)).toEqual(TOP);
  });

  it('scrolls inside one line that is taller than the view', () => {
    const tall = (line: number) => (line === 2 ? 900 : ROW_PX);
    expect(moveBy({ line: 2, px: 0 }, 500, 3, 180, tall)).toEqual({ line: 2, px: 500 });
    expect(lastPosition(2, 180, tall)).toEqual({ line: 2, px: 720 });
  });

  it('puts a wanted line in view', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000_000 }), fc.integer({ min: 60, max: 2_000 }), (line, viewport) => {
        const top = positionAt(line, viewport / 3, 5_000_000, viewport, fixed);
        const offset = (line - top.line) * ROW_PX - top.px;
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset + ROW_PX).toBeLessThanOrEqual(viewport);
      }),
    );
  });

  it('never leaves the file', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.integer({ min: -3_000, max: 3_000 }), { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 300, maxLength: 300 }),
        (total, moves, heights) => {
          const heightOf = (line: number) => heights[line - 1] ?? ROW_PX;
          let at = TOP;
          for (const delta of moves) {
            at = moveBy(at, delta, total, 180, heightOf);
            expect(at.line).toBeGreaterThanOrEqual(1);
            expect(at.line).toBeLessThanOrEqual(total);
            expect(at.px).toBeGreaterThanOrEqual(0);
            expect(at.px).toBeLessThanOrEqual(heightOf(at.line));
          }
        },
      ),
    );
  });

  it('maps the thumb to a line and back, to within what a pixel stands for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000_000 }),
        fc.integer({ min: 100, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, track, share) => {
          const visible = Math.floor(track / ROW_PX);
          const line = 1 + Math.floor(share * Math.max(0, total - visible));
          const { size, offset } = thumbOf(line, visible, total, track);
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset + size).toBeLessThanOrEqual(track);
          if (total > visible) expect(size).toBeGreaterThanOrEqual(Math.min(THUMB_MIN_PX, track));
          const perPixel = Math.max(1, (total - visible) / Math.max(1, track - size));
          expect(Math.abs(lineOfThumb(offset, visible, total, track) - line)).toBeLessThanOrEqual(perPixel + 1);
        },
      ),
    );
  });

  it('moves through few lines that wrap over many screens, to the very end', () => {
    const tall = () => 900;
    const visible = visibleLines(6, 180, tall);
    expect(visible).toBeCloseTo(0.2);
    const end = lastPosition(6, 180, tall);
    const { size, offset } = thumbOf(end.line + end.px / 900, visible, 6, 600);
    expect(offset + size).toBe(600);
    const dragged = positionOf(lineOfThumb(600, visible, 6, 600), tall);
    expect(dragged.line).toBe(end.line);
    expect(dragged.px).toBeCloseTo(end.px);
    expect(visibleLines(3, 180, fixed)).toBe(3);
  });

  it('reaches both ends', () => {
    expect(lineOfThumb(0, 10, 5_000_000, 600)).toBe(1);
    expect(lineOfThumb(600, 10, 5_000_000, 600)).toBe(4_999_991);
  });
});
