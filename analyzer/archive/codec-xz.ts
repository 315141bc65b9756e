/**
 * The .xz container (The .xz File Format 1.2.1, tukaani.org). Own code, because no package fits: lzma-native is an
 * addon that links a liblzma of 2016, has an install script, only works asynchronously (a journal asks for thousands
 * of small objects in the middle of a loop) and takes the process with it when hostile input finds a fault; what else
 * npm has is WebAssembly.
 */
import { crc32 } from 'node:zlib';
import {
  corrupt,
  type Decoding,
  decodeStream,
  endBehindStream,
  type Feed,
  mismatch,
  truncated,
  unsupported,
  WHOLE,
} from './byte-feed.ts';
import { decodeLzma2 } from './lzma2.ts';
import type { UnpackEnd } from './unpacker.ts';
import { checkBytes, checkOf } from './xz-checks.ts';

export const XZ_MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] as const;
const MIB = 1024 * 1024;
/** xz -9 uses 64 MiB; beyond it an archive of a few bytes could make us take gigabytes. */
const XZ_DICTIONARY_MAX = 64 * MIB;
const STREAM_HEADER_BYTES = 12;
const LZMA2_ID = 0x21;
const FILTERS: ReadonlyMap<number, string> = new Map([
  [0x03, 'delta'],
  [0x04, 'x86'],
  [0x05, 'powerpc'],
  [0x06, 'ia64'],
  [0x07, 'arm'],
  [0x08, 'armthumb'],
  [0x09, 'sparc'],
  [0x0a, 'arm64'],
  [0x0b, 'riscv'],
]);

/**
 * Unpacks one or more .xz streams; the contract of `gunzip`. Memory: the dictionary, XZ_DICTIONARY_MAX at most. Filters
 * for machine code are not undone, and named: no log is packed with them.
 */
