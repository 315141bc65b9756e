/**
 * Opens what the engineer gave (archive, folder, single file) as one stream of members. What it is, its first
 * bytes decide, never its name. Nothing is ever extracted to disk.
 */
import { createHash, type Hash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { FailureError, fail, ok, type Result } from '../core/failure.ts';
import { whyUnreadable } from '../core/why-unreadable.ts';
import { ARCHIVE_LIMITS, type ArchiveLimits, Budget } from './budget.ts';
import { type BeforeRead, changedGap, handleBytes, OPEN_FLAGS } from './file-bytes.ts';
import { folderParts } from './folder.ts';
import { type ArchiveKind, archiveKind, compressedKind, KIND_BYTES } from './kinds.ts';
import {
  type ArchivePart,
  type MembersEnd,
  memberPath,
  notOpened,
  type SourceProgress,
  somethingElse,
  UNPACK_IT,
} from './member.ts';
import { contentParts, damageSays, noEndMark, openedParts, unclosed } from './nested.ts';
import { readZipDirectory } from './zip-directory.ts';

export interface OpenSource {
  /** Base name as given. */
  readonly name: string;
  /** What its first bytes say: a tar.gz is a gzip. */
  readonly kind: ArchiveKind | 'file' | 'folder';
  /** Size of the archive, null for a folder. */
  readonly bytesTotal: number | null;
  readonly progress: SourceProgress;
  /** Consume once, to the end. */
  readonly parts: AsyncGenerator<ArchivePart, void>;
  /** sha256 of the archive's bytes once `parts` has ended; null for a folder, which has no bytes of its own. */
  sha256(): string | null;
}

/**
 * @param location absolute path of an archive, a folder or a file.
 * Fails with `not-found`, `unreadable` or `empty`; damage inside is yielded as gaps instead. `parts` throws a
 * FailureError `unreadable` when the archive's own bytes can no longer be read, and whatever `beforeRead` throws.
 */
export async function openSource(
  location: string,
  beforeRead: BeforeRead = () => undefined,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<Result<OpenSource>> {
  const name = path.basename(location);
  try {
    const found = await stat(location);
    if (found.isDirectory()) return await openFolder(location, name, { beforeRead, limits });
    if (!found.isFile()) return fail('unreadable', `${name} is neither a file nor a folder`, location, null);
    if (found.size === 0) {
      return fail(
        'empty',
        `${name} is an empty file`,
        location,
        'Ask the customer to collect and send the archive again.',
      );
    }
    return ok(await openFile({ location, name, size: found.size, modified: found.mtimeMs, beforeRead, limits }));
  } catch (error) {
    return unreadable(location, error);
  }
}

function unreadable(location: string, error: unknown): Result<never> {
  if (error instanceof FailureError) return { ok: false, failure: error.failure };
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return fail('not-found', `${location} does not exist`, location, 'Check the path.');
  }
  return fail('unreadable', `${location} cannot be read (${whyUnreadable(error)})`, location, 'Check its permissions.');
}

interface Reading {
  readonly beforeRead: BeforeRead;
  readonly limits: ArchiveLimits;
}

interface FileToRead extends Reading {
  readonly location: string;
  readonly name: string;
  /** As it was when it was opened: what is appended while it is read is not waited for. */
  readonly size: number;
  readonly modified: number;
}

async function openFile(file: FileToRead): Promise<OpenSource> {
  const { location, name, size, modified, limits, beforeRead } = file;
  const head = await firstBytes(location, KIND_BYTES);
  const hash = createHash('sha256');
  const progress: SourceProgress = { bytesRead: 0 };
  const kind = archiveKind(head);
  const directory = kind === 'zip' ? await readZipDirectory(location, size) : null;
  const budget = new Budget(limits, size, beforeRead);
  let digest: string | null = null;
  async function* parts(): AsyncGenerator<ArchivePart, void> {
    const raw = hashed(file, hash, progress);
    const bytes = unclosed(raw);
    const entries = directory?.entries ?? null;
    const content = { bytes, again: () => fileBytes(file), directory: entries, ended: () => 'whole' as const };
    const place = { path: memberPath(name).path || 'content', modified, prefix: '', layers: 0 };
    try {
      const untold = yield* contentParts(content, place, budget);
      const byte = progress.bytesRead;
      // To the end, so that the hash covers the whole archive even when its content ended early.
      for await (const _ of bytes);
      if (budget.reached !== null) yield { part: 'gap', gap: budget.reached };
      else yield* untoldGap(untold, byte);
      if (directory !== null && directory.bytesBehind > 0) yield somethingElse(null, size - directory.bytesBehind);
      const packed = compressedKind(head);
      if (packed !== null) {
        yield notOpened(`${name} is a ${packed}, which is not opened`, `${UNPACK_IT}, or pack it as tar.gz`, name);
      }
    } finally {
      await raw.return();
    }
    digest = hash.digest('hex');
    const now = await stat(location).catch(() => null);
    if (now === null || now.size !== size) yield changedGap(now?.size ?? null, size, null);
  }
  return { name, kind: kind ?? 'file', bytesTotal: size, progress, parts: parts(), sha256: () => digest };
}

function* untoldGap({ damage, endMark }: MembersEnd, byte: number): Generator<ArchivePart, void> {
  if (damage === null) {
    if (endMark === 'missing') yield noEndMark(null);
    return;
  }
  yield {
    part: 'gap',
    gap: { kind: damage.kind, weight: 'major', message: damageSays(damage, byte), file: null, byte },
  };
}

async function firstBytes(location: string, count: number): Promise<Uint8Array> {
  const handle = await open(location, OPEN_FLAGS);
  try {
    const buffer = Buffer.alloc(count);
    const { bytesRead } = await handle.read(buffer, 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function* fileBytes(file: FileToRead): AsyncGenerator<Uint8Array, void> {
  try {
    yield* handleBytes(await open(file.location, OPEN_FLAGS), file.size, file.beforeRead);
  } catch (error) {
    if (error instanceof FailureError) throw error;
    const failed = unreadable(file.location, error);
    throw failed.ok ? error : new FailureError(failed.failure);
  }
}

async function* hashed(file: FileToRead, hash: Hash, progress: SourceProgress): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of fileBytes(file)) {
    hash.update(chunk);
    progress.bytesRead += chunk.length;
    yield chunk;
  }
}

async function openFolder(
  location: string,
  name: string,
  { beforeRead, limits }: Reading,
): Promise<Result<OpenSource>> {
  // A folder that cannot be listed at all is an error; one below it that cannot is a gap.
  try {
    await readdir(location);
  } catch (error) {
    return unreadable(location, error);
  }
  const progress: SourceProgress = { bytesRead: 0 };
  const budget = new Budget(limits, null, beforeRead);
  async function* parts(): AsyncGenerator<ArchivePart, void> {
    const files = folderParts(location, progress, beforeRead, (file) => budget.admit(file), limits.unpackedBytes);
    yield* openedParts(files, { prefix: '', layers: 0 }, budget);
    if (budget.reached !== null) yield { part: 'gap', gap: budget.reached };
  }
  return ok({ name, kind: 'folder', bytesTotal: null, progress, parts: parts(), sha256: () => null });
}
