/** Lines with their instants: a line without a stamp (a stack trace, the rest of a message) has that of the line before. */
import type { BundleReader, Line } from '../core/case-reader.ts';
import type { TimeBasis } from '../core/file-clock.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { readStamp, type Stamp } from '../time/stamp.ts';

export interface LineTime {
  /** ISO instant, null when neither the line nor one before it tells. */
  readonly time: string | null;
  readonly timeBasis: TimeBasis | null;
}

export type TimedLine = Line & LineTime;

/** A page may start inside a message: the longest that are common are stack traces of some hundred lines. */
const LOOK_BACK_LINES = 200;

/** @param from number of the first line, from 1. @returns lines as `BundleReader.lines` gives them. */
export function timedLines(reader: BundleReader, file: SourceFile, from: number, count: number): readonly TimedLine[] {
  let last: Stamp | null = null;
  return reader.lines(file.id, from, count).map((line, index) => {
    const own: Stamp | null = readStamp(line.text, file.clock);
    if (own === null && index === 0) last = stampBefore(reader, file, line.number);
    if (own !== null) last = own;
    return { ...line, ...timeOf(own, last) };
  });
}

/** @returns the instant of one line, or of the nearest one before it that has any. */
export function timeOfLine(reader: BundleReader, file: SourceFile, line: number, text: string): LineTime {
  const own = readStamp(text, file.clock);
  return timeOf(own, own ?? stampBefore(reader, file, line));
}

function timeOf(own: Stamp | null, last: Stamp | null): LineTime {
  if (last === null) return { time: null, timeBasis: null };
  return { time: new Date(last.time).toISOString(), timeBasis: own?.basis ?? 'inherited' };
}

function stampBefore(reader: BundleReader, file: SourceFile, line: number): Stamp | null {
  if (file.clock.stamps === 'none') return null;
  const from = Math.max(1, line - LOOK_BACK_LINES);
  for (const one of [...reader.lines(file.id, from, line - from)].reverse()) {
    const stamp = readStamp(one.text, file.clock);
    if (stamp !== null) return stamp;
  }
  return null;
}
