/** Columns of the timeline: how wide they are, and how lines that are counted in buckets of a file fall into them. */
import type { TimeBucket } from '../core/case-reader.ts';
import type { Span } from './window.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Widths that are easy to read; above 10 s each holds whole buckets of 10 s. */
const STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 20, 30].map((count) => count * SECOND_MS),
  ...[1, 2, 5, 10, 20, 30].map((count) => count * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR_MS),
  DAY_MS,
];

/** Widths of the buckets that a bundle keeps, by level (BundleReader.histogram). */
export const LEVEL_MS = [10 * SECOND_MS, 2 * MINUTE_MS, 30 * MINUTE_MS] as const;
export type Level = 0 | 1 | 2;
/** Columns narrower than this are counted from the lines themselves. */
export const FINEST_BUCKET_MS = LEVEL_MS[0];

export interface Columns {
  /** Start of column 0, a multiple of the width. */
  readonly start: number;
  readonly bucketMs: number;
  readonly count: number;
}

/**
 * @param most columns; two clocks a century apart still get no more.
 * @param leastMs no column is narrower.
 */
export function columnsOf(span: Span, most: number, leastMs: number): Columns {
  for (const bucketMs of widths()) {
    if (bucketMs < leastMs) continue;
    const columns = columnsOfWidth(span, bucketMs);
    if (columns.count <= most) return columns;
  }
  // A window of one instant at the border of two columns, and one column asked for: no width has it in one.
  return { ...columnsOfWidth(span, DAY_MS), count: most };
}

function columnsOfWidth({ from, to }: Span, bucketMs: number): Columns {
  const start = Math.floor(from / bucketMs) * bucketMs;
  return { start, bucketMs, count: Math.max(1, Math.ceil((to - start) / bucketMs)) };
}

/** Years of 400 days in one column, more than all of time: no clock is wider. */
const DAYS_MAX = 1e9;

/** STEPS, and beyond them 2, 5, 10, 20, 50 ... days. */
function* widths(): Iterable<number> {
  yield* STEPS;
  for (let ten = 1; ten <= DAYS_MAX; ten *= 10) {
    for (const count of [1, 2, 5]) if (ten * count > 1) yield ten * count * DAY_MS;
  }
}

/** Severities none, low, warning, error. */
const SEVERITY_FIELDS = 4;

/** Buckets of one file at one level, in numbers without objects. */
export interface BucketTable {
  readonly level: Level;
  /** Start of each, ascending. */
  readonly starts: Float64Array;
  /** SEVERITY_FIELDS for each. */
  readonly counts: Int32Array;
  readonly lines: number;
}

export function bucketTable(level: Level, buckets: readonly TimeBucket[]): BucketTable {
  const starts = new Float64Array(buckets.length);
  const counts = new Int32Array(buckets.length * SEVERITY_FIELDS);
  let lines = 0;
  for (const [nth, { time, counts: own }] of buckets.entries()) {
    starts[nth] = time;
    for (let field = 0; field < SEVERITY_FIELDS; field++) {
      counts[nth * SEVERITY_FIELDS + field] = own[field] as number;
      lines += own[field] as number;
    }
  }
  return { level, starts, counts, lines };
}

type Four = [number, number, number, number];

/** Counts of one lane: SEVERITY_FIELDS for each column. */
export class LaneCount {
  readonly #columns: Columns;
  readonly #cells: Float64Array;
  lines = 0;

  constructor(columns: Columns) {
    this.#columns = columns;
    this.#cells = new Float64Array(columns.count * SEVERITY_FIELDS);
  }

  /** @param time an instant. @param field of the severity. */
  add(time: number, field: number, lines: number): void {
    const { start, bucketMs, count } = this.#columns;
    const column = Math.min(count - 1, Math.max(0, Math.floor((time - start) / bucketMs)));
    const at = column * SEVERITY_FIELDS + field;
    this.#cells[at] = (this.#cells[at] as number) + lines;
    this.lines += lines;
  }

  /** As the contract has them: columns with lines only. */
  cells(): readonly number[] {
    const cells: number[] = [];
    const all = this.#cells;
    for (let at = 0; at < all.length; at += SEVERITY_FIELDS) {
      const [none, low, warning, error] = [all[at], all[at + 1], all[at + 2], all[at + 3]] as Four;
      if (none + low + warning + error > 0) cells.push(at / SEVERITY_FIELDS, none, low, warning, error);
    }
    return cells;
  }
}

/**
 * Adds what a file has within the span. Inside, the widest buckets that fit into the columns are used; at the ends of the
 * span, where those reach over it, the narrowest.
 * @param tableOf a level of the file's pyramid. @returns whether buckets reached over the ends of the span.
 */
export function addBuckets(
  tableOf: (level: Level) => BucketTable,
  span: Span,
  columns: Columns,
  into: LaneCount,
): 'exactly' | 'to 10 s' {
  const level = levelFor(tableOf, columns);
  if (level === 0) return addTable(tableOf(0), span, into);
  const width = LEVEL_MS[level];
  const from = Math.ceil(span.from / width) * width;
  const to = Math.floor(span.to / width) * width;
  if (from >= to) return addTable(tableOf(0), span, into);
  addTable(tableOf(level), { from, to }, into);
  const ends = [
    ...(reachesInto(tableOf(level), { from: from - width, to: from }) ? [{ from: span.from, to: from }] : []),
    ...(reachesInto(tableOf(level), { from: to, to: to + width }) ? [{ from: to, to: span.to }] : []),
  ];
  const edges = ends.map((end) => addTable(tableOf(0), end, into));
  return edges.includes('to 10 s') ? 'to 10 s' : 'exactly';
}

/** @returns the widest level whose buckets no column cuts; a shift may leave them at odd seconds. */
function levelFor(tableOf: (level: Level) => BucketTable, { bucketMs }: Columns): Level {
  for (const level of [2, 1] as const) {
    const width = LEVEL_MS[level];
    if (bucketMs % width === 0 && (tableOf(level).starts[0] ?? 0) % width === 0) return level;
  }
  return 0;
}

function reachesInto({ starts }: BucketTable, { from, to }: Span): boolean {
  const at = firstAt(starts, from);
  return at < starts.length && (starts[at] as number) < to;
}

/** A bucket belongs to where its middle is. */
function addTable({ level, starts, counts }: BucketTable, { from, to }: Span, into: LaneCount): 'exactly' | 'to 10 s' {
  const width = LEVEL_MS[level];
  const half = width / 2;
  let cut = 0;
  const first = firstAt(starts, from - width);
  for (let at = first; at < starts.length; at++) {
    const start = starts[at] as number;
    if (start >= to) break;
    if (start + width <= from) continue;
    if (start < from || start + width > to) cut += 1;
    const middle = start + half;
    if (middle < from || middle >= to) continue;
    for (let field = 0; field < SEVERITY_FIELDS; field++) {
      const lines = counts[at * SEVERITY_FIELDS + field] as number;
      if (lines > 0) into.add(middle, field, lines);
    }
  }
  return cut === 0 ? 'exactly' : 'to 10 s';
}

/** @returns the index of the first start at or after `time`. */
function firstAt(starts: Float64Array, time: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
