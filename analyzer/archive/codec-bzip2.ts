/**
 * bzip2. Own code, because no package fits: unbzip2-stream collects every block in an array of numbers (hundreds of MB
 * for one made of runs), and tells neither where damage is nor a cut from wrong bits; seek-bzip wants all packed bytes
 * in memory; the rest of npm are WebAssembly and addons that compile.
 */

import {
  corrupt,
  type Decoding,
  decodeStream,
  endBehindStream,
  type Feed,
  truncated,
  unsupported,
  WHOLE,
} from './byte-feed.ts';
import { BitReader, readBlock } from './bzip2-block.ts';
import type { UnpackEnd } from './unpacker.ts';

/** `BZh`. */
export const BZIP2_MAGIC = [0x42, 0x5a, 0x68] as const;
/** Header and tables of a block (under 40 kB), and 900,000 symbols and an end of 20 bits each: no block is longer. */
const PACKED_BLOCK_MAX = 40_000 + Math.ceil(((900_001 + 50) * 20) / 8);
const LEVEL_BYTES = 100_000;
/** First and last 24 bits of what starts a block (pi) and what ends a stream (its square root). */
const BLOCK_MAGIC = [0x314159, 0x265359] as const;
const END_MAGIC = [0x177245, 0x385090] as const;
const END_BITS = 80;

/**
 * Unpacks one or more bzip2 streams; the contract of `gunzip`. What is handed out is right: a block whose checksum is
 * wrong is not, and nothing behind it. Memory: about 9 MB, and up to 46 MB for blocks made of runs.
 */
export function bunzip2(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, UnpackEnd> {
  return decodeStream(input, decodeBzip2);
}

export function* decodeBzip2(feed: Feed): Decoding {
  // One for all streams: an empty stream has 14 bytes, its room would have megabytes.
  let scratch = new Uint32Array(0);
  for (let streams = 0; ; streams++) {
    const there = yield* feed.need(4);
    if (streams > 0 && feed.available === 0) return WHOLE;
    const level = (feed.bytes[feed.at + 3] ?? 0) - 0x30;
    const magic = BZIP2_MAGIC.every((byte, index) => feed.bytes[feed.at + index] === byte);
    if (!there || !magic || level < 1 || level > 9) {
      const end = endBehindStream(feed, BZIP2_MAGIC);
      if (end.damage?.kind === 'truncated' && !there) return end;
      return streams > 0 && !magic ? end : corrupt(feed.offset);
    }
    feed.at += 4;
    if (scratch.length < level * LEVEL_BYTES) scratch = new Uint32Array(level * LEVEL_BYTES);
    const end = yield* decodeOne(feed, scratch.subarray(0, level * LEVEL_BYTES));
    if (end !== null) return end;
  }
}

/**
 * One stream behind its header. @returns null when it was whole, else how it ends.
 * @param scratch room for the symbols of a block; what it holds is of no meaning.
 */
function* decodeOne(feed: Feed, scratch: Uint32Array): Decoding<UnpackEnd | null> {
  let bit = 0;
  let combined = 0;
  for (;;) {
    yield* feed.need(PACKED_BLOCK_MAX);
    const bits = new BitReader(feed.bytes, feed.at * 8 + bit, feed.end);
    const magic = [bits.read(24), bits.read(24)] as const;
    if (magic[0] === END_MAGIC[0] && magic[1] === END_MAGIC[1]) {
      const crc = bits.readU32();
      if (bits.overrun) return truncated(feed);
      const from = feed.offset;
      feed.at = Math.ceil(bits.bit / 8);
      return crc === combined >>> 0 ? null : corrupt(from + (END_BITS >> 3));
    }
    if (magic[0] !== BLOCK_MAGIC[0] || magic[1] !== BLOCK_MAGIC[1]) {
      return bits.overrun ? truncated(feed) : corrupt(feed.offset);
    }
    const block = readBlock(bits, scratch);
    if (block.is === 'randomised') {
      return unsupported(feed.offset, 'it has a randomised block, as bzip2 before 0.9.5 wrote');
    }
    if (block.is === 'damaged') return bits.overrun ? truncated(feed) : corrupt(feed.offset);
    combined = ((combined << 1) | (combined >>> 31)) ^ block.crc;
    feed.at = bits.bit >> 3;
    bit = bits.bit & 7;
    yield* block.pieces;
  }
}
