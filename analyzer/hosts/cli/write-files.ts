/** Results that go into files: whole, or not at all. */
import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { cannotWrite, type OutputPlace } from '../output-place.ts';
import { wrongUsage } from './session.ts';

export interface WrittenFile {
  readonly place: OutputPlace;
  readonly content: string | Uint8Array;
}

/**
 * Writes beside each file and renames when all of them are written, so that a reader never sees half of one, nor one without
 * the other. Mode 0600. @returns their full paths; ends the command with exit 2 when one cannot be written, by its name.
 */
export async function writeFiles(files: readonly WrittenFile[]): Promise<readonly string[]> {
  const planned = files.map(({ place, content }) => {
    return { place, content, partial: `${place.real}.${randomBytes(4).toString('hex')}.partial` };
  });
  let now = files[0]?.place.file ?? '';
  try {
    for (const { place, content, partial } of planned) {
      now = place.file;
      await writeFile(partial, content, { mode: 0o600, flag: 'wx' });
    }
    for (const { place, partial } of planned) {
      now = place.file;
      await rename(partial, place.real);
    }
  } catch (error) {
    for (const { partial } of planned) await rm(partial, { force: true });
    return wrongUsage(cannotWrite(error, now), now);
  }
  return planned.map(({ place }) => place.full);
}
