/**
 * First bytes of files that are no text, whatever else is in them.
 *
 * Source of each: the format's own specification (PDF 32000-1, PNG 5.2, RFC 1952, APPNOTE.TXT, ELF gABI, ...), as the
 * magic database of file(1) lists them. Only signatures that no line of text can begin with, or of at least four bytes.
 */
export interface Signature {
  readonly name: string;
  readonly offset: number;
  readonly bytes: readonly number[];
}

const ascii = (text: string): readonly number[] => [...text].map((letter) => letter.charCodeAt(0));

/** systemd-journald: HEADER_SIGNATURE of journal-def.h. */
export const JOURNAL_SIGNATURE: Signature = { name: 'systemd journal', offset: 0, bytes: ascii('LPKSHHRH') };

const SIGNATURES: readonly Signature[] = [
  { name: 'PDF', offset: 0, bytes: ascii('%PDF-') },
  { name: 'PNG image', offset: 0, bytes: [0x89, 0x50, 0x4e, 0x47] },
  { name: 'JPEG image', offset: 0, bytes: [0xff, 0xd8, 0xff] },
  { name: 'GIF image', offset: 0, bytes: ascii('GIF87a') },
  { name: 'GIF image', offset: 0, bytes: ascii('GIF89a') },
  { name: 'gzip', offset: 0, bytes: [0x1f, 0x8b] },
  { name: 'zip', offset: 0, bytes: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'zip', offset: 0, bytes: [0x50, 0x4b, 0x05, 0x06] },
  { name: 'bzip2', offset: 4, bytes: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59] },
  { name: 'xz', offset: 0, bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: 'zstd', offset: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'lz4', offset: 0, bytes: [0x04, 0x22, 0x4d, 0x18] },
  { name: '7-Zip', offset: 0, bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { name: 'RAR', offset: 0, bytes: [...ascii('Rar!'), 0x1a, 0x07] },
  { name: 'tar', offset: 257, bytes: ascii('ustar') },
  { name: 'ELF program', offset: 0, bytes: [0x7f, 0x45, 0x4c, 0x46] },
  { name: 'Java class', offset: 0, bytes: [0xca, 0xfe, 0xba, 0xbe] },
  { name: 'Java heap dump', offset: 0, bytes: [...ascii('JAVA PROFILE 1.0'), 0x2e] },
  { name: 'SQLite database', offset: 0, bytes: [...ascii('SQLite format 3'), 0x00] },
  { name: 'Windows event log', offset: 0, bytes: [...ascii('ElfFile'), 0x00] },
  { name: 'OLE document', offset: 0, bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] },
  { name: 'packet capture', offset: 0, bytes: [0xd4, 0xc3, 0xb2, 0xa1] },
  { name: 'packet capture', offset: 0, bytes: [0xa1, 0xb2, 0xc3, 0xd4] },
  { name: 'packet capture', offset: 0, bytes: [0x0a, 0x0d, 0x0d, 0x0a] },
  { name: 'perf recording', offset: 0, bytes: ascii('PERFILE2') },
  { name: 'wasm module', offset: 0, bytes: [0x00, 0x61, 0x73, 0x6d] },
];

/** @returns true when the signature's bytes stand at its place. */
export function hasSignature(head: Uint8Array, { offset, bytes }: Signature): boolean {
  if (head.length < offset + bytes.length) return false;
  return bytes.every((byte, index) => head[offset + index] === byte);
}

/** @returns the name of the first signature that the head has, or null. */
export function signatureOf(head: Uint8Array): string | null {
  return SIGNATURES.find((signature) => hasSignature(head, signature))?.name ?? null;
}
