/**
 * What travels between the threads of an import: text in slabs from the reader to the index workers, indexed slabs
 * from them to the sink. Buffers are handed over, never copied.
 */
import type { FileId } from '../core/ids.ts';

/** Text of one slab: large enough that messages cost nothing, small enough that a handful of them is little memory. */
export const SLAB_BYTES = 2 * 1024 * 1024;
/** Kernels load whole words: bytes behind the text that may be read, and are never counted. */
export const SLAB_PADDING = 64;

export type BlockKind = 'text' | 'binary';

/** A run of whole lines of one file (of any bytes, when binary) at `start..end` of its slab. */
export interface SlabBlock {
  /** From 0, in file order over the whole bundle, without gaps. */
  readonly id: number;
  readonly file: FileId;
  readonly kind: BlockKind;
  readonly start: number;
  readonly end: number;
  /** Offset of its first byte in the file's text. */
  readonly byte0: number;
  /** Stamps without a year get the latest one that does not put them a day behind this (ms since 1970). */
  readonly yearReference: number;
}

export interface Slab {
  /** From 0. */
  readonly seq: number;
  /** SLAB_BYTES + SLAB_PADDING bytes. */
  readonly buffer: ArrayBuffer;
  readonly blocks: readonly SlabBlock[];
  /** Lines whose severity is known from outside their text, by their first byte in the buffer, ascending. */
  readonly marks: readonly SeverityMark[];
}

/** An entry of a journal has a priority that its line does not show. */
export interface SeverityMark {
  readonly start: number;
  /** LINE_SEVERITY.warning or error. */
  readonly severity: number;
}

/** Seconds of a bucket at each level of the histogram. */
export const HISTOGRAM_SECONDS = [10, 120, 1800] as const;

/** In a run's bucket: the line stands before the first stamp of its block, so its time is that of the block before. */
export const BUCKET_CARRIED = -1;

/** In a run's bucket: the line is more than LOOK_BACK_LINES (time/look-back.ts) behind any stamp. */
export const BUCKET_NONE = -2;

/** The time of an event which is more than LOOK_BACK_LINES behind any stamp. */
export const EVENT_TIME_NONE = Number.POSITIVE_INFINITY;

/** Int32 fields of one run of lines in the same finest bucket. */
export const RUN_FIELDS = 5;
/** Int32 fields of one event: line (from 0 in the block), start and end byte in the slab, severity, lines it spans. */
export const EVENT_FIELDS = 5;

/** What one pass over the lines of a block found. One object is used again for every block. */
export interface LineScan {
  lines: number;
  warnings: number;
  errors: number;
  /** Stored times (see FileClock) in ms: of the first and last stamped line, and the extremes; NaN without stamps. */
  first: number;
  last: number;
  min: number;
  max: number;
  /** How many lines stand behind the last stamped one; all when none is stamped. */
  carried: number;
  /** Lines by kind of stamp. */
  zoned: number;
  zoneless: number;
  yearless: number;
  boot: number;
  /**
   * RUN_FIELDS each: bucket of HISTOGRAM_SECONDS[0], BUCKET_CARRIED or BUCKET_NONE, lines by LINE_SEVERITY none, low, warning,
   * error. Lines of a carried run have one severity, so that it can be cut where the time before it is carried no further.
   */
  runs: Int32Array;
  runCount: number;
  /** EVENT_FIELDS each: every line of severity warning or worse, with the lines that continue it. */
  events: Int32Array;
  /** One a event: stored time in ms; NaN before the block's first stamp, EVENT_TIME_NONE far behind any. */
  eventTimes: Float64Array;
  eventCount: number;
}
