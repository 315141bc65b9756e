/**
 * One pass over the lines of a block: times, severities, runs of the histogram, events. Every byte of an archive goes
 * through here, so there are no strings, no objects a line and no expressions. A block is scanned by itself: what a
 * line means never depends on the lines of another block.
 */
import { LINE_SEVERITY, type LineSeverity, wordSeverity } from '../formats/severity.ts';
import { findStamp } from '../time/find-stamp.ts';
import { LOOK_BACK_LINES } from '../time/look-back.ts';
import { STAMP_CODE, StampParts } from '../time/stamp-parts.ts';
import { storedTimeOf, YearFinder } from '../time/stored-time.ts';
import {
  BUCKET_CARRIED,
  BUCKET_NONE,
  EVENT_FIELDS,
  EVENT_TIME_NONE,
  HISTOGRAM_SECONDS,
  type LineScan,
  RUN_FIELDS,
  type SeverityMark,
} from './slab.ts';

/** Lines of one event: a long stack trace; dumps of all goroutines are cut. */
export const EVENT_LINES_MAX = 64;
/** Bytes of one event: what is further back is found by the block index, not by words. */
export const EVENT_BYTES_MAX = 16 * 1024;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BUCKET_MS = HISTOGRAM_SECONDS[0] * 1000;

/** Room at the start; both grow with what hostile text asks for. */
const NEWLINES_ROOM = 16 * 1024;
const RUNS_ROOM = 2048;
const EVENTS_ROOM = 2048;

export const NO_SHIFTS: ArrayLike<number> = Float64Array.of(0, 0, 0, 0, 0);

/** What a thread that scans blocks uses again for each: nothing in it changes what a block's lines mean. */
export class ScanState {
  readonly stamp = new StampParts();
  /** Of the slab, ascending by start. */
  severityMarks: readonly SeverityMark[] = [];
  /**
   * Ms by STAMP_CODE that make a stored time one of its file's own kind of stamps, NaN for stamps that tell no instant there.
   * What kind that is shows at the end of a file only: until then there is nothing to add.
   */
  shifts: ArrayLike<number> = NO_SHIFTS;
  newlines = new Int32Array(NEWLINES_ROOM);
  #years = new YearFinder(0);
  #yearReference = 0;
  #words: Int32Array = new Int32Array(0);

  /** The same memory as words. @param bytes begins at a multiple of four in its buffer. */
  wordsOf(bytes: Uint8Array): Int32Array {
    if (this.#words.buffer !== bytes.buffer || this.#words.byteOffset !== bytes.byteOffset) {
      this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    }
    return this.#words;
  }

  yearsBefore(reference: number): YearFinder {
    if (reference !== this.#yearReference) {
      this.#years = new YearFinder(reference);
      this.#yearReference = reference;
    }
    return this.#years;
  }
}

export function emptyLineScan(): LineScan {
  return {
    ...{ lines: 0, warnings: 0, errors: 0 },
    ...{ first: Number.NaN, last: Number.NaN, min: Number.NaN, max: Number.NaN },
    ...{ carried: 0, zoned: 0, zoneless: 0, yearless: 0, boot: 0 },
    runs: new Int32Array(RUNS_ROOM * RUN_FIELDS),
    runCount: 0,
    events: new Int32Array(EVENTS_ROOM * EVENT_FIELDS),
    eventTimes: new Float64Array(EVENTS_ROOM),
    eventCount: 0,
  };
}

/**
 * @param bytes slab with SLAB_PADDING behind its text, at a multiple of four in its buffer; `start..end` one block of
 *   whole lines (the last one may lack its line end).
 * @param yearReference see SlabBlock.
 * @param out overwritten; its arrays are used again, and replaced by larger ones when they are too small.
 */
