/** Programs of the bench that call the engine's parts in a process of their own, built as the product is. */
import path from 'node:path';
import esbuild from 'esbuild';
import { CACHE } from './corpus.ts';

/**
 * Bundles a program of this folder, types removed.
 * @param name file name without ending. @returns the bundle's path; inside the repository, so that it finds the native module.
 */
export function bundled(name: string): string {
  const outfile = path.join(CACHE, `${name}.cjs`);
  esbuild.buildSync({
    entryPoints: [path.join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    external: ['better-sqlite3'],
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'error',
  });
  return outfile;
}
