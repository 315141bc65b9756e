/**
 * Tables of a sealed bundle and of a case. A bundle is written once, in one transaction, into `<name>.partial`;
 * the row `complete` is written last and the file renamed, so a file without it was never finished.
 */
import { closeSync, openSync } from 'node:fs';
import type Database from 'better-sqlite3';
import * as z from 'zod';
import { BundleId } from '../core/ids.ts';
import { GRAM_TABLES } from './gram-index.ts';
import { rowCheck } from './row-check.ts';
import { openSqlite } from './sqlite.ts';

export const BUNDLE_SCHEMA_VERSION = 3;
export const CASE_SCHEMA_VERSION = 6;

/** SQLite application ids, so that a wrong file is told apart from a damaged one: 'CCbu' and 'CCca'. */
export const BUNDLE_APPLICATION_ID = 0x43436275;
export const CASE_APPLICATION_ID = 0x43436361;

export const BUNDLE_SUFFIX = '.bundle';
export const PARTIAL_SUFFIX = '.partial';

/**
 * Page size (asked for first, because what is written fixes it), no fsync until sealing, exclusive lock and default journal: measured,
 * see 02-store-and-search. Pages of 8 KB take as long, and 2 % more disk.
 */
const BUILD_PRAGMAS = [
  'page_size = 4096',
  `application_id = ${BUNDLE_APPLICATION_ID}`,
  `user_version = ${BUNDLE_SCHEMA_VERSION}`,
  'synchronous = OFF',
  'locking_mode = EXCLUSIVE',
  'cache_size = -16384',
  'temp_store = MEMORY',
];

