/**
 * Lines with their instants: a line without a stamp (a stack trace, the rest of a message) has that of the nearest
 * stamped line before it, at most LOOK_BACK_LINES back. What a page begins with changes no line's instant.
 */
import type { BundleReader, Line } from '../core/case-reader.ts';
import type { TimeBasis } from '../core/file-clock.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { type CarriedStamp, stampBefore } from '../time/carried-stamp.ts';
import { LOOK_BACK_LINES } from '../time/look-back.ts';
import { readStamp, type Stamp } from '../time/stamp.ts';

export interface LineTime {
  /** ISO instant, null when neither the line nor one before it tells. */
  readonly time: string | null;
  readonly timeBasis: TimeBasis | null;
}

export type TimedLine = Line & LineTime;

/** Tells the instants of lines one after the other, without looking back for each. */
export class LineClock {
  readonly #reader: BundleReader;
  readonly #file: SourceFile;
  /** The line asked for before, 0 before the first one. */
  #at = 0;
  #last: CarriedStamp | null = null;

  constructor(reader: BundleReader, file: SourceFile) {
    this.#reader = reader;
    this.#file = file;
  }

  /** @param line number of the line behind the one asked for before; the first one may be any. @param text of that line. */
  timeOf(line: number, text: string): LineTime {
    const own = readStamp(text, this.#file.clock);
    if (own !== null) this.#last = { ...own, line };
    else if (this.#at === 0) this.#last = stampBefore(this.#reader, this.#file, line);
    else if (this.#last !== null && line - this.#last.line > LOOK_BACK_LINES) this.#last = null;
    this.#at = line;
    return timeOf(own, this.#last);
  }
}

/** @param from number of the first line, from 1. @returns lines as `BundleReader.lines` gives them. */
export function timedLines(reader: BundleReader, file: SourceFile, from: number, count: number): readonly TimedLine[] {
  const clock = new LineClock(reader, file);
  return reader.lines(file.id, from, count).map((line) => ({ ...line, ...clock.timeOf(line.number, line.text) }));
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
