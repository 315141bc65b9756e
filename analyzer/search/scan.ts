/**
 * Finds the lines of one block that hold every term of a query. Exact for any bytes: terms are compared as UTF-8
 * bytes with ASCII case folded, so it does not matter whether the text is valid UTF-8.
 */
import type { TextBlock } from '../core/case-reader.ts';
import { foldAscii, type PlainQuery } from './query.ts';

export interface BlockScanner {
  /** @returns numbers (from 1) of matching lines in ascending order. */
  scan(block: TextBlock): readonly number[];
}

const NEWLINE = 10;
/** ASCII capitals to small letters, every other byte to itself. */
const FOLD = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

/** Prepares a query; the scanner reuses one buffer, so use it for one block at a time. */
export function blockScanner(query: PlainQuery): BlockScanner {
  // The longest term is most likely the rarest: it finds candidates, the others only look at those lines.
  const terms = query.terms.map((term) => Buffer.from(foldAscii(term))).sort((a, b) => b.length - a.length);
  const first = terms[0] as Buffer;
  const others = terms.slice(1);
  let folded = Buffer.alloc(0);

  return {
    scan(block) {
      const size = block.bytes.length;
      if (folded.length < size) folded = Buffer.allocUnsafe(size);
      for (let at = 0; at < size; at++) folded[at] = FOLD[block.bytes[at] as number] as number;
      const text = folded.subarray(0, size);
      const lines: number[] = [];
      let counted = 0;
      let line = block.firstLine;
      let at = text.indexOf(first);
      while (at >= 0) {
        for (let next = text.indexOf(NEWLINE, counted); next >= 0 && next < at; next = text.indexOf(NEWLINE, counted)) {
          counted = next + 1;
          line += 1;
        }
        let end = text.indexOf(NEWLINE, at);
        if (end < 0) end = size;
        // `counted` is now the start of the line that holds `at`.
        const whole = text.subarray(counted, end);
        if (at + first.length <= end && others.every((term) => whole.includes(term))) lines.push(line);
        at = end + 1 < size ? text.indexOf(first, end + 1) : -1;
      }
      return lines;
    },
  };
}
