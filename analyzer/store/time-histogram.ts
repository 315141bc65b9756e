/**
 * How many lines of one file fall into each bucket of time, by severity. Filled in file order; pages of buckets are
 * made when a line falls into them, so that a log of days costs what its lines cover.
 */
import { LOOK_BACK_LINES } from '../time/look-back.ts';
import { BUCKET_CARRIED, type LineScan, RUN_FIELDS } from './slab.ts';

/** Counts a bucket: lines of severity none, low, warning, error (see LINE_SEVERITY). */
const COUNTS = 4;
const PAGE_BUCKETS = 1024;
/** 64 MB: more than a year of logs without a break. A file of random times gets no finer picture than that. */
const PAGES_MAX = 4096;
const BUCKETS_MAX = PAGES_MAX * PAGE_BUCKETS;

/** Numbers of one bucket in a table: which it is (its start since 1970 by the width of its level), then its counts. */
export const BUCKET_FIELDS = 1 + COUNTS;

/** BUCKET_FIELDS a bucket, of buckets with lines only, ascending. */
export type BucketTable = Int32Array;

interface Page {
  readonly counts: Int32Array;
  /** The first and the last bucket in it that have lines: a small file covers a few. */
  low: number;
  high: number;
}

export class TimeHistogram {
  readonly #pages = new Map<number, Page>();
  /** An empty page of the file before. */
  #spare: Page | null = null;
  #lastBucket = BUCKET_CARRIED;
  #carries = LOOK_BACK_LINES;
  /** Lines that are in no bucket: before the first stamp of the file, far behind any, or beyond what is kept. */
  left = 0;

  /** To how many lines of the next block the time of the last stamp is carried. */
  get carries(): number {
    return this.#carries;
  }

  /**
   * Takes in the next block of the file.
   * @param runs see LineScan, `count` of them from `offset` runs on. @param carried see LineScan.
   */
  add(runs: Int32Array, offset: number, count: number, { lines, carried }: Pick<LineScan, 'lines' | 'carried'>): void {
    let room = this.#carries;
    this.#carries = Math.max(0, (carried < lines ? LOOK_BACK_LINES : room) - carried);
    for (let run = offset; run < offset + count; run++) {
      const at = run * RUN_FIELDS;
      let bucket = runs[at] as number;
      if (bucket === BUCKET_CARRIED) {
        room -= this.#cut(runs, at, room);
        bucket = this.#lastBucket;
      }
      const page = bucket < 0 ? null : this.#page(Math.floor(bucket / PAGE_BUCKETS));
      if (page === null) {
        for (let field = 1; field <= COUNTS; field++) this.left += runs[at + field] as number;
        continue;
      }
      this.#lastBucket = bucket;
      const { counts } = page;
      const nth = bucket % PAGE_BUCKETS;
      if (nth < page.low) page.low = nth;
      if (nth > page.high) page.high = nth;
      const to = nth * COUNTS;
      for (let field = 0; field < COUNTS; field++) {
        counts[to + field] = (counts[to + field] as number) + (runs[at + 1 + field] as number);
      }
    }
  }

  /** Empty again, for the next file: most files of an archive need one page, and may be 200,000. */
  clear(): void {
    const [page] = this.#pages.values();
    if (page !== undefined) this.#spare = emptied(page);
    this.#pages.clear();
    this.#lastBucket = BUCKET_CARRIED;
    this.#carries = LOOK_BACK_LINES;
    this.left = 0;
  }

  get isEmpty(): boolean {
    return this.#pages.size === 0;
  }

