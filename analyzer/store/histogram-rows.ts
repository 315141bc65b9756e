/** Histograms of files, as rows of a sealed bundle: lines by time and severity, at three levels. */
import type { Database, Statement } from 'better-sqlite3';
import type { TimeBucket } from '../core/case-reader.ts';
import { HISTOGRAM_SECONDS } from './slab.ts';
import { BUCKET_FIELDS, coarser, unpackBuckets } from './time-histogram.ts';
import { unpackHistogram } from './unpack-block.ts';

type Bucket = readonly [bucket: number, none: number, low: number, warning: number, error: number];

export class HistogramRows {
  readonly #row: Statement;

  constructor(db: Database) {
    this.#row = db.prepare('SELECT buckets FROM histogram WHERE file = ? AND level = ?').pluck();
  }

  /**
   * @param file that holds the text. @param level of HISTOGRAM_SECONDS; one that was not kept is made of the finest.
   * @param offset of its clock, ms. @returns buckets with lines, ascending; `time` in ms since 1970.
   */
  buckets(file: number, level: 0 | 1 | 2, offset: number): readonly TimeBucket[] {
    const table = this.#table(file, level);
    return Array.from({ length: table.length / BUCKET_FIELDS }, (_, nth) => {
      const [bucket, none, low, warning, error] = table.subarray(nth * BUCKET_FIELDS) as unknown as Bucket;
      return { time: bucket * HISTOGRAM_SECONDS[level] * 1000 + offset, counts: [none, low, warning, error] };
    });
  }

  #table(file: number, level: 0 | 1 | 2) {
    const kept: unknown = this.#row.get(file, level);
    if (kept !== undefined || level === 0) return unpackBuckets(unpackHistogram(kept));
    const finest = unpackBuckets(unpackHistogram(this.#row.get(file, 0)));
    return coarser(finest, HISTOGRAM_SECONDS[level] / HISTOGRAM_SECONDS[0]);
  }
}
