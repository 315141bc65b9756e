/**
 * Instants of lines of a block, as jobs/timed-lines.ts tells them: by the line's own stamp, else by that of the nearest
 * stamped line before it, at most LOOK_BACK_LINES back.
 */
import { isUtf8 } from 'node:buffer';
import type { FileClock } from '../core/file-clock.ts';
import { findStamp } from '../time/find-stamp.ts';
import { LOOK_BACK_LINES } from '../time/look-back.ts';
import { stampOffsets } from '../time/stamp.ts';
import { STAMP_CODE, StampParts } from '../time/stamp-parts.ts';
import { FIRST_PLAUSIBLE_TIME, storedTimeOf, YearFinder } from '../time/stored-time.ts';
import type { LineKnowledge } from './file-query.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const NO_BYTES = Buffer.alloc(0);

/** One clock, one block at a time; lines are asked for in ascending order. */
export class LineTimes {
  /** See stampOffsets. */
  readonly #offsets: Float64Array;
  readonly #years: YearFinder;
  readonly #stamp = new StampParts();
  #bytes: Buffer = NO_BYTES;
  #sound: 'unknown' | 'yes' | 'no' = 'unknown';
  #firstLine = 1;
  /** null once it was asked for. */
  #known: Pick<LineKnowledge, 'carried'> | null = null;
  /** No line up to this one needs to be looked at again. */
  #lookedTo = 0;
  /** The last stamped line up to there, and its instant. */
  #stampedLine = Number.NEGATIVE_INFINITY;
  #stampedTime = Number.NaN;

  constructor(clock: FileClock) {
    const reference = clock.yearReference ?? Number.NaN;
    this.#years = new YearFinder(reference >= FIRST_PLAUSIBLE_TIME ? reference : Number.NaN);
    this.#offsets = stampOffsets(clock);
  }

  /** @param known asked for only when a line needs the time of a line before the block: telling it may read that block. */
  begin(bytes: Buffer, firstLine: number, known: Pick<LineKnowledge, 'carried'>): void {
    this.#bytes = bytes;
    this.#known = known;
    this.#sound = 'unknown';
    this.#firstLine = firstLine;
    this.#lookedTo = firstLine - 1;
    this.#stampedLine = Number.NEGATIVE_INFINITY;
    this.#stampedTime = Number.NaN;
  }

  /** @param start and end of the line, its ending excluded. @returns ms since 1970, NaN for a line without instant. */
  timeOf(line: number, start: number, end: number): number {
    if (line > this.#lookedTo) {
      const own = this.ownTimeOf(start, end);
      if (Number.isNaN(own)) this.#lookBack(line, start);
      else this.#keep(line, own);
      this.#lookedTo = line;
    }
    return this.#keptFor(line);
  }

  /** The same for a line without a stamp of its own. */
  inheritedTimeOf(line: number, start: number): number {
    if (line > this.#lookedTo) {
      this.#lookBack(line, start);
      this.#lookedTo = line;
    }
    return this.#keptFor(line);
  }

  #keptFor(line: number): number {
    return line - this.#stampedLine <= LOOK_BACK_LINES ? this.#stampedTime : Number.NaN;
  }

  /** @returns whether the line that was asked for last has its instant from a stamp of its own. */
  get ownStamp(): boolean {
    return this.#stampedLine === this.#lookedTo;
  }

  #keep(line: number, time: number): void {
    this.#stampedLine = line;
    this.#stampedTime = time;
  }

  #lookBack(line: number, start: number): void {
    const stop = Math.max(this.#firstLine, line - LOOK_BACK_LINES, this.#lookedTo + 1);
    let next = start;
    for (let one = line - 1; one >= stop; one--) {
      const feed = next - 1;
      // A negative place would be counted from the end.
      const from = feed === 0 ? 0 : this.#bytes.lastIndexOf(LINE_FEED, feed - 1) + 1;
      const end = this.#bytes[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed;
      const time = this.ownTimeOf(from, end);
      if (!Number.isNaN(time)) {
        this.#keep(one, time);
        return;
      }
      next = from;
    }
    // Everything before this line was looked at, as far as it counts, and has no stamp.
    const known = this.#known;
    if (known === null || this.#stampedLine !== Number.NEGATIVE_INFINITY) return;
    this.#known = null;
    if (line - this.#firstLine >= LOOK_BACK_LINES || known.carried === null) return;
    this.#keep(known.carried.line, known.carried.time);
  }

  /** @returns NaN too when the line has no stamp of its own. */
  ownTimeOf(start: number, end: number): number {
    const stamp = this.#stamp;
    if (this.#sound === 'unknown') this.#sound = isUtf8(this.#bytes) ? 'yes' : 'no';
    if (this.#sound === 'yes') findStamp(this.#bytes, start, end, stamp);
    else this.#findRepaired(start, end);
    if (stamp.kind === STAMP_CODE.none) return Number.NaN;
    return storedTimeOf(stamp, this.#years) + (this.#offsets[stamp.kind] as number);
  }

  /** Others read stamps from text: bytes that are no UTF-8 stand there as three, and move what is behind them. */
  #findRepaired(start: number, end: number): void {
    const line = Buffer.from(this.#bytes.toString('utf8', start, end));
    findStamp(line, 0, line.length, this.#stamp);
  }
}