  /** @returns buckets of the finest level. */
  table(): BucketTable {
    let buckets = 0;
    for (const page of this.#pages.values()) buckets += bucketsOf(page);
    const table = new Int32Array(buckets * BUCKET_FIELDS);
    let to = 0;
    for (const index of [...this.#pages.keys()].sort((a, b) => a - b)) {
      to = addPage(table, to, index * PAGE_BUCKETS, this.#pages.get(index) as Page);
    }
    return table;
  }

  /** Leaves only so many lines in a carried run, the others are in no bucket. @returns how many it has then. */
  #cut(runs: Int32Array, at: number, room: number): number {
    let kept = 0;
    for (let field = 1; field <= COUNTS; field++) {
      const lines = runs[at + field] as number;
      runs[at + field] = Math.min(lines, room - kept);
      kept += runs[at + field] as number;
      this.left += lines - (runs[at + field] as number);
    }
    return kept;
  }

  #page(index: number): Page | null {
    const there = this.#pages.get(index);
    if (there !== undefined) return there;
    if (this.#pages.size >= PAGES_MAX) return null;
    const page = this.#spare ?? { counts: new Int32Array(PAGE_BUCKETS * COUNTS), low: PAGE_BUCKETS, high: -1 };
    this.#spare = null;
    this.#pages.set(index, page);
    return page;
  }
}

function emptied(page: Page): Page {
  page.counts.fill(0, page.low * COUNTS, (page.high + 1) * COUNTS);
  page.low = PAGE_BUCKETS;
  page.high = -1;
  return page;
}

/** @returns how many buckets of a page have lines. */
function bucketsOf({ counts, low, high }: Page): number {
  let buckets = 0;
  for (let at = low * COUNTS; at <= high * COUNTS; at += COUNTS) {
    let lines = 0;
    for (let field = 0; field < COUNTS; field++) lines |= counts[at + field] as number;
    if (lines !== 0) buckets += 1;
  }
  return buckets;
}

/** A function of its own: V8 compiled the loop anew for nearly every file. @returns where the next bucket goes. */
function addPage(table: BucketTable, from: number, firstBucket: number, { counts, low: first, high }: Page): number {
  let to = from;
  for (let at = first * COUNTS; at <= high * COUNTS; at += COUNTS) {
    const none = counts[at] as number;
    const low = counts[at + 1] as number;
    const warning = counts[at + 2] as number;
    const error = counts[at + 3] as number;
    if ((none | low | warning | error) === 0) continue;
    table[to] = firstBucket + at / COUNTS;
    table[to + 1] = none;
    table[to + 2] = low;
    table[to + 3] = warning;
    table[to + 4] = error;
    to += BUCKET_FIELDS;
  }
  return to;
}

/** A table of up to so many numbers is coarsened in no time: only its finest level is kept. An archive may hold 200,000. */
export const SMALL_TABLE = 64 * BUCKET_FIELDS;

/** @returns the table with buckets `times` as wide; neighbours that fall together are one. */
export function coarser(table: BucketTable, times: number): BucketTable {
  const wide = new Int32Array(table.length);
  let to = -BUCKET_FIELDS;
  let open = -1;
  for (let at = 0; at < table.length; at += BUCKET_FIELDS) {
    const bucket = Math.floor((table[at] as number) / times);
    if (bucket !== open) {
      open = bucket;
      to += BUCKET_FIELDS;
      wide[to] = bucket;
    }
    for (let field = 1; field <= COUNTS; field++) {
      wide[to + field] = (wide[to + field] as number) + (table[at + field] as number);
    }
  }
  return wide.slice(0, to + BUCKET_FIELDS);
}

/** Bytes of the longest number: a step between buckets, or a count of lines, is below 2^35. */
const NUMBER_BYTES_MAX = 5;

/** Of one packed table: every bucket has a line at least, so that steps and counts are short; this is far above. */
export const PACKED_BYTES_MAX = BUCKETS_MAX * BUCKET_FIELDS * NUMBER_BYTES_MAX;

/** LEB128 numbers: the step from the bucket before (the first from 0), then the counts. */
export function packBuckets(table: BucketTable): Uint8Array {
  const bytes = new Uint8Array(table.length * NUMBER_BYTES_MAX);
  let to = 0;
  let before = 0;
  for (let at = 0; at < table.length; at += BUCKET_FIELDS) {
    to = putNumber(bytes, to, (table[at] as number) - before);
    for (let field = 1; field <= COUNTS; field++) to = putNumber(bytes, to, table[at + field] as number);
    before = table[at] as number;
  }
  return bytes.subarray(0, to);
}

/** Undoes packBuckets. Stops at the first bucket that is cut, and at the first that no histogram has room for. */
export function unpackBuckets(bytes: Uint8Array): BucketTable {
  let count = 0;
  for (const byte of bytes) if (byte <= 127) count += 1;
  const table = new Int32Array(Math.min(count - (count % BUCKET_FIELDS), BUCKETS_MAX * BUCKET_FIELDS));
  let to = 0;
  let value = 0;
  let factor = 1;
  for (const byte of bytes) {
    value += (byte & 127) * factor;
    factor *= 128;
    if (byte > 127) continue;
    if (to === table.length) break;
    table[to] = value;
    to += 1;
    value = 0;
    factor = 1;
  }
  for (let at = BUCKET_FIELDS; at < table.length; at += BUCKET_FIELDS) {
    table[at] = (table[at] as number) + (table[at - BUCKET_FIELDS] as number);
  }
  return table;
}

/** @returns where the next number goes. */
function putNumber(bytes: Uint8Array, from: number, number: number): number {
  let at = from;
  let left = number;
  while (left > 127) {
    bytes[at] = (left & 127) | 128;
    at += 1;
    left >>>= 7;
  }
  bytes[at] = left;
  return at + 1;
}
