/** What the timeline worker keeps of a bundle: its dated files, when their blocks are, how many lines they have when. */
import type { BlockPlace, BundleReader } from '../core/case-reader.ts';
import { instantOffset } from '../core/file-clock.ts';
import type { FileId } from '../core/ids.ts';
import type { LaneKind, TimelineGap } from '../core/timeline.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { type BucketTable, bucketTable, LEVEL_MS, type Level } from '../correlate/histogram-view.ts';
import { type LaneHead, laneOf } from '../correlate/lanes.ts';
import type { Span } from '../correlate/window.ts';

/**
 * Buckets kept of one bundle: 24 bytes each, 48 MB. A month of logs of fifty files has 100,000 of half an hour and
 * two minutes; of those of 10 s only what was zoomed into is kept.
 */
const BUCKETS_KEPT = 2_000_000;

/** Files of one bundle looked at for its first or last instant; behind that it is told too widely. */
const NARROWED_MAX = 200;

/** A block of a dated file. */
export interface TimedBlock {
  readonly source: SourceFile;
  readonly place: BlockPlace;
  /** The block before it in its file. */
  readonly before: TimedBlock | null;
  /** No line of it has an instant (ms) outside of these; exact once its lines were read. */
  timeMin: number;
  timeMax: number;
  /** What it hands to the lines behind it: the instant of its last line, NaN when that has none; null before it was read. */
  lastTime: number | null;
}

export class TimelineBundle {
  readonly reader: BundleReader;
  /** Files of which lines have instants, in archive order: no folded copies, nothing binary. */
  readonly dated: readonly SourceFile[];
  /** Lines of all files of text, each counted once. */
  readonly lines: number;
  /** Lines of files that are copies of those. */
  readonly copiedLines: number;
  /** null until somebody asked. */
  gaps: readonly TimelineGap[] | null = null;
  readonly #lanes: Readonly<Record<LaneKind, Map<FileId, LaneHead>>> = {
    ...{ case: new Map(), node: new Map(), component: new Map(), file: new Map() },
  };
  readonly #tables = new Map<string, BucketTable>();
  #bucketsKept = 0;
  #blocks: readonly TimedBlock[] | null = null;
  #whole: Span | null | undefined;

  constructor(reader: BundleReader) {
    this.reader = reader;
    const files = reader.files().filter((file) => file.format !== 'binary');
    const texts = files.filter((file) => file.aliasOf === null);
    this.dated = texts.filter((file) => instantOffset(file.clock) !== null);
    this.lines = texts.reduce((sum, file) => sum + file.lines, 0);
    this.copiedLines = files.reduce((sum, file) => sum + file.lines, 0) - this.lines;
  }

  /** Kept: a case may have thousands of files, and is asked at every step of a zoom. */
  lane(file: SourceFile, kind: LaneKind): LaneHead {
    const known = this.#lanes[kind].get(file.id);
    if (known !== undefined) return known;
    const { bundle } = this.reader;
    const { id, path, role } = file;
    const lane = laneOf({ bundle: bundle.id, node: bundle.node, id, path, role }, kind);
    this.#lanes[kind].set(file.id, lane);
    return lane;
  }

  /** Blocks that hold lines with instants, in file order. */
  get blocks(): readonly TimedBlock[] {
    this.#blocks ??= timedBlocks(this.reader, this.dated);
    return this.#blocks;
  }

  table(file: FileId, level: Level): BucketTable {
    const key = `${file} ${level}`;
    const known = this.#tables.get(key);
    const table = known ?? bucketTable(level, this.reader.histogram(file, level));
    this.#tables.delete(key);
    this.#tables.set(key, table);
    if (known === undefined) this.#forgetOldest(table.starts.length);
    return table;
  }

  #forgetOldest(more: number): void {
    this.#bucketsKept += more;
    for (const [key, table] of this.#tables) {
      if (this.#bucketsKept <= BUCKETS_KEPT || this.#tables.size === 1) return;
      this.#tables.delete(key);
      this.#bucketsKept -= table.starts.length;
    }
  }

  /** Lines that have an instant, as the histogram counts them. */
  datedLines(file: FileId): number {
    return this.table(file, 2).lines;
  }

  /** From the first instant to behind the last; null when no line has one. */
  get whole(): Span | null {
    if (this.#whole === undefined) this.#whole = this.#wholeSpan();
    return this.#whole;
  }

  /**
   * Blocks tell it to the millisecond where all stamps of a file are of one kind, else too widely, and buckets to half an
   * hour: the narrower of both, and buckets of 10 s of those files alone that begin or end the whole.
   */
  #wholeSpan(): Span | null {
    const spans = new Map<FileId, { from: number; to: number }>();
    for (const { source, timeMin, timeMax } of this.blocks) {
      const span = spans.get(source.id) ?? { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
      spans.set(source.id, { from: Math.min(span.from, timeMin), to: Math.max(span.to, timeMax + 1) });
    }
    const narrowed = (file: FileId, level: Level): boolean => {
      const span = spans.get(file);
      const { starts } = this.table(file, level);
      const [first, last] = [starts[0], starts.at(-1)];
      if (span === undefined || first === undefined || last === undefined) return false;
      const { from, to } = span;
      span.from = Math.min(Math.max(from, first), to - 1);
      span.to = Math.max(Math.min(to, last + LEVEL_MS[level]), span.from + 1);
      return span.from !== from || span.to !== to;
    };
    for (const file of spans.keys()) narrowed(file, 2);
    const extreme = (pick: (one: Span, best: Span) => boolean): Span | null => {
      for (let tries = 0; ; tries++) {
        let best: { readonly file: FileId; readonly span: Span } | null = null;
        for (const [file, span] of spans) if (best === null || pick(span, best.span)) best = { file, span };
        if (best === null || tries >= NARROWED_MAX || !narrowed(best.file, 0))
          return best === null ? null : { ...best.span };
      }
    };
    const earliest = extreme((one, best) => one.from < best.from);
    const latest = extreme((one, best) => one.to > best.to);
    return earliest === null || latest === null ? null : { from: earliest.from, to: latest.to };
  }
}

function timedBlocks(reader: BundleReader, dated: readonly SourceFile[]): readonly TimedBlock[] {
  const sources = new Map(dated.map((file) => [file.id, file]));
  const blocks: TimedBlock[] = [];
  for (const place of reader.candidates(null)) {
    const source = sources.get(place.fileId);
    const { timeMin, timeMax } = place;
    if (source === undefined || timeMin === null || timeMax === null) continue;
    const last = blocks.at(-1);
    const before = last?.source === source ? last : null;
    blocks.push({ source, place, before, timeMin, timeMax, lastTime: null });
  }
  return blocks;
}

/**
 * Tells when the lines of a block are from its own stamps and from the end of the block before, once that was read:
 * without it, all of that block's time counts. @returns whether its bounds became narrower.
 */
export function narrowBlock(block: TimedBlock): boolean {
  const { before, place, timeMin, timeMax, lastTime } = block;
  const carried = before?.lastTime ?? null;
  // Bounds of a block that was read are exact.
  if (lastTime !== null || carried === null) return false;
  const own = place.ownTimeMin === null || place.ownTimeMax === null ? [] : [place.ownTimeMin, place.ownTimeMax];
  const times = Number.isNaN(carried) ? own : [...own, carried];
  block.timeMin = Math.max(timeMin, Math.min(...times));
  block.timeMax = Math.min(timeMax, Math.max(...times));
  return block.timeMin > timeMin || block.timeMax < timeMax;
}
