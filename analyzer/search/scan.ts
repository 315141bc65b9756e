/**
 * Finds the lines of one block that hold every term of a query. Exact for any bytes: terms are compared as UTF-8
 * bytes with ASCII case folded, so it does not matter whether the text is valid UTF-8.
 */
import type { TextBlock } from '../core/case-reader.ts';
import type { PlainQuery } from '../query/plain.ts';
import { type LiteralFinder, literalFinder, type SearchedText } from './literal-finder.ts';

export interface BlockScanner {
  /** @returns numbers (from 1) of matching lines in ascending order. */
  scan(block: TextBlock): readonly number[];
}

const NEWLINE = 10;
const WORD = 4;

/** Prepares a query; the scanner reuses one buffer, so use it for one block at a time. */
export function blockScanner(query: PlainQuery): BlockScanner {
  // The longest term is most likely the rarest: it finds candidates, the others only look at those lines.
  const terms = query.terms.map((term) => Buffer.from(term)).sort((a, b) => b.length - a.length);
  const [first, ...others] = terms.map(literalFinder) as [LiteralFinder, ...LiteralFinder[]];
  const length = terms[0]?.length ?? 0;
  const words = new WordView();

  return {
    scan({ bytes, firstLine }) {
      const text = words.of(bytes);
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const size = bytes.length;
      const lines: number[] = [];
      let start = 0;
      let line = firstLine;
      let at = first.find(text, 0, size);
      while (at >= 0) {
        for (let next = buffer.indexOf(NEWLINE, start); next >= 0 && next < at; next = buffer.indexOf(NEWLINE, start)) {
          start = next + 1;
          line += 1;
        }
        const newline = buffer.indexOf(NEWLINE, at);
        const end = newline < 0 ? size : newline;
        // A phrase may hold a line end; no line does.
        if (at + length <= end && others.every((other) => other.find(text, start, end) >= 0)) lines.push(line);
        at = newline < 0 ? -1 : first.find(text, end + 1, size);
      }
      return lines;
    },
  };
}

/** Bytes as words of four: in place where they are aligned, else a copy in a buffer that is used again. */
class WordView {
  #copy = new Int32Array(0);

  of(bytes: Uint8Array): SearchedText {
    const count = Math.ceil(bytes.length / WORD);
    const { buffer, byteOffset } = bytes;
    if (byteOffset % WORD === 0 && byteOffset + count * WORD <= buffer.byteLength) {
      return { bytes, words: new Int32Array(buffer, byteOffset, count) };
    }
    if (this.#copy.length < count) this.#copy = new Int32Array(count);
    new Uint8Array(this.#copy.buffer).set(bytes);
    return { bytes, words: this.#copy };
  }
}
