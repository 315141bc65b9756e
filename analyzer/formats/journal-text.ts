/**
 * The text of a journal file, entry by entry: what `journalctl --file X -o short-iso-precise` of systemd 252 prints
 * with the time zone UTC, and the priority of each entry, which its line does not show. Entries without MESSAGE are
 * passed over as journalctl does; a line `-- Boot <id> --` stands where the boot changes.
 */
import { JournalChecks } from './journal-checks.ts';
import {
  type EntryObject,
  FIELD_BYTES_MAX,
  type JournalCodecs,
  JournalFile,
  type Payload,
  readHeader,
} from './journal-file.ts';
import { ENTRY_TEXT_MAX, type EntryFields, EntryPrinter } from './journal-line.ts';
import { walkEntries } from './journal-walk.ts';

/** Text handed out at once, at most. */
const CHUNK_BYTES = 1024 * 1024;
/** Hosts, programs and process ids that many entries share. */
const CACHE_FIELDS_MAX = 8192;
/** Longer values are no names, and not kept. */
const CACHED_BYTES_MAX = 512;
/**
 * Text of a file, as a multiple of its size: thousands of entries may share one long message, but a file made to fill
 * a disk makes gigabytes of one.
 */
const TEXT_PER_BYTE_MAX = 64;
const TEXT_ALWAYS_ALLOWED = 256 * 1024 * 1024;
/** VALID_REALTIME of systemd. */
const REALTIME_US_MAX = 2 ** 55;

export interface JournalLine {
  /** One or more whole lines of UTF-8, each with its newline. */
  readonly text: Uint8Array;
  /** PRIORITY: 0 emergency, 3 error, 4 warning, 6 info, 7 debug; null when the entry has none, and for boot lines. */
  readonly priority: number | null;
  /** The instant that is printed, µs since 1970; null for boot lines. */
  readonly realtimeUs: number | null;
}

export interface JournalEnd {
  /** Why nothing was read, as a clause; null when the file is a journal that we know. */
  readonly refused: string | null;
  /** Entries that were found, with and without MESSAGE. */
  readonly entries: number;
  /** Entries that are there or are counted by the header, and could not be read. */
  readonly lost: number;
  /** Fields of printed entries that could not be read. */
  readonly lostFields: number;
  /** Printed entries with a field that does not fit its hash: they may not read as they were logged. */
  readonly altered: number;
  /** What is damaged, as clauses; empty for a sound file. */
  readonly why: readonly string[];
}

/** A printed entry of priority warning (4) or more severe, by where its first line starts in the chunk. */
export interface SevereEntry {
  readonly byte: number;
  readonly priority: number;
}

export interface JournalChunk {
  /** CHUNK_BYTES of UTF-8 at most; entries may go on in the next chunk. */
  readonly bytes: Uint8Array;
  readonly severe: readonly SevereEntry[];
}

const WARNING = 4;

/** The text in chunks. @param bytes the whole file; nothing else in memory grows with it. Never throws for bad data. */
export function* journalText(bytes: Uint8Array, codecs: JournalCodecs): Generator<JournalChunk, JournalEnd> {
  const lines = journalLines(bytes, codecs);
  let chunk = new Uint8Array(CHUNK_BYTES);
  let length = 0;
  let severe: SevereEntry[] = [];
  for (;;) {
    const step = lines.next();
    if (step.done) {
      if (length > 0) yield { bytes: chunk.subarray(0, length), severe };
      return step.value;
    }
    const { text, priority } = step.value;
    for (let from = 0; from < text.length; ) {
      if (length === CHUNK_BYTES) {
        yield { bytes: chunk, severe };
        chunk = new Uint8Array(CHUNK_BYTES);
        length = 0;
        severe = [];
      }
      if (from === 0 && priority !== null && priority <= WARNING) severe.push({ byte: length, priority });
      const piece = text.subarray(from, from + CHUNK_BYTES - length);
      chunk.set(piece, length);
      length += piece.length;
      from += piece.length;
    }
  }
}

/** The entries one by one, in the journal's order. Never throws for bad data. */
export function* journalLines(bytes: Uint8Array, codecs: JournalCodecs): Generator<JournalLine, JournalEnd> {
  const header = readHeader(bytes);
  if (typeof header === 'string') return { refused: header, entries: 0, lost: 0, lostFields: 0, altered: 0, why: [] };
  const file = new JournalFile(bytes, header, codecs);
  const reader = new EntryReader(file);
  const printer = new EntryPrinter();
  const allowed = Math.max(TEXT_ALWAYS_ALLOWED, bytes.length * TEXT_PER_BYTE_MAX);
  const why = new Set<string>();
  let written = 0;
  let unreadable = 0;
  let lostFields = 0;
  let altered = 0;
  let bootAt = -1;
  const walk = walkEntries(file);
  for (;;) {
    const step = walk.next();
    if (step.done) {
      const { found, missing } = step.value;
      for (const one of step.value.why) why.add(one);
      if (file.unpackedTooMuch) why.add('its packed fields are far larger than it, and not all were unpacked');
      for (const one of checkedWhy(reader.checks)) why.add(one);
      return { refused: null, entries: found, lost: missing + unreadable, lostFields, altered, why: [...why] };
    }
    const entry = step.value;
    if (bootAt >= 0 && !sameBoot(bytes, bootAt, entry.bootAt)) {
      const boot = Buffer.from(bytes.subarray(entry.bootAt, entry.bootAt + 16)).toString('hex');
      yield { text: Buffer.from(`-- Boot ${boot} --\n`), priority: null, realtimeUs: null };
    }
    bootAt = entry.bootAt;
    const { fields, priority, realtimeUs, damaged, unfit } = reader.read(entry);
    if (damaged > 0) why.add('fields of entries are damaged');
    if (fields.message === null) {
      if (damaged + unfit > 0 || entry.doubtful) unreadable++;
      continue;
    }
    lostFields += damaged;
    if (unfit > 0) altered++;
    const { text, cut } = printer.print(realtimeUs, fields);
    if (cut) why.add(`an entry has more than ${ENTRY_TEXT_MAX / 1024 ** 2} MiB of text, the rest is left out`);
    yield { text, priority, realtimeUs };
    written += text.length;
    if (written > allowed) {
      why.add(`its text is more than ${TEXT_PER_BYTE_MAX} times its size, the rest is left out`);
      const lost = Math.max(0, (header.entries ?? 0) - reader.entries) + unreadable;
      for (const one of checkedWhy(reader.checks)) why.add(one);
      return { refused: null, entries: reader.entries, lost, lostFields, altered, why: [...why] };
    }
  }
}