/** `crc`: checksum of the other columns of the row (row-check.ts), unless it is said to be of something else. */
const BUNDLE_TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, crc INTEGER NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
-- Clocks of files (core/file-clock): they share a few, and each is a page of reasons.
CREATE TABLE clocks (id INTEGER PRIMARY KEY, crc INTEGER NOT NULL, clock TEXT NOT NULL);
-- Times are stored times. A folded copy names its original in alias_of and has no blocks.
-- blocks: how many it has, their ids follow each other. levels: rows of its histogram.
CREATE TABLE files (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL, role TEXT NOT NULL, role_because TEXT NOT NULL, format TEXT NOT NULL,
  encoding TEXT NOT NULL, clock INTEGER NOT NULL, bytes INTEGER NOT NULL, lines INTEGER NOT NULL,
  first_time INTEGER, last_time INTEGER, warnings INTEGER NOT NULL, errors INTEGER NOT NULL,
  sha256 BLOB NOT NULL, alias_of INTEGER, coverage TEXT NOT NULL,
  first_block INTEGER NOT NULL, blocks INTEGER NOT NULL, levels INTEGER NOT NULL, crc INTEGER NOT NULL
);
-- A run of whole lines of one file. line0 and byte0 are the position of its first line and byte, from 0.
-- events: how many it has, their ids follow each other. events_crc: of line, lines and severity of each.
CREATE TABLE blocks (
  id INTEGER PRIMARY KEY, file INTEGER NOT NULL, line0 INTEGER NOT NULL, lines INTEGER NOT NULL,
  byte0 INTEGER NOT NULL, bytes INTEGER NOT NULL, warnings INTEGER NOT NULL, errors INTEGER NOT NULL,
  time_min INTEGER, time_max INTEGER,
  first_event INTEGER NOT NULL, events INTEGER NOT NULL, events_crc INTEGER NOT NULL, crc INTEGER NOT NULL
);
-- The text of so many blocks, from this id on, as one zstd frame: apart, so that reading the positions of all blocks does not read
-- their text. More than one are small files, each of one block.
CREATE TABLE block_text (id INTEGER PRIMARY KEY, blocks INTEGER NOT NULL, crc INTEGER NOT NULL, frame BLOB NOT NULL);
-- A message of severity warning or worse, or a section of a file without time stamps (severity 0).
CREATE TABLE events (
  id INTEGER PRIMARY KEY, file INTEGER NOT NULL, line INTEGER NOT NULL, lines INTEGER NOT NULL, time INTEGER,
  severity INTEGER NOT NULL
);
-- The ascii tokenizer folds case as the query does (ASCII only) and takes half the time of unicode61.
CREATE VIRTUAL TABLE event_text USING fts5(body, content='', detail=full, tokenize='ascii');
-- Lines a bucket of time and severity: packBuckets (store/time-histogram.ts), as zstd behind the levels of HISTOGRAM_SECONDS of a large
-- table; of a small one only the finest level, as it is.
CREATE TABLE histogram (
  file INTEGER NOT NULL, level INTEGER NOT NULL, crc INTEGER NOT NULL, buckets BLOB NOT NULL, PRIMARY KEY (file, level)
) WITHOUT ROWID;
-- Frames of lines that hold a literal of the list in meta (store/literal-lines.ts), by the first block of their slab.
CREATE TABLE literal_lines (
  first_block INTEGER PRIMARY KEY, last_block INTEGER NOT NULL, crc INTEGER NOT NULL, frame BLOB NOT NULL
);
${GRAM_TABLES}
`;
/**
 * Tables that SQLite checks when a bundle is complete: those that nothing changes any more once all text is stored, and the others.
 * Not the text: it is nearly all of the file, so that checking it reads the whole again (0.12 s of 1 GB), and of a frame SQLite
 * knows nothing; a damaged one is told when it is read (unpack-block.ts).
 */
const TABLES_OF_TEXT = ['event_text_data', 'event_text_idx', 'literal_lines'];
const TABLES_OF_FILES = ['meta', 'clocks', 'files', 'blocks', 'events', 'histogram'];

/** Made after the rows are in: cheaper than keeping it up to date while they come. */
const BUNDLE_INDEXES = 'CREATE INDEX block_by_line ON blocks (file, line0);';

/**
 * Settings of the full-text index while it is built (https://sqlite.org/fts5.html#the_automerge_configuration_option): a
 * piece of the index for every MB of events, and none is merged with others before there are so many. Usual merging costs a
 * third of the time of the index for 1 GB; a word asks one page of each piece.
 */
const FULL_TEXT_SETTINGS = `
INSERT INTO event_text (event_text, rank) VALUES ('automerge', 0);
INSERT INTO event_text (event_text, rank) VALUES ('crisismerge', 64);
`;

/** Opens a new partial bundle and starts the transaction of its text. Throws when the file cannot be made. */
export function createBundleDatabase(file: string): Database.Database {
  // SQLite has no error code for a folder that is gone; the system has.
  closeSync(openSync(file, 'a'));
  const db = openSqlite(file);
  try {
    for (const pragma of BUILD_PRAGMAS) db.pragma(pragma);
    db.exec('BEGIN EXCLUSIVE');
    db.exec(BUNDLE_TABLES);
    db.exec(FULL_TEXT_SETTINGS);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Ends the transaction of the text of a partial bundle, and starts that of its files: most of the work of completing a bundle, which
 * can be done while its clocks are inferred.
 */
export function settleBundleText(db: Database.Database): void {
  db.exec(BUNDLE_INDEXES);
  db.exec('COMMIT');
  check(db, TABLES_OF_TEXT);
  db.exec('BEGIN EXCLUSIVE');
}

/** Ends the transaction of the files of a partial bundle: the `complete` row, commit, and SQLite's own check. */
export function completeBundleDatabase(db: Database.Database): void {
  putMeta(db, 'complete', 'yes');
  db.exec('COMMIT');
  check(db, TABLES_OF_FILES);
}

/** Table by table: a check of everything would also read the whole full-text index a second time (0.2 s of 100 MB). */
function check(db: Database.Database, tables: readonly string[]): void {
  for (const table of tables) {
    const found = db.pragma(`quick_check(${table})`, { simple: true });
    if (found !== 'ok') throw new Error(`SQLite quick_check of ${table}: ${String(found)}`);
  }
}

export type MetaKey = 'bundle' | 'literals' | 'complete';

export function putMeta(db: Database.Database, key: MetaKey, value: string): void {
  db.prepare('INSERT INTO meta (key, crc, value) VALUES (?, ?, ?)').run(key, rowCheck([key, value]), value);
}

/** @returns null when there is none, or one that is damaged. */
export function metaOf(db: Database.Database, key: MetaKey): string | null {
  const row = db.prepare('SELECT crc, value FROM meta WHERE key = ?').raw().get(key);
  const [crc, value] = (row ?? []) as readonly unknown[];
  return typeof value === 'string' && crc === rowCheck([key, value]) ? value : null;
}

/** What an SQLite file is to this program, as a bundle. */
export type BundleFit = 'fits' | 'older' | 'newer' | 'unfinished' | 'damaged' | 'foreign';

/** @returns what an open database is. Throws what SQLite throws when it is none at all. */
export function bundleFit(db: Database.Database): BundleFit {
  if (db.pragma('application_id', { simple: true }) !== BUNDLE_APPLICATION_ID) return 'foreign';
  const version = bundleVersion(db);
  if (version !== BUNDLE_SCHEMA_VERSION) return version < BUNDLE_SCHEMA_VERSION ? 'older' : 'newer';
  if (db.prepare("SELECT 1 FROM meta WHERE key = 'complete'").get() === undefined) return 'unfinished';
  return metaOf(db, 'complete') === 'yes' && hasSeal(db) ? 'fits' : 'damaged';
}

/** What nothing can be shown without: whose bytes they are, and what is missing of them. */
const LeastSeal = z.object({ sha256: BundleId, gaps: z.array(z.object({ weight: z.string() })) });

function hasSeal(db: Database.Database): boolean {
  try {
    return LeastSeal.safeParse(JSON.parse(String(metaOf(db, 'bundle')))).success;
  } catch {
    return false;
  }
}

export function bundleVersion(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/** @returns whether the bundle at this path is lost to this program: importing its archive again may take its place. */
export function isLostBundle(file: string): boolean {
  let db: Database.Database | null = null;
  try {
    db = openSqlite(file, { readonly: true, fileMustExist: true });
    const fit = bundleFit(db);
    return fit !== 'fits' && fit !== 'newer';
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    return code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT' || code === 'SQLITE_ERROR';
  } finally {
    db?.close();
  }
}

const ANALYSES_TABLE = `
-- What was concluded, by bundle and by the version of engine and rules that concluded it; may be thrown away at any time.
-- crc: see row-check.ts; null of what was kept by a version that had none.
CREATE TABLE analyses (
  bundle TEXT NOT NULL, made_by TEXT NOT NULL, crc INTEGER, value TEXT NOT NULL, PRIMARY KEY (bundle, made_by)
) WITHOUT ROWID;
`;

/** What each version of the case file added: entry 0 makes version 1 of an empty file, entry 1 makes 2 of 1, ... */
const CASE_MIGRATIONS: readonly string[] = [
  `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bundles (id TEXT PRIMARY KEY, added_at TEXT NOT NULL, marked_healthy INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS analyses (bundle TEXT NOT NULL, made_by TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (bundle, made_by)) WITHOUT ROWID;
`,
  `
-- What the engineer says about clocks (core/clock-override.ts). AUTOINCREMENT: the one set last has the highest id.
CREATE TABLE clock_overrides (
  id INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT NOT NULL, value TEXT NOT NULL,
  file TEXT, node TEXT, bundle TEXT, set_at TEXT NOT NULL
);
`,
  `
-- What the engineer keeps (core/notebook.ts); ids are never given twice, so that what was removed is not taken for another.
CREATE TABLE bookmarks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, bundle TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,
  sha256 TEXT NOT NULL, text TEXT NOT NULL, note TEXT NOT NULL, marked_at TEXT NOT NULL, UNIQUE (bundle, file, line)
);
CREATE TABLE saved_searches (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, query TEXT NOT NULL, saved_at TEXT NOT NULL
);
-- The one used last has the highest id.
CREATE TABLE search_history (id INTEGER PRIMARY KEY AUTOINCREMENT, query TEXT NOT NULL UNIQUE);
CREATE TABLE highlighters (id INTEGER PRIMARY KEY, query TEXT NOT NULL, colour TEXT NOT NULL, shown TEXT NOT NULL);
`,
  `
