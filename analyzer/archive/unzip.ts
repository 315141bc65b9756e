/**
 * zip members from a stream of bytes, read once from its start. A zip on disk comes with its central directory, which
 * tells where members are, what is a link and what was deleted; a zip inside another archive, and one whose directory
 * is gone, is read by the local headers before its members.
 */
import { grouped } from '../core/grouped.ts';
import type { Gap } from '../core/vocabulary.ts';
import type { Budget } from './budget.ts';
import { ByteReader } from './byte-reader.ts';
import {
  type Admission,
  type ArchivePart,
  type MembersEnd,
  memberLabel,
  notOpened,
  somethingElse,
  UNPACK_IT,
} from './member.ts';
import { type ContentEnd, isOpened, zipContent } from './zip-content.ts';
import {
  CENTRAL,
  CENTRAL_BYTES,
  END,
  END_64,
  END_BYTES,
  LOCAL,
  LOCAL_BYTES,
  LOCATOR_64,
  LOCATOR_BYTES,
  localHeaderBytes,
  readCentralEntry,
  readLocalHeader,
  type ZipEntry,
} from './zip-records.ts';

/** A central entry with name, extra fields and comment of the longest kind. */
const CENTRAL_BYTES_MAX = CENTRAL_BYTES + 3 * 0xffff;
/** Bytes searched at once for the next header behind a damaged one. */
const SEARCH_BYTES = 64 * 1024;
/** Signature and length of the end record of zip64. */
const END_64_HEAD_BYTES = 12;
/** Versions of APPNOTE end at 6.3. */
const VERSION_MAX = 63;

export interface Unzipping {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** By offset; null when it is not known before. */
  readonly directory: readonly ZipEntry[] | null;
  readonly admit: Admission;
  readonly budget: Budget;
}

/** @returns member parts in the order of the file; the return value tells damage. Never throws for bad data. */
export async function* unzip({ bytes, directory, admit, budget }: Unzipping): AsyncGenerator<ArchivePart, MembersEnd> {
  const reader = new ByteReader(bytes);
  const zip = { reader, admit, budget, cutMember: null, last: null, headers: new Map() };
  return yield* directory === null ? byHeaders(zip) : byDirectory(zip, directory);
}

interface Zip {
  readonly reader: ByteReader;
  readonly admit: Admission;
  readonly budget: Budget;
  /** What is said of the member at which the bytes ended. */
  cutMember: string | null;
  /** The member whose header was read last. */
  last: string | null;
  /** What was read without the list of files, by offset: the list comes behind it. */
  readonly headers: Map<number, ZipEntry>;
}

const WHOLE: MembersEnd = { damage: null, endMark: 'seen' };

function truncated(message: string): MembersEnd {
  return { damage: { kind: 'truncated', message }, endMark: 'missing' };
}

/** Only the list at the end of a zip tells how many files it has. */
function missingBehind(last: string | null): MembersEnd {
  return truncated(`any files behind ${last ?? 'its start'} and the list of files are missing`);
}

async function* byDirectory(zip: Zip, directory: readonly ZipEntry[]): AsyncGenerator<ArchivePart, MembersEnd> {
  const { reader } = zip;
  for (const entry of directory) {
    if (zip.budget.reached !== null) return WHOLE;
    if (entry.offset < reader.offset) {
      yield gap(
        'corrupt',
        'major',
        'its bytes are those of another member; it is not read',
        memberLabel(entry.name).shown,
      );
      continue;
    }
    await reader.skip(entry.offset - reader.offset);
    const head = await reader.peek(LOCAL_BYTES);
    if (head.length < LOCAL_BYTES) {
      return truncated(`${memberLabel(entry.name).shown} and any files behind it are missing`);
    }
    if (head.readUInt32LE(0) !== LOCAL) {
      yield gap(
        'corrupt',
        'major',
        `damaged header at byte ${grouped(entry.offset)} of the zip`,
        memberLabel(entry.name).shown,
      );
      continue;
    }
    const headerBytes = localHeaderBytes(head);
    const record = await reader.peek(headerBytes);
    if (record.length === headerBytes) yield* otherName(entry, readLocalHeader(record), 'the header before it');
    await reader.skip(headerBytes);
    if ((yield* zipMember(zip, entry)) === 'refused') return WHOLE;
    if (zip.cutMember !== null) return truncated(zip.cutMember);
  }
  return WHOLE;
}

/** A name has no checksum, but stands in a zip twice. @param kept whose name it is kept under. @param by what calls it otherwise. */
function* otherName(kept: ZipEntry, also: ZipEntry, by: string): Generator<ArchivePart, void> {
  const [name, other] = [memberLabel(kept.name), memberLabel(also.name)];
  if (name.path === other.path) return;
  yield gap('corrupt', 'minor', `${by} calls it "${other.shown}": one of the names is damaged`, name.shown);
}

