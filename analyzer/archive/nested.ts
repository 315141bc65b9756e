/**
 * One file as members: a packed one is unpacked, an archive is read member by member, and so is every member that is
 * an archive itself. All of it streams: a layer asks the one around it for its next bytes.
 */

import { giveBack } from '../core/give-back.ts';
import { grouped } from '../core/grouped.ts';
import { NESTING_LAYERS_MAX } from '../core/limits.ts';
import type { Gap } from '../core/vocabulary.ts';
import { type Budget, type MeteredEnd, metered, PackedBytes } from './budget.ts';
import { bunzip2 } from './codec-bzip2.ts';
import { type Again, gunzip } from './codec-gzip.ts';
import { unlz4 } from './codec-lz4.ts';
import { unxz } from './codec-xz.ts';
import { unzstd } from './codec-zstd.ts';
import { type ArchiveKind, archiveKind, KIND_BYTES } from './kinds.ts';
import { type ArchivePart, type BytesEnd, type MembersEnd, somethingElse, UNPACK_IT } from './member.ts';
import { remembered } from './remembered.ts';
import type { Unpacked } from './unpacker.ts';
import { untar } from './untar.ts';
import { unzip } from './unzip.ts';
import type { ZipEntry } from './zip-records.ts';

/** The bytes of one file, once. */
export interface FileContent {
  /** Not closed when reading ends early: who gave them reads on. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** null: they are remembered as far as they are few. */
  readonly again: Again | null;
  /** Of a zip on disk. */
  readonly directory: readonly ZipEntry[] | null;
  /** Once `bytes` has ended. Who gave them says why when they are not whole. */
  ended(): BytesEnd;
}

export interface Place {
  /** Path of the file in the bundle. */
  readonly path: string;
  readonly modified: number | null;
  /** What the paths of its members begin with: nothing for the archive that was given, `path/` for one inside. */
  readonly prefix: string;
  /** Archives and compressions around it. */
  readonly layers: number;
  readonly was?: 'packed';
}

const NOTHING_UNTOLD: MembersEnd = { damage: null, endMark: 'seen' };

/**
 * Yields the file's members, or the file itself when it is no archive. Never throws for bad data.
 * @returns what was not told yet: only who knows what is around the archive can say where its damage is.
 */
export async function* contentParts(
  content: FileContent,
  place: Place,
  budget: Budget,
): AsyncGenerator<ArchivePart, MembersEnd> {
  const { head, bytes } = await withHead(content.bytes);
  const kind = archiveKind(head);
  const same = { ...content, bytes };
  if (kind === null || place.layers >= NESTING_LAYERS_MAX) {
    const { path, modified, was } = place;
    yield { part: 'member', path, modified, ...(was === undefined ? {} : { was }) };
    for await (const chunk of bytes) yield { part: 'bytes', bytes: chunk };
    yield { part: 'member-end', end: content.ended() === 'whole' ? 'whole' : 'cut' };
    if (kind !== null) yield tooDeep(place.path);
    return NOTHING_UNTOLD;
  }
  if (kind !== 'tar' && kind !== 'zip') return yield* unpackedParts(kind, same, place, budget);
  const admit = (path: string) => budget.admit(place.prefix + path);
  const parts =
    kind === 'tar' ? untar(bytes, admit, content.ended) : unzip({ bytes, directory: content.directory, admit, budget });
  return yield* openedParts(parts, { prefix: place.prefix, layers: place.layers + 1 }, budget);
}

function tooDeep(path: string): ArchivePart {
  const message = `an archive in ${NESTING_LAYERS_MAX} others is kept as it is, not opened`;
  return { part: 'gap', gap: { kind: 'limit', weight: 'major', message, file: path, byte: null } };
}

