/** Bytes as words of four: in place where they are aligned, else a copy in a buffer that is used again. */
import type { SearchedText } from './literal-finder.ts';

const WORD = 4;

export class WordView {
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
