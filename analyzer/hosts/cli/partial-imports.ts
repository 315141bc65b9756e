/** What imports left in a case that have not finished: those that run, and those that were killed. */
import { readdir } from 'node:fs/promises';
import { bundlesFolder } from '../../store/case-store.ts';
import { PARTIAL_SUFFIX } from '../../store/schema.ts';

/** @returns the names of their files. Opening the case deletes those of imports that were killed. */
export async function partialImports(folder: string): Promise<readonly string[]> {
  const names = await readdir(bundlesFolder(folder)).catch((): string[] => []);
  return names.filter((name) => name.endsWith(PARTIAL_SUFFIX));
}
