/**
 * gzip as an async iterable that hands out everything it could unpack before it fails. Node's own stream drops
 * what is buffered when the data ends early, which would lose the readable part of a truncated archive.
 */
import { createGunzip } from 'node:zlib';

/** Larger output chunks halve the time of inflate: 1.50 s -> 0.66 s for 256 MB (measured). */
const OUTPUT_CHUNK = 1024 * 1024;

export interface InflateEnd {
  /** null when the stream was whole. */
  readonly damage: { readonly kind: 'truncated' | 'corrupt'; readonly message: string } | null;
}

/**
 * Unpacks `input` (one or more gzip members).
 * At most one input chunk's output is buffered, so memory is bounded by 1,032 times the chunk's size.
 * @returns the generator's return value says whether the stream was whole; it never throws for bad data.
 */
export async function* gunzip(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, InflateEnd> {
  const inflate = createGunzip({ chunkSize: OUTPUT_CHUNK });
  let ready: Uint8Array[] = [];
  let failure: Error | null = null;
  inflate.on('data', (chunk: Uint8Array) => ready.push(chunk));
  inflate.on('error', (error) => {
    failure = error;
  });
  const step = (feed: (done: () => void) => void) =>
    new Promise<void>((resolve) => {
      inflate.once('error', resolve);
      feed(() => {
        inflate.off('error', resolve);
        resolve();
      });
    });

  try {
    // One chunk is inflated in the thread pool while the consumer works on the output of the one before.
    let pending: Promise<void> | null = null;
    for await (const chunk of input) {
      if (pending !== null) await pending;
      const output = ready;
      ready = [];
      if (failure !== null) {
        yield* output;
        break;
      }
      pending = step((done) => inflate.write(chunk, done));
      yield* output;
    }
    if (pending !== null) await pending;
    if (failure === null) {
      await step((done) => {
        inflate.once('end', done);
        inflate.end();
      });
    }
    yield* ready;
    return { damage: describe(failure) };
  } finally {
    inflate.destroy();
  }
}

function describe(error: Error | null): InflateEnd['damage'] {
  if (error === null) return null;
  const code = (error as NodeJS.ErrnoException).code;
  return { kind: code === 'Z_BUF_ERROR' ? 'truncated' : 'corrupt', message: error.message };
}
