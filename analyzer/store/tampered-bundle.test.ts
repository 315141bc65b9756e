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

  test('lines that are not there are not looked for without end', () =>
    tampered(sql('UPDATE blocks SET lines = 4000000000000000; UPDATE files SET lines = 4000000000000000'), (opened) => {
      const reader = readerOf(opened);
      expect(reader.lines(A, 1, 10).map((line) => line.number)).toEqual([1, 2]);
      expect(reader.lines(A, 3_999_999_999, 10)).toEqual([]);
    }));

  test('clocks, times and histograms that are junk cost the times, not the text', () =>
    tampered(
      sql(
        `UPDATE files SET clock = '{', first_time = 9000000000000000;
         UPDATE histogram SET buckets = x'ff00ff'`,
      ),
      (opened) => {
        const reader = readerOf(opened);
        expect(reader.files()[0]).toMatchObject({ clock: { stamps: 'none' }, firstTime: null });
        expect(reader.histogram(A, 0)).toEqual([]);
        expect(reader.text(A).text).toBe(LOG.toString());
      },
    ));

  test('a time that no date can be is none', () =>
    tampered(sql('UPDATE files SET first_time = 9000000000000000'), (opened) => {
      expect(readerOf(opened).files()[0]).toMatchObject({ firstTime: null, lastTime: '2024-05-01T10:05:00.000Z' });
    }));
});

describe('a bundle that this program cannot read', () => {
  test.each([
    ['older', 'PRAGMA user_version = 1', 'made by an older Coldcase (bundle schema 1, this one reads 2)', true],
    ['newer', 'PRAGMA user_version = 3', 'made by a newer Coldcase (bundle schema 3, this one reads 2)', false],
    ['unfinished', "DELETE FROM meta WHERE key = 'complete'", 'never completed', true],
    ['foreign', 'PRAGMA application_id = 7', 'not a bundle of Coldcase', true],
    ['damaged', "UPDATE meta SET value = '{' WHERE key = 'bundle'", 'cannot be opened', true],
    ['without its seal', "DELETE FROM meta WHERE key = 'bundle'", 'cannot be opened', true],
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
