/** LZMA2: chunks of LZMA or of plain bytes, each with its sizes. Source: xz-embedded's and the LZMA SDK's readers. */
import { corrupt, type Decoding, type Feed, OUTPUT_CHUNK, truncated } from './byte-feed.ts';
import { Lzma, Window } from './lzma.ts';
import type { UnpackEnd } from './unpacker.ts';

/** @returns null when the chunks ended as they should, else how. @param dictionary its size in bytes. */
export function* decodeLzma2(feed: Feed, dictionary: number): Decoding<UnpackEnd | null> {
  const window = new Window(dictionary);
  const lzma = new Lzma(window);
  let needsReset = true;
  let needsProperties = true;
  for (;;) {
    if (!(yield* feed.need(1))) return truncated(feed);
    const control = feed.bytes[feed.at] as number;
    if (control === 0) {
      feed.at++;
      return null;
    }
    const packed = control >= 0x80;
    const headerBytes = packed ? (control >= 0xc0 ? 6 : 5) : 3;
    if (control === 1 || control >= 0xe0) {
      needsReset = false;
      needsProperties = true;
      window.reset();
    }
    if (needsReset || (!packed && control > 2)) return corrupt(feed.offset);
    if (!(yield* feed.need(headerBytes))) return truncated(feed);
    const size = (packed ? (control & 0x1f) << 16 : 0) + u16(feed, 1) + 1;
    window.reserve(size);
    if (!packed) {
      feed.at += headerBytes;
      const there = yield* feed.need(size);
      const count = Math.min(size, feed.available);
      window.append(feed.bytes.subarray(feed.at, feed.at + count));
      feed.at += count;
      yield* lastOf(window, count);
      if (!there) return truncated(feed);
      continue;
    }
    const packedSize = u16(feed, 3) + 1;
    if (control >= 0xc0) {
      if (!lzma.configure(feed.bytes[feed.at + 5] as number)) return corrupt(feed.offset + 5);
      needsProperties = false;
    }
    if (needsProperties) return corrupt(feed.offset);
    if (control >= 0xa0) lzma.resetState();
    feed.at += headerBytes;
    const there = yield* feed.need(packedSize);
    const packedEnd = Math.min(feed.at + packedSize, feed.end);
    const chunk = lzma.decode(feed.bytes, feed.at, packedEnd, size);
    yield* lastOf(window, chunk.unpacked);
    if (chunk.is === 'short' && !there) return truncated(feed);
    if (chunk.is !== 'whole') return corrupt(feed.offset + lzma.used(feed.at));
    feed.at += packedSize;
  }
}

const u16 = (feed: Feed, ahead: number): number =>
  ((feed.bytes[feed.at + ahead] as number) << 8) | (feed.bytes[feed.at + ahead + 1] as number);

function* lastOf(window: Window, count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= OUTPUT_CHUNK) yield window.copy(left, Math.min(left, OUTPUT_CHUNK));
}
