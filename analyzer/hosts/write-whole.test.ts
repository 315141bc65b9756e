import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeWhole } from './write-whole.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'coldcase-whole-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('replaces a file, readable by its owner alone, and leaves nothing beside it', async () => {
  const file = path.join(folder, 'report.pdf');
  await writeFile(file, 'older and longer');
  await chmod(file, 0o644);
  await writeWhole(file, new Uint8Array([37, 80]));
  expect(await readFile(file, 'utf8')).toBe('%P');
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['report.pdf']);
});

it('leaves nothing behind where it cannot write', async () => {
  await expect(writeWhole(path.join(folder, 'none', 'report.pdf'), 'x')).rejects.toThrow('ENOENT');
  // A folder is in the way: what was written beside it is removed.
  await expect(writeWhole(folder, 'x')).rejects.toThrow();
  expect(await readdir(folder)).toEqual([]);
  const around = await readdir(path.dirname(folder));
  expect(around.filter((name) => name.startsWith(`${path.basename(folder)}.`))).toEqual([]);
});
