import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { SHA, sealFiles, writerIn } from '../../test/support/sealed-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { FailureError } from '../core/failure.ts';
import type { FileId } from '../core/ids.ts';
import { openBundle } from './bundle-reader.ts';
import { isLostBundle } from './schema.ts';

const LOG = Buffer.from('E0501 10:00:00.000000       1 a.go:1] one\nI0501 10:05:00.000000       1 a.go:1] two\n');

/** Seals one log, changes the bundle as SQL says, opens it again. */
function tampered<T>(
  change: (db: Database.Database) => void,
  look: (opened: ReturnType<typeof openBundle>, file: string) => T,
): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    await sealFiles(writerIn(folder), [{ name: 'a.log', bytes: LOG }]);
    const file = path.join(folder, `${SHA}.bundle`);
    const db = new Database(file);
    change(db);
    db.close();
    const opened = openBundle(file);
    try {
      return look(opened, file);
    } finally {
      if (opened.ok) opened.value.close();
    }
  });
}

const sql = (statement: string) => (db: Database.Database) => void db.exec(statement);
const A = 1 as FileId;

function readerOf(opened: ReturnType<typeof openBundle>): BundleReader {
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof FailureError ? error.failure.code : String(error);
  }
}

describe('a bundle that was changed since it was sealed', () => {
  test.each([
    ['more bytes than any block has', 'UPDATE blocks SET bytes = 9000000000000000'],
    ['more bytes than the frame', 'UPDATE blocks SET bytes = bytes + 1'],
    ['fewer bytes than the frame', 'UPDATE blocks SET bytes = 10'],
    ['no bytes', 'UPDATE blocks SET bytes = 0'],
    ['bytes that are no number', "UPDATE blocks SET bytes = 'many'"],
    ['no frame', 'DELETE FROM block_text'],
    ['a frame of junk', "UPDATE block_text SET frame = x'0102030405'"],
  ])('%s: the failure is `corrupt`', (_, statement) =>
    tampered(sql(statement), (opened) => {
      const reader = readerOf(opened);
      expect(codeOf(() => reader.lines(A, 1, 10))).toBe('corrupt');
      expect(codeOf(() => [...reader.blocks(A)])).toBe('corrupt');
      expect(codeOf(() => reader.text(A, Number.MAX_SAFE_INTEGER))).toBe('corrupt');
    }),
  );

  test('a frame that unpacks to a gigabyte is refused before it does', () => {
    const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024));
    return tampered(
      (db) => db.prepare('UPDATE block_text SET frame = ?').run(bomb),
      (opened) => expect(codeOf(() => readerOf(opened).lines(A, 1, 10))).toBe('corrupt'),
    );
  });

  test.each([
    ['more lines in blocks', 'UPDATE blocks SET lines = 4000000000000000'],
    ['another place of a block', 'UPDATE blocks SET line0 = line0 + 1'],
    ['another time of a block', 'UPDATE blocks SET time_max = time_max - 60000'],
    ['fewer warnings and errors', 'UPDATE blocks SET errors = 0'],
    ['a block that is gone', 'DELETE FROM blocks'],
    ['a block of another file', 'UPDATE blocks SET file = 2'],
    ['the text of another block', 'UPDATE block_text SET id = 7; UPDATE blocks SET id = 7'],
  ])('%s: no line is told to be somewhere else, or not to be', (_, statement) =>
    tampered(sql(statement), (opened) => {
      const reader = readerOf(opened);
      expect(codeOf(() => reader.lines(A, 1, 10))).toBe('corrupt');
      expect(codeOf(() => reader.candidates(null))).toBe('corrupt');
      expect(codeOf(() => [...reader.blocksWith([Buffer.from('one')])])).toBe('corrupt');
      expect(codeOf(() => reader.bytes(A, 0, 100))).toBe('corrupt');
    }),
  );

  test('a frame of other text of the same length', () =>
    tampered(
      (db) => db.prepare('UPDATE block_text SET frame = ?').run(zstdCompressSync(Buffer.alloc(LOG.length, 'x'))),
      (opened) => expect(codeOf(() => readerOf(opened).lines(A, 1, 10))).toBe('corrupt'),
    ));

  test.each([
    ['a clock that is none', "UPDATE files SET clock = '{'"],
    ['a time that no date can be', 'UPDATE files SET first_time = 9000000000000000'],
    ['more lines', 'UPDATE files SET lines = lines + 1'],
    ['another name', "UPDATE files SET path = 'b.log'"],
    ['a file that is gone', 'DELETE FROM files'],
  ])('%s in the list of files: it is not told', (_, statement) =>
    tampered(sql(statement), (opened) => {
      expect(codeOf(() => readerOf(opened).files())).toBe('corrupt');
    }),
  );

  test.each([
    ['junk', "UPDATE histogram SET buckets = x'ff00ff'"],
    ['gone', 'DELETE FROM histogram'],
  ])('a histogram that is %s is not told, and costs no text', (_, statement) =>
    tampered(sql(statement), (opened) => {
      const reader = readerOf(opened);
      expect(codeOf(() => reader.histogram(A, 0))).toBe('corrupt');
      expect(codeOf(() => reader.histogram(A, 1))).toBe('corrupt');
      expect(reader.text(A).text).toBe(LOG.toString());
    }),
  );

  test('a table that has another name is damage as well', () =>
    tampered(sql('ALTER TABLE files RENAME COLUMN path TO qath'), (opened) => {
      expect(codeOf(() => readerOf(opened).files())).toBe('corrupt');
    }));
});