async function* byHeaders(zip: Zip): AsyncGenerator<ArchivePart, MembersEnd> {
  const { reader } = zip;
  for (;;) {
    if (zip.budget.reached !== null) return WHOLE;
    const head = await reader.peek(LOCAL_BYTES);
    const signature = head.length < 4 ? 0 : head.readUInt32LE(0);
    if (signature === CENTRAL || signature === END || signature === END_64) {
      const end = yield* directoryEnd(zip);
      const behind = end.damage === null ? await behindEnd(reader) : 'nothing';
      if (behind === 'another zip') {
        zip.headers.clear();
        continue;
      }
      if (behind !== 'nothing') yield behind;
      return end;
    }
    if (signature === LOCAL && head.length === LOCAL_BYTES) {
      const wanted = localHeaderBytes(head);
      const record = await reader.peek(wanted);
      if (record.length < wanted) return missingBehind(zip.last);
      const entry = readLocalHeader(record);
      zip.headers.set(reader.offset, entry);
      await reader.skip(wanted);
      if ((yield* zipMember(zip, entry)) === 'refused') return WHOLE;
      if (zip.cutMember !== null) {
        return truncated(`${zip.cutMember}, and any files behind it and the list of files are missing`);
      }
      continue;
    }
    if (head.length < LOCAL_BYTES) return missingBehind(zip.last);
    const from = reader.offset;
    await toNextRecord(reader);
    // A marker of four bytes stands before the first header of a zip that was meant to be split.
    if (from === 0 && reader.offset === 4) continue;
    const rest = await reader.peek(4);
    if (rest.length < 4) {
      return {
        damage: {
          kind: 'corrupt',
          message: `damaged at byte ${grouped(from)} of the zip, and nothing behind it can be read`,
        },
        endMark: 'missing',
      };
    }
    // The list behind it may be that of another zip.
    zip.headers.clear();
    yield gap(
      'corrupt',
      'major',
      `damaged at byte ${grouped(from)} of the zip; read on at ${grouped(reader.offset)}`,
      null,
    );
  }
}

/** Stands at the next header that looks sound, or at the end. */
async function toNextRecord(reader: ByteReader): Promise<void> {
  for (;;) {
    const window = await reader.peek(SEARCH_BYTES);
    for (let at = window.indexOf('PK', 1); at >= 0; at = window.indexOf('PK', at + 1)) {
      if (!looksLikeRecord(window.subarray(at))) continue;
      await reader.skip(at);
      return;
    }
    if (window.length < SEARCH_BYTES) return reader.skip(window.length);
    await reader.skip(window.length - LOCAL_BYTES);
  }
}

function looksLikeRecord(bytes: Buffer): boolean {
  if (bytes.length < 22) return false;
  const signature = bytes.readUInt32LE(0);
  if (signature === END) return bytes.readUInt16LE(4) === 0;
  if (signature === CENTRAL) return bytes.length >= LOCAL_BYTES && bytes.readUInt16LE(28) > 0;
  if (signature !== LOCAL || bytes.length < LOCAL_BYTES) return false;
  return (bytes[4] as number) <= VERSION_MAX && bytes.readUInt16LE(8) <= 99 && bytes.readUInt16LE(26) > 0;
}

const LIST_CUT = 'the list of files is cut off';

/** Reads the central directory behind the members: what it says of links comes too late to leave them out. */
async function* directoryEnd({ reader, headers }: Zip): AsyncGenerator<ArchivePart, MembersEnd> {
  for (;;) {
    const head = await reader.peek(CENTRAL_BYTES);
    if (head.length < 4 || head.readUInt32LE(0) !== CENTRAL) break;
    const wanted = head.length < CENTRAL_BYTES ? CENTRAL_BYTES_MAX : centralBytes(head);
    const entry = readCentralEntry(await reader.peek(wanted));
    if (entry === null) return truncated(LIST_CUT);
    await reader.skip(entry.bytes);
    const local = headers.get(entry.offset);
    if (local !== undefined && isSameFile(local, entry)) yield* otherName(local, entry, 'the list of files');
    if (entry.type !== 'link') continue;
    yield gap(
      'link',
      'minor',
      'link not followed: kept as a file that holds its target',
      memberLabel(entry.name).shown,
    );
  }
  const end = await reader.peek(4);
  if (end.length < 4) return truncated(LIST_CUT);
  if (end.readUInt32LE(0) === END || end.readUInt32LE(0) === END_64) return WHOLE;
  return { damage: { kind: 'corrupt', message: 'the list of files at its end is damaged' }, endMark: 'missing' };
}

