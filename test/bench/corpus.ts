/** What the bench reads: generated archives, kept in the cache folder, and folders that are deleted after use. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..', '..');
export const CACHE = path.join(ROOT, '.cache', 'bench');

export interface Corpus {
  readonly megabytes: number;
  readonly archive: string;
  readonly textBytes: number;
}

/** @returns the packed corpus of this size (in MiB of text): a bundle of one node, made once. */
export function corpus(megabytes: number): Corpus {
  const archive = path.join(CACHE, `eks_i-0bench${megabytes}_2024-05-01_1200-UTC_0.7.9.tar.gz`);
  const note = `${archive}.json`;
  if (!existsSync(archive) || !existsSync(note)) {
    const folder = path.join(CACHE, `corpus-${megabytes}`);
    const textBytes = generate(folder, megabytes, 42);
    execFileSync('tar', ['-C', folder, '-czf', archive, '.']);
    rmSync(folder, { recursive: true });
    writeFileSync(note, JSON.stringify({ textBytes }));
  }
  const { textBytes } = JSON.parse(readFileSync(note, 'utf8')) as { textBytes: number };
  return { megabytes, archive, textBytes };
}

/** Writes the folder of a collector. @returns bytes of text. */
export function generate(folder: string, megabytes: number, seed: number): number {
  mkdirSync(folder, { recursive: true });
  const program = path.join(import.meta.dirname, 'gen-corpus.mjs');
  const said = execFileSync(process.execPath, [program, folder, String(megabytes), String(seed)], { encoding: 'utf8' });
  return Number(/bytes (\d+)/.exec(said)?.[1]);
}

/** Runs `work` with the extracted archive, which is deleted afterwards. */
export async function withTree<T>(archive: string, work: (tree: string) => Promise<T>): Promise<T> {
  const tree = path.join(CACHE, `tree-${process.pid}`);
  mkdirSync(tree, { recursive: true });
  try {
    execFileSync('tar', ['-C', tree, '-xzf', archive]);
    return await work(tree);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** @returns sizes of all files in a folder and those in it. */
export function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(path.join(folder, name)))
    .reduce((sum, state) => sum + (state.isFile() ? state.size : 0), 0);
}

/** @returns the version a tool prints, or null when it is not installed. */
export function installed(tool: string): string | null {
  try {
    return (
      execFileSync(tool, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0] ?? ''
    );
  } catch {
    return null;
  }
}
