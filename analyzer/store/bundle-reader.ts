/** Read side of a sealed bundle. Opened read-only, any number of times, from any thread. */
import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type {
  BlockPlace,
  BundleReader,
  CandidateBlock,
  CarriedTime,
  EventRow,
  Line,
  LiteralLines,
  TextBlock,
  TimeBucket,
  WantedText,
  WantedWords,
} from '../core/case-reader.ts';
import type { ClockOverride } from '../core/clock-override.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import { FileClock, instantOffset, NO_CLOCK } from '../core/file-clock.ts';
import { BundleId, type FileId } from '../core/ids.ts';
import { LINES_BYTES_MAX, PARSE_BYTES_MAX } from '../core/limits.ts';
import type { LineLevel } from '../core/line-level.ts';
import type { Bundle, FileCoverage, Severity, SourceFile } from '../core/vocabulary.ts';
import { stampBefore } from '../time/carried-stamp.ts';
import { applyOverrides } from '../time/overrides.ts';
import { BlockPlaces } from './block-places.ts';
import { BlockText, placedBlock, textBlock } from './block-text.ts';
import type { FileRow } from './bundle-rows.ts';
import type { StoredSeal } from './bundle-sink.ts';
import { damagedBundle, nameDamage } from './damaged-file.ts';
import { findEvents } from './event-query.ts';
import { FileList } from './file-list.ts';
import { GramIndex } from './gram-index.ts';
import { HistogramRows } from './histogram-rows.ts';
import { literalLinesIn } from './literal-rows.ts';
import { BUNDLE_SCHEMA_VERSION, bundleFit, bundleVersion, metaOf } from './schema.ts';
import { openSqlite } from './sqlite.ts';

/** The format of files whose lines have levels beside their text (layouts/recognise.ts). */
const JOURNAL_FORMAT = 'journal';
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
/** Weight of severity in the ranking: bm25 is negative, lower is better. */
const SEVERITY_BY_NUMBER: readonly Severity[] = ['info', 'info', 'medium', 'high'];

/**
 * @param file path of a sealed bundle. @param marked whether the engineer marked it healthy (kept by the case).
 * @param overrides what the engineer says about clocks (kept by the case); those of other bundles do nothing.
 * Fails with `corrupt` when it is not a complete bundle of this version.
 */
export function openBundle(
  file: string,
  marked: 'healthy' | null = null,
  overrides: readonly ClockOverride[] = [],
): Result<BundleReader> {
  const advice = 'Import the archive again; the other bundles of the case are not affected.';
  let db: Database | null = null;
  try {
    db = openSqlite(file, { readonly: true, fileMustExist: true });
    const refused = whyRefused(db);
    if (refused !== null) {
      db.close();
      return fail('corrupt', refused, file, advice);
    }
    nameDamage(db, (why) => damagedBundle(file, `the bundle is damaged: ${why}`));
    const stored = JSON.parse(String(metaOf(db, 'bundle'))) as StoredSeal;
    const reader = new SqliteBundleReader(db, stored, statSync(file).size, marked, overrides);
    return ok(reader);
  } catch (error) {
    db?.close();
    return fail('corrupt', `the bundle cannot be opened: ${(error as Error).message}`, file, advice);
  }
}

function whyRefused(db: Database): string | null {
  switch (bundleFit(db)) {
    case 'fits':
      return null;
    case 'unfinished':
      return 'the bundle was never completed';
    case 'damaged':
      return 'the bundle cannot be opened: what it says of itself is damaged';
    case 'foreign':
      return 'not a bundle of Coldcase';
    case 'older':
      return `the bundle was made by an older Coldcase (bundle schema ${bundleVersion(db)}, this one reads ${BUNDLE_SCHEMA_VERSION})`;
    case 'newer':
      return `the bundle was made by a newer Coldcase (bundle schema ${bundleVersion(db)}, this one reads ${BUNDLE_SCHEMA_VERSION})`;
  }
}

class SqliteBundleReader implements BundleReader {
  readonly bundle: Bundle;
  readonly #db: Database;
  readonly #list: FileList;
  readonly #grams: GramIndex;
  readonly #blocks: BlockText;
  readonly #places: BlockPlaces;
  readonly #histogram: HistogramRows;
  readonly #overrides: readonly ClockOverride[];
  #files: readonly SourceFile[] | null = null;
  #literalLines: LiteralLines | null | undefined;
  #byPath: Map<string, SourceFile> | null = null;
  readonly #originals = new Map<number, number>();
  readonly #clocks = new Map<number, FileClock>();

