import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { SHA, sealFiles, writerIn } from '../../test/support/sealed-bundle.ts';

const { openSync, fsyncSync, linkSync } = fs;
afterEach(() => {
  Object.assign(fs, { openSync, fsyncSync, linkSync });
  syncBuiltinESMExports();
});

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
    fs.linkSync = (from, to) => {
      linkSync(from, to);
      done.push(`name ${path.basename(String(to))}`);
    };
    syncBuiltinESMExports();
    await sealFiles(writerIn(folder), [{ name: 'a.log', bytes: Buffer.from('one\n') }]);
    expect(done).toEqual(['sync x.partial r+', `name ${SHA}.bundle`, 'sync folder r']);
  }));
