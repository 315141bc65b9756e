/** A zlib stream of Node driven one write at a time: every step resolves, whether the bytes are good, ended or bad. */
import type { Transform } from 'node:stream';
import { createGunzip, createInflateRaw, createZstdDecompress } from 'node:zlib';
import { unstopped } from '../core/thread-end.ts';

/** Larger output chunks halve the time of inflate: 1.50 s -> 0.66 s for 256 MB (measured). */
export const OUTPUT_CHUNK = 1024 * 1024;
/** That memory costs 200 us a stream; this much 17 us (measured), which counts where there are 200,000 of them. */
const LITTLE_OUTPUT_CHUNK = 16 * 1024;
/** Packed bytes that seldom unpack to more than a few of the small chunks. */
const LITTLE_BYTES = 4096;

export type ZlibFormat = 'gzip' | 'deflate' | 'zstd';
const STREAMS = { gzip: createGunzip, deflate: createInflateRaw, zstd: createZstdDecompress } as const;

export class ZlibSteps {
  /** What `take` gives lies in memory of its own; else in the pool that Node shares out (`Buffer.poolSize`), where others' bytes are as well. */
  readonly ownMemory: boolean;
  readonly #stream: Transform & { readonly bytesWritten: number };
  #ready: Uint8Array[] = [];
  #wake: () => void = () => {};
  error: NodeJS.ErrnoException | null = null;
  /** `ended`: what was packed is whole, and it ends at `used`. */
  state: 'open' | 'ended' | 'failed' = 'open';
  /** Writes that were unpacked without a failure. */
  done = 0;

  /** @param packedBytes of the whole stream; null when that is not known. */
  constructor(format: ZlibFormat, packedBytes: number | null) {
    const little = packedBytes !== null && packedBytes <= LITTLE_BYTES;
    const options = { chunkSize: little ? LITTLE_OUTPUT_CHUNK : OUTPUT_CHUNK };
    this.ownMemory = options.chunkSize >= Buffer.poolSize / 2;
    this.#stream = unstopped(() => STREAMS[format](options));
    this.#stream.on('data', (chunk: Uint8Array) => this.#ready.push(chunk));
    this.#stream.on('end', () => {
      if (this.state === 'open') this.state = 'ended';
      this.#wake();
    });
    this.#stream.on('error', (error) => {
      this.error = error;
      this.state = 'failed';
      this.#wake();
    });
  }

  /** Packed bytes that were used. */
  get used(): number {
    return this.#stream.bytesWritten;
  }

  /** Each piece is one write: what one before a bad one unpacks to is not lost. */
  feed(...pieces: readonly Uint8Array[]): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      const last = pieces.length - 1;
      for (const [index, piece] of pieces.entries()) {
        this.#stream.write(piece, (error) => {
          if (!error) this.done += 1;
          if (index === last) resolve();
        });
      }
    });
  }

  finish(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#stream.end();
    });
  }

  /** @returns what was unpacked since it was last asked. */
  take(): readonly Uint8Array[] {
    const taken = this.#ready;
    this.#ready = [];
    return taken;
  }

  close(): void {
    this.#stream.destroy();
  }
}
