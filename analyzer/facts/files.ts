/** Source files by role, and their text for a parser. */
import type { BundleReader } from '../core/case-reader.ts';
import { giveBack } from '../core/give-back.ts';
import { PARSE_BYTES_MAX } from '../core/limits.ts';
import type { SourceFile } from '../core/vocabulary.ts';

/** @returns the text of a source file, at most PARSE_BYTES_MAX of it. */
export function fileText(reader: BundleReader, file: SourceFile): string {
  return reader.text(file.id, PARSE_BYTES_MAX).text;
}

/**
 * The text of a source file in pieces of whole lines, at most PARSE_BYTES_MAX of it: what is large is never held whole.
 * Each pass reads the bundle anew; `truncated` is known after one that went to the end.
 */
export class FilePieces implements Iterable<string> {
  readonly #reader: BundleReader;
  readonly #file: SourceFile;
  #truncated: 'yes' | 'no' = 'no';

  constructor(reader: BundleReader, file: SourceFile) {
    this.#reader = reader;
    this.#file = file;
  }

  get truncated(): boolean {
    return this.#truncated === 'yes';
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const { bytes, byteStart } of this.#reader.blocks(this.#file.id)) {
      if (byteStart + bytes.length > PARSE_BYTES_MAX) {
        this.#truncated = 'yes';
        return;
      }
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
      giveBack(bytes);
      yield text;
    }
  }

  /** @returns the first characters. */
  head(chars: number): string {
    let head = '';
    for (const piece of this) {
      head += piece;
      if (head.length >= chars) break;
    }
    return head.slice(0, chars);
  }
}

/**
 * @returns the files of these roles by path, copies of the same bytes left out: which of two is read first must not
 * depend on how the archive was packed.
 */
export function filesOf(reader: BundleReader, ...roles: readonly string[]): readonly SourceFile[] {
  return reader
    .files()
    .filter((file) => roles.includes(file.role) && file.aliasOf === null)
    .sort((one, two) => (one.path < two.path ? -1 : one.path > two.path ? 1 : 0));
}
