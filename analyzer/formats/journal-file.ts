/**
 * The objects of a journal file of systemd-journald. Sources: systemd's "Journal File Format"
 * (docs/JOURNAL_FILE_FORMAT.md) and src/libsystemd/sd-journal/journal-def.h.
 *
 *   header   "LPKSHHRH", flags, state, sizes, offsets: all numbers little-endian
 *   objects  8-byte aligned: type, flags, 6 reserved bytes, size as u64 (16 bytes in all), then by type
 *     DATA         hash, links, one `FIELD=value`, once for all entries that have it; may be compressed
 *     ENTRY        sequence number, wall clock, monotonic clock, boot, the offsets of its data
 *     ENTRY_ARRAY  offset of the next array, offsets of entries in order
 *
 * Files with the flag COMPACT hold those offsets in 32 bits.
 */

import type { Hash64 } from './journal-hash.ts';

/** Decompression of one object: synchronous; null when it is damaged or gives more than `maxBytes`. */
export interface JournalCodecs {
  readonly xz: (bytes: Uint8Array, maxBytes: number) => Uint8Array | null;
  readonly lz4: (bytes: Uint8Array, maxBytes: number) => Uint8Array | null;
  readonly zstd: (bytes: Uint8Array, maxBytes: number) => Uint8Array | null;
}

export const OBJECT_TYPE = { data: 1, entry: 3, entryArray: 6, last: 7 } as const;
/** The same bits as flags of a data object and, there doubled for zstd, of the header. */
const COMPRESSED = { xz: 1, lz4: 2, zstd: 4 } as const;
const COMPRESSED_ANY = COMPRESSED.xz | COMPRESSED.lz4 | COMPRESSED.zstd;
const INCOMPATIBLE = { xz: 1, lz4: 2, keyedHash: 4, zstd: 8, compact: 16 } as const;
const KNOWN = Object.values(INCOMPATIBLE).reduce((all, flag) => all | flag, 0);
const STATES = ['offline', 'online', 'archived'] as const;

export const OBJECT_HEADER_BYTES = 16;
const ENTRY_ITEMS_AT = 64;
const ARRAY_ITEMS_AT = 24;
/** Header of the first released format; later ones are longer, and say so. */
const HEADER_BYTES_MIN = 208;
/** Largest header that is believed; systemd 257 has 272 bytes. */
const HEADER_BYTES_MAX = 4096;
/** journald takes 1,024 fields of a sender (ENTRY_FIELD_COUNT_MAX), and adds some dozen of its own. */
const ENTRY_ITEMS_MAX = 2048;
/** More lost data than that in one entry means that it is no entry; looking on would cost a hostile file's time. */
const BAD_ITEMS_MAX = 64;
/** A larger field is not read: messages have kilobytes, and core dumps, which have more, are not printed. */
export const FIELD_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Bytes that are unpacked of one file, as a multiple of its size and at least: entries may share a packed message, but
 * a file made for it holds terabytes of zeros.
 */
const UNPACKED_PER_BYTE_MAX = 16;
const UNPACKED_ALWAYS = 256 * 1024 * 1024;

export interface JournalHeader {
  readonly headerBytes: number;
  readonly compact: boolean;
  /** The file's id, which is the key of its hashes; null when they have none. */
  readonly hashKey: DataView | null;
  /** `online`: journald had it open, so that the header may be behind the objects. */
  readonly state: (typeof STATES)[number] | 'unknown';
  /** Bytes of header and objects as the header says; null when that cannot be. */
  readonly fileBytes: number | null;
  /** Entries as the header says; null when the file has no room for so many. */
  readonly entries: number | null;
  /** Offset of the first entry array, 0 when there is none. */
  readonly entryArray: number;
}

/** An entry without its data: `items` data offsets stand from `itemsAt` on. */
export interface EntryObject {
  readonly offset: number;
  readonly end: number;
  /** µs since 1970. */
  readonly realtimeUs: number;
  /** Offset of the 16 bytes of the boot's id. */
  readonly bootAt: number;
  readonly items: number;
  /** Behind it stands no object: its size may be wrong. */
  readonly doubtful: boolean;
}

export interface EntryArray {
  readonly end: number;
  /** Offset of the next array, 0 when there is none. */
  readonly next: number;
  readonly items: number;
  readonly itemsAt: number;
}

