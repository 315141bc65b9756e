/**
 * lz4 frames. Source: "LZ4 Frame Format Description" 1.6.3 (lz4, doc/lz4_Frame_format.md). Own code: lz4js wants the
 * whole file in memory, throws, and checks no checksum; the others are addons or WebAssembly.
 */
import {
  corrupt,
  type Decoding,
  decodeStream,
  endBehindStream,
  type Feed,
  mismatch,
  OUTPUT_CHUNK,
  truncated,
  unsupported,
  WHOLE,
} from './byte-feed.ts';
import { unpackLz4Block } from './lz4-block.ts';
import type { UnpackEnd } from './unpacker.ts';
import { Xxh32 } from './xxh32.ts';

export const LZ4_MAGIC = [0x04, 0x22, 0x4d, 0x18] as const;
const FRAME = 0x184d2204;
const LEGACY_FRAME = 0x184c2102;
/** Frames with any of 16 magic numbers carry what is not data: they are passed over. */
const SKIPPABLE_FRAME = 0x184d2a50;
/** How far back a match may refer. */
const HISTORY = 64 * 1024;
/** Set in a block's size when the block is stored as it is. */
const STORED = 0x80000000;

const FLAG = { dictionary: 0x01, reserved: 0x02, contentCheck: 0x04, contentSize: 0x08, blockCheck: 0x10 } as const;

/** Unpacks one or more lz4 frames; the contract of `gunzip`. Memory: two blocks of 4 MiB at most. */
export function unlz4(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, UnpackEnd> {
  return decodeStream(input, decodeLz4);
}

export function* decodeLz4(feed: Feed): Decoding {
  const room: Room = { window: new Uint8Array(0) };
  for (let frames = 0; ; frames++) {
    const there = yield* feed.need(4);
    if (frames > 0 && feed.available === 0) return WHOLE;
    if (!there) {
      const end = endBehindStream(feed, LZ4_MAGIC);
      return frames > 0 || end.damage?.kind === 'truncated' ? end : corrupt(feed.offset);
    }
    const magic = feed.peekU32();
    if (magic === LEGACY_FRAME) return unsupported(feed.offset, 'it is a legacy lz4 frame');
    const skippable = (magic & 0xfffffff0) >>> 0 === SKIPPABLE_FRAME;
    if (magic !== FRAME && !skippable) return frames > 0 ? endBehindStream(feed, LZ4_MAGIC) : corrupt(feed.offset);
    const end = skippable ? yield* passOver(feed) : yield* decodeFrame(feed, room);
    if (end !== null) return end;
  }
}

function* passOver(feed: Feed): Decoding<UnpackEnd | null> {
  if (!(yield* feed.need(8))) return truncated(feed);
  let left = feed.peekU32(4);
  feed.at += 8;
  while (left > 0) {
    if (!(yield* feed.need(1))) return truncated(feed);
    const step = Math.min(left, feed.available);
    feed.at += step;
    left -= step;
  }
  return null;
}

interface Descriptor {
  readonly flags: number;
  readonly blockMax: number;
  readonly contentBytes: number | null;
}

function* readDescriptor(feed: Feed): Decoding<Descriptor | UnpackEnd> {
  if (!(yield* feed.need(7))) return truncated(feed);
  const flags = feed.bytes[feed.at + 4] as number;
  const sizeCode = ((feed.bytes[feed.at + 5] as number) >> 4) & 7;
  const bytes = 2 + (flags & FLAG.contentSize ? 8 : 0) + (flags & FLAG.dictionary ? 4 : 0);
  if (!(yield* feed.need(4 + bytes + 1))) return truncated(feed);
  const descriptor = feed.bytes.subarray(feed.at + 4, feed.at + 4 + bytes);
  const check = (new Xxh32().update(descriptor).digest() >>> 8) & 0xff;
  if (feed.bytes[feed.at + 4 + bytes] !== check || sizeCode < 4) return corrupt(feed.offset + 4);
  if (flags >> 6 !== 1 || flags & FLAG.reserved) return unsupported(feed.offset, 'its frame is of a later version');
  if (flags & FLAG.dictionary) return unsupported(feed.offset, 'it needs a dictionary that is not in it');
  const contentBytes = flags & FLAG.contentSize ? feed.peekU32(6) + feed.peekU32(10) * 2 ** 32 : null;
  feed.at += 4 + bytes + 1;
  return { flags, blockMax: 4 ** sizeCode * 256, contentBytes };
}

/** History and one block, for all frames: an empty frame has 11 bytes, its window would have megabytes. */
interface Room {
  window: Uint8Array;
}

function* decodeFrame(feed: Feed, room: Room): Decoding<UnpackEnd | null> {
  const descriptor = yield* readDescriptor(feed);
  if ('damage' in descriptor) return descriptor;
  const { flags, blockMax, contentBytes } = descriptor;
  const check = flags & FLAG.contentCheck ? new Xxh32() : null;
  if (room.window.length < HISTORY + blockMax) room.window = new Uint8Array(HISTORY + blockMax);
  const { window } = room;
  let history = 0;
  let unpacked = 0;
  for (;;) {
    if (!(yield* feed.need(4))) return truncated(feed);
    const field = feed.peekU32();
    const size = (field & ~STORED) >>> 0;
    if (size > blockMax) return corrupt(feed.offset);
    feed.at += 4;
    if (field === 0) break;
    const trailer = flags & FLAG.blockCheck ? 4 : 0;
    const there = yield* feed.need(size + trailer);
    const end = Math.min(feed.at + size, feed.end);
    const packed = feed.bytes.subarray(feed.at, end);
    if (there && trailer > 0 && feed.peekU32(size) !== new Xxh32().update(packed).digest()) return corrupt(feed.offset);
    const block =
      field >= STORED
        ? stored(packed, window, history)
        : unpackLz4Block(packed, 0, packed.length, window, history, history + blockMax);
    const output = window.subarray(history, block.to);
    check?.update(output);
    unpacked += output.length;
    for (let from = 0; from < output.length; from += OUTPUT_CHUNK) yield output.slice(from, from + OUTPUT_CHUNK);
    if (!there) return truncated(feed);
    if (!block.whole) return corrupt(feed.offset + block.at);
    feed.at += size + trailer;
    const kept = Math.min(block.to, HISTORY);
    window.copyWithin(0, block.to - kept, block.to);
    history = kept;
  }
  if ((contentBytes ?? unpacked) !== unpacked) return corrupt(feed.offset);
  if (check === null) return null;
  if (!(yield* feed.need(4))) return truncated(feed);
  if (feed.peekU32() !== check.digest()) return mismatch(feed.offset);
  feed.at += 4;
  return null;
}

function stored(packed: Uint8Array, window: Uint8Array, to: number) {
  window.set(packed, to);
  return { whole: true, to: to + packed.length, at: packed.length };
}
