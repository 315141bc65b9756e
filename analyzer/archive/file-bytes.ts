/** Bytes of one file on disk, which may be a pipe by now, grow, shrink or vanish while it is read. */

import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { grouped } from '../core/grouped.ts';
import type { ArchivePart } from './member.ts';

/** Input of inflate: small, so that what one chunk can expand to stays small (1,032 x 128 KB = 129 MB at worst). */
export const READ_CHUNK = 128 * 1024;

/** Never waits: opening a pipe that has taken a file's place would wait for a writer for ever. Absent on Windows. */
export const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** Within a folder a link that has taken a file's place is not followed either. */
export const OPEN_MEMBER_FLAGS = OPEN_FLAGS | (constants.O_NOFOLLOW ?? 0);

/** Called before each piece of input is read; may throw to end the reading, as when the job was cancelled. */
export type BeforeRead = () => void;

/** @param now size after reading, null when the file is gone. */
export function changedGap(now: number | null, size: number, file: string | null): ArchivePart {
  const what = now === null ? 'is gone' : now > size ? 'grew' : 'shrank';
  const message = `changed while it was read: it had ${grouped(size)} bytes at first and ${what}`;
  return { part: 'gap', gap: { kind: 'unreadable', weight: 'major', message, file, byte: null } };
}

/** At most `size` bytes of an open file, in pieces. Closes it. */
export async function* handleBytes(
  handle: FileHandle,
  size: number,
  beforeRead: BeforeRead,
): AsyncGenerator<Uint8Array, void> {
  try {
    for (let left = size; left > 0; ) {
      beforeRead();
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(Math.min(left, READ_CHUNK)), 0);
      if (bytesRead === 0) return;
      left -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
