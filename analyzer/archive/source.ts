/**
 * Opens what the engineer gave (archive, folder, single file) as one stream of members. What it is, its first
 * bytes decide, never its name. Nothing is ever extracted to disk.
 */
import { createHash, type Hash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { FailureError, fail, ok, type Result } from '../core/failure.ts';
import { UNPACKED_BYTES_MAX } from '../core/limits.ts';
import type { Gap } from '../core/vocabulary.ts';
import { type BeforeRead, changedGap, handleBytes, OPEN_FLAGS } from './file-bytes.ts';
import { folderParts } from './folder.ts';
import { gunzip, type InflateEnd } from './gunzip.ts';
import { type ArchivePart, memberPath, type SourceProgress } from './member.ts';
import { looksLikeTar, untar } from './untar.ts';

export interface OpenSource {
  /** Base name as given. */
  readonly name: string;
  readonly kind: 'tar.gz' | 'tar' | 'gz' | 'file' | 'folder';
  /** Size of the archive, null for a folder. */
  readonly bytesTotal: number | null;
  readonly progress: SourceProgress;
  /** Consume once, to the end. */
  readonly parts: AsyncGenerator<ArchivePart, void>;
  /** sha256 of the archive's bytes once `parts` has ended; null for a folder, which has no bytes of its own. */
  sha256(): string | null;
}

/** Archive kinds that are recognised but not opened: first bytes -> name. */
const NOT_OPENED: readonly { readonly magic: readonly number[]; readonly name: string }[] = [
  { magic: [0x50, 0x4b, 0x03, 0x04], name: 'zip archive' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], name: 'zstd file' },
  { magic: [0x42, 0x5a, 0x68], name: 'bzip2 file' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], name: 'xz file' },
];

/** @returns the name of a compressed format that is recognised but not opened, or null. */
export function compressedKind(head: Uint8Array): string | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip file';
  return NOT_OPENED.find((kind) => kind.magic.every((byte, index) => head[index] === byte))?.name ?? null;
}

/**
 * @param location absolute path of an archive, a folder or a file.
 * Fails with `not-found`, `unreadable` or `empty`; damage inside is yielded as gaps instead. `parts` throws a
 * FailureError `unreadable` when the archive's own bytes can no longer be read, and whatever `beforeRead` throws.
 */
