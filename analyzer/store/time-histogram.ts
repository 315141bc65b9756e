/**
 * How many lines of one file fall into each bucket of time, by severity. Filled in file order; pages of buckets are
 * made when a line falls into them, so that a log of days costs what its lines cover.
 */
import { BUCKET_CARRIED, HISTOGRAM_SECONDS, RUN_FIELDS } from './slab.ts';

/** Counts a bucket: lines of severity none, low, warning, error (see LINE_SEVERITY). */
export const COUNTS = 4;
const PAGE_BUCKETS = 1024;
/** 64 MB: more than a year of logs without a break. A file of random times gets no finer picture than that. */
const PAGES_MAX = 4096;

export interface HistogramBucket {
  /** Start of the bucket in HISTOGRAM_SECONDS[level] since 1970, stored time. */
  readonly bucket: number;
  readonly counts: readonly [none: number, low: number, warning: number, error: number];
}

export class TimeHistogram {
  readonly #pages = new Map<number, Int32Array>();
  #lastBucket = BUCKET_CARRIED;
  /** Lines that are in no bucket: before the first stamp of the file, or beyond what is kept. */
  left = 0;

  /** @param runs RUN_FIELDS each, `count` of them from `offset` runs on. */
  add(runs: Int32Array, offset: number, count: number): void {
    for (let run = offset; run < offset + count; run++) {
      const at = run * RUN_FIELDS;
      let bucket = runs[at] as number;
      if (bucket === BUCKET_CARRIED) bucket = this.#lastBucket;
      const page = bucket < 0 ? null : this.#page(Math.floor(bucket / PAGE_BUCKETS));
      if (page === null) {
        for (let field = 1; field <= COUNTS; field++) this.left += runs[at + field] as number;
        continue;
      }
      this.#lastBucket = bucket;
      const to = (bucket % PAGE_BUCKETS) * COUNTS;
      for (let field = 0; field < COUNTS; field++) {
        page[to + field] = (page[to + field] as number) + (runs[at + 1 + field] as number);
      }
    }
  }

  get isEmpty(): boolean {
    return this.#pages.size === 0;
  }

  /** @returns buckets with lines in ascending order, coarsened to the level's width. */
  buckets(level: 0 | 1 | 2): readonly HistogramBucket[] {
    const width = HISTOGRAM_SECONDS[level] / HISTOGRAM_SECONDS[0];
    const found: HistogramBucket[] = [];
    let open: [number, number, number, number] = [0, 0, 0, 0];
    let openBucket = -1;
    for (const index of [...this.#pages.keys()].sort((a, b) => a - b)) {
      const page = this.#pages.get(index) as Int32Array;
      for (let at = 0; at < page.length; at += COUNTS) {
        const none = page[at] as number;
        const low = page[at + 1] as number;
        const warning = page[at + 2] as number;
        const error = page[at + 3] as number;
        if ((none | low | warning | error) === 0) continue;
        const bucket = Math.floor((index * PAGE_BUCKETS + at / COUNTS) / width);
        if (bucket !== openBucket) {
          open = [0, 0, 0, 0];
          openBucket = bucket;
          found.push({ bucket, counts: open });
        }
        open[0] += none;
        open[1] += low;
        open[2] += warning;
        open[3] += error;
      }
    }
    return found;
  }

  #page(index: number): Int32Array | null {
    const there = this.#pages.get(index);
    if (there !== undefined) return there;
    if (this.#pages.size >= PAGES_MAX) return null;
    const page = new Int32Array(PAGE_BUCKETS * COUNTS);
    this.#pages.set(index, page);
    return page;
  }
}

/** LEB128 numbers: the step from the bucket before (the first from 0), then the four counts. */
export function packBuckets(buckets: Iterable<HistogramBucket>): Uint8Array {
  const bytes: number[] = [];
  let before = 0;
  for (const { bucket, counts } of buckets) {
    pushNumber(bytes, bucket - before);
    for (const count of counts) pushNumber(bytes, count);
    before = bucket;
  }
  return Uint8Array.from(bytes);
}

/** Undoes packBuckets. Stops at the first number that is cut. */
export function* unpackBuckets(bytes: Uint8Array): Generator<HistogramBucket> {
  let at = 0;
  const next = (): number => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = bytes[at];
      if (byte === undefined) return Number.NaN;
      at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  let bucket = 0;
  while (at < bytes.length) {
    bucket += next();
    const counts = [next(), next(), next(), next()] as const;
    if (Number.isNaN(counts[3])) return;
    yield { bucket, counts };
  }
}

function pushNumber(bytes: number[], number: number): void {
  let left = number;
  while (left > 127) {
    bytes.push((left % 128) + 128);
    left = Math.floor(left / 128);
  }
  bytes.push(left);
}
