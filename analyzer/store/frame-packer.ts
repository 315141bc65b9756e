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
  readonly #stream: Transform = unstopped(() => createZstdCompress(OPTIONS));
  #pieces: Uint8Array[] = [];

  constructor() {
    this.#stream.on('data', (piece: Uint8Array) => this.#pieces.push(piece));
    // Told by the write that failed.
    this.#stream.on('error', () => undefined);
  }

  /**
   * @param bytes at least one, left alone until the frame is there. Call again only then.
   * @returns the pieces of one zstd frame.
   */
  pack(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      this.#stream.write(bytes, (error) => {
        const pieces = this.#pieces;
        this.#pieces = [];
        if (error) reject(error);
        else resolve(pieces);
      });
    });
  }
}
