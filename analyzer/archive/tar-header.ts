/**
 * One tar header block of 512 bytes, after POSIX.1-2017 "pax" and the GNU tar manual ("Basic Tar Format"). Pure.
 *
 * offset  0 name[100]      124 size[12]      136 mtime[12]     148 checksum[8]   156 type[1]
 *       157 linkname[100]  257 "ustar"       345 prefix[155]   482 (GNU sparse) more maps follow
 * e.g. `./kubelet/kubelet.log\0...0000644\0...00000000264\0...14720612345\0...012345\0 0...ustar\x0000`
 */

export const BLOCK = 512;

const SPACE = 0x20;
const ZERO = 0x30;

export interface TarHeader {
  /** Bytes of the name, undecoded: it may be anything. */
  readonly name: Buffer;
  readonly link: Buffer;
  /** One character, `0` for a regular file. */
  readonly type: string;
  /** Bytes that follow, padding not counted; null when the field holds no size. */
  readonly size: number | null;
  /** Milliseconds since 1970, or null. */
  readonly modified: number | null;
  readonly magic: 'ustar' | 'none';
}

/** @returns true when the block's checksum field holds the sum of its other bytes (as Sun's tar: also signed). */
export function hasChecksum(block: Uint8Array): boolean {
  if (block.length < BLOCK) return false;
  const wanted = octal(block, 148, 8);
  if (wanted === null) return false;
  let unsigned = 8 * 32;
  let high = 0;
  for (let at = 0; at < BLOCK; at++) {
    if (at >= 148 && at < 156) continue;
    const byte = block[at] as number;
    unsigned += byte;
    if (byte > 127) high += 1;
  }
  return wanted === unsigned || wanted === unsigned - 256 * high;
}

/** Also of a block whose checksum is wrong: one that says it is a header is a damaged one. */
export function magicOf(block: Buffer): TarHeader['magic'] {
  return block.toString('latin1', 257, 262) === 'ustar' ? 'ustar' : 'none';
}

/** @param block 512 bytes whose checksum is right. The result shares no memory with it. */
export function readHeader(block: Buffer): TarHeader {
  const magic = magicOf(block);
  // GNU writes "ustar  " and other things where POSIX has the prefix.
  const prefix = magic === 'ustar' && block[262] === 0 ? text(block, 345, 155) : Buffer.alloc(0);
  const name = text(block, 0, 100);
  const type = String.fromCharCode(block[156] === 0 ? 0x30 : (block[156] as number));
  const seconds = number(block, 136, 12);
  // The largest instant a Date can hold.
  const dated = seconds !== null && Math.abs(seconds) <= 8.64e12;
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    link: text(block, 157, 100),
    type,
    size: sizeOf(number(block, 124, 12)),
    modified: dated ? seconds * 1000 : null,
    magic,
  };
}

function sizeOf(value: number | null): number | null {
  return value !== null && value >= 0 && Number.isSafeInteger(value) ? value : null;
}

function text(block: Buffer, from: number, length: number): Buffer {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return Buffer.from(end === -1 ? field : field.subarray(0, end));
}

/** Octal digits between spaces and NULs, or (first bit set) a big-endian number of 95 bits, as GNU tar writes it. */
function number(block: Buffer, from: number, length: number): number | null {
  const field = block.subarray(from, from + length);
  const first = field[0] as number;
  if (first === 0x80) return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
  if (first === 0xff) return field.subarray(1).reduce((sum, byte) => sum * 256 + byte - 255, 0) - 1;
  return field.every(isPad) ? 0 : octal(block, from, length);
}

/** @returns the number whose octal digits stand there between white space and NULs; null when it is anything else. */
function octal(block: Uint8Array, from: number, length: number): number | null {
  let at = from;
  let end = from + length;
  while (at < end && isPad(block[at] as number)) at += 1;
  while (end > at && isPad(block[end - 1] as number)) end -= 1;
  if (at === end) return null;
  let value = 0;
  for (; at < end; at++) {
    const digit = (block[at] as number) - ZERO;
    if (digit < 0 || digit > 7) return null;
    value = value * 8 + digit;
  }
  return value;
}

function isPad(byte: number): boolean {
  return byte === 0 || byte === SPACE || (byte >= 9 && byte <= 13);
}

/** What is used of an extended header; the rest (owners, attributes) tells nothing about a log. */
export interface PaxRecords {
  readonly path: Buffer | null;
  readonly link: Buffer | null;
  readonly size: number | null;
  readonly sparse: 'yes' | 'no';
  /** `part`: behind the records that were read there is something that is none. */
  readonly read: 'whole' | 'part';
}

/** @param body records as `27 path=kubelet/kubelet.log\n`: length of the record, key, value. Stops at the first bad one. */
export function readPax(body: Buffer): PaxRecords {
  const found = { path: null as Buffer | null, link: null as Buffer | null, size: null as number | null };
  let sparse: 'yes' | 'no' = 'no';
  let at = 0;
  while (at < body.length) {
    const space = body.indexOf(0x20, at);
    const digits = space === -1 || space - at > 10 ? '' : body.toString('latin1', at, space);
    const length = /^[0-9]+$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    const equals = body.indexOf(0x3d, space);
    if (equals === -1 || equals >= end || end > body.length) break;
    // Longer keys are none of ours.
    const key = equals - space > 64 ? '' : body.toString('latin1', space + 1, equals);
    const value = body.subarray(equals + 1, end - 1);
    if (key === 'path') found.path = value;
    else if (key === 'linkpath') found.link = value;
    else if (key === 'size')
      found.size = /^[0-9]+$/.test(value.toString('latin1', 0, 20)) ? sizeOf(Number(value)) : null;
    else if (key === 'GNU.sparse.name') found.path = value;
    if (key.startsWith('GNU.sparse.')) sparse = 'yes';
    at = end;
  }
  return { ...found, sparse, read: onlyNuls(body, at) ? 'whole' : 'part' };
}

/** @returns whether a name or record that ends at `from` is all that stands in the body of an extended header. */
export function onlyNuls(body: Buffer, from: number): boolean {
  return body.subarray(from).every((byte) => byte === 0);
}
