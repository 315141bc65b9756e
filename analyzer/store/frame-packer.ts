/** Compresses blocks, each to a frame of its own, in Node's thread pool: the caller scans the next ones meanwhile. */
import type { Transform } from 'node:stream';
import { constants, createZstdCompress } from 'node:zlib';
import { unstopped } from '../core/thread-end.ts';

/**
 * zstd level 1: level 3 costs twice the CPU for 8 % less disk on log text (measured). A frame ends with every write, so that
 * one context makes one after the other, and zstd knows the size of each before it begins.
 */
const OPTIONS = {
  flush: constants.ZSTD_e_end,
  params: { [constants.ZSTD_c_compressionLevel]: 1 },
  chunkSize: 64 * 1024,
};

/**
 * A context begins its next block only in a turn of the caller's event loop, and the caller is busy scanning. With one, an index
 * worker waits a third of its time for blocks that are long compressed; with eight, next to none of it (2: a fifth, 4: a seventh).
 */
const CONTEXTS = 8;

const newStream = (): Transform => unstopped(() => createZstdCompress(OPTIONS));

export class FramePacker {
  readonly #free: Context[];
  #waiting: ((context: Context) => void)[] = [];

  /** @param made makes a stream that ends a frame with every write. */
  constructor(made: () => Transform = newStream, contexts = CONTEXTS) {
    this.#free = Array.from({ length: contexts }, () => new Context(made()));
  }

  /**
   * @param bytes at least one, left alone until the frame is there. Bounded by whoever calls: see `room`.
   * @returns the pieces of one zstd frame; fails with what zstd says.
   */
  async pack(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    const context = this.#free.pop() ?? (await this.#next());
    try {
      return await context.pack(bytes);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(context);
      else next(context);
    }
  }

  /** @returns once a block would be compressed at once; null when that is now. */
  room(): Promise<void> | null {
    if (this.#free.length > 0) return null;
    return this.#next().then((context) => void this.#free.push(context));
  }

  #next(): Promise<Context> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** One stream, which takes one block at a time. */
class Context {
  readonly #stream: Transform;
  #pieces: Uint8Array[] = [];
  #fail: (error: Error) => void = () => undefined;

  constructor(stream: Transform) {
    this.#stream = stream;
    this.#stream.on('data', (piece: Uint8Array) => this.#pieces.push(piece));
    // A zlib stream of Node that fails, as without memory, never calls back the write that it was at.
    this.#stream.on('error', (error) => this.#fail(error));
  }

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
