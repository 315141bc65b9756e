/**
 * The hash of the n-gram block index, and what an index worker does with it: every four bytes of the text set a bit
 * of the column that their block belongs to.
 *
 *   table byte   hash 0   hash 1   ...   hash 65,535
 *   bit 0        .        1              .            column 0: one block of 128 KB, or several small ones
 *   bit 1        1        1              .            column 1
 *
 * Eight columns are one plane: the table is already the bit-sliced form that the index stores.
 */
import { BLOCK_BYTES } from '../core/limits.ts';

/** Hash values of four bytes: a block of 128 KB of logs fills a quarter of them. */
export const GRAM_HASHES = 65_536;
export const GRAM_BYTES = 4;
export const PLANE_COLUMNS = 8;

/**
 * Text of one column. Blocks never cross files, and many files are small: a column for each of them would be a larger
 * index than text.
 */
const COLUMN_BYTES_MAX = BLOCK_BYTES;

/**
 * Grams of one literal that are looked up first, spread evenly over it. Where many blocks are left the others are asked too: two words
 * that are common each differ from other text only in the grams between them (`containerd" revision`).
 */
export const FIRST_GRAMS = 12;
/** In all: what a literal of this length leaves is where it stands. */
const LITERAL_GRAMS_MAX = 64;

/** In each byte the bit that tells capitals from small letters; set for all bytes, which only adds collisions. */
const FOLD = 0x20202020;
/** 2^32 / golden ratio (Knuth, TAOCP 6.4): its upper half mixes all four bytes. */
const FACTOR = 0x9e3779b1 | 0;

/** @param gram four bytes, the first one lowest; case does not matter. @returns 0 to GRAM_HASHES - 1. */
export function hashGram(gram: number): number {
  return Math.imul(gram | FOLD, FACTOR) >>> 16;
}

/**
 * @param literal of GRAM_BYTES bytes at least.
 * @returns hashes that a block marks when it holds the literal, in any case; FIRST_GRAMS of them, spread evenly over it, come first.
 */
export function gramHashes(literal: Uint8Array): readonly number[] {
  const bytes = Buffer.from(literal.buffer, literal.byteOffset, literal.length);
  const places = [...spreadEvenly(literal, FIRST_GRAMS), ...spreadEvenly(literal, LITERAL_GRAMS_MAX)];
  return [...new Set(places.map((place) => hashGram(bytes.readInt32LE(place))))];
}

/** @returns places of at most `count` grams, the first and the last one among them. */
function spreadEvenly(literal: Uint8Array, count: number): readonly number[] {
  const last = literal.length - GRAM_BYTES;
  const some = Math.min(last + 1, count);
  return Array.from({ length: some }, (_, nth) => (some === 1 ? 0 : Math.floor((nth * last) / (some - 1))));
}

/**
 * Sets `bit` for every four bytes that begin and end in the bytes `start` to `end` of `words`, and for up to three
 * positions before and behind them. Words up to four bytes behind `end` are read.
 */
export function markGrams(words: Int32Array, start: number, end: number, table: Uint8Array, bit: number): void {
  const stop = (end + 3) >> 2;
  let at = start >> 2;
  let word = (words[at] as number) | FOLD;
  while (at < stop) {
    at += 1;
    const next = (words[at] as number) | FOLD;
    let hash = Math.imul(word, FACTOR) >>> 16;
    table[hash] = (table[hash] as number) | bit;
    hash = Math.imul((word >>> 8) | (next << 24), FACTOR) >>> 16;
    table[hash] = (table[hash] as number) | bit;
    hash = Math.imul((word >>> 16) | (next << 16), FACTOR) >>> 16;
    table[hash] = (table[hash] as number) | bit;
    hash = Math.imul((word >>> 24) | (next << 8), FACTOR) >>> 16;
    table[hash] = (table[hash] as number) | bit;
    word = next;
  }
}

/** Eight columns; plain, so that it can be sent to another thread with `bits.buffer` handed over. */
export interface Plane {
  /** GRAM_HASHES bytes: bit c of byte h tells that a gram of hash h is in column c. */
  readonly bits: Uint8Array<ArrayBuffer>;
  /** First block of each column; -1 when it is not used. */
  readonly ids: Int32Array<ArrayBuffer>;
  /** Blocks of each column: their ids follow each other. */
  readonly counts: Int32Array<ArrayBuffer>;
}

/** Collects the planes of one index worker. Ids grow; blocks of other workers may lie between them. */
export class PlaneBuilder {
  #bits = new Uint8Array(GRAM_HASHES);
  #ids = new Int32Array(PLANE_COLUMNS).fill(-1);
  #counts = new Int32Array(PLANE_COLUMNS);
  /** Column in use; -1 when the plane is empty. */
  #column = -1;
  #columnBytes = 0;
  #lastId = -1;
  readonly #full: Plane[] = [];

  /** Marks the text of a block, the bytes `start` to `end` of `words`; words up to four bytes behind are read. */
  add(blockId: number, words: Int32Array, start: number, end: number): void {
    const bytes = end - start;
    const joins = this.#column >= 0 && blockId === this.#lastId + 1 && this.#columnBytes + bytes <= COLUMN_BYTES_MAX;
    if (!joins) this.#startColumn(blockId);
    this.#columnBytes += bytes;
    this.#lastId = blockId;
    this.#counts[this.#column] = (this.#counts[this.#column] as number) + 1;
    markGrams(words, start, end, this.#bits, 1 << this.#column);
  }

  /** @returns whether the block added last may hold what has these hashes (gramHashes). */
  mayHold(hashes: readonly number[]): boolean {
    const bit = 1 << this.#column;
    for (const hash of hashes) if (((this.#bits[hash] as number) & bit) === 0) return false;
    return true;
  }

  /** @returns the next plane whose eight columns are complete, or null: ask after each block. */
  takeFull(): Plane | null {
    return this.#full.shift() ?? null;
  }

  /** @returns the plane that is not full yet, null when it is empty: ask at the end. */
  takeRest(): Plane | null {
    return this.#column < 0 ? null : this.#closePlane();
  }

  #startColumn(blockId: number): void {
    if (this.#column === PLANE_COLUMNS - 1) this.#full.push(this.#closePlane());
    this.#column += 1;
    this.#columnBytes = 0;
    this.#ids[this.#column] = blockId;
  }

  #closePlane(): Plane {
    const plane = { bits: this.#bits, ids: this.#ids, counts: this.#counts };
    this.#bits = new Uint8Array(GRAM_HASHES);
    this.#ids = new Int32Array(PLANE_COLUMNS).fill(-1);
    this.#counts = new Int32Array(PLANE_COLUMNS);
    this.#column = -1;
    this.#columnBytes = 0;
    return plane;
  }
}
