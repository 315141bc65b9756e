/** One line of a block at a time, as the conditions of a query look at it. */
import { isAscii } from 'node:buffer';
import type { TextBlock } from '../core/case-reader.ts';
import { LINE_BYTES_MAX } from '../core/limits.ts';
import { LINE_LEVELS } from '../core/line-level.ts';
import { wordSeverity } from '../formats/severity.ts';
import type { LineKnowledge } from './file-query.ts';
import { LineNumbers } from './line-numbers.ts';
import type { LineTimes } from './line-times.ts';
import type { SearchedText } from './literal-finder.ts';
import { WordView } from './word-view.ts';

/** Making a string of a block costs as much as making them of so many of its lines. */
const LINES_READ_ALONE = 64;

const NO_BYTES = Buffer.alloc(0);
const NOTHING_KNOWN: LineKnowledge = { carried: null, levels: null, cited: () => false };

export class LineView {
  buffer: Buffer = NO_BYTES;
  text: SearchedText = { bytes: NO_BYTES, words: new Int32Array(0) };
  numbers = new LineNumbers(NO_BYTES, 1);
  /** Byte range of the line in the block, its ending excluded. */
  start = 0;
  end = 0;
  readonly #words = new WordView();
  #known: LineKnowledge = NOTHING_KNOWN;
  #times: LineTimes | null = null;
  #encoding: 'unknown' | 'ascii' | 'utf8' = 'unknown';
  /** The block as text, and lines that were read without it; used only where bytes and characters are the same. */
  #whole: string | null = null;
  #linesRead = 0;
  /** Of the line that was asked for last. */
  #string = '';
  #stringOf = -1;

  /** @param times null when no condition asks for instants. */
  begin(block: TextBlock, known: LineKnowledge, times: LineTimes | null): void {
    const { buffer, byteOffset, length } = block.bytes;
    this.buffer = Buffer.from(buffer, byteOffset, length);
    this.text = this.#words.of(block.bytes);
    this.numbers = new LineNumbers(this.buffer, block.firstLine);
    this.#known = known;
    this.#times = times;
    this.#encoding = 'unknown';
    this.#whole = null;
    this.#linesRead = 0;
    this.#stringOf = -1;
    times?.begin(this.buffer, block.firstLine, known);
  }

  move(start: number, end: number): void {
    this.start = start;
    this.end = end;
  }

  /** @returns its text, up to LINE_BYTES_MAX; the store has no longer lines. */
  string(): string {
    if (this.#stringOf === this.start) return this.#string;
    if (this.#encoding === 'unknown') this.#encoding = isAscii(this.buffer) ? 'ascii' : 'utf8';
    const end = Math.min(this.end, this.start + LINE_BYTES_MAX);
    this.#string = this.#encoding === 'ascii' ? this.#asciiLine(end) : this.buffer.toString('utf8', this.start, end);
    this.#stringOf = this.start;
    return this.#string;
  }

  #asciiLine(end: number): string {
    if (this.#linesRead < LINES_READ_ALONE) {
      this.#linesRead += 1;
      return this.buffer.toString('latin1', this.start, end);
    }
    this.#whole ??= this.buffer.toString('latin1');
    return this.#whole.slice(this.start, end);
  }

  /** @returns its place in LINE_LEVELS. */
  level(): number {
    const outside = this.#known.levels?.get(this.#line());
    return outside === undefined ? this.#ownLevel() : LINE_LEVELS.indexOf(outside);
  }

  #ownLevel(): number {
    return wordSeverity(this.text.bytes, this.text.words, this.start, this.end, this.start);
  }

  /** @returns ms since 1970; NaN without an instant. */
  time(): number {
    return this.#times?.timeOf(this.#line(), this.start, this.end) ?? Number.NaN;
  }

  cited(): boolean {
    return this.#known.cited(this.#line());
  }

  #line(): number {
    return this.numbers.at(this.start);
  }
}
