/** Read side of a sealed bundle. Opened read-only, any number of times, from any thread. */
import { statSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import SqliteDatabase from 'better-sqlite3';
import type { BundleReader, BundleSeal, EventRow, Line, TextBlock, WantedText } from '../core/case-reader.ts';
import type { ClockOverride } from '../core/clock-override.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import { NO_CLOCK } from '../core/file-clock.ts';
import { BundleId, type FileId } from '../core/ids.ts';
import { LINES_BYTES_MAX, PARSE_BYTES_MAX } from '../core/limits.ts';
import type { Bundle, FileCoverage, Severity, SourceFile } from '../core/vocabulary.ts';
import { applyOverrides } from '../time/overrides.ts';
import { BUNDLE_APPLICATION_ID, BUNDLE_SCHEMA_VERSION } from './schema.ts';

/** Decompressed blocks kept: a viewer pages back and forth over a few. */
const BLOCKS_KEPT = 8;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
/** Weight of severity in the ranking: bm25 is negative, lower is better. */
const SEVERITY_BY_NUMBER: readonly Severity[] = ['info', 'info', 'medium', 'high'];

interface BlockRow {
  readonly id: number;
  readonly file: number;
  readonly line0: number;
  readonly lines: number;
  readonly byte0: number;
  readonly bytes: number;
  readonly text: Uint8Array;
}

interface FileRow {
  readonly id: number;
  readonly path: string;
  readonly role: string;
  readonly role_because: string;
  readonly format: string;
  readonly bytes: number;
  readonly lines: number;
  readonly first_time: number | null;
  readonly last_time: number | null;
  readonly warnings: number;
  readonly errors: number;
  readonly sha256: Uint8Array;
  readonly alias_of: number | null;
  readonly coverage: string;
}

type StoredSeal = Omit<BundleSeal, 'roles'> & {
  readonly files: number;
  readonly lines: number;
  readonly bytes: number;
  readonly sealedAt: string;
};

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
    db = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
    const application = db.pragma('application_id', { simple: true });
    const version = db.pragma('user_version', { simple: true }) as number;
    if (application !== BUNDLE_APPLICATION_ID || version > BUNDLE_SCHEMA_VERSION) {
      db.close();
      return fail('corrupt', 'not a bundle that this Coldcase can read', file, advice);
    }
    const complete = db.prepare("SELECT value FROM meta WHERE key = 'complete'").pluck().get();
    const seal = db.prepare("SELECT value FROM meta WHERE key = 'bundle'").pluck().get();
    if (complete !== 'yes' || typeof seal !== 'string') {
      db.close();
      return fail('corrupt', 'the bundle was never completed', file, advice);
    }
    const stored = JSON.parse(seal) as StoredSeal;
    const reader = new SqliteBundleReader(db, stored, statSync(file).size, marked, overrides);
    return ok(reader);
  } catch (error) {
    db?.close();
    return fail('corrupt', `the bundle cannot be opened: ${(error as Error).message}`, file, advice);
  }
}