async function* unpackedParts(
  kind: Exclude<ArchiveKind, 'tar' | 'zip'>,
  content: FileContent,
  place: Place,
  budget: Budget,
): AsyncGenerator<ArchivePart, MembersEnd> {
  const packed = new PackedBytes(budget);
  const layer = metered(unpacker(kind, packed.through(content.bytes), content.again), packed, budget);
  let end: MeteredEnd = { damage: null };
  async function* bytes(): AsyncGenerator<Uint8Array, void> {
    end = yield* layer;
  }
  const inner: FileContent = {
    bytes: unclosed(bytes()),
    again: null,
    directory: null,
    ended: () => bytesEnd(end) ?? content.ended(),
  };
  let untold: MembersEnd;
  try {
    untold = yield* contentParts(inner, { ...place, layers: place.layers + 1, was: 'packed' }, budget);
  } finally {
    await layer.return({ damage: null });
  }
  if (budget.reached !== null || content.ended() !== 'whole') return NOTHING_UNTOLD;
  const file = place.prefix === '' ? null : place.path;
  if (end.damage === null) return untold;
  if (end.damage.kind === 'trailing') {
    yield somethingElse(file, end.damage.byte);
    return untold;
  }
  yield { part: 'gap', gap: unpackGap(end.damage, file, untold.damage?.message ?? null) };
  return NOTHING_UNTOLD;
}

/** @returns null when what was packed was read to its end. */
function bytesEnd({ damage }: MeteredEnd): BytesEnd | null {
  switch (damage?.kind) {
    case undefined:
    case 'trailing':
      return null;
    case 'corrupt':
    case 'mismatch':
      return 'garbled';
    default:
      return 'cut';
  }
}

function unpacker(
  kind: Exclude<ArchiveKind, 'tar' | 'zip'>,
  bytes: AsyncIterable<Uint8Array>,
  again: Again | null,
): Unpacked {
  switch (kind) {
    case 'gzip': {
      // What can be read from the file again, nobody else holds.
      if (again !== null) return gunzip(bytes, again, giveBack);
      const kept = remembered(bytes);
      return gunzip(kept.bytes, kept.again);
    }
    case 'zstd':
      return unzstd(bytes);
    case 'bzip2':
      return bunzip2(bytes);
    case 'xz':
      return unxz(bytes);
    case 'lz4':
      return unlz4(bytes);
  }
}

/** @param file null for the archive that was given. @param inside what the archive in it says of its own end. */
function unpackGap(damage: NonNullable<MeteredEnd['damage']>, file: string | null, inside: string | null): Gap {
  const what = file === null ? 'archive' : 'packed file';
  const more = inside === null ? '' : `; ${inside}`;
  switch (damage.kind) {
    case 'limit':
      return { kind: 'limit', weight: 'major', message: `${what} ${damage.message}`, file, byte: null };
    case 'unsupported':
      return {
        kind: 'unsupported',
        weight: 'major',
        message: `${what} is not opened: ${damage.why}`,
        advice: UNPACK_IT,
        file,
        byte: damage.byte,
      };
    case 'truncated': {
      const message = `${what} is truncated: it ends at byte ${grouped(damage.byte)}${more}`;
      return { kind: 'truncated', weight: 'major', message, file, byte: damage.byte };
    }
    default: {
      // Wrong bits may have been unpacked to something long before they are noticed.
      const { kind, byte } = damage;
      const where =
        kind === 'mismatch'
          ? `before byte ${grouped(byte)}: its checksum there does not match`
          : `at or before byte ${grouped(byte)}`;
      const message = `${what} is damaged ${where}, so text before it may be wrong${more}`;
      return { kind: 'corrupt', weight: 'major', message, file, byte };
    }
  }
}

/** Where members are: what their paths begin with, and the archives and compressions around them. */
export interface Inside {
  readonly prefix: string;
  readonly layers: number;
}

/** Passes members on under their place's prefix; opens those that are archives. */
export async function* openedParts<End>(
  parts: AsyncGenerator<ArchivePart, End>,
  inside: Inside,
  budget: Budget,
): AsyncGenerator<ArchivePart, End> {
  const { prefix, layers } = inside;
  for (;;) {
    const step = await parts.next();
    if (step.done) return step.value;
    const part = step.value;
    if (part.part === 'gap') yield prefixed(part.gap, prefix);
    else if (part.part !== 'member') yield part;
    else {
      const member = new MemberBytes(parts);
      const head = await member.head();
      const path = prefix + part.path;
      if (archiveKind(head) === null) {
        yield { part: 'member', path, modified: part.modified };
        yield* member.held();
      } else yield* memberParts(member, { path, modified: part.modified, prefix: `${path}/`, layers }, budget);
    }
  }
}

