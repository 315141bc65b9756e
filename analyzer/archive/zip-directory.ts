/** The central directory at the end of a zip file on disk: which members it has, where they begin and how long they are. */
import { type FileHandle, open } from 'node:fs/promises';
import { MEMBERS_MAX } from '../core/limits.ts';
import { OPEN_FLAGS } from './file-bytes.ts';
import {
  END,
  END_64,
  END_BYTES,
  LOCATOR_64,
  LOCATOR_BYTES,
  long64,
  readCentralEntry,
  type ZipEntry,
} from './zip-records.ts';

const END_64_BYTES = 56;
/** The end record may be followed by a comment of 65,535 bytes. */
const TAIL_BYTES = END_BYTES + 0xffff + LOCATOR_BYTES;
/** A directory of 200,000 members with long names; a larger one is not held in memory and the zip read without it. */
const DIRECTORY_BYTES_MAX = 64 * 1024 * 1024;

export interface ZipDirectory {
  /** By offset. */
  readonly entries: readonly ZipEntry[];
  /** Bytes of the file behind the zip and its comment. */
  readonly bytesBehind: number;
}

/** @returns null when the directory is missing, damaged, or not that of this file. */
export async function readZipDirectory(location: string, size: number): Promise<ZipDirectory | null> {
  const handle = await open(location, OPEN_FLAGS);
  try {
    const tailFrom = Math.max(0, size - TAIL_BYTES);
    const tail = await bytesAt(handle, tailFrom, size - tailFrom);
    const place = await directoryPlace(handle, tail, tailFrom);
    if (place === null || place.bytes > DIRECTORY_BYTES_MAX || place.entries > MEMBERS_MAX) return null;
    const entries = entriesOf(await bytesAt(handle, place.from, place.bytes), place);
    return entries === null ? null : { entries, bytesBehind: Math.max(0, size - place.end) };
  } finally {
    await handle.close();
  }
}

interface Place {
  readonly from: number;
  readonly bytes: number;
  readonly entries: number;
  /** Offset behind the end record and its comment. */
  readonly end: number;
}

/** The last end record whose directory ends right before it. */
async function directoryPlace(handle: FileHandle, tail: Buffer, tailFrom: number): Promise<Place | null> {
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(END);
  for (let at = tail.lastIndexOf(signature); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(signature, at - 1)) {
    if (at + END_BYTES > tail.length) continue;
    const short = {
      entries: tail.readUInt16LE(at + 10),
      bytes: tail.readUInt32LE(at + 12),
      from: tail.readUInt32LE(at + 16),
    };
    const long = await longPlace(handle, tail, at);
    const place = { ...(long ?? short), end: tailFrom + at + END_BYTES + tail.readUInt16LE(at + 20) };
    if (place.from + place.bytes <= tailFrom + at) return place;
  }
  return null;
}

async function longPlace(handle: FileHandle, tail: Buffer, end: number): Promise<Omit<Place, 'end'> | null> {
  const at = end - LOCATOR_BYTES;
  if (at < 0 || tail.readUInt32LE(at) !== LOCATOR_64) return null;
  const where = long64(tail, at + 8);
  if (where === null) return null;
  const record = await bytesAt(handle, where, END_64_BYTES);
  if (record.length < END_64_BYTES || record.readUInt32LE(0) !== END_64) return null;
  const [entries, bytes, from] = [long64(record, 32), long64(record, 40), long64(record, 48)];
  return entries === null || bytes === null || from === null ? null : { entries, bytes, from };
}

function entriesOf(directory: Buffer, place: Place): readonly ZipEntry[] | null {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at < directory.length) {
    const entry = readCentralEntry(directory.subarray(at));
    if (entry === null) break;
    if (entry.offset >= place.from) return null;
    entries.push(entry);
    at += entry.bytes;
  }
  // The short record counts modulo 65,536.
  // What is left would be files that nobody reads; so would be what stands before a list of none.
  if (at < place.bytes || (entries.length === 0 && place.from > 0)) return null;
  if (entries.length % 0x10000 !== place.entries % 0x10000) return null;
  return entries.sort((a, b) => a.offset - b.offset);
}

async function bytesAt(handle: FileHandle, from: number, count: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, from);
  return buffer.subarray(0, bytesRead);
}
