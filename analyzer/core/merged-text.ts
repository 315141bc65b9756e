/** Two who write one text: by lines, nothing that either of them typed is lost. Pure. */

/** What took the place of the lines from `start` to before `end`. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/**
 * @param from what both began with.
 * @returns `kept` with what differs between `from` and `mine`; where both changed the same lines, those of `kept` and then mine.
 */
export function mergedText(from: string, mine: string, kept: string): string {
  if (mine === from || mine === kept) return kept;
  if (kept === from) return mine;
  const before = from.split('\n');
  const my = changeOf(before, mine.split('\n'));
  const theirs = changeOf(before, kept.split('\n'));
  if (my.end <= theirs.start && !(theirs.end <= my.start)) return changed(before, [my, theirs]);
  if (theirs.end <= my.start) return changed(before, [theirs, my]);
  const start = Math.min(my.start, theirs.start);
  const end = Math.max(my.end, theirs.end);
  const part = (one: Change) => [...before.slice(start, one.start), ...one.lines, ...before.slice(one.end, end)];
  return changed(before, [{ start, end, lines: [...part(theirs), ...part(my)] }]);
}

/** @param changes in their order; none touches a line of another one. */
function changed(before: readonly string[], changes: readonly Change[]): string {
  let at = 0;
  const lines: string[] = [];
  for (const one of changes) {
    lines.push(...before.slice(at, one.start), ...one.lines);
    at = one.end;
  }
  return [...lines, ...before.slice(at)].join('\n');
}

/** @returns what differs, as one change: between what both begin with and what both end with. */
function changeOf(before: readonly string[], after: readonly string[]): Change {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { start, end: before.length - tail, lines: after.slice(start, after.length - tail) };
}
