/** What the sink knows of each file while its blocks come in: totals, carried times, the histogram; and its row at last. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import type { SealedFile } from '../core/case-writer.ts';
import { type FileClock, instantOffset } from '../core/file-clock.ts';
import { FileTotals } from '../core/file-totals.ts';
import { giveBack } from '../core/give-back.ts';
import type { FileId } from '../core/ids.ts';
import { NumberRows } from '../core/number-rows.ts';
import { unstopped } from '../core/thread-end.ts';
import { DAY_MS } from '../time/calendar.ts';
import { redated } from '../time/clocks.ts';
import { stampOffsets } from '../time/stamp.ts';
import { STAMP_CODE } from '../time/stamp-parts.ts';
import { BlockExtents, type ExtentRow } from './block-extents.ts';
import { BlockText } from './block-text.ts';
import { BLOCK_COLUMNS, type BlockRow, blockCheck, type FileRow, fileCheck, timeColumn } from './bundle-rows.ts';
import { EventRows } from './event-rows.ts';
import { histogramCheck } from './histogram-rows.ts';
import type { IndexedBlock } from './indexed-slab.ts';
import { NO_SHIFTS } from './line-scan.ts';
import { BlockRereader } from './reread-block.ts';
import { rowCheck } from './row-check.ts';
import { EVENT_FIELDS, EVENT_TIME_NONE, HISTOGRAM_SECONDS } from './slab.ts';
import { isStateText } from './slab-indexer.ts';
import {
  BUCKET_FIELDS,
  type BucketTable,
  coarser,
  packBuckets,
  SMALL_TABLE,
  TimeHistogram,
  unpackBuckets,
} from './time-histogram.ts';

const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Columns of what has rows of a file: its blocks, its events, levels of its histogram. Blocks and events of a file follow each other. */
const PLACE = { firstBlock: 0, blocks: 1, firstEvent: 2, lastEvent: 3, levels: 4 } as const;

/** Ids of the first and last rows of a file with text. */
interface StoredRows {
  readonly firstBlock: number;
  readonly lastBlock: number;
  readonly firstEvent: number;
  readonly lastEvent: number;
}

export class FileRows {
  readonly #db: Database;
  readonly #totals = new FileTotals();
  readonly #rows = new NumberRows([0, 0, 0, 0, 0]);
  /** Ids of the clocks that have their rows, by what is in them. */
  readonly #clocks = new Map<string, number>();
  /** The file whose blocks come in now: files come one after the other. */
  #open: FileId | null = null;
  readonly #histogram = new TimeHistogram();
  readonly #rereader = new BlockRereader();
  /** Of what was stored, once it is asked for. */
  #text: BlockText | null = null;
  #extents: BlockExtents | null = null;
  /** To how many lines of the last block the time of a stamp before it is carried. */
  #carries = 0;
  lines = 0;
  /** Of the files that have their rows. */
  readonly sealed = { files: 0, lines: 0, bytes: 0 };

  /** Prepared once: SQLite's memory of statements is freed by the garbage collector, which does not see it. */
  readonly #statements = new Map<string, Statement>();

  constructor(db: Database) {
    this.#db = db;
    db.function('redated', (time: unknown, reference: unknown) =>
      typeof time === 'number' && typeof reference === 'number' ? redated(time, reference) : null,
    );
  }

  /** Takes in the block's counts and runs, not yet its times: see blockEnds. @returns its first line, from 0. */
  block(block: IndexedBlock, runs: Int32Array, firstRun: number): number {
    const { file } = block;
    if (this.#open !== file) {
      this.#closeFile();
      this.#open = file;
    }
    const line0 = this.#totals.lines(file);
    this.#totals.addLines(file, block);
    this.lines += block.lines;
    this.#carries = this.#histogram.carries;
    this.#histogram.add(runs, firstRun, block.runs, block);
    return line0;
  }

