/** The lines of one block by their numbers, found and decoded only as far as they are asked for. */
import type { LiteralBlock, LiteralLine, TextBlock } from '../core/case-reader.ts';
import { EXPRESSION_BYTES_MAX } from '../core/limits.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Lines of one block by their numbers in it, from 0. */
export interface LinesOfBlock {
  /** Number of its first line in the file, from 1. */
  readonly firstLine: number;
  /** @returns the line's text, cut at EXPRESSION_BYTES_MAX; null beyond the end of the block. */
  text(line: number): string | null;
}

export class BlockLines implements LinesOfBlock {
  readonly firstLine: number;
  readonly bytes: Buffer;
  /** Where the lines start, as far as was looked; the last one may be the end of the block. */
  readonly #starts = [0];
  #lastLine = -1;
  #lastText: string | null = null;

  constructor(block: TextBlock) {
    this.firstLine = block.firstLine;
    this.bytes = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length);
  }

  /** @param offset into the block's bytes; not before that of the last call. @returns the line's number, from 0. */
  lineAt(offset: number): number {
    while ((this.#starts.at(-1) as number) <= offset && this.#nextStart()) {}
    let line = this.#starts.length - 1;
    while ((this.#starts[line] as number) > offset) line--;
    return line;
  }

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

/** The lines of a block that were kept apart; any other is read from the block itself. */
export class KeptLines implements LinesOfBlock {
  readonly firstLine: number;
  readonly #found: LiteralBlock;
  readonly kept: readonly LiteralLine[];
  /** Of the line that was asked for last. */
  #at = 0;
  #lastText: string | null = null;
  #whole: BlockLines | null = null;

  constructor(found: LiteralBlock, kept: readonly LiteralLine[]) {
    this.firstLine = found.firstLine;
    this.#found = found;
    this.kept = kept;
  }

  text(line: number): string | null {
    if (line >= this.#found.lines) return null;
    const before = this.#at;
    while (this.#at > 0 && (this.kept[this.#at]?.line ?? Infinity) > line) this.#at--;
    while ((this.kept[this.#at]?.line ?? Infinity) < line) this.#at++;
    if (this.#at !== before) this.#lastText = null;
    const kept = this.kept[this.#at];
    if (kept?.line === line) {
      this.#lastText ??= kept.text();
      return this.#lastText;
    }
    this.#whole ??= new BlockLines(this.#found.block);
    return this.#whole.text(line);
  }
}
