/** What is known of blocks without reading their text: where they stand, when their lines are, how severe they are. */
import type { Database } from 'better-sqlite3';
import type { BlockPlace } from '../core/case-reader.ts';
import type { FileClock } from '../core/file-clock.ts';
import type { FileId } from '../core/ids.ts';
import type { LineLevel } from '../core/line-level.ts';
import { LINE_SEVERITY } from '../formats/severity.ts';
import { LOOK_BACK_LINES } from '../time/look-back.ts';
import { stampOffset } from '../time/stamp.ts';
import type { BlockText } from './block-text.ts';
import type { BlockRow } from './bundle-rows.ts';
import { EventRows } from './event-rows.ts';

/** Rows around the last one asked for: those LOOK_BACK_LINES before a block are asked for with the next one again. */
const ROWS_KEPT = 512;

/** Places kept in memory: 50 GB of text, some 50 MB. */
const PLACES_KEPT = 400_000;

/** So many are looked up one by one, where not all are known yet: reading all takes as long as a few thousand look-ups. */
const LOOKED_UP_MAX = 1_000;

type Span = readonly [min: number, max: number];

export class BlockPlaces {
  readonly #blocks: BlockText;
  readonly #clockOf: (file: FileId) => FileClock | null;
  readonly #events: EventRows;
  readonly #rows = new Map<number, BlockRow | undefined>();
  #known: readonly BlockPlace[] | null = null;

  /** @param clockOf of a file; null when it has no text of its own (a binary file, a folded copy). */
  constructor(db: Database, blocks: BlockText, clockOf: (file: FileId) => FileClock | null) {
    this.#blocks = blocks;
    this.#clockOf = clockOf;
    this.#events = new EventRows(db);
  }

  /**
   * @param ids of blocks, ascending, those of blocks that are gone (of a copy that was folded late) among them; null: all.
   * @param files only these, when given. @returns blocks of text in file order.
   */
  candidates(ids: Int32Array | null, files?: ReadonlySet<FileId>): readonly BlockPlace[] {
    if (ids === null) return files === undefined ? this.#all() : this.#ofFiles(files);
    const found = this.#known !== null || ids.length > LOOKED_UP_MAX ? this.#among(ids) : this.#lookedUp(ids);
    return files === undefined ? found : found.filter(({ fileId }) => files.has(fileId));
  }

  /** Kept: a search asks for them each time anew, and to read them takes as long as the search. */
  #all(): readonly BlockPlace[] {
    if (this.#known !== null) return this.#known;
    const places = this.#places(this.#blocks.all());
    if (places.length <= PLACES_KEPT) this.#known = places;
    return places;
  }

  #ofFiles(files: ReadonlySet<FileId>): readonly BlockPlace[] {
    const known = this.#known;
    const sorted = [...files].sort((one, two) => one - two);
    if (known === null) return sorted.flatMap((id) => this.#places(this.#blocks.of(id)));
    // Blocks of a file follow each other, and files are in order.
    return sorted.flatMap((id) => known.slice(firstOf(known, id), firstOf(known, id + 1)));
  }

