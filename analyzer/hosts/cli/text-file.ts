/** Files of text that a command reads whole. */
import { readFile, stat } from 'node:fs/promises';
import { FailureError, fail } from '../../core/failure.ts';
import { REPORT_BYTES_MAX } from '../../core/limits.ts';
import { whyUnreadable } from '../../core/why-unreadable.ts';
import { existingPath, wrongUsage } from './session.ts';
import type { World } from './world.ts';

/** @param what the file should be, for the sentence about one that is not: `a report`. Ends the command with exit 2. */
export async function readTextFile(world: World, given: string, what: string): Promise<string> {
  const full = await existingPath(world, given);
  const found = await stat(full);
  if (!found.isFile()) return wrongUsage(`This is a folder, and no file of ${what}.`, given);
  if (found.size > REPORT_BYTES_MAX) return wrongUsage(`This is larger than ${what} of Coldcase can be.`, given);
  try {
    return await readFile(full, 'utf8');
  } catch (error) {
    throw new FailureError(fail('unreadable', `It cannot be read (${whyUnreadable(error)}).`, given).failure);
  }
}