  /** The time of an event of the last block. @param time see LineScan. @param line from 0 in the block. */
  timeOf(file: FileId, time: number, line: number): number | null {
    return eventTime(time, line, this.#carries, this.#totals.lastTime(file));
  }

  /** Sections are kept until the file turns out to be a log. */
  isSectioned(file: FileId): boolean {
    const { zoned, zoneless, yearless, boot } = this.#totals.stamps(file);
    return isStateText(zoned + zoneless + yearless + boot, this.#totals.lines(file));
  }

  /** @param firstEvent id of its first event, when it has any. @param lastEvent of the last one that was stored. */
  blockEnds(block: IndexedBlock, firstEvent: number, lastEvent: number): void {
    const { file, id } = block;
    const rows = this.#rows;
    if (rows.get(file, PLACE.blocks) === 0) {
      rows.set(file, PLACE.firstBlock, id);
      rows.set(file, PLACE.firstEvent, firstEvent);
    }
    rows.add(file, PLACE.blocks, 1);
    rows.set(file, PLACE.lastEvent, lastEvent);
    if (!Number.isNaN(block.last)) this.#totals.addTimes(file, block);
  }

  /** After the last block. */
  end(): FileTotals {
    this.#closeFile();
    return this.#totals;
  }

  /** Writes the rows of some files, when all text is there. A folded copy counts with its lines and bytes. */
  seal(files: readonly SealedFile[]): void {
    const insert = this.#prepared(
      `INSERT INTO files (id, path, role, role_because, format, encoding, clock, bytes, lines, first_time, last_time,
         warnings, errors, sha256, alias_of, coverage, first_block, blocks, levels, crc)
       VALUES (@id, @path, @role, @role_because, @format, @encoding, @clock, @bytes, @lines, @first_time, @last_time,
         @warnings, @errors, @sha256, @alias_of, @coverage, @first_block, @blocks, @levels, @crc)`,
    );
    for (const file of files) {
      if (file.aliasOf !== null) this.#dropText(file.id);
      else this.#settleTimes(file);
      const totals = this.#totals;
      const text = file.aliasOf ?? file.id;
      const lines = totals.lines(text);
      this.sealed.files += 1;
      this.sealed.lines += lines;
      this.sealed.bytes += file.bytes;
      const own = (column: number): number => (file.aliasOf === null ? this.#rows.get(file.id, column) : 0);
      const row: FileRow = {
        id: file.id,
        path: file.path,
        role: file.role,
        role_because: file.because,
        format: file.format,
        encoding: file.encoding,
        clock: this.#clockId(file.clock),
        bytes: file.bytes,
        lines,
        first_time: totals.firstTime(text),
        last_time: totals.lastTime(text),
        warnings: totals.warnings(text),
        errors: totals.errors(text),
        sha256: Buffer.from(file.sha256, 'hex'),
        alias_of: file.aliasOf,
        coverage: file.coverage,
        first_block: own(PLACE.firstBlock),
        blocks: own(PLACE.blocks),
        levels: own(PLACE.levels),
      };
      insert.run({ ...row, crc: fileCheck(row) });
    }
  }

  /** @returns the id of its row. */
  #clockId(clock: FileClock): number {
    const json = JSON.stringify(clock);
    const known = this.#clocks.get(json);
    if (known !== undefined) return known;
    const id = this.#clocks.size + 1;
    this.#prepared('INSERT INTO clocks (id, crc, clock) VALUES (?, ?, ?)').run(id, rowCheck([id, json]), json);
    this.#clocks.set(json, id);
    return id;
  }

  #prepared(sql: string): Statement {
    const known = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #closeFile(): void {
    if (this.#open !== null && !this.#histogram.isEmpty) {
      const insert = this.#prepared('INSERT INTO histogram (file, level, crc, buckets) VALUES (?, ?, ?, ?)');
      let table = this.#histogram.table();
      const levels = table.length <= SMALL_TABLE ? HISTOGRAM_SECONDS.slice(0, 1) : HISTOGRAM_SECONDS;
      for (const [level, seconds] of levels.entries()) {
        if (level > 0) table = coarser(table, seconds / (HISTOGRAM_SECONDS[level - 1] as number));
        const buckets = packed(table, levels.length);
        insert.run(this.#open, level, histogramCheck(this.#open, level, buckets), buckets);
      }
      this.#rows.set(this.#open, PLACE.levels, levels.length);
    }
    this.#histogram.clear();
    this.#open = null;
  }

  /** @returns null for a file without text. */
  #rowsOf(file: FileId): StoredRows | null {
    const [firstBlock, blocks] = [this.#rows.get(file, PLACE.firstBlock), this.#rows.get(file, PLACE.blocks)];
    if (blocks === 0) return null;
    const [firstEvent, lastEvent] = [this.#rows.get(file, PLACE.firstEvent), this.#rows.get(file, PLACE.lastEvent)];
    return { firstBlock, lastBlock: firstBlock + blocks - 1, firstEvent, lastEvent };
  }

  /** A copy that was too large to be taken back before it was stored. Its words in the full-text index stay without a row. */
  #dropText(file: FileId): void {
    const rows = this.#rowsOf(file);
    if (rows === null) return;
    const { firstBlock, lastBlock, firstEvent, lastEvent } = rows;
    for (const table of ['blocks', 'block_text']) {
      this.#prepared(`DELETE FROM ${table} WHERE id BETWEEN ? AND ?`).run(firstBlock, lastBlock);
    }
    this.#prepared('DELETE FROM events WHERE id BETWEEN ? AND ?').run(firstEvent, lastEvent);
    this.#prepared('DELETE FROM histogram WHERE file = ?').run(file);
  }

  /**
   * Puts right what could not be known while the stamps of a file were read: the collection time, and which kind most of
   * them are of. Its rows are reached by their ids: to look through all events for each of 100,000 small files would not end.
   */
  #settleTimes({ id, clock, redate }: SealedFile): void {
    const rows = this.#rowsOf(id);
    if (rows === null) return;
    const { zoned, zoneless, yearless, boot } = this.#totals.stamps(id);
    const stamps = [0, zoned, zoneless, yearless, boot];
    if (stamps.filter((count) => count > 0).length < 2) {
      if (redate !== null && yearless > 0) this.#moveTimes(id, rows, redate);
      return;
    }
    const shifts = shiftsTo(clock);
    if (redate !== null || stamps.some((count, kind) => count > 0 && shifts[kind] !== 0)) {
      this.#rereadTimes(id, redate ?? clock.yearReference ?? Number.NaN, shifts);
    }
  }

