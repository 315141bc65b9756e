/** Packed bytes of a stream that can be had again after damage, as long as they are few. */
import type { Again } from './codec-gzip.ts';

/** Most packed files in an archive are smaller. Of larger ones the last megabyte before damage may be lost. */
const REMEMBERED_BYTES_MAX = 16 * 1024 * 1024;

export function remembered(input: AsyncIterable<Uint8Array>): {
  readonly bytes: AsyncGenerator<Uint8Array, void>;
  readonly again: Again;
} {
  let chunks: Uint8Array[] | null = [];
  let total = 0;
  async function* bytes(): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of input) {
      total += chunk.length;
      if (total > REMEMBERED_BYTES_MAX) chunks = null;
      chunks?.push(chunk);
      yield chunk;
    }
  }
  async function* again(kept: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
    yield* kept;
  }
  return { bytes: bytes(), again: () => (chunks === null ? null : again(chunks)) };
}
