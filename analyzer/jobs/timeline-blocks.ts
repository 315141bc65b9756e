/** Lines of blocks with their instants, for the timeline: read once, kept for who looks at their neighbourhood next. */
import type { BundleReader, CarriedTime } from '../core/case-reader.ts';
import { giveBack } from '../core/give-back.ts';
import { LINE_LEVELS } from '../core/line-level.ts';
import { lineSeverity, wordSeverity } from '../formats/severity.ts';
import { LineTimes } from '../search/line-times.ts';
import { WordView } from '../search/word-view.ts';
import type { TimedBlock } from './timeline-bundle.ts';

/** Text and instants of some 400 blocks: a page of a node with fifty logs reads one or two of each. */
const BYTES_KEPT = 64 * 1024 * 1024;
/** A line's instant, start and end. */
const LINE_BYTES = 16;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

export interface BlockLines {
  readonly bytes: Buffer;
  /** Where each line starts and ends in `bytes`, its line ending excluded. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Instants, ms since 1970; NaN for a line that has none. */
  readonly times: Float64Array;
}

interface Kept {
  readonly lines: BlockLines;
  readonly size: number;
  levels: Uint8Array | null;
}

export class TimelineBlocks {
  /** Least recently used first. */
  readonly #kept = new Map<TimedBlock, Kept>();
  #size = 0;
  readonly #words = new WordView();

  /** The block's bounds in time are exact afterwards. The text may be gone once another block was read. Throws the failure of a bundle that is damaged. */
  lines(reader: BundleReader, block: TimedBlock): BlockLines {
    return this.#taken(reader, block).lines;
  }

  /** @returns places in LINE_LEVELS, one for each line. */
  levels(reader: BundleReader, block: TimedBlock): Uint8Array {
    const kept = this.#taken(reader, block);
    kept.levels ??= this.#levelsOf(reader, block, kept.lines);
    return kept.levels;
  }

  #taken(reader: BundleReader, block: TimedBlock): Kept {
    const known = this.#kept.get(block);
    if (known !== undefined) {
      this.#kept.delete(block);
      this.#kept.set(block, known);
      return known;
    }
    const lines = readLines(reader, block);
    const kept: Kept = { lines, size: lines.bytes.length + lines.times.length * LINE_BYTES, levels: null };
    this.#kept.set(block, kept);
    this.#size += kept.size;
    for (const [oldest, { size, lines: unused }] of this.#kept) {
      if (this.#size <= BYTES_KEPT || oldest === block) break;
      this.#kept.delete(oldest);
      this.#size -= size;
      giveBack(unused.bytes);
    }
    return kept;
  }

  /** @returns place in LINE_LEVELS of one line. @param at its place in the block, from 0. */
  level(reader: BundleReader, block: TimedBlock, at: number): number {
    const { lines, levels } = this.#taken(reader, block);
    if (levels !== null) return levels[at] ?? 0;
    const [start = 0, end = 0] = [lines.starts[at], lines.ends[at]];
    const line = block.place.firstLine + at;
    const outside = reader.severitiesOf(block.place.fileId, line, 1)?.get(line);
    return outside === undefined ? lineSeverity(lines.bytes, start, end) : LINE_LEVELS.indexOf(outside);
  }

  #levelsOf(reader: BundleReader, { place }: TimedBlock, { bytes: own, starts, ends }: BlockLines): Uint8Array {
    const { bytes, words } = this.#words.of(own);
    const outside = reader.severitiesOf(place.fileId, place.firstLine, place.lines);
    const levels = new Uint8Array(starts.length);
    for (let at = 0; at < starts.length; at++) {
      const start = starts[at] as number;
      const level = outside?.get(place.firstLine + at);
      levels[at] =
        level === undefined ? wordSeverity(bytes, words, start, ends[at] as number, start) : LINE_LEVELS.indexOf(level);
    }
    return levels;
  }
}

function readLines(reader: BundleReader, block: TimedBlock): BlockLines {
  const { place, source } = block;
  const text = reader.ownBlock(place).bytes;
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.length);
  const starts = new Int32Array(place.lines);
  const ends = new Int32Array(place.lines);
  const times = new Float64Array(place.lines);
  const clock = new LineTimes(source.clock);
  clock.begin(bytes, place.firstLine, {
    get carried(): CarriedTime | null {
      return reader.carriedInto(place);
    },
  });
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let count = 0;
  // A damaged bundle may have fewer lines in a block than it says; more are never shown.
  for (let start = 0; start < bytes.length && count < place.lines; count++) {
    const newline = bytes.indexOf(LINE_FEED, start);
    const stop = newline < 0 ? bytes.length : newline;
    const end = stop > start && bytes[stop - 1] === CARRIAGE_RETURN ? stop - 1 : stop;
    const time = clock.timeOf(place.firstLine + count, start, end);
    starts[count] = start;
    ends[count] = end;
    times[count] = time;
    if (time < min) min = time;
    if (time > max) max = time;
    start = stop + 1;
  }
  if (min <= max) {
    block.timeMin = min;
    block.timeMax = max;
  }
  block.lastTime = times[count - 1] ?? Number.NaN;
  return {
    bytes,
    starts: starts.subarray(0, count),
    ends: ends.subarray(0, count),
    times: times.subarray(0, count),
  };
}