export async function openSource(
  location: string,
  beforeRead: BeforeRead = () => undefined,
): Promise<Result<OpenSource>> {
  const name = path.basename(location);
  try {
    const found = await stat(location);
    if (found.isDirectory()) return await openFolder(location, name, beforeRead);
    if (!found.isFile()) return fail('unreadable', `${name} is neither a file nor a folder`, location, null);
    if (found.size === 0) {
      return fail(
        'empty',
        `${name} is an empty file`,
        location,
        'Ask the customer to collect and send the archive again.',
      );
    }
    return ok(await openFile({ location, name, size: found.size, modified: found.mtimeMs, beforeRead }));
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
  return fail(
    'unreadable',
    `${location} cannot be read (${code || String(error)})`,
    location,
    'Check its permissions.',
  );
}

interface FileToRead {
  readonly location: string;
  readonly name: string;
  /** As it was when it was opened: what is appended while it is read is not waited for. */
  readonly size: number;
  readonly modified: number;
  readonly beforeRead: BeforeRead;
}

async function openFile(file: FileToRead): Promise<OpenSource> {
  const { location, name, size, modified } = file;
  const head = await firstBytes(location, 512);
  const hash = createHash('sha256');
  const progress: SourceProgress = { bytesRead: 0 };
  const bytes = () => hashed(file, hash, progress);
  let digest: string | null = null;
  const gzipped = head[0] === 0x1f && head[1] === 0x8b;
  const tarred = !gzipped && looksLikeTar(head);
  const inside = gzipped
    ? gzipParts(bytes(), () => fileBytes(file), name, modified, progress)
    : tarred
      ? tarParts(bytes(), progress)
      : singleParts(bytes(), name, modified, head);
  async function* parts(): AsyncGenerator<ArchivePart, void> {
    yield* inside;
    digest = hash.digest('hex');
    const now = await stat(location).catch(() => null);
    if (now === null || now.size !== size) yield changedGap(now?.size ?? null, size, null);
  }
  return {
    name,
    kind: gzipped ? 'tar.gz' : tarred ? 'tar' : 'file',
    bytesTotal: size,
    progress,
    parts: parts(),
    sha256: () => digest,
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

/** Reads on to the end, so that the hash covers the whole archive even when its content ended early. */
async function drain(rest: AsyncGenerator<Uint8Array, unknown>): Promise<void> {
  for await (const _ of rest);
}

/** Keeps a generator alive when a `for await` over it is left early. */
function shared<T, R>(generator: AsyncGenerator<T, R>): AsyncGenerator<T, R | undefined> {
  return (async function* () {
    for (;;) {
      const step = await generator.next();
      if (step.done) return step.value;
      yield step.value;
    }
  })();
}

async function* gzipParts(
  raw: AsyncGenerator<Uint8Array, void>,
  again: () => AsyncIterable<Uint8Array>,
  name: string,
  modified: number,
  progress: SourceProgress,
): AsyncGenerator<ArchivePart, void> {
  const unpacked = gunzip(shared(raw), again);
  let end = null as InflateEnd | null;
  let total = 0;
  let limitReached: Gap | null = null;
  const pending: Uint8Array[] = [];
  let pendingBytes = 0;
  // 512 bytes tell whether it is a tar; they may come in several chunks.
  while (pendingBytes < 512) {
    const step = await unpacked.next();
    if (step.done) {
      end = step.value;
      break;
    }
    pending.push(step.value);
    pendingBytes += step.value.length;
  }
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    for (const chunk of pending) {
      total += chunk.length;
      yield chunk;
    }
    while (end === null) {
      const step = await unpacked.next();
      if (step.done) {
        end = step.value;
        return;
      }
      total += step.value.length;
      if (total > UNPACKED_BYTES_MAX) {
        limitReached = {
          kind: 'limit',
          weight: 'major',
          message: `the archive unpacks to more than ${UNPACKED_BYTES_MAX} bytes; the rest is not read`,
          file: null,
          byte: progress.bytesRead,
        };
        return;
      }
      yield step.value;
    }
  }
  const head = Buffer.concat(pending.map((chunk) => Buffer.from(chunk))).subarray(0, 512);
  let tarDamage: { readonly kind: 'truncated' | 'corrupt'; readonly message: string } | null = null;
  let noEndMark = false;
  if (looksLikeTar(head)) {
    const outcome = yield* untar(counted());
    tarDamage = outcome.damage;
    noEndMark = outcome.endMark === 'missing';
  } else {
    yield { part: 'member', path: memberPath(name.replace(/\.gz$/i, '')).path || 'content', modified };
    for await (const bytes of counted()) yield { part: 'bytes', bytes };
    yield { part: 'member-end', end: isCut(end) ? 'cut' : 'whole' };
  }
  await unpacked.return({ damage: null });
  await drain(raw);
  if (limitReached !== null) yield { part: 'gap', gap: limitReached };
  else if (isCut(end)) yield { part: 'gap', gap: cutGap(end, tarDamage?.message ?? null) };
  else if (tarDamage !== null) yield { part: 'gap', gap: damageGap(tarDamage, progress.bytesRead) };
  else if (noEndMark) yield NO_END_MARK;
  if (end?.damage?.kind === 'trailing') {
    const message = 'behind the end of the archive there is something else, which was not read';
    yield { part: 'gap', gap: { kind: 'corrupt', weight: 'minor', message, file: null, byte: end.damage.byte } };
  }
}

type Cut = { readonly damage: { readonly kind: 'truncated' | 'corrupt'; readonly byte: number } };

function isCut(end: InflateEnd | null): end is InflateEnd & Cut {
  return end !== null && end.damage !== null && end.damage.kind !== 'trailing';
}

function cutGap(end: Cut, member: string | null): Gap {
  const { kind, byte } = end.damage;
  const what = kind === 'truncated' ? 'archive is truncated: it ends at' : 'archive is damaged at or before';
  const message = `${what} byte ${byte}${member === null ? '' : `; ${member}`}`;
  return { kind, weight: 'major', message, file: null, byte };
}

function damageGap(damage: { readonly kind: 'truncated' | 'corrupt'; readonly message: string }, byte: number): Gap {
  return { kind: damage.kind, weight: 'major', message: `${damage.message} (archive byte ${byte})`, file: null, byte };
}

/** Some writers leave the mark out, so its absence alone is no damage. */
const NO_END_MARK: ArchivePart = {
  part: 'gap',
  gap: {
    kind: 'truncated',
    weight: 'minor',
    message: 'the archive has no end mark: members may be missing at its end',
    file: null,
    byte: null,
  },
};

async function* tarParts(
  raw: AsyncGenerator<Uint8Array, void>,
  progress: SourceProgress,
): AsyncGenerator<ArchivePart, void> {
  const outcome = yield* untar(shared(raw) as AsyncGenerator<Uint8Array, unknown>);
  const byte = progress.bytesRead;
  await drain(raw);
  if (outcome.damage !== null) yield { part: 'gap', gap: damageGap(outcome.damage, byte) };
  else if (outcome.endMark === 'missing') yield NO_END_MARK;
}

async function* singleParts(
  raw: AsyncGenerator<Uint8Array, void>,
  name: string,
  modified: number,
  head: Uint8Array,
): AsyncGenerator<ArchivePart, void> {
  const kind = compressedKind(head);
  yield { part: 'member', path: memberPath(name).path || 'content', modified };
  for await (const bytes of raw) yield { part: 'bytes', bytes };
  yield { part: 'member-end', end: 'whole' };
  if (kind !== null) {
    yield {
      part: 'gap',
      gap: {
        kind: 'unsupported',
        weight: 'major',
        message: `${name} is a ${kind}, which is not opened: unpack it and import the folder, or pack it as tar.gz`,
        file: name,
        byte: null,
      },
    };
  }
}

async function openFolder(location: string, name: string, beforeRead: BeforeRead): Promise<Result<OpenSource>> {
  // A folder that cannot be listed at all is an error; one below it that cannot is a gap.
  try {
    await readdir(location);
  } catch (error) {
    return unreadable(location, error);
  }
  const progress: SourceProgress = { bytesRead: 0 };
  return ok({
    name,
    kind: 'folder',
    bytesTotal: null,
    progress,
    parts: folderParts(location, progress, beforeRead),
    sha256: () => null,
  });
}
