/** The files below a folder, in the order of their names' bytes. Links are not followed, nothing is waited for. */

import { type FileHandle, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { FailureError } from '../core/failure.ts';
import { grouped } from '../core/grouped.ts';
import { UNPACKED_BYTES_MAX } from '../core/limits.ts';
import { whyUnreadable } from '../core/why-unreadable.ts';
import { type BeforeRead, changedGap, handleBytes, OPEN_MEMBER_FLAGS } from './file-bytes.ts';
import { type Admission, type ArchivePart, memberLabel, memberPath, type SourceProgress } from './member.ts';

/**
 * @param root absolute path of a folder. What cannot be read, is neither file nor folder, or changes while it is read
 * is yielded as a gap. Throws only what `beforeRead` throws.
 */
export function folderParts(
  root: string,
  progress: SourceProgress,
  beforeRead: BeforeRead,
  admit: Admission,
  bytesMax = UNPACKED_BYTES_MAX,
): AsyncGenerator<ArchivePart, void> {
  return partsBelow(Buffer.from(root), '', { beforeRead, progress, admit, bytesMax, ended: 'no' });
}

interface FolderWalk {
  readonly beforeRead: BeforeRead;
  readonly progress: SourceProgress;
  readonly admit: Admission;
  /** Of all files together. */
  readonly bytesMax: number;
  /** `yes` once a limit was reached: nothing more is read. */
  ended: 'no' | 'yes';
}

/** @param folder its path in bytes: a file system's names need not be UTF-8. @param relative for display. */
async function* partsBelow(folder: Buffer, relative: string, walk: FolderWalk): AsyncGenerator<ArchivePart, void> {
  let entries: Awaited<ReturnType<typeof listFolder>>;
  try {
    entries = await listFolder(folder);
  } catch (error) {
    yield unreadableGap(relative, error);
    return;
  }
  for (const entry of entries) {
    if (walk.ended === 'yes') return;
    walk.beforeRead();
    const name = entry.name.toString('utf8');
    const location = Buffer.concat([folder, Buffer.from(path.sep), entry.name]);
    const below = relative === '' ? name : `${relative}/${name}`;
    if (entry.isDirectory()) yield* partsBelow(location, below, walk);
    else if (entry.isFile()) yield* folderFile(location, below, walk);
    else {
      const link = entry.isSymbolicLink();
      yield {
        part: 'gap',
        gap: {
          kind: link ? 'link' : 'special-file',
          weight: 'minor',
          message: link ? 'symbolic link not followed' : 'neither file nor folder, skipped',
          file: memberPath(below).path,
          byte: null,
        },
      };
    }
  }
}

async function listFolder(folder: Buffer) {
  const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  return entries.sort((a, b) => Buffer.compare(a.name, b.name));
}

async function* folderFile(location: Buffer, relative: string, walk: FolderWalk): AsyncGenerator<ArchivePart, void> {
  const { progress } = walk;
  const { path: shown, gap } = memberLabel(relative);
  if (walk.admit(shown) === 'no') {
    walk.ended = 'yes';
    return;
  }
  let started = false;
  let received = 0;
  let handle: FileHandle | null = null;
  try {
    handle = await open(location, OPEN_MEMBER_FLAGS);
    const found = await handle.stat();
    if (!found.isFile()) {
      throw Object.assign(new Error('no longer a file'), { code: 'no longer a file' });
    }
    yield { part: 'member', path: shown, modified: found.mtimeMs };
    started = true;
    const left = walk.bytesMax - progress.bytesRead;
    for await (const bytes of handleBytes(handle, Math.min(found.size, left), walk.beforeRead)) {
      progress.bytesRead += bytes.length;
      received += bytes.length;
      yield { part: 'bytes', bytes };
    }
    const whole = received >= found.size;
    yield { part: 'member-end', end: whole ? 'whole' : 'cut' };
    started = false;
    if (!whole && received === left) {
      walk.ended = 'yes';
      const message = `the folder holds more than ${grouped(walk.bytesMax)} bytes; the rest is not read`;
      yield { part: 'gap', gap: { kind: 'limit', weight: 'major', message, file: shown, byte: null } };
    } else if (!whole) yield changedGap(received, found.size, shown);
    if (gap !== null) yield { part: 'gap', gap };
  } catch (error) {
    if (started) yield { part: 'member-end', end: 'cut' };
    if (error instanceof FailureError) throw error;
    yield unreadableGap(relative, error);
  } finally {
    await handle?.close();
  }
}

function unreadableGap(relative: string, error: unknown): ArchivePart {
  return {
    part: 'gap',
    gap: {
      kind: 'unreadable',
      weight: 'major',
      message: `cannot be read (${whyUnreadable(error)})`,
      file: memberPath(relative).path,
      byte: null,
    },
  };
}
