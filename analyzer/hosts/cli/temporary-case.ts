/**
 * Cases for one command: a folder only its owner can read, removed at the end, and swept at the next start when
 * the process was killed before it could do so.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

const NAME = /^tmp-(\d+)-[0-9a-f]+$/;

/** Folders of this process that are in use: its own process number does not make the others stale. */
const inUse = new Set<string>();

/** @returns whether a process with this number runs; one of another user counts. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes the temporary cases whose process is gone. A folder that cannot be removed stays for the next time. */
export async function sweepTemporaryCases(cacheFolder: string): Promise<void> {
  const names = await readdir(cacheFolder).catch((): string[] => []);
  for (const name of names) {
    const match = NAME.exec(name);
    if (match === null) continue;
    const folder = path.join(cacheFolder, name);
    const owner = Number(match[1]);
    if (inUse.has(folder) || (owner !== process.pid && runs(owner))) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

export interface TemporaryCase {
  readonly folder: string;
  remove(): Promise<void>;
  /** For a process that must end at once. */
  removeNow(): void;
}

/**
 * @param keep `keep` makes a folder that no later start sweeps.
 * @returns an empty folder, mode 0700, under the user's cache folder.
 */
export async function makeTemporaryCase(cacheFolder: string, keep: 'keep' | 'remove'): Promise<TemporaryCase> {
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  const random = randomBytes(6).toString('hex');
  const folder = path.join(cacheFolder, keep === 'keep' ? `kept-${random}` : `tmp-${process.pid}-${random}`);
  await mkdir(folder, { mode: 0o700 });
  // The mode of mkdir passes through the umask, which can only take more away; this states it.
  await chmod(folder, 0o700);
  inUse.add(folder);
  return {
    folder,
    async remove() {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      inUse.delete(folder);
    },
    removeNow() {
      rmSync(folder, { recursive: true, force: true });
      inUse.delete(folder);
    },
  };
}
