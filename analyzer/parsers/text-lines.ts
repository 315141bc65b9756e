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
export function eachLine(text: CapturedText, visit: LineVisit): number {
  const lines = new LineFeeder(visit);
  for (const piece of typeof text === 'string' ? [text] : text) lines.piece(piece);
  return lines.end();
}

type LineVisit = (line: string, number: number, ended: boolean) => void;

/** Pieces are read by a function of its own: V8 left its compiled code at the end of each piece, and compiled it anew. */
class LineFeeder {
  readonly #visit: LineVisit;
  #number = 0;
  /** Of a line that goes on in the next piece. */
  #begun = '';

  constructor(visit: LineVisit) {
    this.#visit = visit;
  }

  piece(piece: string): void {
    let at = 0;
    while (at < piece.length) {
      const found = piece.indexOf('\n', at);
      if (found < 0) {
        if (this.#begun.length <= LINE_MAX) this.#begun += piece.slice(at);
        return;
      }
      this.#line(piece, at, found);
      at = found + 1;
    }
  }

  #line(piece: string, start: number, end: number): void {
    this.#number += 1;
    if (this.#begun === '') {
      this.#visit(lineOf(piece, start, end), this.#number, true);
      return;
    }
    const line = this.#begun + piece.slice(start, end);
    this.#visit(this.#begun.length > LINE_MAX ? this.#begun : lineOf(line, 0, line.length), this.#number, true);
    this.#begun = '';
  }

  /** @returns how many lines there were. */
  end(): number {
    if (this.#begun === '') return this.#number;
    this.#visit(lineOf(this.#begun, 0, this.#begun.length), this.#number + 1, false);
    return this.#number + 1;
  }
}

function lineOf(text: string, start: number, end: number): string {
  return text.slice(start, end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end);
}