  constructor(
    db: Database,
    seal: StoredSeal,
    storedBytes: number,
    marked: 'healthy' | null,
    overrides: readonly ClockOverride[],
  ) {
    this.#db = db;
    this.#overrides = overrides;
    this.bundle = {
      id: BundleId.parse(seal.sha256),
      sha256: seal.sha256,
      name: seal.name,
      layout: seal.layout,
      layoutBecause: seal.layoutBecause,
      node: seal.node,
      nodeBecause: seal.nodeBecause,
      collectedAt: seal.collectedAt,
      importedAt: seal.sealedAt,
      files: seal.files,
      lines: seal.lines,
      bytes: seal.bytes,
      storedBytes,
      outcome: seal.gaps.some((gap) => gap.weight === 'major') ? 'with-gaps' : 'complete',
      gaps: seal.gaps,
      gapsNotListed: seal.gapsNotListed,
      markedHealthy: marked === 'healthy',
    };
    this.#list = new FileList(db, seal.files);
    this.#grams = new GramIndex(db);
    this.#blocks = new BlockText(db, () => {
      this.files();
      return this.#list.extents;
    });
    this.#places = new BlockPlaces(db, this.#blocks, (id) =>
      this.#isText(id, undefined) ? (this.file(id)?.clock ?? null) : null,
    );
    this.#histogram = new HistogramRows(db);
  }

  files(): readonly SourceFile[] {
    if (this.#files !== null) return this.#files;
    const rows = this.#list.rows();
    const pathById = new Map(rows.map((row) => [row.id, row.path]));
    for (const row of rows) if (row.alias_of !== null) this.#originals.set(row.id, row.alias_of);
    this.#files = rows.map((row) => this.#sourceFile(row, pathById));
    return this.#files;
  }

  #sourceFile(row: FileRow, pathById: ReadonlyMap<number, string>): SourceFile {
    const clock = applyOverrides(this.#clockOf(row.clock), row.path, this.bundle, this.#overrides);
    const offset = instantOffset(clock);
    return {
      id: row.id as FileId,
      bundle: this.bundle.id,
      path: row.path,
      role: row.role,
      roleBecause: row.role_because,
      format: row.format,
      encoding: row.encoding,
      clock,
      bytes: row.bytes,
      lines: row.lines,
      firstTime: instant(row.first_time, offset),
      lastTime: instant(row.last_time, offset),
      warnings: row.warnings,
      errors: row.errors,
      sha256: Buffer.from(row.sha256).toString('hex'),
      aliasOf: row.alias_of === null ? null : (pathById.get(row.alias_of) ?? null),
      coverage: row.coverage as FileCoverage,
    };
  }

  #clockOf(id: number): FileClock {
    const clock = this.#clocks.get(id) ?? parsedClock(this.#list.clock(id));
    this.#clocks.set(id, clock);
    return clock;
  }

  /** The file that holds the text of this one: itself, or the original of a folded copy. */
  #textOf(id: FileId): number {
    if (this.#files === null) this.files();
    return this.#originals.get(id) ?? id;
  }

  file(id: FileId): SourceFile | null {
    return this.files()[id - 1] ?? null;
  }

  fileByPath(path: string): SourceFile | null {
    if (this.#byPath === null) {
      this.#byPath = new Map();
      // The first of two members with one name answers to it; both stay in the list.
      for (const file of this.files()) if (!this.#byPath.has(file.path)) this.#byPath.set(file.path, file);
    }
    return this.#byPath.get(path) ?? null;
  }

  lines(id: FileId, from: number, count: number): readonly Line[] {
    const lines: Line[] = [];
    const file = this.#textOf(id);
    let next = Math.max(1, from);
    let size = 0;
    while (lines.length < count && size < LINES_BYTES_MAX) {
      const row = this.#blocks.at(file, next - 1);
      if (row === undefined || row.line0 + row.lines < next) break;
      const bytes = this.#blocks.kept(row);
      let start = startOfLine(bytes, next - 1 - row.line0);
      // Fewer lines than the row of the block says: it is damaged, and asking again would not end.
      if (start >= bytes.length) break;
      while (lines.length < count && start < bytes.length && size < LINES_BYTES_MAX) {
        const newline = bytes.indexOf(NEWLINE, start);
        const stop = newline < 0 ? bytes.length : newline;
        const end = stop > start && bytes[stop - 1] === CARRIAGE_RETURN ? stop - 1 : stop;
        lines.push({
          number: next,
          byteStart: row.byte0 + start,
          byteEnd: row.byte0 + end,
          text: bytes.toString('utf8', start, end),
        });
        next += 1;
        size += stop - start;
        start = stop + 1;
      }
    }
    return lines;
  }

  *blocks(id: FileId): Iterable<TextBlock> {
    // All positions first: an open statement would keep the connection busy while the caller reads lines between blocks.
    for (const row of this.#blocks.of(this.#textOf(id))) yield textBlock(row, id, this.#blocks.unpacked(row));
  }

  *blocksWith(wanted: readonly WantedText[], files?: ReadonlySet<FileId>): Iterable<TextBlock> {
    const candidates = this.#grams.candidates(wanted);
    if (candidates === null) {
      for (const { id } of this.files()) if (this.#isText(id, files)) yield* this.blocks(id);
      return;
    }
    for (const id of candidates) {
      const block = this.#candidate(id, files);
      if (block !== null) yield block;
    }
  }

  *blocksWithAny(wanted: readonly WantedText[], files?: ReadonlySet<FileId>): Iterable<CandidateBlock> {
    const among = files === undefined ? null : new Set([...files].flatMap((id) => this.#blocks.idsOf(id)));
    const candidates = this.#grams.candidatesOfEach(wanted, among);
    if (candidates === null) {
      const mayHold = [...wanted.keys()];
      for (const block of this.blocksWith([], files)) yield { fileId: block.fileId, block, mayHold };
      return;
    }
    for (const { block: id, texts: mayHold } of candidates) {
      const row = this.#blocks.byId(id);
      if (row === undefined || !this.#isText(row.file as FileId, files)) continue;
      const fileId = row.file as FileId;
      const read = (): TextBlock => textBlock(row, fileId, this.#blocks.unpacked(row));
      yield {
        fileId,
        mayHold,
        get block() {
          return read();
        },
      };
    }
  }

  literalLines(): LiteralLines | null {
    if (this.#literalLines === undefined) this.#literalLines = literalLinesIn(this.#db, this.#blocks);
    return this.#literalLines;
  }

  /** Text of its own: no folded copy, no binary file. */
  #isText(id: FileId, files: ReadonlySet<FileId> | undefined): boolean {
    if (files?.has(id) === false) return false;
    const file = this.file(id);
    return file !== null && file.aliasOf === null && file.format !== 'binary';
  }

  #candidate(id: number, files: ReadonlySet<FileId> | undefined): TextBlock | null {
    const row = this.#blocks.byId(id);
    // A copy that was folded late has left its columns behind.
    if (row === undefined || !this.#isText(row.file as FileId, files)) return null;
    return textBlock(row, row.file as FileId, this.#blocks.unpacked(row));
  }

  candidates(wanted: WantedText | null, files?: ReadonlySet<FileId>): readonly BlockPlace[] {
    return this.#places.candidates(wanted === null ? null : this.#grams.candidates([wanted]), files);
  }

  block(place: BlockPlace): TextBlock {
    return placedBlock(place, this.#blocks.kept(place));
  }

  ownBlock(place: BlockPlace): TextBlock {
    return placedBlock(place, this.#blocks.unpacked(place));
  }

  severitiesOf(id: FileId, firstLine: number, lines: number): ReadonlyMap<number, LineLevel> | null {
    if (this.file(id)?.format !== JOURNAL_FORMAT) return null;
    return this.#places.levels(this.#textOf(id), firstLine, lines);
  }

  carriedInto(place: BlockPlace): CarriedTime | null {
    const file = this.file(place.fileId);
    if (file === null || !this.#places.mayInherit(place)) return null;
    const stamp = stampBefore(this, file, place.firstLine);
    return stamp === null ? null : { time: stamp.time, line: stamp.line };
  }

  bytes(id: FileId, from: number, count: number): { readonly size: number; readonly bytes: Uint8Array } {
    return this.#blocks.bytes(this.#textOf(id), from, count);
  }

  text(id: FileId, maxBytes = PARSE_BYTES_MAX): { readonly text: string; readonly truncated: boolean } {
    const parts: Buffer[] = [];
    let size = 0;
    for (const row of this.#blocks.of(this.#textOf(id))) {
      if (size + row.bytes > maxBytes) return { text: Buffer.concat(parts).toString('utf8'), truncated: true };
      parts.push(this.#blocks.unpacked(row));
      size += row.bytes;
    }
    return { text: Buffer.concat(parts).toString('utf8'), truncated: false };
  }

  histogram(id: FileId, level: 0 | 1 | 2): readonly TimeBucket[] {
    const clock = this.file(id)?.clock;
    const offset = clock === undefined ? null : instantOffset(clock);
    if (offset === null) return [];
    const text = this.#textOf(id);
    return this.#histogram.buckets({ id: text, levels: this.#list.levelsOf(text) }, level, offset);
  }

  bestMatches(words: WantedWords, limit: number, isStopped = () => false): readonly EventRow[] {
    return findEvents(this.#db, words, limit, isStopped).map((row) => ({
      fileId: row.file as FileId,
      line: row.line,
      lines: row.lines,
      score: row.score,
      time: this.#instant(row.file as FileId, row.time),
      severity: SEVERITY_BY_NUMBER[row.severity] ?? 'info',
    }));
  }

  close(): void {
    this.#db.close();
  }

  #instant(id: FileId, stored: number | null): number | null {
    const clock = this.file(id)?.clock;
    const offset = clock === undefined ? null : instantOffset(clock);
    return stored === null || offset === null ? null : stored + offset;
  }
}

/** @returns where the line starts that `skip` lines are before; the end when there are fewer. */
function startOfLine(bytes: Buffer, skip: number): number {
  let start = 0;
  for (let left = skip; left > 0; left--) {
    const newline = bytes.indexOf(NEWLINE, start);
    if (newline < 0) return bytes.length;
    start = newline + 1;
  }
  return start;
}

/** ECMA-262, 21.4.1.1: a Date holds no time beyond. */
const DATE_MAX_MS = 8.64e15;

function instant(time: number | null, offset: number | null): string | null {
  if (time === null || offset === null || !(Math.abs(time + offset) <= DATE_MAX_MS)) return null;
  return new Date(time + offset).toISOString();
}

function parsedClock(json: string): FileClock {
  try {
    return FileClock.parse(JSON.parse(json));
  } catch {
    return NO_CLOCK;
  }
}
