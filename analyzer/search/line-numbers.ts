/** Numbers of the lines of one block, counted when they are asked for: of most matching lines nobody asks more than their place. */
import type { LineHit } from './file-query.ts';

const LINE_FEED = 10;

export class LineNumbers {
  readonly #bytes: Buffer;
  readonly #firstLine: number;
  /** The last line that was asked for. */
  #start = 0;
  #line: number;

  constructor(bytes: Buffer, firstLine: number) {
    this.#bytes = bytes;
    this.#firstLine = firstLine;
    this.#line = firstLine;
  }

  /** @param start place of the first byte of a line. Best asked in ascending order. @returns its number in the file. */
  at(start: number): number {
    if (start < this.#start) {
      this.#start = 0;
      this.#line = this.#firstLine;
    }
    for (let next = this.#start; next < start; this.#line++) {
      const feed = this.#bytes.indexOf(LINE_FEED, next);
      next = feed < 0 ? start : feed + 1;
    }
    this.#start = start;
    return this.#line;
  }
}

/** Knows its number as long as the block can be read. */
export class NumberedHit implements LineHit {
  readonly start: number;
  readonly end: number;
  readonly #numbers: LineNumbers;

  constructor(start: number, end: number, numbers: LineNumbers) {
    this.start = start;
    this.end = end;
    this.#numbers = numbers;
  }

  get line(): number {
    return this.#numbers.at(this.start);
  }
}