export function scanLines(
  bytes: Uint8Array,
  start: number,
  end: number,
  yearReference: number,
  state: ScanState,
  out: LineScan,
): void {
  const lines = findNewlines(bytes, start, end, state);
  const newlines = state.newlines;
  const stamp = state.stamp;
  const words = state.wordsOf(bytes);
  const years = state.yearsBefore(yearReference);
  const shifts = state.shifts;
  const kinds = [0, 0, 0, 0, 0];
  const counts = [0, 0, 0, 0];
  let [first, last, min, max] = [Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let bucket: number = BUCKET_CARRIED;
  let bucketFrom = Number.NaN;
  /** Of all lines of the run, while it is carried. */
  let runSeverity = -1;
  /** The first line that has no time of the last stamp any more. */
  let untimed = LOOK_BACK_LINES;
  let carriedTime = Number.NaN;
  /** Start of the event that the next line may continue, -1 when there is none. */
  let openEvent = -1;
  let at = start;
  let mark = firstMarkFrom(state.severityMarks, start);
  let markAt = state.severityMarks[mark]?.start ?? -1;
  out.lines = lines;
  out.warnings = 0;
  out.errors = 0;
  out.runCount = 0;
  out.eventCount = 0;
  for (let line = 0; line < lines; line++) {
    const next = newlines[line] as number;
    const lineEnd = next > at && bytes[next - 1] === CARRIAGE_RETURN ? next - 1 : next;
    const stamped = findStamp(bytes, at, lineEnd, stamp);
    if (stamped) {
      kinds[stamp.kind] = (kinds[stamp.kind] as number) + 1;
      const stored = storedTimeOf(stamp, years);
      if (stored < min) min = stored;
      if (stored > max) max = stored;
      const time = stored + (shifts[stamp.kind] as number);
      if (!Number.isNaN(time)) {
        if (Number.isNaN(first)) first = time;
        last = time;
        carriedTime = time;
        untimed = line + 1 + LOOK_BACK_LINES;
        // Not a number before the first stamp: both comparisons fail then.
        if (!(time >= bucketFrom && time < bucketFrom + BUCKET_MS)) {
          if (line > 0) pushRun(out, bucket, counts);
          bucket = bucketOf(time);
          bucketFrom = bucket * BUCKET_MS;
        }
      }
    }
    if (line === untimed) {
      pushRun(out, bucket, counts);
      bucket = BUCKET_NONE;
      bucketFrom = Number.NaN;
      carriedTime = EVENT_TIME_NONE;
    }
    let severity = wordSeverity(bytes, words, at, lineEnd, stamp.bodyAt);
    if (at === markAt) {
      severity = Math.max(severity, state.severityMarks[mark]?.severity ?? 0) as LineSeverity;
      mark += 1;
      markAt = state.severityMarks[mark]?.start ?? -1;
    }
    if (bucket === BUCKET_CARRIED && severity !== runSeverity) {
      if (line > 0) pushRun(out, bucket, counts);
      runSeverity = severity;
    }
    counts[severity] = (counts[severity] as number) + 1;
    if (severity >= LINE_SEVERITY.warning) {
      if (severity === LINE_SEVERITY.error) out.errors += 1;
      else out.warnings += 1;
      pushEvent(out, line, at, lineEnd, severity, carriedTime);
      openEvent = Number.isNaN(first) ? -1 : at;
    } else if (openEvent >= 0) {
      if (stamped || severity !== LINE_SEVERITY.none || !continueEvent(out, openEvent, lineEnd)) openEvent = -1;
    }
    at = next + 1;
  }
  if (lines > 0) pushRun(out, bucket, counts);
  out.first = first;
  out.last = last;
  out.min = min > max ? Number.NaN : min;
  out.max = min > max ? Number.NaN : max;
  out.carried = lines - (untimed - LOOK_BACK_LINES);
  out.zoned = kinds[STAMP_CODE.zoned] as number;
  out.zoneless = kinds[STAMP_CODE.zoneless] as number;
  out.yearless = kinds[STAMP_CODE.yearless] as number;
  out.boot = kinds[STAMP_CODE.boot] as number;
}

/** @returns index of the first mark at or behind `start`: a slab may hold thousands of marks and of blocks. */
function firstMarkFrom(marks: readonly SeverityMark[], start: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle] as SeverityMark).start < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @returns how many lines there are; the ends of all are in `state.newlines`, also of a last one without line end. */
function findNewlines(bytes: Uint8Array, start: number, end: number, state: ScanState): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  let newlines = state.newlines;
  let count = 0;
  let at = 0;
  while (at < text.length) {
    const found = text.indexOf(LINE_FEED, at);
    const next = found < 0 ? text.length : found;
    if (count === newlines.length) {
      newlines = new Int32Array(count * 2);
      newlines.set(state.newlines);
      state.newlines = newlines;
    }
    newlines[count] = start + next;
    count += 1;
    at = next + 1;
  }
  return count;
}

/** Stamps before 1970 (a zone ahead of UTC, a clock that was never set) share the first bucket. */
function bucketOf(time: number): number {
  return Math.max(0, Math.floor(time / BUCKET_MS));
}

function pushRun(out: LineScan, bucket: number, counts: number[]): void {
  const at = out.runCount * RUN_FIELDS;
  if (at === out.runs.length) {
    const larger = new Int32Array(at * 2);
    larger.set(out.runs);
    out.runs = larger;
  }
  out.runs[at] = bucket;
  for (let severity = 0; severity < counts.length; severity++) {
    out.runs[at + 1 + severity] = counts[severity] as number;
    counts[severity] = 0;
  }
  out.runCount += 1;
}

function pushEvent(out: LineScan, line: number, at: number, end: number, severity: number, time: number): void {
  const event = out.eventCount * EVENT_FIELDS;
  if (event === out.events.length) {
    const larger = new Int32Array(event * 2);
    larger.set(out.events);
    out.events = larger;
    const times = new Float64Array(out.eventCount * 2);
    times.set(out.eventTimes);
    out.eventTimes = times;
  }
  out.events[event] = line;
  out.events[event + 1] = at;
  out.events[event + 2] = Math.min(end, at + EVENT_BYTES_MAX);
  out.events[event + 3] = severity;
  out.events[event + 4] = 1;
  out.eventTimes[out.eventCount] = time;
  out.eventCount += 1;
}

/** Takes one more line into the last event; false when that is full. */
function continueEvent(out: LineScan, start: number, lineEnd: number): boolean {
  const event = (out.eventCount - 1) * EVENT_FIELDS;
  const spans = out.events[event + 4] as number;
  if (spans >= EVENT_LINES_MAX || lineEnd - start > EVENT_BYTES_MAX) return false;
  out.events[event + 2] = lineEnd;
  out.events[event + 4] = spans + 1;
  return true;
}
