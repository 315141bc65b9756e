/** Cuts a stream of bytes of one file into blocks of whole lines. Memory: one block plus one longest line. */
import { BLOCK_BYTES, LINE_BYTES_MAX } from '../core/limits.ts';

const NEWLINE = 10;

export class BlockCutter {
  readonly #emit: (block: Uint8Array) => void;
  #buffer = Buffer.allocUnsafe(2 * BLOCK_BYTES);
  #length = 0;
  /** Lines that were longer than LINE_BYTES_MAX and had to be split. */
  splitLines = 0;

  /** @param emit gets each block; the bytes are only valid during the call. */
  constructor(emit: (block: Uint8Array) => void) {
    this.#emit = emit;
  }

  write(chunk: Uint8Array): void {
    // Never more than a block at a time, so that one huge chunk does not make one huge buffer.
    for (let at = 0; at < chunk.length; at += BLOCK_BYTES) {
      this.#append(chunk.subarray(at, at + BLOCK_BYTES));
      this.#cut();
    }
  }

  /** Hands out what is left and makes the cutter ready for the next file. */
  end(): void {
    if (this.#length > 0) this.#emit(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    this.splitLines = 0;
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = needed;
  }

  #cut(): void {
    let start = 0;
    while (this.#length - start >= BLOCK_BYTES) {
      let newline = this.#buffer.lastIndexOf(NEWLINE, start + BLOCK_BYTES - 1);
      if (newline < start) {
        newline = this.#buffer.indexOf(NEWLINE, start + BLOCK_BYTES);
        if (newline >= this.#length) newline = -1;
      }
      let end = newline < start ? -1 : newline + 1;
      if (end < 0) {
        if (this.#length - start < LINE_BYTES_MAX) break;
        end = start + LINE_BYTES_MAX;
        this.splitLines += 1;
      }
      this.#emit(this.#buffer.subarray(start, end));
      start = end;
    }
    if (start > 0) {
      this.#buffer.copyWithin(0, start, this.#length);
      this.#length -= start;
    }
  }
}