/** Payload of a data object: where it lies, or its unpacked bytes. */
export interface Payload {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export class JournalFile {
  readonly bytes: Uint8Array;
  readonly header: JournalHeader;
  #unpackedLeft: number;
  readonly #view: DataView;
  readonly #codecs: JournalCodecs;
  readonly #entryItemBytes: number;
  readonly #offsetBytes: number;
  readonly #payloadAt: number;

  /** @param header what `readHeader` found in these bytes. */
  constructor(bytes: Uint8Array, header: JournalHeader, codecs: JournalCodecs) {
    this.bytes = bytes;
    this.header = header;
    this.#view = viewOf(bytes);
    this.#codecs = codecs;
    this.#unpackedLeft = Math.max(UNPACKED_ALWAYS, bytes.length * UNPACKED_PER_BYTE_MAX);
    this.#entryItemBytes = header.compact ? 4 : 16;
    this.#offsetBytes = header.compact ? 4 : 8;
    this.#payloadAt = header.compact ? 72 : 64;
  }

  get length(): number {
    return this.bytes.length;
  }

  /** Packed fields are no longer read: see UNPACKED_PER_BYTE_MAX. */
  get unpackedTooMuch(): boolean {
    return this.#unpackedLeft < 0;
  }

  /** @returns the size of the object there with its header, or 0 when there can be no object of that type. */
  sizeAt(offset: number, type: number): number {
    if (offset < this.header.headerBytes || offset % 8 !== 0 || offset + OBJECT_HEADER_BYTES > this.length) return 0;
    if (this.bytes[offset] !== type) return 0;
    const size = u64(this.#view, offset + 8);
    return size >= OBJECT_HEADER_BYTES && offset + size <= this.length ? size : 0;
  }

  /** @returns offset of the object behind this one, or null when what stands here is no object. */
  behind(offset: number): number | null {
    const type = this.bytes[offset] as number;
    const size = type >= 1 && type <= OBJECT_TYPE.last ? this.sizeAt(offset, type) : 0;
    return size === 0 ? null : aligned(offset + size);
  }

  /** Whether there is an object, room that is not used, or the end. */
  leadsOn(offset: number): boolean {
    if (offset + OBJECT_HEADER_BYTES > this.length) return true;
    if (this.bytes[offset] !== 0) return this.behind(offset) !== null;
    for (let at = offset; at < offset + OBJECT_HEADER_BYTES; at++) if (this.bytes[at] !== 0) return false;
    return true;
  }

  /** @returns null when there is none, or nothing of it can be used. */
  entryAt(offset: number): EntryObject | null {
    const size = this.sizeAt(offset, OBJECT_TYPE.entry);
    const items = (size - ENTRY_ITEMS_AT) / this.#entryItemBytes;
    if (items < 1 || items > ENTRY_ITEMS_MAX || !Number.isInteger(items)) return null;
    for (let at = offset + 1; at < offset + 8; at++) if (this.bytes[at] !== 0) return null;
    return this.#soundPart({
      offset,
      end: aligned(offset + size),
      realtimeUs: u64(this.#view, offset + 24),
      bootAt: offset + 40,
      items,
      doubtful: !this.leadsOn(aligned(offset + size)),
    });
  }

  /**
   * A size that is too large would swallow the entries behind: where an item is no data and an object starts in its
   * place, the entry ends. Without that its data is damaged, and the entry is taken as it is.
   */
  #soundPart(entry: EntryObject): EntryObject | null {
    let bad = 0;
    for (let index = 0; index < entry.items; index++) {
      if (this.sizeAt(this.entryItem(entry, index), OBJECT_TYPE.data) > 0) continue;
      const end = aligned(entry.offset + ENTRY_ITEMS_AT + index * this.#entryItemBytes);
      if (index > 0 && end < entry.end && this.behind(end) !== null) return { ...entry, end, items: index };
      if (++bad > BAD_ITEMS_MAX || bad === entry.items) return null;
    }
    return entry;
  }

  entryItem(entry: EntryObject, index: number): number {
    return this.#offsetAt(entry.offset + ENTRY_ITEMS_AT + index * this.#entryItemBytes);
  }

