/** The lines of one block that hold a literal, as the rules read them. */
import type { TextBlock } from '../core/case-reader.ts';

/** Expressions see this much of a line; klog lines that matter are far shorter, hostile ones are not. */
export const EXPRESSION_BYTES_MAX = 8 * 1024;

const LINE_FEED = 10;

/** A block's bytes with its line starts, which are only looked for when a literal was found in it. */
export class BlockLines {
  readonly block: TextBlock;
  readonly bytes: Buffer;
  #starts: readonly number[] | null = null;
  /** Rules share literals, and many share the name of their component: each is looked for once a block. */
  readonly #known = new Map<Buffer, readonly number[]>();

  readonly #mayHold: ReadonlySet<Buffer>;

  /** @param mayHold the literals that the block may hold; others are not looked for. */
  constructor(block: TextBlock, mayHold: ReadonlySet<Buffer>) {
    this.block = block;
    this.#mayHold = mayHold;
    this.bytes = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length);
  }

  /** Numbers (from 0 in this block) of the lines that hold one of the texts, in order, without repeats. */
  linesWith(texts: readonly Buffer[]): readonly number[] {
    const [only] = texts;
    if (texts.length === 1 && only !== undefined) return this.#linesOf(only);
    const found = new Set(texts.flatMap((text) => this.#linesOf(text)));
    return [...found].sort((one, two) => one - two);
  }

  #linesOf(text: Buffer): readonly number[] {
    if (!this.#mayHold.has(text)) return [];
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const found: number[] = [];
    for (let at = this.bytes.indexOf(text); at >= 0; ) {
      const line = this.#lineAt(at);
      found.push(line);
      const next = this.#starts?.[line + 1];
      at = next === undefined ? -1 : this.bytes.indexOf(text, next);
    }
    this.#known.set(text, found);
    return found;
  }

  /** @returns the line's text, cut at EXPRESSION_BYTES_MAX; null beyond the end of the block. */
  text(line: number): string | null {
    const starts = this.#lineStarts();
    const start = starts[line];
    if (start === undefined) return null;
    let end = (starts[line + 1] ?? this.bytes.length + 1) - 1;
    if (starts[line + 1] === undefined && this.bytes.at(-1) === LINE_FEED) end = this.bytes.length - 1;
    if (this.bytes[end - 1] === 13) end--;
    return this.bytes.toString('utf8', start, Math.min(end, start + EXPRESSION_BYTES_MAX));
  }

  #lineStarts(): readonly number[] {
    if (this.#starts === null) {
      const starts = [0];
      for (let at = this.bytes.indexOf(LINE_FEED); at >= 0 && at + 1 < this.bytes.length; ) {
        starts.push(at + 1);
        at = this.bytes.indexOf(LINE_FEED, at + 1);
      }
      this.#starts = starts;
    }
    return this.#starts;
  }

  #lineAt(offset: number): number {
    const starts = this.#lineStarts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
