/** Everything a source yields, held in memory, and small zips to read; for tests. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import type { ArchiveLimits } from '../../analyzer/archive/budget.ts';
import { release } from '../../analyzer/archive/lent-memory.ts';
import { openSource } from '../../analyzer/archive/source.ts';
import type { Gap } from '../../analyzer/core/vocabulary.ts';
import { inTemporaryFolder } from './archives.ts';

export interface ReadMember {
  readonly path: string;
  readonly modified: number | null;
  readonly body: Buffer;
  readonly end: 'whole' | 'cut';
}

export interface ReadSource {
  readonly kind: string;
  readonly members: readonly ReadMember[];
  readonly gaps: readonly Gap[];
  /** Of all members together. */
  readonly bytes: number;
}

export interface ReadOptions {
  readonly limits?: ArchiveLimits;
}

/** @throws Error when the source cannot be opened, or its parts do not come in their order. */
export async function readSource(location: string, options: ReadOptions = {}): Promise<ReadSource> {
  const opened = await openSource(location, undefined, options.limits);
  if (!opened.ok) throw new Error(opened.failure.message);
  const members: ReadMember[] = [];
  const gaps: Gap[] = [];
  let bytes = 0;
  let open: { readonly path: string; readonly modified: number | null; readonly chunks: Buffer[] } | null = null;
  for await (const part of opened.value.parts) {
    if (part.part === 'gap') gaps.push(part.gap);
    else if (part.part === 'member') {
      if (open !== null) throw new Error(`${part.path} begins inside ${open.path}`);
      open = { path: part.path, modified: part.modified, chunks: [] };
    } else if (open === null) throw new Error(`${part.part} outside a member`);
    else if (part.part === 'bytes') {
      bytes += part.bytes.length;
      open.chunks.push(Buffer.from(part.bytes));
      // As an import does: whatever was released too early would be missing.
      release(part.bytes);
    } else {
      members.push({ path: open.path, modified: open.modified, body: Buffer.concat(open.chunks), end: part.end });
      open = null;
    }
  }
  if (open !== null) throw new Error(`${open.path} does not end`);
  return { kind: opened.value.kind, members, gaps, bytes };
}

/** Reads an archive that is in memory. */
export function readArchive(bytes: Uint8Array, name = 'bundle', options: ReadOptions = {}): Promise<ReadSource> {
  return inTemporaryFolder((folder) => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return readSource(file, options);
  });
}

export interface ZipMember {
  readonly name: string | Uint8Array;
  readonly body?: string | Uint8Array;
  readonly method?: 0 | 8;
  /** Bits of APPNOTE 4.4.4; bit 3 puts lengths into a descriptor behind the content. */
  readonly flags?: number;
  /** A mode of Unix. */
  readonly mode?: number;
  /** States these in place of the true ones. */
  readonly lies?: { readonly packed?: number; readonly size?: number; readonly crc?: number };
}

/** @returns a zip with these members. */
export function zipOf(members: readonly ZipMember[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, body = '', method = 8, flags = 0x800, mode = 0o100644, lies = {} } of members) {
    const content = Buffer.from(body);
    const packed = method === 0 ? content : deflateRawSync(content);
    const title = Buffer.from(name);
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(lies.crc ?? crc32(content), 0);
    sizes.writeUInt32LE(lies.packed ?? packed.length, 4);
    sizes.writeUInt32LE(lies.size ?? content.length, 8);
    const described = (flags & 8) !== 0;
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(flags, 2);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt16LE((2024 - 1980) * 512 + 5 * 32 + 1, 8);
    shared.writeUInt16LE(title.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared]);
    if (!described) sizes.copy(local, 14);
    const descriptor = described ? Buffer.concat([Buffer.from('PK\u0007\u0008'), sizes]) : Buffer.alloc(0);
    files.push(local, title, packed, descriptor);
    const central = Buffer.alloc(46);
    central.write('PK\u0001\u0002');
    central[5] = 3;
    shared.copy(central, 6);
    sizes.copy(central, 16);
    central.writeUInt32LE((mode << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    directory.push(central, title);
    offset += local.length + title.length + packed.length + descriptor.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, entries, end]);
}
