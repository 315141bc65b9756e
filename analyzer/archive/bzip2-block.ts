/**
 * One block of bzip2: Huffman codes, move to front, the inverse of the Burrows-Wheeler transform, runs. There is no
 * specification by its author; the source is bzip2 1.0.8's decompress.c and the format description by Joe Tsai.
 */
import { OUTPUT_CHUNK } from './byte-feed.ts';

/** Symbols coded with one table before the next selector. */
const GROUP = 50;
const CODE_BITS_MAX = 20;
/** Codes up to so many bits are found with one look into a table. */
const FAST_BITS = 10;
const SELECTORS_MAX = 32768;
/** A byte of a block expands to so many at most. */
const MARGIN = 256;

const CRC = new Int32Array(256).map((_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});

/** Bits of `bytes[..end]`, most significant first; behind the end come zeros, and `overrun` tells. */
export class BitReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  #acc = 0;
  #held = 0;
  #at: number;

  /** @param bit offset of the first bit. */
  constructor(bytes: Uint8Array, bit: number, end: number) {
    this.bytes = bytes;
    this.end = end;
    this.#at = bit >> 3;
    this.drop(bit & 7);
  }

  /** Offset of the next bit. */
  get bit(): number {
    return this.#at * 8 - this.#held;
  }

  get overrun(): boolean {
    return this.bit > this.end * 8;
  }

  /** @returns the next `count` bits (1 to 24) without using them up. */
  peek(count: number): number {
    while (this.#held <= 24) {
      const byte = this.#at < this.end ? (this.bytes[this.#at] as number) : 0;
      this.#acc |= byte << (24 - this.#held);
      this.#at++;
      this.#held += 8;
    }
    return this.#acc >>> (32 - count);
  }

  drop(count: number): void {
    this.peek(1);
    this.#acc <<= count;
    this.#held -= count;
  }

  read(count: number): number {
    const value = this.peek(count);
    this.#acc <<= count;
    this.#held -= count;
    return value;
  }

  readU32(): number {
    const high = this.read(16);
    return ((high << 16) | this.read(16)) >>> 0;
  }
}

export type Block =
  | { readonly is: 'whole'; readonly pieces: readonly Uint8Array[]; readonly crc: number }
  | { readonly is: 'damaged' }
  | { readonly is: 'randomised' };

const DAMAGED: Block = { is: 'damaged' };

/**
 * Unpacks a block whose magic was read. A block is whole or nothing: one wrong bit scrambles all of it.
 * @param scratch room for the symbols of the stream's block size.
 */
export function readBlock(bits: BitReader, scratch: Uint32Array): Block {
  const crc = bits.readU32();
  if (bits.read(1) === 1) return { is: 'randomised' };
  const origin = bits.read(24);
  const alphabet = readAlphabet(bits);
  const tables = bits.read(3);
  const selectorCount = bits.read(15);
  if (alphabet.length === 0 || tables < 2 || tables > 6 || selectorCount === 0) return DAMAGED;
  const selectors = readSelectors(bits, tables, selectorCount);
  if (selectors === null) return DAMAGED;
  const codes: Code[] = [];
  for (let table = 0; table < tables; table++) {
    const code = readCode(bits, alphabet.length + 2);
    if (code === null) return DAMAGED;
    codes.push(code);
  }
  const length = readSymbols(bits, alphabet, selectors, codes, scratch);
  if (length === null || bits.overrun || origin >= length) return DAMAGED;
  const pieces = expandRuns(untransform(scratch, length, origin));
  return crcOf(pieces) === crc ? { is: 'whole', pieces, crc } : DAMAGED;
}

/** The bytes that occur in the block, in two levels of 16 bits. */
function readAlphabet(bits: BitReader): Uint8Array {
  const used: number[] = [];
  const groups = bits.read(16);
  for (let group = 0; group < 16; group++) {
    if ((groups & (0x8000 >> group)) === 0) continue;
    const members = bits.read(16);
    for (let index = 0; index < 16; index++) if (members & (0x8000 >> index)) used.push(group * 16 + index);
  }
  return Uint8Array.from(used);
}

function readSelectors(bits: BitReader, tables: number, count: number): Uint8Array | null {
  const order = [0, 1, 2, 3, 4, 5];
  const selectors = new Uint8Array(Math.min(count, SELECTORS_MAX));
  for (let index = 0; index < count; index++) {
    let back = 0;
    while (bits.read(1) === 1) if (++back >= tables) return null;
    const [table] = order.splice(back, 1) as [number];
    order.unshift(table);
    selectors[index] = table;
  }
  return selectors;
}

interface Code {
  /** For the next FAST_BITS bits: symbol * 32 + length of its code, or 0 when the code is longer. */
  readonly fast: Uint16Array;
  /** Largest code of each length, left-aligned to CODE_BITS_MAX bits; -1 when there is none. */
  readonly limit: Int32Array;
  /** What to subtract from a code of that length to get its index in `symbols`. */
  readonly base: Int32Array;
  /** Symbols by code. */
  readonly symbols: Uint16Array;
}

