/** Compresses blocks one after the other, each to a frame of its own, in Node's thread pool: the caller scans meanwhile. */
import type { Transform } from 'node:stream';
import { constants, createZstdCompress } from 'node:zlib';
import { unstopped } from '../core/thread-end.ts';

/**
 * zstd level 1: level 3 costs twice the CPU for 8 % less disk on log text (measured). A frame ends with every write, so that
 * one context makes all of them, and zstd knows the size of each before it begins.
 */
const OPTIONS = {
  flush: constants.ZSTD_e_end,
  params: { [constants.ZSTD_c_compressionLevel]: 1 },
  chunkSize: 64 * 1024,
};

export class FramePacker {
  readonly #stream: Transform;
  #pieces: Uint8Array[] = [];
  #fail: (error: Error) => void = () => undefined;

  /** @param stream that ends a frame with every write. */
  constructor(stream: Transform = unstopped(() => createZstdCompress(OPTIONS))) {
    this.#stream = stream;
    this.#stream.on('data', (piece: Uint8Array) => this.#pieces.push(piece));
    // A zlib stream of Node that fails, as without memory, never calls back the write that it was at.
    this.#stream.on('error', (error) => this.#fail(error));
  }

  /**
   * @param bytes at least one, left alone until the frame is there. Call again only then.
   * @returns the pieces of one zstd frame; fails with what zstd says.
   */
  pack(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#stream.write(bytes, (error) => {
        const pieces = this.#pieces;
        this.#pieces = [];
        if (error) reject(error);
        else resolve(pieces);
      });
    });
  }
}