  /** All stamps of the file lack their year. */
  #moveTimes(file: FileId, rows: StoredRows, reference: number): void {
    const to = (time: number): number => redated(time, reference);
    const { first, last } = this.#totals.stamps(file);
    if (first !== null && last !== null) this.#totals.moveTimes(file, to(first), to(last));
    this.#prepared('UPDATE events SET time = redated(time, ?) WHERE id BETWEEN ? AND ?').run(
      reference,
      rows.firstEvent,
      rows.lastEvent,
    );
    const stored = this.#prepared(`SELECT ${BLOCK_COLUMNS} FROM blocks WHERE id BETWEEN ? AND ?`);
    for (const block of stored.all(rows.firstBlock, rows.lastBlock) as readonly BlockRow[]) {
      const { time_min, time_max } = block;
      if (time_min === null || time_max === null) continue;
      this.#setSpan(block, ...redatedSpan(time_min, time_max, reference));
    }
    const update = this.#prepared('UPDATE histogram SET crc = ?, buckets = ? WHERE file = ? AND level = ?');
    const histogram = this.#prepared('SELECT level, buckets FROM histogram WHERE file = ?').all(file) as {
      level: 0 | 1 | 2;
      buckets: Uint8Array;
    }[];
    for (const { level, buckets } of histogram) {
      const levels = this.#rows.get(file, PLACE.levels);
      const now = packed(moved(unpacked(buckets, levels), HISTOGRAM_SECONDS[level], to), levels);
      update.run(histogramCheck(file, level, now), now, file, level);
    }
  }

  /** Stamps of the file are of two kinds, of which one is moved or left out: which lines those are, its text tells. */
  #rereadTimes(file: FileId, reference: number, shifts: ArrayLike<number>): void {
    const setTime = this.#prepared('UPDATE events SET time = ? WHERE id = ?');
    const events = new EventRows(this.#db);
    let [first, last] = [Number.NaN, Number.NaN];
    this.#text ??= new BlockText(this.#db, () => this.#storedExtents());
    for (const block of this.#text.of(file)) {
      const text = this.#text.unpacked(block);
      const scan = this.#rereader.scan(text, block.line0, events.of(block), reference, shifts);
      giveBack(text);
      const { carries } = this.#histogram;
      for (let event = 0; event < scan.eventCount; event++) {
        const [time, line] = [scan.eventTimes[event] as number, scan.events[event * EVENT_FIELDS] as number];
        setTime.run(eventTime(time, line, carries, timeColumn(last)), block.first_event + event);
      }
      this.#setSpan(block, timeColumn(scan.min), timeColumn(scan.max));
      this.#histogram.add(scan.runs, 0, scan.runCount, scan);
      if (Number.isNaN(first)) first = scan.first;
      if (!Number.isNaN(scan.last)) last = scan.last;
    }
    this.#totals.moveTimes(file, first, last);
    this.#prepared('DELETE FROM histogram WHERE file = ?').run(file);
    this.#open = file;
    this.#closeFile();
  }

  /**
   * Which blocks each file has; no file has its row yet. Asked for several times a file, of which there may be 200,000: looked
   * up once. What is dropped as a copy afterwards is not read any more.
   */
  #storedExtents(): BlockExtents {
    if (this.#extents !== null) return this.#extents;
    const files = this.#db.prepare(
      'SELECT file AS id, min(id) AS first_block, count(*) AS blocks, sum(lines) AS lines FROM blocks GROUP BY file',
    );
    this.#extents = new BlockExtents(files.all() as ExtentRow[]);
    return this.#extents;
  }

  #setSpan(block: BlockRow, time_min: number | null, time_max: number | null): void {
    const crc = blockCheck({ ...block, time_min, time_max });
    this.#prepared('UPDATE blocks SET time_min = ?, time_max = ?, crc = ? WHERE id = ?').run(
      ...[time_min, time_max, crc, block.id],
    );
  }
}

