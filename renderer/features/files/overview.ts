/** Where in a file lines match, as one drawing beside the scroll bar. Pure. */
import { count, counted } from '../../model/format.ts';

/**
 * @param counts matching lines in each part of the file.
 * @returns the path of an SVG that is 1 wide and as high as there are parts: a bar for each run of parts with matches.
 */
export function overviewPath(counts: readonly number[]): string {
  let path = '';
  let from = -1;
  for (let part = 0; part <= counts.length; part += 1) {
    const matches = (counts[part] ?? 0) > 0;
    if (matches && from < 0) from = part;
    if (!matches && from >= 0) {
      path += `M0 ${from}h1v${part - from}h-1z`;
      from = -1;
    }
  }
  return path;
}

/** @returns the first line of a part; parts divide the file's lines as the engine does. */
export function lineOfPart(part: number, parts: number, total: number): number {
  return Math.max(1, Math.min(total, Math.floor((part / parts) * total) + 1));
}

/** @returns what the drawing says in words. */
export function overviewSays(counts: readonly number[], total: number): string {
  const all = counts.reduce((sum, one) => sum + one, 0);
  if (all === 0) return 'No matches';
  const first = counts.findIndex((one) => one > 0);
  const last = counts.findLastIndex((one) => one > 0);
  const from = lineOfPart(first, counts.length, total);
  const to = last === counts.length - 1 ? total : lineOfPart(last + 1, counts.length, total);
  return `${counted(all, 'match', 'matches')} between lines ${count(from)} and ${count(to)}`;
}
