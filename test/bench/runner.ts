/** Programs of the bench that call the engine's parts in a process of their own, built as the product is. */
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';
import { CACHE } from './corpus.ts';

const ENGINE = path.join(import.meta.dirname, '..', '..', 'dist', 'engine');
const WORKERS = path.join(import.meta.dirname, '..', '..', 'analyzer', 'workers');

/**
 * Bundles a program of this folder, types removed, and puts the engine's data beside it; the engine must be built.
 * @param name file name without ending. @param workers threads it starts, by their names in analyzer/workers. @returns the bundle's path; inside the repository, so that it finds the native module.
 */
export function bundled(name: string, workers: readonly string[] = []): string {
  const folder = path.join(CACHE, name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(ENGINE, folder, { recursive: true, filter: (file) => !/\.(?:cjs|map|gz)$/.test(file) });
  const outfile = path.join(folder, `${name}.cjs`);
  bundle(path.join(import.meta.dirname, `${name}.ts`), outfile);
  for (const worker of workers) bundle(path.join(WORKERS, `${worker}.ts`), path.join(folder, `${worker}.cjs`));
  return outfile;
}

function bundle(entry: string, outfile: string): void {
  esbuild.buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    external: ['better-sqlite3'],
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'error',
  });
}
