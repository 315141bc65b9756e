/**
 * Where a bundle's blocks, events and files end up: one SQLite file, built beside its final name. The scanner
 * (bundle-writer.ts) and the sink share nothing but messages, so that the sink can work in a thread of its own.
 */
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import type { BundleSeal, SealOutcome } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';
import type { FileCoverage } from '../core/vocabulary.ts';
import { BUNDLE_SUFFIX, completeBundleDatabase, createBundleDatabase } from './schema.ts';

/** zstd level 1: level 3 costs twice the CPU for 8 % less disk on log text (measured). */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** One line of severity warning or worse; `start..end` is its text in the block. */
export interface EventToStore {
  readonly line: number;
  readonly time: number | null;
  readonly severity: number;
  readonly start: number;
  readonly end: number;
}

/** A run of whole lines of one file. line0 and byte0 count from 0. */
export interface BlockToStore {
  readonly file: FileId;
  readonly line0: number;
  readonly lines: number;
  readonly byte0: number;
  readonly warnings: number;
  readonly errors: number;
  readonly text: Uint8Array<ArrayBuffer>;
  readonly events: readonly EventToStore[];
}

/** Some lines of a file without time stamps, indexed as one. */
export interface SectionToStore {
  readonly file: FileId;
  readonly line: number;
  readonly text: Uint8Array;
}

export interface FileToStore {
  readonly id: FileId;
  readonly path: string;
  readonly format: 'text' | 'binary';
  readonly bytes: number;
  readonly lines: number;
  readonly firstTime: number | null;
  readonly lastTime: number | null;
  readonly warnings: number;
  readonly errors: number;
  readonly sha256: Uint8Array;
  readonly aliasOf: FileId | null;
  readonly coverage: FileCoverage;
}

/** Totals that the seal records beside what BundleSeal says. */
export interface BundleTotals {
  readonly files: number;
  readonly lines: number;
  readonly bytes: number;
}

export interface BundleSink {
  block(block: BlockToStore): void;
  section(section: SectionToStore): void;
  file(file: FileToStore): void;
  /** Resolves when more may be handed over without piling it up; rejects when something could not be stored. */
  ready(): Promise<void>;
  seal(seal: BundleSeal, totals: BundleTotals): Promise<SealOutcome>;
  /** Deletes whatever was written. Resolves in any case. */
  abandon(): Promise<void>;
}

export interface SinkPlace {
  /** Path of the partial file to make. */
  readonly partial: string;
  /** Folder the finished bundle goes to, as `<sha256>.bundle`. */
  readonly folder: string;
}

/** The sink in this thread. Throws what SQLite throws (disk full, no permission). */
export class SqliteSink implements BundleSink {
  readonly #place: SinkPlace;
  readonly #db: Database;
  readonly #insertBlock: Statement;
  readonly #insertEvent: Statement;
  readonly #insertText: Statement;
  readonly #insertFile: Statement;
  #events = 0;

  constructor(place: SinkPlace) {
    this.#place = place;
    this.#db = createBundleDatabase(place.partial);
    this.#insertBlock = this.#db.prepare(
      'INSERT INTO blocks (file, line0, lines, byte0, bytes, warnings, errors, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#insertEvent = this.#db.prepare('INSERT INTO events (id, file, line, time, severity) VALUES (?, ?, ?, ?, ?)');
    this.#insertText = this.#db.prepare('INSERT INTO event_text (rowid, body) VALUES (?, ?)');
    this.#insertFile = this.#db.prepare(
      `INSERT INTO files (id, path, role, role_because, format, bytes, lines, first_time, last_time, warnings, errors,
         sha256, alias_of, coverage) VALUES (?, ?, 'other', '', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  block(block: BlockToStore): void {
    const { file, line0, lines, byte0, text, warnings, errors } = block;
    const packed = zstdCompressSync(text, ZSTD);
    this.#insertBlock.run(file, line0, lines, byte0, text.length, warnings, errors, packed);
    // A BLOB is tokenised as the text it is; no string is made of it.
    const bytes = Buffer.from(text.buffer, text.byteOffset, text.length);
    for (const { line, time, severity, start, end } of block.events) {
      this.#addEvent(file, line, time, severity, bytes.subarray(start, end));
    }
  }

  section(section: SectionToStore): void {
    this.#addEvent(section.file, section.line, null, 0, Buffer.from(section.text));
  }

  file(file: FileToStore): void {
    this.#insertFile.run(
      file.id,
      file.path,
      file.format,
      file.bytes,
      file.lines,
      file.firstTime,
      file.lastTime,
      file.warnings,
      file.errors,
      Buffer.from(file.sha256),
      file.aliasOf,
      file.coverage,
    );
  }

  async ready(): Promise<void> {}

  async seal(seal: BundleSeal, totals: BundleTotals): Promise<SealOutcome> {
    const role = this.#db.prepare('UPDATE files SET role = ?, role_because = ?, format = ? WHERE id = ?');
    for (const [id, entry] of seal.roles) role.run(entry.role, entry.because, entry.format, id);
    const { roles: _, ...rest } = seal;
    const meta = { ...rest, ...totals, sealedAt: new Date().toISOString() };
    this.#db.prepare("INSERT INTO meta (key, value) VALUES ('bundle', ?)").run(JSON.stringify(meta));
    completeBundleDatabase(this.#db);
    this.#db.close();
    const { partial, folder } = this.#place;
    const final = path.join(folder, `${seal.sha256}${BUNDLE_SUFFIX}`);
    syncToDisk(partial);
    const outcome = publish(partial, final);
    syncToDisk(folder);
    return outcome;
  }

  async abandon(): Promise<void> {
    if (this.#db.open) this.#db.close();
    removePartial(this.#place.partial);
  }

  #addEvent(file: FileId, line: number, time: number | null, severity: number, text: Uint8Array): void {
    this.#events += 1;
    this.#insertEvent.run(this.#events, file, line, time, severity);
    this.#insertText.run(this.#events, text);
  }
}

/** Gives a finished bundle its name, unless another import has taken it: a link is made by one of two, never by both. */
function publish(partial: string, final: string): SealOutcome {
  try {
    linkSync(partial, final);
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EEXIST';
    // Some file systems have no links: there the rename comes after a look.
    if (!taken && !existsSync(final)) {
      renameSync(partial, final);
      return 'sealed';
    }
    removePartial(partial);
    return 'already-there';
  }
  removePartial(partial);
  return 'sealed';
}

/** Deletes a partial bundle. What cannot be deleted now is swept when the case is opened next: this never fails. */
export function removePartial(partial: string): void {
  for (const ending of ['', '-journal']) {
    try {
      rmSync(`${partial}${ending}`, { force: true });
    } catch {
      // The failure that led here is the one to report.
    }
  }
}

/** Waits until a file or folder is on disk; folders cannot be synced on every system, which is no error. */
function syncToDisk(location: string): void {
  let handle: number | null = null;
  try {
    handle = openSync(location, 'r');
    fsyncSync(handle);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EPERM' && code !== 'EISDIR' && code !== 'EINVAL' && code !== 'EACCES' && code !== 'EBADF')
      throw error;
  } finally {
    if (handle !== null) closeSync(handle);
  }
}
