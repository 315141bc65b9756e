/**
 * Where worker entries and data folders are, for the three ways the engine runs:
 * TypeScript under Node (this file is analyzer/core/resources.ts), a CommonJS bundle (dist/engine/*.cjs with
 * its data beside it), and that bundle inside an unpacked asar. The only user of import.meta in the engine.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The bundler leaves import.meta empty in CommonJS, where __dirname is real; under ESM it is the other way round. */
const here = typeof __dirname === 'string' ? __dirname : import.meta.dirname;
let fromSource = path.basename(here) === 'core' && existsSync(path.join(here, 'resources.ts'));
let root = fromSource
  ? path.dirname(here)
  : // Worker threads and child processes cannot start from inside an asar file.
    here.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');

/** Takes workers and data from a build from here on: what is tested is what is shipped, and its threads start at once. */
export function runBuilt(folder: string): void {
  root = folder;
  fromSource = false;
}

export type WorkerName =
  | 'ingest'
  | 'bundle-index'
  | 'rules'
  | 'bundle-sink'
  | 'analysis'
  | 'search'
  | 'files'
  | 'network'
  | 'timeline'
  | 'correlate'
  | 'report'
  | 'engine-process';
const WORKER_FOLDER: Readonly<Record<WorkerName, string>> = {
  ingest: 'workers',
  'bundle-index': 'workers',
  rules: 'workers',
  'bundle-sink': 'workers',
  analysis: 'workers',
  search: 'workers',
  files: 'workers',
  network: 'workers',
  timeline: 'workers',
  correlate: 'workers',
  report: 'workers',
  'engine-process': 'hosts',
};

/** @returns absolute path of the file to start as a worker thread or child process. */
export function workerEntry(name: WorkerName): string {
  return fromSource ? path.join(root, WORKER_FOLDER[name], `${name}.ts`) : path.join(root, `${name}.cjs`);
}

export type DataFolder =
  | 'rules'
  | 'layouts'
  | 'formats'
  | 'runbooks'
  | 'correlate/chains'
  | 'report/redaction/profiles'
  | 'report/templates';

/** @returns absolute path of a folder of YAML data shipped with the engine. */
export function dataFolder(name: DataFolder): string {
  return path.join(root, name);
}

/** @returns absolute path of what the build has parsed of these folders; there is none beside the source. */
export function parsedYamlFile(): string {
  return path.join(root, 'parsed-yaml.json');
}

/** @returns absolute path of the shipped rules as the build has checked them, null beside the source: there they are read from their folder. */
export function checkedRulesFile(): string | null {
  return fromSource ? null : path.join(root, 'checked-rules.json');
}

/** @returns absolute path of the literals of the shipped rules, which the build has listed; there is none beside the source. */
export function ruleLiteralsFile(): string {
  return path.join(root, 'rule-literals.json');
}

/** @returns absolute path of the shipped sample archive. */
export function sampleArchive(): string {
  return fromSource ? path.join(root, '..', 'fixtures', 'sample.tar.gz') : path.join(root, 'sample.tar.gz');
}

/** @returns the version in package.json, read beside the source or the bundle. */
export function packageFile(): string {
  return fromSource ? path.join(root, '..', 'package.json') : path.join(root, 'package.json');
}