  #among(ids: Int32Array): readonly BlockPlace[] {
    let next = 0;
    return this.#all().filter(({ id }) => {
      while (next < ids.length && (ids[next] as number) < id) next += 1;
      return ids[next] === id;
    });
  }

  #lookedUp(ids: Int32Array): readonly BlockPlace[] {
    const rows: BlockRow[] = [];
    for (const id of ids) {
      const row = this.#row(id);
      if (row !== undefined) rows.push(row);
    }
    return this.#places(rows);
  }

  /** @returns false when no line that could hand its time to this block has a stamp. */
  mayInherit(place: Pick<BlockPlace, 'id'>): boolean {
    const row = this.#row(place.id);
    if (row === undefined) return false;
    for (const before of this.#before(row)) if (before.time_min !== null) return true;
    return false;
  }

  /** Lines of level warning and worse among these, by the events of the file. */
  levels(file: number, firstLine: number, lines: number): ReadonlyMap<number, LineLevel> {
    const last = firstLine + lines - 1;
    const begins = this.#blocks.at(file, firstLine - 1);
    const ends = this.#blocks.at(file, last - 1);
    if (begins === undefined || ends === undefined) return new Map();
    const levels = new Map<number, LineLevel>();
    for (const block of this.#blocks.between(begins.id, ends.id)) {
      for (const { line, severity } of this.#events.of(block)) {
        if (line < firstLine || line > last) continue;
        if (severity === LINE_SEVERITY.error) levels.set(line, 'error');
        else if (severity === LINE_SEVERITY.warning) levels.set(line, 'warning');
      }
    }
    return levels;
  }

  #places(rows: readonly BlockRow[]): readonly BlockPlace[] {
    const places: BlockPlace[] = [];
    for (const row of rows) {
      this.#keep(row.id, row);
      const clock = this.#clockOf(row.file as FileId);
      if (clock !== null) places.push(this.#place(row, clock));
    }
    return places;
  }

  #place(row: BlockRow, clock: FileClock): BlockPlace {
    const [timeMin, timeMax] = this.#span(row, clock) ?? [null, null];
    const [ownTimeMin, ownTimeMax] = spanOf([row], clock) ?? [null, null];
    return {
      id: row.id,
      fileId: row.file as FileId,
      firstLine: row.line0 + 1,
      lines: row.lines,
      byteStart: row.byte0,
      bytes: row.bytes,
      timeMin,
      timeMax,
      ownTimeMin,
      ownTimeMax,
      warnings: row.warnings,
      errors: row.errors,
    };
  }

  /** Which line hands its time to the first lines of a block is not stored: any of those before that could. */
  #span(row: BlockRow, clock: FileClock): Span | null {
    return spanOf([row, ...this.#before(row)], clock);
  }

  /** Blocks of the file with lines that are at most LOOK_BACK_LINES before this block, nearest first. */
  *#before(row: BlockRow): Iterable<BlockRow> {
    if (row.line0 === 0) return;
    // Blocks of a file follow each other.
    for (let id = row.id - 1; ; id--) {
      const before = this.#row(id);
      if (before === undefined || before.file !== row.file) return;
      if (before.line0 + before.lines <= row.line0 - LOOK_BACK_LINES) return;
      yield before;
    }
  }

  #row(id: number): BlockRow | undefined {
    if (this.#rows.has(id)) return this.#rows.get(id);
    const row = this.#blocks.byId(id);
    this.#keep(id, row);
    return row;
  }

  #keep(id: number, row: BlockRow | undefined): void {
    if (this.#rows.size >= ROWS_KEPT) this.#rows.clear();
    this.#rows.set(id, row);
  }
}

/** @returns the index of the first place of this file or a later one. */
function firstOf(places: readonly BlockPlace[], file: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as BlockPlace).fileId < file) low = middle + 1;
    else high = middle;
  }
  return low;
}

function spanOf(rows: Iterable<BlockRow>, clock: FileClock): Span | null {
  const [least, most] = offsets(clock);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const one of rows) {
    if (typeof one.time_min !== 'number' || typeof one.time_max !== 'number') continue;
    min = Math.min(min, one.time_min + least);
    max = Math.max(max, one.time_max + most);
  }
  return min > max ? null : [min, max];
}

const KINDS = ['zoned', 'zoneless', 'yearless', 'boot'] as const;

/**
 * What a stamp of a file can have added to it to be an instant: what the clock says is for the most of its stamps, a few
 * may be of another kind, and a block does not tell which has its first or last time.
 */
function offsets(clock: FileClock): Span {
  const all = KINDS.flatMap((kind) => stampOffset(kind, clock) ?? []);
  return [Math.min(...all), Math.max(...all)];
}