/** Two zips one behind the other are read as one: `cat` makes them, and only the last list would be seen at the end. */
async function behindEnd(reader: ByteReader): Promise<'nothing' | 'another zip' | ArchivePart> {
  let head = await reader.peek(END_BYTES);
  if (head.readUInt32LE(0) === END_64) {
    await reader.skip(END_64_HEAD_BYTES + (head.length < END_64_HEAD_BYTES ? 0 : Number(head.readBigUInt64LE(4))));
    head = await reader.peek(END_BYTES);
    if (head.length >= 4 && head.readUInt32LE(0) === LOCATOR_64) await reader.skip(LOCATOR_BYTES);
    head = await reader.peek(END_BYTES);
  }
  if (head.length < END_BYTES) {
    return gap(
      'truncated',
      'minor',
      'the record at its end is cut off; its files and the list of them are whole',
      null,
    );
  }
  if (head.readUInt32LE(0) === END) await reader.skip(END_BYTES + head.readUInt16LE(20));
  const rest = await reader.peek(4);
  if (rest.length === 0) return 'nothing';
  return rest.length === 4 && rest.readUInt32LE(0) === LOCAL ? 'another zip' : somethingElse(null, null);
}

/** Offsets of a zip that stands behind something else count from its own start. */
function isSameFile(local: ZipEntry, listed: ZipEntry): boolean {
  return local.sizes === null ? local.modified === listed.modified : local.sizes.crc === listed.sizes?.crc;
}

function centralBytes(head: Buffer): number {
  return CENTRAL_BYTES + head.readUInt16LE(28) + head.readUInt16LE(30) + head.readUInt16LE(32);
}

/** The reader stands behind the local header. @returns `refused` when a limit ends the reading. */
async function* zipMember(zip: Zip, entry: ZipEntry): AsyncGenerator<ArchivePart, 'read' | 'refused'> {
  const { reader, budget } = zip;
  const { path, shown, gap: nameGap } = memberLabel(entry.name);
  const packed = entry.sizes?.packed ?? 0;
  zip.last = shown;
  if (entry.type === 'folder') {
    await reader.skip(packed);
    return 'read';
  }
  if (zip.admit(path) === 'no') return 'refused';
  const notRead = reasonNotRead(entry, shown);
  if (notRead !== null || path === '') {
    yield notRead ?? { part: 'gap', gap: nameGap as Gap };
    await reader.skip(packed);
    if (entry.sizes === null) await toNextRecord(reader);
    return 'read';
  }
  if (nameGap !== null) yield { part: 'gap', gap: nameGap };
  yield { part: 'member', path, modified: entry.modified };
  const content = zipContent(entry, reader, budget);
  for (;;) {
    const step = await content.next();
    if (!step.done) {
      yield { part: 'bytes', bytes: step.value };
      continue;
    }
    yield* memberEnd(zip, shown, step.value);
    return 'read';
  }
}

async function* memberEnd(
  zip: Zip,
  shown: string,
  { end, crc, size, stated }: ContentEnd,
): AsyncGenerator<ArchivePart, void> {
  const { damage } = end;
  const unpacked = damage === null || damage.kind === 'trailing';
  // Where the wrong bytes are, the checksum does not say: what is known of the text ends somewhere in it.
  const sound = unpacked && (stated === null || stated.crc === crc);
  yield { part: 'member-end', end: sound ? 'whole' : 'cut' };
  if (zip.budget.reached !== null) return;
  if (damage?.kind === 'limit') yield gap('limit', 'major', damage.message, shown);
  else if (damage?.kind === 'unsupported') yield notOpened(`not opened: ${damage.why}`, UNPACK_IT, shown);
  else if (damage !== null && damage.kind !== 'trailing') {
    const over = (await zip.reader.peek(1)).length === 0;
    if (over) zip.cutMember = `${shown} is cut off after ${grouped(size)} bytes`;
    else
      yield gap(
        'corrupt',
        'major',
        `damaged at or before byte ${grouped(damage.byte)} of its packed bytes: read up to there`,
        shown,
      );
  } else if (stated === null) yield gap('corrupt', 'minor', 'its checksum and length are missing', shown);
  else if (stated.crc !== crc)
    yield gap('corrupt', 'major', 'its content does not fit its checksum: read as it is', shown);
  else if (stated.size !== size) {
    yield gap('corrupt', 'minor', `its header states ${grouped(stated.size)} bytes, it has ${grouped(size)}`, shown);
  }
}

function reasonNotRead(entry: ZipEntry, shown: string): ArchivePart | null {
  if (entry.type === 'link') return gap('link', 'minor', 'symbolic link not followed', shown);
  if (entry.type === 'special-file') return gap('special-file', 'minor', 'neither file nor folder, skipped', shown);
  if (entry.secret === 'encrypted') {
    return notOpened('protected by a password', `${UNPACK_IT}, or ask for it without a password`, shown);
  }
  if (isOpened(entry)) return null;
  return notOpened(`packed with method ${entry.method} of zip, which is not opened`, UNPACK_IT, shown);
}

function gap(kind: Gap['kind'], weight: Gap['weight'], message: string, file: string | null): ArchivePart {
  return { part: 'gap', gap: { kind, weight, message, file, byte: null } };
}
