/**
 * Builds dist/: the engine and Electron's two scripts as CommonJS bundles, the renderer as files.
 *
 *     node electron/tools/build.ts [engine] [electron] [renderer]
 *
 * CommonJS, because a sandboxed preload and a file inside an asar can be nothing else; node18, because that is what
 * the oldest Electron of the tests runs. A part whose inputs have not changed since its last build is left alone.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { build as viteBuild } from 'vite';
import { parse } from 'yaml';
import { CONTRACT, EVENTS } from '../../analyzer/contract/contract.ts';
import { yamlKey } from '../../analyzer/core/parsed-yaml.ts';
import { ROLES } from '../../analyzer/layouts/roles.ts';
import { rulesAsJson } from '../../analyzer/rules/checked-rules.ts';
import { loadRules } from '../../analyzer/rules/loader.ts';
import { wantedAtImport } from '../../analyzer/rules/wanted-texts.ts';

const root = path.join(import.meta.dirname, '..', '..');
const dist = path.join(root, 'dist');

export const PARTS = ['engine', 'electron', 'renderer'] as const;
export type Part = (typeof PARTS)[number];

/** Folders and files whose change makes a part stale, and what must exist after its build. */
const INPUTS: Readonly<Record<Part, readonly string[]>> = {
  engine: ['analyzer', 'fixtures/sample.tar.gz'],
  electron: ['electron', 'analyzer'],
  renderer: ['renderer', 'analyzer/contract', 'analyzer/core', 'analyzer/query'],
};
const COMMON_INPUTS = ['package.json', 'package-lock.json', 'electron/tools/build.ts'];

/** Bundle name in dist/engine -> source; the names are those of analyzer/core/resources.ts, plus the program of the command line. */
const ENGINE_ENTRIES: Readonly<Record<string, string>> = {
  'engine-process': 'analyzer/hosts/engine-process.ts',
  ingest: 'analyzer/workers/ingest.ts',
  'bundle-index': 'analyzer/workers/bundle-index.ts',
  rules: 'analyzer/workers/rules.ts',
  'bundle-sink': 'analyzer/workers/bundle-sink.ts',
  analysis: 'analyzer/workers/analysis.ts',
  search: 'analyzer/workers/search.ts',
  files: 'analyzer/workers/files.ts',
  network: 'analyzer/workers/network.ts',
  timeline: 'analyzer/workers/timeline.ts',
  correlate: 'analyzer/workers/correlate.ts',
  report: 'analyzer/workers/report.ts',
  program: 'analyzer/hosts/cli/program.ts',
};
/** The command line's entry, in a file apart from its program (see there). */
const CLI_ENTRY = 'analyzer/hosts/cli/main.ts';

/** Data that the engine reads at run time from beside its bundle. Tests and code stay behind. */
const DATA_FOLDERS = [
  'layouts',
  'formats',
  'runbooks',
  'correlate/chains',
  'report/redaction/profiles',
  'report/templates',
] as const;
const isData = (file: string): boolean => /\.(ya?ml|md)$/.test(file);

export interface BuildOptions {
  readonly parts: readonly Part[];
  /** 'always' builds even what has not changed. */
  readonly when?: 'changed' | 'always';
  /** One line for the person at the terminal. */
  readonly log?: (line: string) => void;
}

/**
 * Builds the given parts.
 * @returns the parts that were built; the others were up to date.
 * @throws when a bundle cannot be made; the message names file and line.
 */
export async function build(options: BuildOptions): Promise<readonly Part[]> {
  const log = options.log ?? (() => undefined);
  const made: Part[] = [];
  for (const part of PARTS.filter((known) => options.parts.includes(known))) {
    const stamp = path.join(dist, `${part}.stamp`);
    const hash = await hashInputs([...INPUTS[part], ...COMMON_INPUTS]);
    const before = await readFile(stamp, 'utf8').catch(() => '');
    if (options.when !== 'always' && before === hash && existsSync(path.join(dist, part))) continue;
    await rm(stamp, { force: true });
    log(`Building ${part}`);
    await BUILD[part]();
    await writeFile(stamp, hash);
    made.push(part);
  }
  return made;
}

const BUILD: Readonly<Record<Part, () => Promise<void>>> = {
  engine: buildEngine,
  electron: buildElectron,
  renderer: buildRenderer,
};

const COMMON: esbuild.BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node18',
  external: ['electron', 'better-sqlite3'],
  outExtension: { '.js': '.cjs' },
  legalComments: 'none',
  logLevel: 'warning',
  // resources.ts uses import.meta only where __dirname is missing, which is never the case in CommonJS.
  logOverride: { 'empty-import-meta': 'silent' },
  sourcemap: 'linked',
  sourcesContent: false,
};

/** Half the text to read at every start; names stay, for the stack traces of bug reports. */
const SMALLER: esbuild.BuildOptions = { minifyWhitespace: true, minifySyntax: true };

