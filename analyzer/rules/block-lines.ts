/** The lines of one block by their numbers, found and decoded only as far as they are asked for. */
import type { TextBlock } from '../core/case-reader.ts';

/** Expressions see this much of a line; klog lines that matter are far shorter, hostile ones are not. */
export const EXPRESSION_BYTES_MAX = 8 * 1024;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

export class BlockLines {
  readonly block: TextBlock;
  readonly bytes: Buffer;
  /** Where the lines start, as far as was looked; the last one may be the end of the block. */
  readonly #starts = [0];
  #lastLine = -1;
  #lastText: string | null = null;

  constructor(block: TextBlock) {
    this.block = block;
    this.bytes = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length);
  }

  /** @param offset into the block's bytes; not before that of the last call. @returns the line's number, from 0. */
  lineAt(offset: number): number {
    while ((this.#starts.at(-1) as number) <= offset && this.#nextStart()) {}
    let line = this.#starts.length - 1;
    while ((this.#starts[line] as number) > offset) line--;
    return line;
  }

  /** @returns the line's text, cut at EXPRESSION_BYTES_MAX; null beyond the end of the block. */
  text(line: number): string | null {
    // The rules that a line concerns ask for it one after the other.
    if (line === this.#lastLine) return this.#lastText;
    this.#lastLine = line;
    this.#lastText = this.#decoded(line);
    return this.#lastText;
  }

  #decoded(line: number): string | null {
    while (this.#starts.length <= line + 1 && this.#nextStart()) {}
    const start = this.#starts[line];
    if (start === undefined || start >= this.bytes.length) return null;
    const next = this.#starts[line + 1] ?? this.bytes.length;
    let end = this.bytes[next - 1] === LINE_FEED ? next - 1 : next;
    if (this.bytes[end - 1] === CARRIAGE_RETURN && end > start) end--;
    return this.bytes.toString('utf8', start, Math.min(end, start + EXPRESSION_BYTES_MAX));
  }

  #nextStart(): boolean {
    const newline = this.bytes.indexOf(LINE_FEED, this.#starts.at(-1));
    if (newline < 0) return false;
    this.#starts.push(newline + 1);
    return true;
  }
}
