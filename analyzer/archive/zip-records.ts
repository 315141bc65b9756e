/**
 * The records of a zip, after PKWARE's APPNOTE 6.3 and Info-ZIP's extra fields. Pure.
 *
 * local header   50 4b 03 04  4 version 6 flags 8 method 10 time 12 date 14 crc 18 packed 22 size 26 name 28 extra  (30)
 * central entry  50 4b 01 02  4 made by 8 flags 10 method 12 time 14 date 16 crc 20 packed 24 size 28 name 30 extra
 *                             32 comment 38 attributes 42 offset of the local header                               (46)
 * end            50 4b 05 06  10 entries 12 size and 16 offset of the central directory 20 comment                 (22)
 * A length or offset of ff ff ff ff stands in extra field 1 with 64 bits.
 */

export const LOCAL = 0x04034b50;
export const CENTRAL = 0x02014b50;
export const END = 0x06054b50;
export const END_64 = 0x06064b50;
export const LOCATOR_64 = 0x07064b50;
export const DESCRIPTOR = 0x08074b50;
export const LOCAL_BYTES = 30;
export const CENTRAL_BYTES = 46;
/** Of the end record without its comment. */
export const END_BYTES = 22;
export const LOCATOR_BYTES = 20;

const BEYOND_32 = 0xffffffff;
const FLAG_ENCRYPTED = 1;
const FLAG_DESCRIPTOR = 8;
const FLAG_UTF8 = 0x800;

export interface ZipEntry {
  readonly name: string;
  /** Number of APPNOTE 4.4.5: 0 stored, 8 deflate. */
  readonly method: number;
  /** Milliseconds since 1970. A DOS time has no zone and is taken as UTC. */
  readonly modified: number | null;
  readonly secret: 'encrypted' | 'open';
  /** null: only a descriptor behind the content tells. */
  readonly sizes: ZipSizes | null;
  /** Bytes of a length or size in the descriptor behind the content; null when there is none. */
  readonly descriptor: 4 | 8 | null;
  /** Of the central directory only. */
  readonly type: 'file' | 'folder' | 'link' | 'special-file';
  readonly offset: number;
  /** Bytes of this record with name, extra fields and comment. */
  readonly bytes: number;
}

export interface ZipSizes {
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
}

/** @param head starts with a local header. @returns its whole length, so that all of it can be read. */
export function localHeaderBytes(head: Buffer): number {
  return LOCAL_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
}

/** @param record a whole local header. */
export function readLocalHeader(record: Buffer): ZipEntry {
  const flags = record.readUInt16LE(6);
  const nameEnd = LOCAL_BYTES + record.readUInt16LE(26);
  const extra = extraFields(record.subarray(nameEnd));
  const long = extra.get(1);
  const size = record.readUInt32LE(22);
  const packed = record.readUInt32LE(18);
  const sizes = {
    crc: record.readUInt32LE(14),
    size: size === BEYOND_32 ? (long64(long, 0) ?? size) : size,
    packed: packed === BEYOND_32 ? (long64(long, size === BEYOND_32 ? 8 : 0) ?? packed) : packed,
  };
  const described = (flags & FLAG_DESCRIPTOR) !== 0;
  const name = nameOf(record.subarray(LOCAL_BYTES, nameEnd), flags, extra);
  return {
    name,
    method: record.readUInt16LE(8),
    modified: timeOf(record.readUInt16LE(10), record.readUInt16LE(12), extra),
    secret: (flags & FLAG_ENCRYPTED) === 0 ? 'open' : 'encrypted',
    // Some writers leave a guess in the header although a descriptor follows.
    sizes: described ? null : sizes,
    descriptor: !described ? null : long === undefined ? 4 : 8,
    type: isFolder(name, sizes.packed) ? 'folder' : 'file',
    offset: 0,
    bytes: record.length,
  };
}

