import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { brokenPackagePromises } from './electron-package.ts';
import { testRuntime } from './runtime.ts';

/** Packing copies and hashes some hundred megabytes. */
const PACK_MILLISECONDS_MAX = 10 * 60_000;

it(
  'a package holds what it should, with its fuses set, and starts',
  async () => {
    const runtime = await testRuntime();
    if (runtime === null) throw new Error('There is no Electron for the tests on this machine.');
    const folder = await mkdtemp(path.join(os.tmpdir(), 'coldcase-package-'));
    try {
      expect(await brokenPackagePromises(runtime, folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  PACK_MILLISECONDS_MAX,
);
