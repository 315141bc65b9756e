/** Reads the project's own sources and their imports for the architecture tests. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Import {
  readonly specifier: string;
  /** Path from the project's root with `/`, for relative imports that stay inside; null for packages and Node. */
  readonly target: string | null;
  /** `import type` and `export type` disappear at run time. */
  readonly kind: 'value' | 'type';
}

export interface SourceText {
  /** Path from the project's root with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export const ROOT = path.join(import.meta.dirname, '..', '..');
const SKIPPED = new Set(['node_modules', 'dist', 'release', '.cache', '.git', 'test-results', 'packed', 'data']);
const IMPORT =
  /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]/g;

/** @returns every .ts, .tsx file of ours below the given top folders. */
export function readSources(...folders: readonly string[]): readonly SourceText[] {
  return folders
    .flatMap((folder) => walk(folder))
    .map((file) => sourceText(file, readFileSync(path.join(ROOT, file), 'utf8')));
}

function walk(folder: string): readonly string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name))
    .flatMap((entry) => {
      const below = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return walk(below);
      return /\.(ts|tsx)$/.test(entry.name) ? [below] : [];
    });
}

/** @returns a source with its imports read; also used on made-up sources to prove that the rules can fail. */
export function sourceText(file: string, text: string): SourceText {
  const imports: Import[] = [];
  for (const found of text.matchAll(IMPORT)) {
    const specifier = found[3] ?? found[4] ?? '';
    const target = specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : null;
    imports.push({ specifier, target, kind: found[2] === undefined ? 'value' : 'type' });
  }
  return { path: file, text, imports };
}

export const isTest = (file: string): boolean => /\.(test|e2e)\.tsx?$/.test(file);

/** Comments and string contents removed: what is left is code. Regular expressions stay. */
export function codeOnly(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1');
}
