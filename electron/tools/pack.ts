/**
 * Packs the application, offline, on an Electron that is already unpacked in a folder:
 *
 *     npm run pack -- --runtime DIR [--test] [--target dir]...
 *
 * Makes release/linux-unpacked (release/test/... with --test) and SHA256SUMS beside it. A release is made of the
 * Electron version that package.json declares and of no other; the runtime of the tests is refused without --test,
 * and a package made of it carries another name and version.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Arch, Platform, build as packWith } from 'electron-builder';
import { builderConfiguration } from '../builder.ts';
import { build, PARTS } from './build.ts';
import { fusesFor, type PackageKind, readFuses, wrongFuses } from './fuses.ts';
import { binaryPath, isTestRuntime, runtimeVersion } from './runtime.ts';

const root = path.join(import.meta.dirname, '..', '..');

export interface PackRequest {
  readonly runtime: string;
  readonly kind: PackageKind;
  /** electron-builder targets: dir, tar.gz, deb, AppImage. */
  readonly targets: readonly string[];
}

export interface Packed {
  /** The unpacked application. */
  readonly folder: string;
  readonly binary: string;
  readonly sums: string;
}

/** @returns why no package may be made of this runtime, or null. `declared` is the version in package.json. */
export function refusalToPack(
  kind: PackageKind,
  runtime: { readonly kind: PackageKind; readonly version: string | null },
  declared: string,
): string | null {
  if (runtime.version === null) return 'The runtime folder states no Electron version.';
  if (kind === 'test') return null;
  if (runtime.kind === 'test')
    return 'This Electron is for tests only. A release is never made of it (--test makes a test package).';
  if (runtime.version !== declared) {
    return `This is Electron ${runtime.version}; a release is made of ${declared}, the version in package.json.`;
  }
  return null;
}

/** @returns the Electron version in `folder`. @throws when no package of this kind may be made of it. */
async function checkRuntime(folder: string, kind: PackageKind): Promise<string> {
  if (!existsSync(binaryPath(folder))) throw new Error(`There is no Electron in ${folder}.`);
  const { devDependencies } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const version = runtimeVersion(folder);
  const runtime = { kind: isTestRuntime(folder) ? ('test' as const) : ('release' as const), version };
  const refusal = refusalToPack(kind, runtime, devDependencies.electron);
  if (refusal !== null || version === null) throw new Error(refusal ?? 'The runtime states no version.');
  return version;
}

/**
 * Packs what is in dist/ for this machine's platform (linux only until the others are proven).
 * @throws when the runtime is refused, electron-builder fails, or a fuse of the result is wrong.
 */
export async function pack(request: PackRequest): Promise<Packed> {
  const runtime = path.resolve(request.runtime);
  const electronVersion = await checkRuntime(runtime, request.kind);
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  if (process.platform !== 'linux' || (process.arch !== 'x64' && process.arch !== 'arm64')) {
    throw new Error(`Packing on ${process.platform}-${process.arch} is not set up.`);
  }
  const output = path.join(root, 'release', ...(request.kind === 'test' ? ['test'] : []));
  await rm(output, { recursive: true, force: true });
  const fuses = fusesFor(request.kind, process.platform, (await readFuses(binaryPath(runtime))).length);
  const config = builderConfiguration({
    kind: request.kind,
    platform: process.platform,
    arch: process.arch,
    runtime,
    electronVersion,
    version,
    output,
    fuses,
  });
  const arch = process.arch === 'x64' ? Arch.x64 : Arch.arm64;
  await packWith({
    projectDir: root,
    targets: Platform.LINUX.createTarget([...request.targets], arch),
    config,
    publish: 'never',
  });
  const folder = path.join(output, process.arch === 'x64' ? 'linux-unpacked' : 'linux-arm64-unpacked');
  const binary = path.join(folder, config.executableName ?? 'coldcase');
  // Read back from the result, by other code than what has set them.
  const wrong = wrongFuses((await readFuses(binary)).wire, fuses);
  if (wrong.length > 0) throw new Error(`The fuses of ${binary} are wrong: ${wrong.join('; ')}.`);
  if (request.kind === 'test') {
    await writeFile(
      path.join(folder, 'TEST-PACKAGE.txt'),
      `Made of Electron ${electronVersion} for the tests of Coldcase, with the inspector on. Not for use.\n`,
    );
  }
  const sums = path.join(output, 'SHA256SUMS');
  await writeFile(sums, await checksums(output));
  return { folder, binary, sums };
}

/** @returns lines as `sha256sum` writes and checks them, for every file below `folder`. */
async function checksums(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !/^builder-.*\.(ya?ml|json)$/.test(entry.name))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
  let text = '';
  for (const file of files) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path.join(folder, file)), hash);
    text += `${hash.digest('hex')}  ${file}\n`;
  }
  return text;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runtime: { type: 'string' },
      test: { type: 'boolean', default: false },
      target: { type: 'string', multiple: true, default: ['dir'] },
    },
  });
  if (values.runtime === undefined) throw new Error('Usage: npm run pack -- --runtime DIR [--test] [--target dir]');
  const log = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  const kind = values.test ? 'test' : 'release';
  // Before the build: a refusal should not take a minute.
  await checkRuntime(path.resolve(values.runtime), kind);
  await build({ parts: PARTS, log });
  const packed = await pack({ runtime: values.runtime, kind, targets: values.target });
  if (values.test) log('This is a TEST PACKAGE: never give it to anyone.');
  log(`Packed: ${packed.folder}`);
  log(`Checksums: ${packed.sums}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
