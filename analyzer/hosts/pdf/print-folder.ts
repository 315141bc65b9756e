/** The private folder of one print: the document, the browser's profile, the PDF. Gone in every ending. */
import { realpathSync, rmSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface PrintFolder {
  readonly page: string;
  readonly output: string;
  readonly profile: string;
  /** For the temporary files of the browser. */
  readonly scratch: string;
  remove(): Promise<void>;
}

const PREFIX = 'coldcase-pdf-';
/** Many times what a print may take: such a folder was left behind by a process that was killed. */
const LEFT_BEHIND_MILLISECONDS = 3_600_000;

/** Folders to be removed should this process end. */
const inUse = new Set<string>();
let watchesExit = false;

/**
 * Makes the folder, mode 0700.
 * @param executable the browser: one from a snap sees a /tmp of its own, but the folder that it keeps in the home.
 * @throws what the file system throws.
 */
export async function makePrintFolder(executable: string): Promise<PrintFolder> {
  const parent = await parentFor(executable);
  await sweep(parent);
  const folder = await mkdtemp(path.join(parent, PREFIX));
  watch(folder);
  await chmod(folder, 0o700);
  const profile = path.join(folder, 'profile');
  const scratch = path.join(folder, 'scratch');
  await mkdir(profile, { mode: 0o700 });
  await mkdir(scratch, { mode: 0o700 });
  return {
    page: path.join(folder, 'report.html'),
    output: path.join(folder, 'report.pdf'),
    profile,
    scratch,
    remove: async () => {
      // A killed browser may be writing its last file.
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => undefined);
      inUse.delete(folder);
    },
  };
}

/** Removes what this user's killed prints have left in `parent`. What cannot be removed stays. */
async function sweep(parent: string): Promise<void> {
  const names = await readdir(parent).catch((): string[] => []);
  for (const name of names.filter((one) => one.startsWith(PREFIX))) {
    const folder = path.join(parent, name);
    const found = await lstat(folder).catch(() => null);
    if (found === null || !found.isDirectory() || found.uid !== (process.getuid?.() ?? found.uid)) continue;
    if (Date.now() - found.mtimeMs < LEFT_BEHIND_MILLISECONDS) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function parentFor(executable: string): Promise<string> {
  const own = path.join(os.homedir(), 'snap', path.basename(executable), 'common');
  const isThere = await stat(own).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isThere && isSnap(executable) ? own : os.tmpdir();
}

/** Programs of snaps are links to the one program that starts them all. */
function isSnap(executable: string): boolean {
  try {
    return path.basename(realpathSync(executable)) === 'snap';
  } catch {
    return false;
  }
}

function watch(folder: string): void {
  inUse.add(folder);
  if (watchesExit) return;
  watchesExit = true;
  process.on('exit', () => {
    for (const one of inUse) rmSync(one, { recursive: true, force: true, maxRetries: 3 });
  });
}
