/**
 * Lines with their instants: a line without a stamp (a stack trace, the rest of a message) has that of the nearest
 * stamped line before it, at most LOOK_BACK_LINES back. What a page begins with changes no line's instant.
 */
import type { BundleReader, Line } from '../core/case-reader.ts';
import type { TimeBasis } from '../core/file-clock.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { type CarriedStamp, LOOK_BACK_LINES, stampBefore } from '../time/carried-stamp.ts';
import { readStamp, type Stamp } from '../time/stamp.ts';

export interface LineTime {
  /** ISO instant, null when neither the line nor one before it tells. */
  readonly time: string | null;
  readonly timeBasis: TimeBasis | null;
}

export type TimedLine = Line & LineTime;

/** @param from number of the first line, from 1. @returns lines as `BundleReader.lines` gives them. */
export function timedLines(reader: BundleReader, file: SourceFile, from: number, count: number): readonly TimedLine[] {
  let last: CarriedStamp | null = null;
  return reader.lines(file.id, from, count).map((line, index) => {
    const own: Stamp | null = readStamp(line.text, file.clock);
    if (own === null && index === 0) last = stampBefore(reader, file, line.number);
    if (own !== null) last = { ...own, line: line.number };
    if (last !== null && line.number - last.line > LOOK_BACK_LINES) last = null;
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
