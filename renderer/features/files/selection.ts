/** The lines that are chosen: one, or from where Shift was pressed to where one is now. Pure. */

export interface Selection {
  /** The line that stays. */
  readonly anchor: number;
  /** The line that moves. */
  readonly head: number;
}

export interface LineRange {
  readonly line: number;
  readonly end: number;
}

/** @returns the lines in order. */
export function rangeOf({ anchor, head }: Selection): LineRange {
  return { line: Math.min(anchor, head), end: Math.max(anchor, head) };
}

/**
 * @param range what the route says. @param kept the selection that may have made it: a route knows no direction.
 * @returns the selection that the next key moves; null when nothing is chosen.
 */
export function selectionOf(range: LineRange | null, kept: Selection | null): Selection | null {
  if (range === null) return null;
  if (kept !== null && sameRange(rangeOf(kept), range)) return kept;
  return { anchor: range.line, head: range.end };
}

/** @returns the line `delta` further, alone; the first line of the view when none was chosen. */
export function stepped(from: Selection | null, delta: number, total: number, top: number): Selection {
  const to = inside(from === null ? top : from.head + delta, total);
  return { anchor: to, head: to };
}

/** @returns the lines from the anchor to `to`. */
export function extended(from: Selection | null, to: number, total: number): Selection {
  const head = inside(to, total);
  return { anchor: from?.anchor ?? head, head };
}

function sameRange(a: LineRange, b: LineRange): boolean {
  return a.line === b.line && a.end === b.end;
}

function inside(line: number, total: number): number {
  return Math.max(1, Math.min(Math.max(1, total), line));
}