class SqliteBundleReader implements BundleReader {
  readonly bundle: Bundle;
  readonly #db: Database;
  readonly #blockAt: Statement;
  readonly #blocksOf: Statement;
  readonly #overrides: readonly ClockOverride[];
  readonly #recent = new Map<number, Buffer>();
  #files: readonly SourceFile[] | null = null;
  #byPath: Map<string, SourceFile> | null = null;

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
    this.#blockAt = db.prepare(
      'SELECT * FROM blocks WHERE file = ? AND line0 <= ? ORDER BY line0 DESC, id DESC LIMIT 1',
    );
    this.#blocksOf = db.prepare('SELECT * FROM blocks WHERE file = ? ORDER BY line0, id');
  }

  files(): readonly SourceFile[] {
    if (this.#files !== null) return this.#files;
    const rows = this.#db.prepare('SELECT * FROM files ORDER BY id').all() as FileRow[];
    const pathById = new Map(rows.map((row) => [row.id, row.path]));
    this.#files = rows.map((row) => ({
      id: row.id as FileId,
      bundle: this.bundle.id,
      path: row.path,
      role: row.role,
      roleBecause: row.role_because,
      format: row.format,
      encoding: 'utf-8',
      clock: applyOverrides(NO_CLOCK, row.path, this.bundle, this.#overrides),
      bytes: row.bytes,
      lines: row.lines,
      firstTime: instant(row.first_time),
      lastTime: instant(row.last_time),
      warnings: row.warnings,
      errors: row.errors,
      sha256: Buffer.from(row.sha256).toString('hex'),
      aliasOf: row.alias_of === null ? null : (pathById.get(row.alias_of) ?? null),
      coverage: row.coverage as FileCoverage,
    }));
    return this.#files;
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
    let next = Math.max(1, from);
    let size = 0;
    while (lines.length < count && size < LINES_BYTES_MAX) {
      const row = this.#blockAt.get(id, next - 1) as BlockRow | undefined;
      if (row === undefined || row.line0 + row.lines < next) break;
      const bytes = this.#decompressed(row);
      let start = 0;
      for (let skip = next - 1 - row.line0; skip > 0; skip--) start = bytes.indexOf(NEWLINE, start) + 1;
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
    // Ids first: an open statement would keep the connection busy while the caller reads lines between blocks.
    const ids = this.#db.prepare('SELECT id FROM blocks WHERE file = ? ORDER BY line0, id').pluck().all(id) as number[];
    const byId = this.#db.prepare('SELECT * FROM blocks WHERE id = ?');
    for (const blockId of ids) {
      const row = byId.get(blockId) as BlockRow;
      yield {
        fileId: id,
        firstLine: row.line0 + 1,
        lines: row.lines,
        byteStart: row.byte0,
        bytes: zstdDecompressSync(row.text),
      };
    }
  }

  *blocksWith(_wanted: readonly WantedText[], files?: ReadonlySet<FileId>): Iterable<TextBlock> {
    for (const file of this.files()) {
      if (file.aliasOf !== null || file.format === 'binary' || files?.has(file.id) === false) continue;
      yield* this.blocks(file.id);
    }
  }

  text(id: FileId, maxBytes = PARSE_BYTES_MAX): { readonly text: string; readonly truncated: boolean } {
    const parts: Buffer[] = [];
    let size = 0;
    for (const row of this.#blocksOf.iterate(id) as IterableIterator<BlockRow>) {
      if (size + row.bytes > maxBytes) return { text: Buffer.concat(parts).toString('utf8'), truncated: true };
      parts.push(zstdDecompressSync(row.text));
      size += row.bytes;
    }
    return { text: Buffer.concat(parts).toString('utf8'), truncated: false };
  }

  bestMatches(words: readonly string[], limit: number): readonly EventRow[] {
    const query = ftsQuery(words);
    if (query === null) return [];
    const rows = this.#db
      .prepare(
        `SELECT e.file, e.line, e.time, e.severity FROM event_text t JOIN events e ON e.id = t.rowid
           JOIN files f ON f.id = e.file
         WHERE event_text MATCH ? AND f.alias_of IS NULL
         ORDER BY bm25(event_text) * (1 + e.severity) LIMIT ?`,
      )
      .all(query, limit) as { file: number; line: number; time: number | null; severity: number }[];
    return rows.map((row) => ({
      fileId: row.file as FileId,
      line: row.line,
      time: row.time,
      severity: SEVERITY_BY_NUMBER[row.severity] ?? 'info',
    }));
  }

  close(): void {
    this.#db.close();
  }

  #decompressed(row: BlockRow): Buffer {
    const kept = this.#recent.get(row.id);
    if (kept !== undefined) {
      this.#recent.delete(row.id);
      this.#recent.set(row.id, kept);
      return kept;
    }
    const bytes = zstdDecompressSync(row.text);
    this.#recent.set(row.id, bytes);
    if (this.#recent.size > BLOCKS_KEPT) {
      for (const oldest of this.#recent.keys()) {
        this.#recent.delete(oldest);
        break;
      }
    }
    return bytes;
  }
}

function instant(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

/** Every word as a quoted phrase, so that nothing a user types is FTS5 syntax. null when no word has a letter or digit. */
function ftsQuery(words: readonly string[]): string | null {
  const phrases = words.filter((word) => /[\p{L}\p{N}]/u.test(word)).map((word) => `"${word.replaceAll('"', '""')}"`);
  return phrases.length === 0 ? null : phrases.join(' AND ');
}