/** @returns clauses, none for a file of which all fields fit their hashes. */
function checkedWhy({ unfit, gaveUp }: JournalChecks): readonly string[] {
  const found: string[] = [];
  if (unfit > 0)
    found.push(`${unfit} of its fields ${unfit === 1 ? 'does' : 'do'} not fit the checksum stored with it`);
  if (gaveUp) found.push('its fields overlap, and not all were held against their checksums');
  return found;
}

function sameBoot(bytes: Uint8Array, one: number, other: number): boolean {
  for (let index = 0; index < 16; index++) if (bytes[one + index] !== bytes[other + index]) return false;
  return true;
}

interface ReadEntry {
  readonly fields: EntryFields;
  readonly priority: number | null;
  readonly realtimeUs: number;
  /** Data objects that could not be read: whatever field they are. */
  readonly damaged: number;
  /** Data objects that do not fit their hashes: whatever field they are, for the wrong bit may be in its name. */
  readonly unfit: number;
}

const NAMES = [
  'MESSAGE',
  '_SOURCE_REALTIME_TIMESTAMP',
  'PRIORITY',
  '_HOSTNAME',
  'SYSLOG_IDENTIFIER',
  '_COMM',
  '_PID',
  'SYSLOG_PID',
] as const;
type Name = (typeof NAMES)[number];
const NAME_BYTES = NAMES.map((name) => ({ name, bytes: Buffer.from(`${name}=`) }));

/** A field that is printed, or null for any other. */
type Field = { readonly name: Name; readonly value: Uint8Array } | null;

class EntryReader {
  entries = 0;
  readonly checks: JournalChecks;
  readonly #file: JournalFile;
  /** By offset of the data object. */
  readonly #cache = new Map<number, Field>();

  constructor(file: JournalFile) {
    this.#file = file;
    this.checks = new JournalChecks(file);
  }

  read(entry: EntryObject): ReadEntry {
    this.entries++;
    const found: Partial<Record<Name, Uint8Array>> = {};
    let damaged = 0;
    let unfit = 0;
    for (let index = 0; index < entry.items; index++) {
      const offset = this.#file.entryItem(entry, index);
      const field = this.#fieldAt(offset);
      if (field === undefined) {
        damaged++;
        continue;
      }
      if (field !== null) found[field.name] = field.value;
      if (this.checks.isUnfit(offset)) unfit++;
    }
    const fields: EntryFields = {
      message: found.MESSAGE ?? null,
      host: found._HOSTNAME ?? null,
      identifier: found.SYSLOG_IDENTIFIER ?? null,
      command: found._COMM ?? null,
      pid: found._PID ?? null,
      syslogPid: found.SYSLOG_PID ?? null,
    };
    const realtimeUs = sourceTime(found._SOURCE_REALTIME_TIMESTAMP) ?? entry.realtimeUs;
    return { fields, priority: priorityOf(found.PRIORITY), realtimeUs, damaged, unfit };
  }

  /** @returns undefined when it cannot be read. */
  #fieldAt(offset: number): Field | undefined {
    const cached = this.#cache.get(offset);
    if (cached !== undefined) return cached;
    const payload = this.#file.payloadAt(offset);
    if (payload === null) return undefined;
    this.checks.look(offset, payload);
    const field = fieldOf(payload);
    if (field !== null && field.value.length > FIELD_BYTES_MAX) return undefined;
    const shared = field === null ? this.#file.isPacked(offset) : isShared(field);
    if (shared) {
      if (this.#cache.size >= CACHE_FIELDS_MAX) this.#cache.clear();
      this.#cache.set(offset, field);
    }
    return field;
  }
}

const isShared = ({ name, value }: NonNullable<Field>): boolean =>
  name !== 'MESSAGE' && name !== '_SOURCE_REALTIME_TIMESTAMP' && value.length <= CACHED_BYTES_MAX;

function fieldOf({ bytes, start, end }: Payload): Field {
  for (const { name, bytes: prefix } of NAME_BYTES) {
    if (start + prefix.length > end) continue;
    let at = 0;
    while (at < prefix.length && bytes[start + at] === prefix[at]) at++;
    if (at === prefix.length) return { name, value: bytes.subarray(start + at, end) };
  }
  return null;
}

function priorityOf(value: Uint8Array | undefined): number | null {
  if (value?.length !== 1) return null;
  const priority = (value[0] as number) - 0x30;
  return priority >= 0 && priority <= 7 ? priority : null;
}

/** @returns µs since 1970 as the sender gave it, null when it is none: then the time of receipt is printed. */
function sourceTime(value: Uint8Array | undefined): number | null {
  if (value === undefined || value.length === 0 || value.length > 17) return null;
  let us = 0;
  for (const byte of value) {
    if (byte < 0x30 || byte > 0x39) return null;
    us = us * 10 + byte - 0x30;
  }
  return us > 0 && us < REALTIME_US_MAX ? us : null;
}
