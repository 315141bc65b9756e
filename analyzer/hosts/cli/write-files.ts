/** Results that go into files: whole, or not at all. */
import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { wrongUsage } from './session.ts';
import type { World } from './world.ts';

export interface WrittenFile {
  /** As it was given on the command line. */
  readonly file: string;
  readonly content: string | Uint8Array;
}

/**
 * Writes beside each file and renames when all of them are written, so that a reader never sees half of one, nor one without
 * the other. Mode 0600. @returns their full paths; ends the command with exit 2 when one cannot be written, by its name.
 */
export async function writeFiles(world: World, files: readonly WrittenFile[]): Promise<readonly string[]> {
  const planned = files.map(({ file, content }) => {
    const full = path.resolve(world.workingFolder, file);
    return { file, content, full, partial: `${full}.${randomBytes(4).toString('hex')}.partial` };
  });
  let now = files[0]?.file ?? '';
  try {
    for (const { file, content, partial } of planned) {
      now = file;
      await writeFile(partial, content, { mode: 0o600, flag: 'wx' });
    }
    for (const { file, full, partial } of planned) {
      now = file;
      await rename(partial, full);
    }
  } catch (error) {
    for (const { partial } of planned) await rm(partial, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return wrongUsage(`It cannot be written here (${code}).`, now);
  }
  return planned.map(({ full }) => full);
}
