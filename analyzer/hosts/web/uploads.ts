/**
 * Uploaded archives on their way into an import: each in a private folder of random name, under a name made safe,
 * readable by this user only, and gone when its import has ended, when the upload breaks off, or at shut-down.
 * What a killed host left behind is removed at the next start.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { FailureError, fail, ok, type Result } from '../../core/failure.ts';
import { grouped } from '../../core/grouped.ts';

/** Largest upload: twice the largest collector archive seen; anything larger is imported on the command line. */
export const UPLOAD_BYTES_MAX = 32 * 1024 ** 3;
/** Uploads at the same time; a person drops a handful of files at once. */
const UPLOADS_MAX = 16;
/** Space left free on the disk: an upload must never fill the disk the cases live on. */
const DISK_RESERVE_BYTES = 512 * 1024 ** 2;
const NAME_CHARS_MAX = 120;

/**
 * The last part of the client's file name with everything but [A-Za-z0-9._-] replaced: the extension and the
 * words survive, since they become the name the bundle is shown under.
 */
export function safeFileName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const safe = last.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '');
  return safe.slice(-NAME_CHARS_MAX).replace(/^\.+/, '') || 'upload';
}

export interface Spool {
  /**
   * Writes the body to the spool.
   * @param declaredBytes Content-Length, null when not sent.
   * @returns the path to import.
   */
  receive(name: string, body: Readable, declaredBytes: number | null): Promise<Result<string>>;
  /** @returns whether the path is an upload that is complete and still there. */
  has(file: string): boolean;
  /** Removes one upload; the path has to come from `receive`. */
  remove(file: string): Promise<void>;
  /** Removes everything; the connections of running uploads have to be closed before. */
  close(): Promise<void>;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes the spool folders of hosts that are no longer running. */
async function sweep(uploadsFolder: string): Promise<void> {
  for (const name of await readdir(uploadsFolder).catch(() => [])) {
    const pid = Number(/^(\d+)-/.exec(name)?.[1]);
    if (Number.isSafeInteger(pid) && pid > 0 && !isAlive(pid)) {
      await rm(path.join(uploadsFolder, name), { recursive: true, force: true });
    }
  }
}

/** Opens a spool in `<stateFolder>/uploads`, after removing what dead hosts left there. */
export async function openSpool(
  stateFolder: string,
  limits: { readonly uploadBytesMax: number } = { uploadBytesMax: UPLOAD_BYTES_MAX },
): Promise<Spool> {
  const uploadsFolder = path.join(stateFolder, 'uploads');
  await mkdir(uploadsFolder, { recursive: true, mode: 0o700 });
  await sweep(uploadsFolder);
  const folder = path.join(uploadsFolder, `${process.pid}-${randomBytes(12).toString('hex')}`);
  await mkdir(folder, { mode: 0o700 });
  const complete = new Set<string>();
  let ending: 'open' | 'ending' = 'open';
  const running = new Set<Promise<unknown>>();

  const tooLarge = (name: string): ReturnType<typeof fail> =>
    fail(
      'wrong-usage',
      `The file is larger than the upload limit of ${grouped(limits.uploadBytesMax)} bytes.`,
      name,
      'Import it on this machine with `coldcase import`.',
    );

  async function write(name: string, body: Readable): Promise<Result<string>> {
    const own = path.join(folder, randomBytes(12).toString('hex'));
    const file = path.join(own, safeFileName(name));
    let received = 0;
    try {
      await mkdir(own, { mode: 0o700 });
      const handle = await open(file, 'wx', 0o600);
      try {
        // The request must outlive a failed write: its answer says what went wrong.
        for await (const chunk of body.iterator({ destroyOnReturn: false })) {
          received += (chunk as Buffer).length;
          if (received > limits.uploadBytesMax) throw new FailureError(tooLarge(name).failure);
          await handle.writeFile(chunk as Buffer);
        }
      } finally {
        await handle.close();
      }
      if (ending === 'ending') throw new Error('shut down');
      complete.add(file);
      return ok(file);
    } catch (error) {
      await rm(own, { recursive: true, force: true });
      if (error instanceof FailureError) return { ok: false, failure: error.failure };
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
        return fail('disk', 'There is not enough space on this disk for the upload.', name, 'Free some space.');
      }
      return fail('cancelled', 'The upload ended before the whole file had arrived; nothing of it was kept.', name);
    }
  }

  return {
    receive: async (name, body, declaredBytes) => {
      // A connection that breaks before the first read must not be an uncaught error.
      body.on('error', () => undefined);
      if (running.size >= UPLOADS_MAX) return fail('busy', `${UPLOADS_MAX} uploads are already running.`, name);
      if (declaredBytes !== null && declaredBytes > limits.uploadBytesMax) return tooLarge(name);
      const disk = await statfs(folder).catch(() => null);
      if (disk && declaredBytes !== null && disk.bavail * disk.bsize < declaredBytes + DISK_RESERVE_BYTES) {
        return fail('disk', 'There is not enough space on this disk for the upload.', name, 'Free some space.');
      }
      const writing = write(name, body);
      running.add(writing);
      try {
        return await writing;
      } finally {
        running.delete(writing);
      }
    },
    has: (file) => complete.has(file),
    remove: async (file) => {
      if (complete.delete(file)) await rm(path.dirname(file), { recursive: true, force: true });
    },
    close: async () => {
      ending = 'ending';
      await Promise.allSettled(running);
      complete.clear();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
