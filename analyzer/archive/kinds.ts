/** What a file is by its first bytes, never by its name. */
import { SKIPPABLE_MAGIC, ZSTD_MAGIC } from './codec-zstd.ts';
import { looksLikeTar } from './untar.ts';

export type ArchiveKind = 'tar' | 'zip' | 'gzip' | 'zstd' | 'bzip2' | 'xz' | 'lz4';

/** First bytes that tell every kind. */
export const KIND_BYTES = 512;

const FIRST_BYTES: readonly { readonly bytes: readonly number[]; readonly kind: ArchiveKind }[] = [
  { bytes: [0x1f, 0x8b], kind: 'gzip' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], kind: 'zip' },
  // A zip without members, and one that was meant to be split.
  { bytes: [0x50, 0x4b, 0x05, 0x06], kind: 'zip' },
  { bytes: [0x50, 0x4b, 0x07, 0x08, 0x50, 0x4b, 0x03, 0x04], kind: 'zip' },
  { bytes: [0x50, 0x4b, 0x30, 0x30, 0x50, 0x4b, 0x03, 0x04], kind: 'zip' },
  { bytes: [0x42, 0x5a, 0x68], kind: 'bzip2' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], kind: 'xz' },
  { bytes: [0x04, 0x22, 0x4d, 0x18], kind: 'lz4' },
];

/** A bzip2 file goes on with a block or with its end; text may well begin with `BZh`. */
const BZIP2_NEXT: readonly (readonly number[])[] = [
  [0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
  [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
];

/** @param head the first KIND_BYTES bytes, fewer of a shorter file. @returns null for what is no archive. */
export function archiveKind(head: Uint8Array): ArchiveKind | null {
  const first = head[0] as number;
  const found = FIRST_BYTES.find((one) => one.bytes[0] === first && begins(head, one.bytes, 0));
  if (found?.kind === 'bzip2') return BZIP2_NEXT.some((bytes) => begins(head, bytes, 4)) ? 'bzip2' : null;
  if (found !== undefined) return found.kind;
  if (head.length >= 4) {
    const magic = Buffer.from(head.buffer, head.byteOffset, 4).readUInt32LE(0);
    if (magic === ZSTD_MAGIC || (magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) return 'zstd';
  }
  return looksLikeTar(head) ? 'tar' : null;
}

function begins(head: Uint8Array, bytes: readonly number[], at: number): boolean {
  return bytes.every((byte, index) => head[at + index] === byte);
}

/** What is recognised but not opened. */
const NOT_OPENED: readonly { readonly bytes: readonly number[]; readonly name: string }[] = [
  { bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], name: '7z archive' },
  { bytes: [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07], name: 'rar archive' },
  { bytes: [0x1f, 0x9d], name: 'file of compress (.Z)' },
  { bytes: [0x4c, 0x5a, 0x49, 0x50, 0x01], name: 'lzip file' },
  { bytes: [0x02, 0x21, 0x4c, 0x18], name: 'lz4 file of the old format' },
];

/** @returns the name of a packed format that is recognised but not opened, or null. */
export function compressedKind(head: Uint8Array): string | null {
  return NOT_OPENED.find((kind) => begins(head, kind.bytes, 0))?.name ?? null;
}