  entryArrayAt(offset: number): EntryArray | null {
    const size = this.sizeAt(offset, OBJECT_TYPE.entryArray);
    if (size < ARRAY_ITEMS_AT) return null;
    const items = Math.floor((size - ARRAY_ITEMS_AT) / this.#offsetBytes);
    const end = aligned(offset + size);
    if (!this.leadsOn(end)) return null;
    return { end, next: u64(this.#view, offset + 16), items, itemsAt: offset + ARRAY_ITEMS_AT };
  }

  /** @returns offset of an entry, 0 behind the last. */
  arrayItem(array: EntryArray, index: number): number {
    return this.#offsetAt(array.itemsAt + index * this.#offsetBytes);
  }

  /** Whether the data object there is packed, so that its field is not known without unpacking it. */
  isPacked(offset: number): boolean {
    return ((this.bytes[offset + 1] as number) & COMPRESSED_ANY) !== 0;
  }

  /** @returns `FIELD=value` of a data object, or null when it cannot be read. */
  payloadAt(offset: number): Payload | null {
    const size = this.sizeAt(offset, OBJECT_TYPE.data);
    if (size <= this.#payloadAt) return null;
    const start = offset + this.#payloadAt;
    const end = offset + size;
    const flags = this.bytes[offset + 1] as number;
    if (flags === 0) return { bytes: this.bytes, start, end };
    const codec = this.unpackedTooMuch ? null : this.#codecOf(flags);
    const unpacked = codec?.(this.bytes.subarray(start, end), FIELD_BYTES_MAX) ?? null;
    if (unpacked === null) return null;
    this.#unpackedLeft -= unpacked.length;
    return { bytes: unpacked, start: 0, end: unpacked.length };
  }

  /** Whether this hash stands in the data object there. */
  hasHash(offset: number, { low, high }: Hash64): boolean {
    return this.#view.getUint32(offset + 16, true) === low && this.#view.getUint32(offset + 20, true) === high;
  }

  #codecOf(flags: number): JournalCodecs['xz'] | null {
    if (flags === COMPRESSED.xz) return this.#codecs.xz;
    if (flags === COMPRESSED.lz4) return this.#codecs.lz4;
    return flags === COMPRESSED.zstd ? this.#codecs.zstd : null;
  }

  #offsetAt(at: number): number {
    return this.header.compact ? this.#view.getUint32(at, true) : u64(this.#view, at);
  }
}

/** @returns the header, or a clause that says why the file cannot be read. */
export function readHeader(bytes: Uint8Array): JournalHeader | string {
  if (bytes.length < HEADER_BYTES_MIN) return `it ends in its header, after ${bytes.length} bytes`;
  if (Buffer.from(bytes.buffer, bytes.byteOffset, 8).toString('latin1') !== 'LPKSHHRH')
    return 'it has no journal header';
  const view = viewOf(bytes);
  const flags = view.getUint32(12, true);
  const unknown = (flags & ~KNOWN) >>> 0;
  if (unknown !== 0) return `it needs features of a later systemd (incompatible flags 0x${unknown.toString(16)})`;
  const headerBytes = u64(view, 88);
  if (headerBytes < HEADER_BYTES_MIN || headerBytes > HEADER_BYTES_MAX || headerBytes % 8 !== 0) {
    return `its header cannot have ${headerBytes} bytes`;
  }
  const fileBytes = headerBytes + u64(view, 96);
  const entries = u64(view, 152);
  return {
    headerBytes,
    compact: (flags & INCOMPATIBLE.compact) !== 0,
    hashKey: (flags & INCOMPATIBLE.keyedHash) === 0 ? null : new DataView(bytes.buffer, bytes.byteOffset + 24, 16),
    state: STATES[bytes[16] as number] ?? 'unknown',
    fileBytes: Number.isSafeInteger(fileBytes) ? fileBytes : null,
    entries: entries * ENTRY_ITEMS_AT <= Math.max(bytes.length, Math.min(fileBytes, MAX_BELIEVED)) ? entries : null,
    entryArray: u64(view, 176),
  };
}

/** journald makes no files beyond 4 GiB (JOURNAL_FILE_SIZE_MAX): a larger arena is a wrong number. */
const MAX_BELIEVED = 4 * 1024 ** 3;

const aligned = (offset: number): number => Math.ceil(offset / 8) * 8;

/** Offsets and times are far below 2^53; a damaged one beyond loses bits that do not matter. */
const u64 = (view: DataView, at: number): number => view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
