/** Opens the case file: for reading and writing, or, where its disk can only be read, as a copy in memory. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type Database from 'better-sqlite3';
import { CASE_FILE } from '../core/case-files.ts';
import { openCaseDatabase, prepareCase } from './schema.ts';
import { openSqlite } from './sqlite.ts';

export interface OpenCaseFile {
  readonly db: Database.Database;
  /** `read-only`: a copy, of which nothing that is changed is kept. */
  readonly access: 'read-write' | 'read-only';
}

/** SQLite's result codes (sqlite.org/rescode.html) for a file that can perhaps be read. */
const READ_ONLY = /^SQLITE_(READONLY|CANTOPEN)/;

/** Throws what SQLite or the system says, and UnknownCaseFile. */
export function openCaseFile(file: string): OpenCaseFile {
  try {
    return { db: openCaseDatabase(file), access: 'read-write' };
  } catch (error) {
    if (!READ_ONLY.test(String((error as { readonly code?: unknown }).code))) throw error;
    const copy = contentOf(file);
    if (copy === null) throw error;
    const db = openSqlite(copy);
    try {
      prepareCase(db);
    } catch (refused) {
      db.close();
      throw refused;
    }
    return { db, access: 'read-only' };
  }
}

/** sqlite.org/fileformat.html, 1.3.3: 2 stands for a write-ahead log, which a database in memory cannot have; 1 for none. */
const FORMAT_AT = [18, 19];
const WITHOUT_LOG = 1;

/** @returns the whole database, null when it cannot be read. */
function contentOf(file: string): Buffer | null {
  try {
    const bytes = hasLog(file) ? withLog(file) : readFileSync(file);
    for (const at of FORMAT_AT) if (bytes.length > at) bytes[at] = WITHOUT_LOG;
    return bytes;
  } catch {
    return null;
  }
}

function logOf(file: string): string {
  return `${file}-wal`;
}

/** The log is there when whoever had the case open last was killed, or has it open still. */
function hasLog(file: string): boolean {
  const log = statSync(logOf(file), { throwIfNoEntry: false });
  return log?.isFile() === true && log.size > 0;
}

/** What is in the log is newer than the file: SQLite itself puts them together, where it can write. */
function withLog(file: string): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), 'coldcase-case-'));
  try {
    const copy = path.join(folder, CASE_FILE);
    copyFileSync(file, copy);
    copyFileSync(logOf(file), logOf(copy));
    const db = openSqlite(copy);
    try {
      return db.serialize();
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