/**
 * @param time see LineScan. @param line from 0 in its block. @param carries to how many lines of the block `before` is carried.
 * @param before the time of the last stamp in front of the block. @returns null when no stamp tells it.
 */
function eventTime(time: number, line: number, carries: number, before: number | null): number | null {
  if (time === EVENT_TIME_NONE) return null;
  if (!Number.isNaN(time)) return time;
  return line < carries ? before : null;
}

/**
 * Stored times are turned into instants with the offset of their file alone: a stamp of another kind is stored as if it were
 * of the file's own. Else the seconds since boot of some lines among dated ones are of 1970, and a date among them is of 2078.
 */
function shiftsTo(clock: FileClock): ArrayLike<number> {
  const own = instantOffset(clock);
  return own === null
    ? NO_SHIFTS
    : stampOffsets(clock).map((offset, kind) => (kind === STAMP_CODE.none ? 0 : offset - own));
}

/** @returns a span that no line between these two leaves: the whole year, when the year now changes between them. */
function redatedSpan(min: number, max: number, reference: number): readonly [min: number, max: number] {
  const [first, last] = [redated(min, reference), redated(max, reference)];
  if (last - first === max - min) return [first, last];
  const latest = reference + DAY_MS;
  return [Math.min(first, last, latest - 366 * DAY_MS), Math.max(first, last, latest)];
}

/** @param levels kept of the file: what has only the finest is too small to be compressed, and an archive may hold 200,000 of it. */
function packed(table: BucketTable, levels: number): Uint8Array {
  const plain = packBuckets(table);
  return levels > 1 ? unstopped(() => zstdCompressSync(plain, ZSTD)) : plain;
}

function unpacked(buckets: Uint8Array, levels: number): BucketTable {
  return unpackBuckets(levels > 1 ? unstopped(() => zstdDecompressSync(buckets)) : buckets);
}

/** @returns the buckets at their new places, in ascending order. */
function moved(table: BucketTable, seconds: number, to: (time: number) => number): BucketTable {
  const rows: Int32Array[] = [];
  for (let at = 0; at < table.length; at += BUCKET_FIELDS) {
    const row = table.slice(at, at + BUCKET_FIELDS);
    row[0] = Math.max(0, Math.floor(to((row[0] as number) * seconds * 1000) / 1000 / seconds));
    rows.push(row);
  }
  rows.sort((a, b) => (a[0] as number) - (b[0] as number));
  return Int32Array.from(rows.flatMap((row) => [...row]));
}
