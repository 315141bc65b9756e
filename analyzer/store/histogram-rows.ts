/** Histograms of files, as rows of a sealed bundle: lines by time and severity, at three levels. */
import type { Database, Statement } from 'better-sqlite3';
import type { TimeBucket } from '../core/case-reader.ts';
import { FailureError } from '../core/failure.ts';
import type { FileRow } from './bundle-rows.ts';
import { damagedBundle } from './damaged-file.ts';
import { rowCheck } from './row-check.ts';
import { HISTOGRAM_SECONDS } from './slab.ts';
import { BUCKET_FIELDS, coarser, unpackBuckets } from './time-histogram.ts';
import { unpackHistogram } from './unpack-block.ts';

type Bucket = readonly [bucket: number, none: number, low: number, warning: number, error: number];

export class HistogramRows {
  readonly #file: string;
  readonly #row: Statement;

  constructor(db: Database) {
    this.#file = db.name;
    this.#row = db.prepare('SELECT crc, buckets FROM histogram WHERE file = ? AND level = ?').raw();
  }

  /**
   * @param file that holds the text, and how many levels of it were kept. @param level of HISTOGRAM_SECONDS; one that was not kept is made of the finest.
   * @param offset of its clock, ms. @returns buckets with lines, ascending; `time` in ms since 1970.
   * @throws FailureError `corrupt`.
   */
  buckets(file: Pick<FileRow, 'id' | 'levels'>, level: 0 | 1 | 2, offset: number): readonly TimeBucket[] {
    const table = this.#table(file, level);
    return Array.from({ length: table.length / BUCKET_FIELDS }, (_, nth) => {
      const [bucket, none, low, warning, error] = table.subarray(nth * BUCKET_FIELDS) as unknown as Bucket;
      return { time: bucket * HISTOGRAM_SECONDS[level] * 1000 + offset, counts: [none, low, warning, error] };
    });
  }

  #table({ id, levels }: Pick<FileRow, 'id' | 'levels'>, level: 0 | 1 | 2) {
    if (levels === 0) return new Int32Array(0);
    if (level < levels) return this.#kept(id, level, levels);
    return coarser(this.#kept(id, 0, levels), HISTOGRAM_SECONDS[level] / HISTOGRAM_SECONDS[0]);
  }

  #kept(file: number, level: number, levels: number) {
    const [crc, buckets] = (this.#row.get(file, level) ?? []) as readonly unknown[];
    const sound = buckets instanceof Uint8Array && crc === histogramCheck(file, level, buckets) ? buckets : null;
    const unpacked = sound !== null && levels > 1 ? unpackHistogram(sound) : sound;
    if (unpacked !== null) return unpackBuckets(unpacked);
    throw new FailureError(damagedBundle(this.#file, `the histogram of file ${file} of the bundle is damaged`));
  }
}

export function histogramCheck(file: number, level: number, buckets: Uint8Array): number {
  return rowCheck([file, level, buckets]);
}
