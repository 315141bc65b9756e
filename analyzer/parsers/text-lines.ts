/** Lines of a captured text, without a copy of it: a dump may be 100 MB, or one line of as much. */

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

/** A captured text, whole or in pieces that follow each other: of a large dump no more than a piece is in memory. */
export type CapturedText = string | Iterable<string>;

/**
 * Calls `visit` with every line without its ending, from 1. `ended` is false for a last line without a line ending:
 * what stands in it may be the beginning of more. Of a line over several pieces, which is longer than any that means
 * something, only the beginning comes, itself longer than LINE_MAX.
 * @returns how many lines there are; a final line ending makes no empty last line.
 */
export function eachLine(text: CapturedText, visit: (line: string, number: number, ended: boolean) => void): number {
  let number = 0;
  let begun = '';
  for (const piece of typeof text === 'string' ? [text] : text) {
    let at = 0;
    while (at < piece.length) {
      const found = piece.indexOf('\n', at);
      if (found < 0) {
        if (begun.length <= LINE_MAX) begun += piece.slice(at);
        break;
      }
      number += 1;
      if (begun === '') visit(lineOf(piece, at, found), number, true);
      else {
        const line = begun + piece.slice(at, found);
        visit(begun.length > LINE_MAX ? begun : lineOf(line, 0, line.length), number, true);
        begun = '';
      }
      at = found + 1;
    }
  }
  if (begun === '') return number;
  visit(lineOf(begun, 0, begun.length), number + 1, false);
  return number + 1;
}

function lineOf(text: string, start: number, end: number): string {
  return text.slice(start, end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end);
}
