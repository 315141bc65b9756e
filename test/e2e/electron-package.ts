/**
 * What a package promises: what is in it, what is not, its fuses, its checksums, and that it starts. Made of the test
 * runtime, so the inspector fuse is on (or nothing could attach) and SQLite, which needs Node-API 10, is not touched:
 * the engine answers from Electron's utility process, but opens no case there.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { listPackage } from '@electron/asar';
import type { Bridge } from '../../analyzer/contract/engine-api.ts';
import { build, PARTS } from '../../electron/tools/build.ts';
import { fusesFor, readFuses, wrongFuses } from '../../electron/tools/fuses.ts';
import { type Packed, pack } from '../../electron/tools/pack.ts';
import { launchElectron } from './electron-host.ts';

/** Members of app.asar that must be there, and patterns none may match. */
const WANTED = [
  '/package.json',
  '/LICENSE',
  '/dist/electron/main.cjs',
  '/dist/electron/preload.cjs',
  '/dist/engine/engine-process.cjs',
  '/dist/engine/ingest.cjs',
  '/dist/engine/bundle-index.cjs',
  '/dist/engine/rules.cjs',
  '/dist/engine/bundle-sink.cjs',
  '/dist/engine/analysis.cjs',
  '/dist/engine/files.cjs',
  '/dist/engine/search.cjs',
  '/dist/engine/network.cjs',
  '/dist/engine/cli.cjs',
  '/dist/engine/program.cjs',
  '/dist/engine/parsed-yaml.json',
  '/dist/engine/checked-rules.json',
  '/dist/engine/rule-literals.json',
  '/dist/engine/sample.tar.gz',
  '/dist/renderer/index.html',
  `/node_modules/better-sqlite3/prebuilds/${process.platform}-${process.arch}.node`,
];
const UNWANTED = [/\.map$/, /\.tsx?$/, /\.test\./, /\.stamp$/, /^\/node_modules\/(?!better-sqlite3(\/|$))/, /\/deps\//];

/** Builds, packs and tries a test package. @returns one sentence for each promise that is broken; empty when all hold. */
export async function brokenPackagePromises(runtime: string, stateFolder: string): Promise<readonly string[]> {
  await build({ parts: PARTS });
  const packed = await pack({ runtime, kind: 'test', targets: ['dir'] });
  return [...(await brokenContents(packed)), ...(await brokenStart(packed, stateFolder))];
}

async function brokenContents(packed: Packed): Promise<readonly string[]> {
  const broken: string[] = [];
  const resources = path.join(packed.folder, 'resources');
  const members = listPackage(path.join(resources, 'app.asar'), { isPack: false }).map((name) =>
    name.replaceAll('\\', '/'),
  );
  broken.push(...WANTED.filter((name) => !members.includes(name)).map((name) => `${name} is not in the package`));
  broken.push(
    ...members
      .filter((name) => UNWANTED.some((pattern) => pattern.test(name)))
      .map((name) => `${name} is in the package`),
  );
  const prebuilds = members.filter((name) => name.endsWith('.node'));
  if (prebuilds.length !== 1) broken.push(`one native library is packed, but found ${prebuilds.join(', ')}`);
  for (const name of ['dist/engine/engine-process.cjs', ...prebuilds.map((member) => member.slice(1))]) {
    if (!existsSync(path.join(resources, 'app.asar.unpacked', name))) broken.push(`${name} is not unpacked`);
  }
  for (const name of ['resources/default_app.asar', 'version', 'electron']) {
    if (existsSync(path.join(packed.folder, name))) broken.push(`${name} of the bare Electron is left behind`);
  }
  if (!existsSync(path.join(packed.folder, 'TEST-PACKAGE.txt'))) broken.push('a test package does not say so');
  const { wire, length } = await readFuses(packed.binary);
  broken.push(...wrongFuses(wire, fusesFor('test', process.platform, length)));
  const release = wrongFuses(wire, fusesFor('release', process.platform, length));
  if (!release.some((sentence) => sentence.startsWith('enableNodeCliInspectArguments'))) {
    broken.push('the check of a release does not notice the inspector of a test package');
  }
  broken.push(...(await brokenChecksums(packed)));
  return broken;
}

async function brokenChecksums(packed: Packed): Promise<readonly string[]> {
  const broken: string[] = [];
  const root = path.dirname(packed.sums);
  const listed = new Map(
    (await readFile(packed.sums, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => [line.slice(66), line.slice(0, 64)] as const),
  );
  const entries = await readdir(packed.folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(root, file).replaceAll('\\', '/');
    const hash = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    if (listed.get(name) !== hash) broken.push(`${name} has another checksum than is listed`);
  }
  return broken;
}

async function brokenStart(packed: Packed, stateFolder: string): Promise<readonly string[]> {
  const host = await launchElectron({ stateFolder, packaged: packed.binary });
  try {
    const about = await host.page.evaluate(() =>
      (window as unknown as { readonly coldcase: Bridge }).coldcase.call('engine.about', {}),
    );
    const isPackaged = await host.app.evaluate(({ app }) => app.isPackaged);
    return [
      ...(isPackaged ? [] : ['the package takes itself for a source tree']),
      ...(about.ok ? [] : [`the engine of the package does not answer: ${about.failure.message}`]),
      ...host.problems(),
    ];
  } finally {
    await host.close();
  }
}