describe('a bundle that this program cannot read', () => {
  test.each([
    ['older', 'PRAGMA user_version = 1', 'made by an older Coldcase (bundle schema 1, this one reads 3)', true],
    ['newer', 'PRAGMA user_version = 4', 'made by a newer Coldcase (bundle schema 4, this one reads 3)', false],
    ['unfinished', "DELETE FROM meta WHERE key = 'complete'", 'never completed', true],
    ['foreign', 'PRAGMA application_id = 7', 'not a bundle of Coldcase', true],
    ['damaged', "UPDATE meta SET value = '{' WHERE key = 'bundle'", 'cannot be opened', true],
    ['without its seal', "DELETE FROM meta WHERE key = 'bundle'", 'cannot be opened', true],
    ['with fewer gaps', 'UPDATE meta SET value = replace(value, \'"files":1\', \'"files":2\')', 'damaged', true],
    ['of nothing', "UPDATE meta SET value = '{}' WHERE key = 'bundle'", 'cannot be opened', true],
  ])('%s: the sentence says so, and whether it may be replaced', (_, statement, message, lost) =>
    tampered(sql(statement), (opened, file) => {
      expect(opened).toMatchObject({
        ok: false,
        failure: { code: 'corrupt', message: expect.stringContaining(message) },
      });
      expect(isLostBundle(file)).toBe(lost);
    }),
  );

  test('one that is no SQLite file at all may be replaced; one that is not there is not lost', () =>
    inTemporaryFolder((folder) => {
      const file = path.join(folder, 'x.bundle');
      expect(isLostBundle(file)).toBe(false);
      writeFileSync(file, 'not a database, but longer than a header of sixteen bytes');
      expect(isLostBundle(file)).toBe(true);
    }));

  test('is replaced by sealing the same bytes again; one that can be read is not', () =>
    inTemporaryFolder(async (folder) => {
      const file = path.join(folder, `${SHA}.bundle`);
      await sealFiles(writerIn(folder), [{ name: 'first.log', bytes: LOG }]);
      await sealFiles(writerIn(folder), [{ name: 'second.log', bytes: LOG }]);
      const pathsThere = () => {
        const reader = readerOf(openBundle(file));
        const paths = reader.files().map((one) => one.path);
        reader.close();
        return paths;
      };
      expect(pathsThere()).toEqual(['first.log']);
      const db = new Database(file);
      db.pragma('user_version = 1');
      db.close();
      await sealFiles(writerIn(folder), [{ name: 'third.log', bytes: LOG }]);
      expect(pathsThere()).toEqual(['third.log']);
    }));
});
