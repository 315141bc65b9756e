/** Lines of a captured text, without a copy of it: a dump may be one line of 100 MB. */

/** No iptables reads or prints a longer rule (iptables-restore: 10,240 characters); a longer line is no rule. */
export const LINE_MAX = 65_536;

/** Junk lines kept, and how much of each; the rest is counted. */
const JUNK_KEPT = 20;
const JUNK_TEXT_MAX = 400;

export interface Junk {
  lines: number;
  readonly kept: { readonly line: number; readonly text: string }[];
}

/** Counts a line that could not be read and keeps the beginning of the first ones. */
export function addJunk(junk: Junk, line: number, text: string): void {
  junk.lines += 1;
  if (junk.kept.length < JUNK_KEPT) junk.kept.push({ line, text: text.slice(0, JUNK_TEXT_MAX) });
}

/**
 * Calls `visit` with every line without its ending, from 1. `ended` is false for a last line without a line ending:
 * what stands in it may be the beginning of more.
 * @returns how many lines there are; a final line ending makes no empty last line.
 */
export function eachLine(text: string, visit: (line: string, number: number, ended: boolean) => void): number {
  let number = 0;
  let at = 0;
  while (at < text.length) {
    number += 1;
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    visit(text.slice(at, end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end), number, found >= 0);
    at = end + 1;
  }
  return number;
}
