import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { SHA, sealFiles, writerIn } from '../../test/support/sealed-bundle.ts';

const { openSync, fsync, fsyncSync, linkSync } = fs;
afterEach(() => {
  Object.assign(fs, { openSync, fsync, fsyncSync, linkSync });
  syncBuiltinESMExports();
});

type Told = (error: NodeJS.ErrnoException | null) => void;

/** @param sync in the place of fs.fsync. */
function syncs(sync: (handle: number, told: Told) => void): void {
  Object.assign(fs, { fsync: sync });
}

test('a bundle is on disk before it has its name, and its name before the seal is told', () =>
  inTemporaryFolder(async (folder) => {
    const opened = new Map<number, string>();
    const done: string[] = [];
    fs.openSync = (file, flags, mode) => {
      const handle = openSync(file, flags, mode);
      opened.set(handle, `${path.relative(folder, String(file)) || 'folder'} ${flags}`);
      return handle;
    };
    fs.fsyncSync = (handle) => {
      fsyncSync(handle);
      done.push(`sync ${opened.get(handle)}`);
    };
    syncs((handle, told) =>
      fsync(handle, (error) => {
        done.push(`sync ${opened.get(handle)}`);
        told(error);
      }),
    );
    fs.linkSync = (from, to) => {
      linkSync(from, to);
      done.push(`name ${path.basename(String(to))}`);
    };
    syncBuiltinESMExports();
    await sealFiles(writerIn(folder), [{ name: 'a.log', bytes: Buffer.from('one\n') }]);
    // Its text, then the rest of it.
    expect(done).toEqual(['sync x.partial r+', 'sync x.partial r+', `name ${SHA}.bundle`, 'sync folder r']);
  }));

/** More than is stored between two times that the disk is asked to take it. */
const MUCH = Buffer.from('kubelet: a line of a log that is long enough\n'.repeat(800_000));

const LITTLE = Buffer.from('one\n');

test.each([
  ['while it was written', MUCH, 1],
  ['when its text was stored', LITTLE, 1],
  ['at the end', LITTLE, 2],
])('a disk that fails once to take a bundle, %s, leaves none', (_, bytes, failing) =>
  inTemporaryFolder(async (folder) => {
    let asked = 0;
    syncs((handle, told) => {
      asked += 1;
      if (asked !== failing) fsync(handle, told);
      else told(Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO', syscall: 'fsync' }));
    });
    syncBuiltinESMExports();
    const writer = writerIn(folder);
    await expect(sealFiles(writer, [{ name: 'a.log', bytes }])).rejects.toThrow('EIO');
    expect(asked).toBeGreaterThanOrEqual(failing);
    await writer.abandon();
    expect(fs.readdirSync(folder)).toEqual([]);
  }),
);