/** @param bytes starts with a central entry. @returns null when it is not whole. */
export function readCentralEntry(bytes: Buffer): ZipEntry | null {
  if (bytes.length < CENTRAL_BYTES || bytes.readUInt32LE(0) !== CENTRAL) return null;
  const nameEnd = CENTRAL_BYTES + bytes.readUInt16LE(28);
  const extraEnd = nameEnd + bytes.readUInt16LE(30);
  const end = extraEnd + bytes.readUInt16LE(32);
  if (end > bytes.length) return null;
  const flags = bytes.readUInt16LE(8);
  const extra = extraFields(bytes.subarray(nameEnd, extraEnd));
  const name = nameOf(bytes.subarray(CENTRAL_BYTES, nameEnd), flags, extra);
  let long = 0;
  const wide = (value: number): number => {
    if (value !== BEYOND_32) return value;
    long += 8;
    return long64(extra.get(1), long - 8) ?? value;
  };
  const size = wide(bytes.readUInt32LE(24));
  const packed = wide(bytes.readUInt32LE(20));
  const offset = wide(bytes.readUInt32LE(42));
  return {
    name,
    method: bytes.readUInt16LE(10),
    modified: timeOf(bytes.readUInt16LE(12), bytes.readUInt16LE(14), extra),
    secret: (flags & FLAG_ENCRYPTED) === 0 ? 'open' : 'encrypted',
    sizes: { crc: bytes.readUInt32LE(16), packed, size },
    descriptor: null,
    type: isFolder(name, packed) ? 'folder' : typeOf(bytes[5] as number, bytes.readUInt32LE(38) >>> 16),
    offset,
    bytes: end,
  };
}

/** Hosts whose attributes hold a mode of Unix in their upper half: Unix and macOS. */
const UNIX_HOSTS = [3, 19];

function typeOf(host: number, mode: number): ZipEntry['type'] {
  if (!UNIX_HOSTS.includes(host)) return 'file';
  const type = mode & 0o170000;
  if (type === 0o120000) return 'link';
  return [0o010000, 0o020000, 0o060000, 0o140000].includes(type) ? 'special-file' : 'file';
}

/** An empty deflate stream has two bytes; a name with a slash at its end that has more holds a file all the same. */
function isFolder(name: string, packed: number): boolean {
  return name.endsWith('/') && packed <= 2;
}

/** Extra fields by their number, as far as they are whole. */
function extraFields(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUInt16LE(at + 2);
    if (end > bytes.length) break;
    fields.set(bytes.readUInt16LE(at), bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

/** @returns null when it is not there or no length of this world. */
export function long64(field: Buffer | undefined, at: number): number | null {
  if (field === undefined || field.length < at + 8) return null;
  const value = field.readUInt32LE(at + 4) * 2 ** 32 + field.readUInt32LE(at);
  return Number.isSafeInteger(value) ? value : null;
}

/** Characters 80 to ff of code page 437. */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** Without the flag a name is of code page 437, but zip of Linux writes UTF-8 without it. */
function nameOf(bytes: Buffer, flags: number, extra: ReadonlyMap<number, Buffer>): string {
  const unicode = extra.get(0x7075);
  if (unicode !== undefined && unicode.length > 5) return unicode.toString('utf8', 5);
  const text = bytes.toString('utf8');
  if ((flags & FLAG_UTF8) !== 0 || !text.includes('\ufffd')) return text;
  return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : CP437[byte - 0x80])).join('');
}

function timeOf(time: number, date: number, extra: ReadonlyMap<number, Buffer>): number | null {
  const unix = extra.get(0x5455);
  if (unix !== undefined && unix.length >= 5 && ((unix[0] as number) & 1) === 1) return unix.readInt32LE(1) * 1000;
  const month = (date >> 5) & 15;
  const day = date & 31;
  if (month < 1 || month > 12 || day < 1) return null;
  return Date.UTC(1980 + (date >> 9), month - 1, day, time >> 11, (time >> 5) & 63, (time & 31) * 2);
}