async function* memberParts(member: MemberBytes, place: Place, budget: Budget): AsyncGenerator<ArchivePart, void> {
  const content: FileContent = {
    bytes: unclosed(member.bytes()),
    again: null,
    directory: null,
    ended: () => member.end ?? 'whole',
  };
  const untold = yield* contentParts(content, place, budget);
  for await (const _ of content.bytes);
  if (budget.reached !== null || member.end === 'cut') return;
  if (untold.damage !== null) {
    const { kind } = untold.damage;
    const message = damageSays(untold.damage, null);
    yield { part: 'gap', gap: { kind, weight: 'major', message, file: place.path, byte: null } };
  } else if (untold.endMark === 'missing') yield noEndMark(place.path);
}

/** @param byte of the archive at which its reading ended, or null for one whose bytes nobody counted. */
export function damageSays({ kind, message }: NonNullable<MembersEnd['damage']>, byte: number | null): string {
  if (kind === 'corrupt') return byte === null ? message : `${message} (archive byte ${grouped(byte)})`;
  return byte === null
    ? `archive is truncated: ${message}`
    : `archive is truncated: it ends at byte ${grouped(byte)}; ${message}`;
}

/** Some writers leave the mark out, so its absence alone is no damage. */
export function noEndMark(file: string | null): ArchivePart {
  const message = 'the archive has no end mark: members may be missing at its end';
  return { part: 'gap', gap: { kind: 'truncated', weight: 'minor', message, file, byte: null } };
}

function prefixed(gap: Gap, prefix: string): ArchivePart {
  if (prefix === '') return { part: 'gap', gap };
  return { part: 'gap', gap: { ...gap, file: gap.file === null ? prefix.slice(0, -1) : prefix + gap.file } };
}

/** The bytes of the member whose start was just read from `parts`. */
class MemberBytes {
  readonly #parts: AsyncGenerator<ArchivePart, unknown>;
  readonly #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** null until its end was read. */
  end: 'whole' | 'cut' | null = null;

  constructor(parts: AsyncGenerator<ArchivePart, unknown>) {
    this.#parts = parts;
  }

  /** The first KIND_BYTES bytes, fewer of a shorter member. */
  async head(): Promise<Uint8Array> {
    while (this.#heldBytes < KIND_BYTES) {
      const chunk = await this.#next();
      if (chunk === null) break;
      this.#held.push(chunk);
      this.#heldBytes += chunk.length;
    }
    const [first] = this.#held;
    return this.#held.length > 1 ? Buffer.concat(this.#held) : (first ?? new Uint8Array(0));
  }

  /** What was read to see what it is; the rest comes from `parts`. */
  *held(): Generator<ArchivePart, void> {
    for (const bytes of this.#held) yield { part: 'bytes', bytes };
    if (this.end !== null) yield { part: 'member-end', end: this.end };
  }

  async *bytes(): AsyncGenerator<Uint8Array, void> {
    for (let chunk = this.#held.shift(); chunk !== undefined; chunk = this.#held.shift()) yield chunk;
    while (this.end === null) {
      const chunk = await this.#next();
      if (chunk !== null) yield chunk;
    }
  }

  async #next(): Promise<Uint8Array | null> {
    if (this.end !== null) return null;
    const step = await this.#parts.next();
    if (!step.done && step.value.part === 'bytes') return step.value.bytes;
    this.end = !step.done && step.value.part === 'member-end' ? step.value.end : 'cut';
    return null;
  }
}

/** The same bytes, which stay open when a `for await` over them is left early. */
export function unclosed(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}

/** @returns the first KIND_BYTES bytes, and all bytes. */
async function withHead(
  input: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly bytes: AsyncIterable<Uint8Array> }> {
  const iterator = input[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  for (let total = 0; total < KIND_BYTES; ) {
    const step = await iterator.next();
    if (step.done) break;
    held.push(step.value);
    total += step.value.length;
  }
  async function* bytes(): AsyncGenerator<Uint8Array, void> {
    yield* held;
    for (let step = await iterator.next(); !step.done; step = await iterator.next()) yield step.value;
  }
  const [first] = held;
  return { head: held.length === 1 && first !== undefined ? first : Buffer.concat(held), bytes: unclosed(bytes()) };
}