export function unxz(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, UnpackEnd> {
  return decodeStream(input, decodeXz);
}

export function* decodeXz(feed: Feed): Decoding {
  for (let streams = 0; ; streams++) {
    while (streams > 0 && (yield* feed.need(1)) && feed.bytes[feed.at] === 0) feed.at++;
    const there = yield* feed.need(STREAM_HEADER_BYTES);
    if (streams > 0 && feed.available === 0) return WHOLE;
    const magic = XZ_MAGIC.every((byte, index) => index >= feed.available || feed.bytes[feed.at + index] === byte);
    if (!magic) return streams > 0 ? endBehindStream(feed, XZ_MAGIC) : corrupt(feed.offset);
    if (!there) return truncated(feed);
    const end = yield* decodeOne(feed);
    if (end !== null) return end;
  }
}

/** Sums over the blocks of a stream, which its index repeats. */
interface Blocks {
  count: number;
  packed: number;
  unpacked: number;
}

/** @returns null when the stream was whole, else how it ends. */
function* decodeOne(feed: Feed): Decoding<UnpackEnd | null> {
  const flags = feed.bytes.slice(feed.at + 6, feed.at + 8);
  if (feed.peekU32(8) !== crc32(flags)) return corrupt(feed.offset + 6);
  const [reserved, checkId] = flags as unknown as readonly [number, number];
  if (reserved !== 0 || checkId > 15) return unsupported(feed.offset + 6, 'its stream flags are of a later format');
  feed.at += STREAM_HEADER_BYTES;
  const blocks: Blocks = { count: 0, packed: 0, unpacked: 0 };
  for (;;) {
    if (!(yield* feed.need(1))) return truncated(feed);
    const end =
      feed.bytes[feed.at] === 0 ? yield* readIndex(feed, blocks, flags) : yield* decodeBlock(feed, checkId, blocks);
    if (end === 'stream-end') return null;
    if (end !== null) return end;
  }
}

interface BlockHeader {
  readonly dictionary: number;
  readonly packed: number | null;
  readonly unpacked: number | null;
}

function* decodeBlock(feed: Feed, checkId: number, blocks: Blocks): Decoding<UnpackEnd | null> {
  const start = feed.offset;
  const headerBytes = ((feed.bytes[feed.at] as number) + 1) * 4;
  if (!(yield* feed.need(headerBytes))) return truncated(feed);
  const header = readBlockHeader(feed.bytes.subarray(feed.at, feed.at + headerBytes), start);
  if ('damage' in header) return header;
  feed.at += headerBytes;
  const check = checkOf(checkId);
  const dataStart = feed.offset;
  let unpacked = 0;
  const data = decodeLzma2(feed, header.dictionary);
  for (;;) {
    const step = data.next();
    if (step.done) {
      if (step.value !== null) return step.value;
      break;
    }
    if (typeof step.value !== 'string') {
      unpacked += step.value.length;
      check?.update(step.value);
    }
    yield step.value;
  }
  const packed = feed.offset - dataStart;
  if ((header.packed ?? packed) !== packed || (header.unpacked ?? unpacked) !== unpacked) return corrupt(feed.offset);
  const padding = -packed & 3;
  const checkSize = checkBytes(checkId);
  if (!(yield* feed.need(padding + checkSize))) return truncated(feed);
  for (let index = 0; index < padding; index++) if (feed.bytes[feed.at++] !== 0) return corrupt(feed.offset - 1);
  const stored = feed.bytes.subarray(feed.at, feed.at + checkSize);
  if (check !== null && !check.matches(stored)) return mismatch(feed.offset);
  feed.at += checkSize;
  blocks.count++;
  blocks.packed += headerBytes + packed + checkSize;
  blocks.unpacked += unpacked;
  return null;
}

/** @param offset of the header in the input. */
function readBlockHeader(bytes: Uint8Array, offset: number): BlockHeader | UnpackEnd {
  const end = bytes.length - 4;
  const stored = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(end, true);
  if (stored !== crc32(bytes.subarray(0, end))) return corrupt(offset);
  const flags = bytes[1] as number;
  if ((flags & 0x3c) !== 0) return unsupported(offset, 'its block flags are of a later format');
  const numbers = new Numbers(bytes.subarray(0, end), 2);
  const packed = flags & 0x40 ? numbers.next() : null;
  const unpacked = flags & 0x80 ? numbers.next() : null;
  const filters: number[] = [];
  let dictionaryCode = -1;
  for (let left = (flags & 3) + 1; left > 0; left--) {
    const id = numbers.next();
    const size = numbers.next();
    const properties = numbers.take(size);
    if (properties === null) return corrupt(offset);
    filters.push(id);
    if (id === LZMA2_ID && size === 1) dictionaryCode = properties[0] as number;
  }
  const other = filters.find((id) => id !== LZMA2_ID);
  if (other !== undefined) {
    return unsupported(offset, `it needs the filter ${FILTERS.get(other) ?? `0x${other.toString(16)}`}`);
  }
  if (filters.length !== 1 || dictionaryCode < 0 || dictionaryCode > 40) return corrupt(offset);
  const dictionary = dictionaryBytes(dictionaryCode);
  if (dictionary > XZ_DICTIONARY_MAX) {
    const [asked, limit] = [Math.round(dictionary / MIB), XZ_DICTIONARY_MAX / MIB];
    return unsupported(offset, `it needs a dictionary of ${asked} MiB, more than the limit of ${limit} MiB`);
  }
  return { dictionary, packed, unpacked };
}

/** 4 KiB, 6 KiB, 8 KiB, 12 KiB, ... 4 GiB - 1. */
const dictionaryBytes = (code: number): number =>
  code === 40 ? 0xffffffff : (2 | (code & 1)) * 2 ** ((code >> 1) + 11);

/** Variable-length integers of a header whose checksum was right; NaN for one that cannot be. */
class Numbers {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  next(): number {
    let value = 0;
    for (let index = 0; index < 9; index++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  }

  take(count: number): Uint8Array | null {
    if (!(this.#at + count <= this.#bytes.length)) return null;
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}

/** Index and footer: they repeat what the blocks said, and tell a stream that was cut between blocks. */
function* readIndex(feed: Feed, blocks: Blocks, flags: Uint8Array): Decoding<UnpackEnd | 'stream-end'> {
  const start = feed.offset;
  let crc = 0;
  const use = (count: number): Uint8Array => {
    const used = feed.bytes.subarray(feed.at, feed.at + count);
    crc = crc32(used, crc);
    feed.at += count;
    return used;
  };
  function* number(): Decoding<number | null> {
    let value = 0;
    for (let index = 0; index < 9; index++) {
      if (!(yield* feed.need(1))) return null;
      const [byte] = use(1) as unknown as readonly [number];
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  }
  if (!(yield* feed.need(1))) return truncated(feed);
  use(1);
  const count = yield* number();
  if (count === null) return truncated(feed);
  if (count !== blocks.count) return corrupt(start);
  let packed = 0;
  let unpacked = 0;
  for (let record = 0; record < blocks.count; record++) {
    const [one, other] = [yield* number(), yield* number()];
    if (one === null || other === null) return truncated(feed);
    packed += one;
    unpacked += other;
  }
  if (packed !== blocks.packed || unpacked !== blocks.unpacked) return corrupt(start);
  const padding = -(feed.offset - start) & 3;
  if (!(yield* feed.need(padding + 4 + STREAM_HEADER_BYTES))) return truncated(feed);
  if (use(padding).some((byte) => byte !== 0) || feed.peekU32() !== crc) return corrupt(feed.offset);
  feed.at += 4;
  return readFooter(feed, feed.offset - start, flags) ? 'stream-end' : corrupt(feed.offset);
}

function readFooter(feed: Feed, indexBytes: number, flags: Uint8Array): boolean {
  const footer = feed.bytes.subarray(feed.at, feed.at + STREAM_HEADER_BYTES);
  const right =
    feed.peekU32() === crc32(footer.subarray(4, 10)) &&
    (feed.peekU32(4) + 1) * 4 === indexBytes &&
    footer[8] === flags[0] &&
    footer[9] === flags[1] &&
    footer[10] === 0x59 &&
    footer[11] === 0x5a;
  if (right) feed.at += STREAM_HEADER_BYTES;
  return right;
}