const PROGRAM_APART: esbuild.Plugin = {
  name: 'program-apart',
  setup(bundle) {
    bundle.onResolve({ filter: /^\.\/program\.ts$/ }, () => ({ path: './program.cjs', external: true }));
  },
};

async function buildEngine(): Promise<void> {
  const out = path.join(dist, 'engine');
  await rm(out, { recursive: true, force: true });
  await esbuild.build({ ...COMMON, ...SMALLER, entryPoints: { ...ENGINE_ENTRIES }, outdir: out });
  await esbuild.build({
    ...COMMON,
    ...SMALLER,
    entryPoints: { cli: CLI_ENTRY },
    outdir: out,
    plugins: [PROGRAM_APART],
    // As require, which finds what was compiled before without the loader of ES modules.
    supported: { 'dynamic-import': false },
  });
  const parsed: Record<string, unknown> = {};
  for (const name of DATA_FOLDERS) {
    const from = path.join(root, 'analyzer', name);
    await mkdir(path.join(out, name), { recursive: true });
    for (const file of (await listFiles(from)).filter(isData)) {
      await cp(file, path.join(out, name, path.relative(from, file)));
      if (file.endsWith('.md')) continue;
      const text = await readFile(file, 'utf8');
      parsed[yamlKey(text)] = parse(text, { schema: 'core' });
    }
  }
  const rules = loadRules(path.join(root, 'analyzer', 'rules'), ROLES);
  await writeFile(path.join(out, 'parsed-yaml.json'), asciiJson(parsed));
  await writeFile(path.join(out, 'rule-literals.json'), asciiJson(wantedAtImport(rules.rules)));
  await writeFile(path.join(out, 'checked-rules.json'), asciiJson(rulesAsJson(rules)));
  await refuseWideText(out);
  const sample = path.join(root, 'fixtures', 'sample.tar.gz');
  if (existsSync(sample)) await cp(sample, path.join(out, 'sample.tar.gz'));
  // Its version is what the engine reports; the type keeps Node from reading the root's "module" for these files.
  const { name, version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  await writeFile(path.join(out, 'package.json'), `${JSON.stringify({ name, version, type: 'commonjs' }, null, 2)}\n`);
}

const WIDE = /[\u0080-\uffff]/g;

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(WIDE, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * One letter beyond ASCII, and V8 keeps two bytes for each of a file's million and reads it in the slow way, in every thread.
 * esbuild writes strings as ASCII, but leaves regular expressions as they are.
 * @throws when a file that a start reads holds one.
 */
async function refuseWideText(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((one) => /\.(cjs|json)$/.test(one))) {
    const text = await readFile(path.join(folder, name), 'utf8');
    const found = text.search(WIDE);
    if (found !== -1) {
      throw new Error(
        `${name} holds a letter beyond ASCII: ${text.slice(Math.max(0, found - 40), found + 20)} (write it as \\u)`,
      );
    }
  }
}

async function buildElectron(): Promise<void> {
  const out = path.join(dist, 'electron');
  await rm(out, { recursive: true, force: true });
  const define = {
    METHOD_NAMES: JSON.stringify(Object.keys(CONTRACT)),
    EVENT_NAMES: JSON.stringify(Object.keys(EVENTS)),
  };
  await esbuild.build({ ...COMMON, entryPoints: { main: 'electron/main.ts' }, outdir: out });
  await esbuild.build({ ...COMMON, entryPoints: { preload: 'electron/preload.ts' }, outdir: out, define });
}

async function buildRenderer(): Promise<void> {
  await viteBuild({ configFile: path.join(root, 'renderer', 'vite.config.ts'), logLevel: 'warn' });
}

async function hashInputs(inputs: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of await listFiles(path.join(root, input))) {
      if (/\.test\.tsx?$/.test(file)) continue;
      hash.update(`${path.relative(root, file)}\0`);
      hash.update(await readFile(file));
    }
  }
  return hash.digest('hex');
}

/** @returns every file below `target` in a fixed order; `target` itself when it is a file; nothing when absent. */
async function listFiles(target: string): Promise<readonly string[]> {
  const entries = await readdir(target, { recursive: true, withFileTypes: true }).catch(() => null);
  if (entries === null) return existsSync(target) ? [target] : [];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv.slice(2);
  const unknown = asked.find((word) => !PARTS.some((part) => part === word));
  if (unknown !== undefined) {
    process.stderr.write(`Unknown part "${unknown}". Parts: ${PARTS.join(', ')}\n`);
    process.exitCode = 2;
  } else {
    const parts = asked.length === 0 ? PARTS : PARTS.filter((part) => asked.includes(part));
    try {
      const made = await build({ parts, log: (line) => process.stdout.write(`${line}\n`) });
      if (made.length === 0) process.stdout.write('Everything is up to date.\n');
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    }
  }
}
