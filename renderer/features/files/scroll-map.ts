/**
 * Where a file of millions of lines is scrolled to. Browsers clamp the height of an element (Chromium at
 * 33,554,428 px), so there is no tall element: a position is a line and pixels into it, and the scrollbar is drawn.
 * Pure.
 */

/** Height of one line that is not wrapped. */
export const ROW_PX = 18;

/** The thumb never gets smaller than can be grabbed. */
export const THUMB_MIN_PX = 28;

export interface Position {
  /** First visible line, from 1. */
  readonly line: number;
  /** Pixels of that line above the edge, from 0. */
  readonly px: number;
}

export const TOP: Position = { line: 1, px: 0 };

/**
 * Moves by pixels over lines of the given heights.
 * @param heightOf height of a line in pixels, at least 1; measured where it was drawn, estimated elsewhere.
 * @returns a position inside the file whose last line is not scrolled above the lower edge.
 */
export function moveBy(
  from: Position,
  delta: number,
  total: number,
  viewport: number,
  heightOf: (line: number) => number,
): Position {
  if (total <= 0) return TOP;
  let line = Math.min(Math.max(1, from.line), total);
  let px = from.px + delta;
  while (px < 0 && line > 1) {
    line -= 1;
    px += heightOf(line);
  }
  while (line < total && px >= heightOf(line)) {
    px -= heightOf(line);
    line += 1;
  }
  const end = lastPosition(total, viewport, heightOf);
  const past = line > end.line || (line === end.line && px > end.px);
  return past ? end : { line, px: Math.max(0, px) };
}

/** @returns the position that shows the last line at the lower edge. */
export function lastPosition(total: number, viewport: number, heightOf: (line: number) => number): Position {
  let room = viewport;
  for (let line = total; line >= 1; line -= 1) {
    const height = heightOf(line);
    if (height >= room) return { line, px: height - room };
    room -= height;
  }
  return TOP;
}

/** @returns the position with `above` pixels between the upper edge and `line`, as far as the file's ends let it. */
export function positionAt(
  line: number,
  above: number,
  total: number,
  viewport: number,
  heightOf: (line: number) => number,
): Position {
  return moveBy(
    { line: Math.min(Math.max(1, line), Math.max(1, total)), px: 0 },
    -Math.floor(above),
    total,
    viewport,
    heightOf,
  );
}

/**
 * @returns how many lines the view shows when it stands at the end, as a fraction where lines are wrapped: by it the
 * thumb reaches the lower edge exactly when the last line does.
 */
export function visibleLines(total: number, viewport: number, heightOf: (line: number) => number): number {
  const end = lastPosition(total, viewport, heightOf);
  return total - (end.line - 1) - (end.px === 0 ? 0 : end.px / heightOf(end.line));
}

/** @returns the place of a line and a fraction of it, the inverse of what the thumb is drawn from. */
export function positionOf(line: number, heightOf: (line: number) => number): Position {
  const whole = Math.floor(line);
  return { line: whole, px: line === whole ? 0 : (line - whole) * heightOf(whole) };
}

/** @returns size and place of the thumb in a track of `track` pixels; a line may be a fraction. */
export function thumbOf(
  line: number,
  visible: number,
  total: number,
  track: number,
): { readonly size: number; readonly offset: number } {
  if (total <= visible || total <= 0) return { size: track, offset: 0 };
  const size = Math.min(track, Math.max(THUMB_MIN_PX, Math.round((visible / total) * track)));
  const share = Math.min(1, (line - 1) / (total - visible));
  return { size, offset: Math.round(share * (track - size)) };
}

/** @returns the first visible line, and the fraction of it above the edge, for a thumb dragged to `offset`; the inverse of thumbOf. */
export function lineOfThumb(offset: number, visible: number, total: number, track: number): number {
  const { size } = thumbOf(1, visible, total, track);
  if (track <= size) return 1;
  const share = Math.min(1, Math.max(0, offset / (track - size)));
  return 1 + share * Math.max(0, total - visible);
}

/** @returns where a line's mark stands in the track. */
export function markOffset(line: number, total: number, track: number): number {
  return total <= 1 ? 0 : Math.round(((line - 1) / (total - 1)) * Math.max(0, track - 2));
}
