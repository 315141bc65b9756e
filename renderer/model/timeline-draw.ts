/**
 * Cells of the histogram as rectangles. Pure, and as long as there are columns: how many lines were counted does not
 * matter. Rectangles are flat numbers, one list for each colour, so that a colour is one fill.
 */
import { CELL_NUMBERS, LEVELS } from './timeline-lanes.ts';
import { type Span, xOf } from './timeline-view.ts';
import type { TimelineGap } from './types.ts';

/** x, y, width, height of one rectangle after the other, in CSS pixels. */
export type Rects = readonly number[];

export interface Bars {
  readonly other: Rects;
  readonly warning: Rects;
  readonly error: Rects;
}

export interface Box {
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where columns lie in time. */
export interface ColumnPlace {
  readonly start: number;
  readonly bucketMs: number;
}

/**
 * `linear`: heights can be compared. `root`: few lines beside many are still seen, as in a lane that is told by its own
 * peak.
 */
export type Scale = 'linear' | 'root';

/** A single error among thousands of lines is seen all the same. */
const LEAST_PX = 2;
/** Columns stand apart where there is room. */
const APART_FROM_PX = 4;

/** @returns the most lines in one column. */
export function peakOf(cells: readonly number[]): number {
  let peak = 0;
  for (let at = 0; at + LEVELS.length < cells.length; at += CELL_NUMBERS) {
    const lines =
      (cells[at + 1] as number) + (cells[at + 2] as number) + (cells[at + 3] as number) + (cells[at + 4] as number);
    if (lines > peak) peak = lines;
  }
  return peak;
}

/** @returns the columns that reach into the view, stacked: errors on top, then warnings, then the others. */
export function barsOf(
  cells: readonly number[],
  { start, bucketMs }: ColumnPlace,
  view: Span,
  box: Box,
  scale: Scale,
): Bars {
  const bars = { other: [] as number[], warning: [] as number[], error: [] as number[] };
  const peak = peakOf(cells);
  if (peak === 0) return bars;
  const columnPx = xOf(view.from + bucketMs, view, box.width);
  const apart = columnPx >= APART_FROM_PX ? 1 : 0;
  const bottom = box.y + box.height;
  for (let at = 0; at + LEVELS.length < cells.length; at += CELL_NUMBERS) {
    const from = start + (cells[at] as number) * bucketMs;
    if (from + bucketMs <= view.from) continue;
    if (from >= view.to) break;
    const left = Math.max(0, Math.round(xOf(from, view, box.width)));
    const right = Math.min(box.width, Math.round(xOf(from + bucketMs, view, box.width)));
    const width = Math.max(1, right - left - apart);
    const others = (cells[at + 1] as number) + (cells[at + 2] as number);
    const warnings = cells[at + 3] as number;
    const errors = cells[at + 4] as number;
    const lines = others + warnings + errors;
    if (lines === 0) continue;
    const share = scale === 'linear' ? lines / peak : Math.sqrt(lines / peak);
    const full = Math.max(1, share * box.height);
    const errorPx = errors === 0 ? 0 : Math.max(LEAST_PX, (full * errors) / lines);
    const warningPx = warnings === 0 ? 0 : Math.max(LEAST_PX, (full * warnings) / lines);
    const otherPx = others === 0 ? 0 : Math.max(1, full - errorPx - warningPx);
    // What the least heights add is taken from the others, or else from the taller of the two: never beyond the box.
    const spare = Math.max(0, otherPx + warningPx + errorPx - box.height);
    const more = Math.max(0, spare - otherPx);
    let y = bottom;
    for (const [rects, height] of [
      [bars.other, Math.max(0, otherPx - spare)],
      [bars.warning, warningPx - (warningPx > errorPx ? more : 0)],
      [bars.error, errorPx - (warningPx > errorPx ? 0 : more)],
    ] as const) {
      if (height <= 0) continue;
      y -= height;
      rects.push(left, y, width, height);
    }
  }
  return bars;
}

/** @returns one rectangle for each gap that reaches into the view; none narrower than 3 px, so that it is seen. */
export function gapRects(gaps: readonly TimelineGap[], view: Span, box: Box): Rects {
  const rects: number[] = [];
  let reached = Number.NEGATIVE_INFINITY;
  const spans = gaps
    .map((gap) => ({ from: gap.from === null ? view.from : Date.parse(gap.from), to: Date.parse(gap.to) }))
    .sort((one, other) => one.from - other.from);
  for (const { from, to } of spans) {
    if (to < view.from || from > view.to) continue;
    const start = Math.max(0, Math.round(xOf(from, view, box.width)));
    const right = Math.min(box.width, Math.max(Math.round(xOf(to, view, box.width)), start + 3));
    const left = Math.max(start, reached);
    if (right <= left) continue;
    rects.push(left, box.y, right - left, box.height);
    // Gaps at the same place are drawn once: as many as an archive tells cost what the width does.
    reached = right;
  }
  return rects;
}