function readCode(bits: BitReader, size: number): Code | null {
  const lengths = new Uint8Array(size);
  let length = bits.read(5);
  for (let symbol = 0; symbol < size; symbol++) {
    for (;;) {
      if (length < 1 || length > CODE_BITS_MAX) return null;
      if (bits.read(1) === 0) break;
      length += bits.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return codeOf(lengths);
}

function codeOf(lengths: Uint8Array): Code {
  const fast = new Uint16Array(1 << FAST_BITS);
  const limit = new Int32Array(CODE_BITS_MAX + 1).fill(-1);
  const base = new Int32Array(CODE_BITS_MAX + 1);
  const symbols = new Uint16Array(lengths.length);
  let next = 0;
  let code = 0;
  for (let length = 1; length <= CODE_BITS_MAX; length++) {
    base[length] = code - next;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      symbols[next++] = symbol;
      // Damaged lengths may give more codes than there are: those beyond are never met.
      if (length <= FAST_BITS && code < 1 << length) {
        const spare = FAST_BITS - length;
        fast.fill(symbol * 32 + length, code << spare, (code + 1) << spare);
      }
      code++;
    }
    limit[length] = (code << (CODE_BITS_MAX - length)) - 1;
    code <<= 1;
  }
  return { fast, limit, base, symbols };
}

function slowSymbol(bits: BitReader, code: Code): number {
  const next = bits.peek(CODE_BITS_MAX);
  for (let length = 1; length <= CODE_BITS_MAX; length++) {
    if (next > (code.limit[length] as number)) continue;
    bits.drop(length);
    return code.symbols[(next >> (CODE_BITS_MAX - length)) - (code.base[length] as number)] ?? -1;
  }
  return -1;
}

/** Undoes the codes, the runs of the front symbol and move to front. @returns the bytes now in `out`, or null. */
function readSymbols(
  bits: BitReader,
  alphabet: Uint8Array,
  selectors: Uint8Array,
  codes: readonly Code[],
  out: Uint32Array,
): number | null {
  const front = Uint8Array.from(alphabet);
  const endSymbol = alphabet.length + 1;
  let length = 0;
  let run = 0;
  let runWeight = 1;
  for (const selector of selectors) {
    const code = codes[selector] as Code;
    const { fast } = code;
    for (let index = 0; index < GROUP; index++) {
      const hit = fast[bits.peek(FAST_BITS)] as number;
      let symbol: number;
      if (hit !== 0) {
        bits.drop(hit & 31);
        symbol = hit >> 5;
      } else {
        symbol = slowSymbol(bits, code);
        if (symbol < 0) return null;
      }
      if (symbol <= 1) {
        run += runWeight << symbol;
        runWeight <<= 1;
        if (run > out.length) return null;
        continue;
      }
      if (run > 0) {
        if (length + run > out.length) return null;
        out.fill(front[0] as number, length, length + run);
        length += run;
        run = 0;
        runWeight = 1;
      }
      if (symbol === endSymbol) return length;
      if (length >= out.length) return null;
      const place = symbol - 1;
      const byte = front[place] as number;
      if (place < 16) for (let back = place; back > 0; back--) front[back] = front[back - 1] as number;
      else front.copyWithin(1, 0, place);
      front[0] = byte;
      out[length++] = byte;
    }
    if (bits.overrun) return null;
  }
  return null;
}

/** Undoes the Burrows-Wheeler transform of `table[..length]`, which is overwritten. */
function untransform(table: Uint32Array, length: number, origin: number): Uint8Array {
  const starts = new Uint32Array(257);
  for (let index = 0; index < length; index++) {
    const after = (table[index] as number) + 1;
    starts[after] = (starts[after] as number) + 1;
  }
  for (let byte = 1; byte <= 256; byte++) starts[byte] = (starts[byte] as number) + (starts[byte - 1] as number);
  for (let index = 0; index < length; index++) {
    const byte = (table[index] as number) & 0xff;
    const start = starts[byte] as number;
    starts[byte] = start + 1;
    table[start] = (table[start] as number) | (index << 8);
  }
  const plain = new Uint8Array(length);
  let at = (table[origin] as number) >>> 8;
  for (let index = 0; index < length; index++) {
    const entry = table[at] as number;
    plain[index] = entry & 0xff;
    at = entry >>> 8;
  }
  return plain;
}

/** Four equal bytes are followed by a count of further ones. A block of 900 kB expands to 46 MB at most. */
function expandRuns(plain: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let piece = new Uint8Array(Math.min(OUTPUT_CHUNK, plain.length + MARGIN * 2));
  let to = 0;
  let equal = 0;
  let last = -1;
  for (let at = 0; at < plain.length; at++) {
    if (to + MARGIN > piece.length) {
      pieces.push(piece.subarray(0, to));
      piece = new Uint8Array(OUTPUT_CHUNK);
      to = 0;
    }
    const byte = plain[at] as number;
    if (equal === 4) {
      piece.fill(last, to, to + byte);
      to += byte;
      equal = 0;
      last = -1;
      continue;
    }
    equal = byte === last ? equal + 1 : 1;
    last = byte;
    piece[to++] = byte;
  }
  if (to > 0) pieces.push(piece.subarray(0, to));
  return pieces;
}

function crcOf(pieces: readonly Uint8Array[]): number {
  let crc = -1;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at++) {
      crc = (crc << 8) ^ (CRC[(crc >>> 24) ^ (piece[at] as number)] as number);
    }
  }
  return ~crc >>> 0;
}