CREATE TABLE finding_marks (
  id INTEGER PRIMARY KEY, finding TEXT NOT NULL UNIQUE, pinned TEXT NOT NULL, noise TEXT NOT NULL, note TEXT NOT NULL,
  marked_at TEXT NOT NULL
);
`,
  `
-- Questions whose answers go into the report (core/report.ts): method of the contract, input as JSON.
CREATE TABLE pinned_answers (
  id INTEGER PRIMARY KEY AUTOINCREMENT, method TEXT NOT NULL, input TEXT NOT NULL, title TEXT NOT NULL, note TEXT NOT NULL,
  pinned_at TEXT NOT NULL
);
CREATE TABLE report_draft (id INTEGER PRIMARY KEY CHECK (id = 1), draft TEXT NOT NULL, kept_at TEXT NOT NULL);
-- What pseudonyms are made with, and those that were made: a value has the same one in every export of the case.
CREATE TABLE redaction (id INTEGER PRIMARY KEY CHECK (id = 1), key BLOB NOT NULL, entries TEXT NOT NULL);
`,
  `
ALTER TABLE analyses RENAME TO analyses_before;
${ANALYSES_TABLE}
INSERT INTO analyses (bundle, made_by, value) SELECT bundle, made_by, value FROM analyses_before;
DROP TABLE analyses_before;
`,
];

/**
 * Makes a new table for analyses in the place of one that is damaged. SQLite deletes no pages that it cannot read, so the
 * old one stays in the file, under a name that nobody asks for.
 */
export function putAnalysesAside(db: Database.Database): void {
  const there = db.prepare("SELECT count(*) FROM sqlite_schema WHERE name GLOB 'analyses_damaged_*'").pluck().get();
  db.exec(`ALTER TABLE analyses RENAME TO analyses_damaged_${Number(there) + 1}`);
  db.exec(ANALYSES_TABLE);
}

/** A case file that is sound, and not for this program. */
export class UnknownCaseFile extends Error {
  readonly advice: string;
  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

/** Opens or makes the case file. WAL, so that workers can read while the engine writes. */
export function openCaseDatabase(file: string): Database.Database {
  const db = openSqlite(file);
  try {
    prepareCase(db);
    return db;
  } catch (error) {
    // A file that is still open cannot be moved away on every system, and that is what is advised then.
    db.close();
    throw error;
  }
}

/** Throws UnknownCaseFile, and what SQLite says of a file that cannot be written. */
export function prepareCase(db: Database.Database): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > CASE_SCHEMA_VERSION) {
    const why = `it was written by a newer Coldcase (case schema ${version}, this one reads ${CASE_SCHEMA_VERSION})`;
    throw new UnknownCaseFile(why, 'Open it with that Coldcase, or import the archives into a new case.');
  }
  const application = db.pragma('application_id', { simple: true }) as number;
  if (version > 0 && application !== CASE_APPLICATION_ID) {
    throw new UnknownCaseFile('it is an SQLite file, but not a Coldcase case', 'Choose another folder.');
  }
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  migrateCase(db);
  // A file that can only be read says so here, and not at the first thing that is to be kept.
  db.exec('BEGIN IMMEDIATE; ROLLBACK');
}

/** In one transaction, and looked at again inside it: two processes may open the same case. */
function migrateCase(db: Database.Database): void {
  if (db.pragma('user_version', { simple: true }) === CASE_SCHEMA_VERSION) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    const version = db.pragma('user_version', { simple: true }) as number;
    for (const migration of CASE_MIGRATIONS.slice(version)) db.exec(migration);
    db.pragma(`application_id = ${CASE_APPLICATION_ID}`);
    db.pragma(`user_version = ${CASE_SCHEMA_VERSION}`);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
