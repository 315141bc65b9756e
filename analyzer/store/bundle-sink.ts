/**
 * Where everything of a bundle ends up: one SQLite file, built beside its final name. Slabs come in any order and are
 * stored in theirs, so that ids and times do not depend on which worker was faster.
 */
import { closeSync, existsSync, fsync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Database, Statement } from 'better-sqlite3';
import { type CancelFlag, takeLastStep } from '../core/cancel-flag.ts';
import type { BundleSeal, SealedFile, SealOutcome } from '../core/case-writer.ts';
import { type Failure, FailureError, fail, toFailure } from '../core/failure.ts';
import type { FileTotals } from '../core/file-totals.ts';
import { giveBack } from '../core/give-back.ts';
import { type BlockRow, blockCheck, timeColumn } from './bundle-rows.ts';
import { type BlockEvent, eventsCheck } from './event-rows.ts';
import { FileRows } from './file-rows.ts';
import { GramIndexWriter } from './gram-index.ts';
import type { Plane } from './gram-marks.ts';
import { type IndexedBlock, type IndexedSlab, STORED_EVENT_FIELDS } from './indexed-slab.ts';
import type { StoredLiterals } from './literal-lines.ts';
import { literalCheck } from './literal-rows.ts';
import { rowCheck } from './row-check.ts';
import {
  BUNDLE_SUFFIX,
  completeBundleDatabase,
  createBundleDatabase,
  isLostBundle,
  putMeta,
  settleBundleText,
} from './schema.ts';

export interface SinkPlace {
  /** Path of the partial file to make. */
  readonly partial: string;
  /** Folder the finished bundle goes to, as `<sha256>.bundle`. */
  readonly folder: string;
  /** Of the import: a bundle gets its final name only when it was not cancelled. */
  readonly flag?: CancelFlag;
  /** What the index workers look for in every line. */
  readonly literals?: readonly string[];
}

/** Slabs stored between two times that what is there begins to be brought to disk: 32 MB of text, some 8 MB of bundle. */
const SLABS_BETWEEN_SYNCS = 16;

/** Totals that the seal records beside what BundleSeal says. */
interface BundleTotals {
  readonly files: number;
  readonly lines: number;
  readonly bytes: number;
}

/** Throws what SQLite throws (disk full, no permission), and FailureError `cancelled` from `seal`. */
export class SqliteSink {
  readonly #place: SinkPlace;
  readonly #db: Database;
  readonly #grams: GramIndexWriter;
  readonly #files: FileRows;
  readonly #insertBlock: Statement;
  readonly #insertFrame: Statement;
  readonly #insertLiteralLines: Statement;
  readonly #insertEvent: Statement;
  readonly #insertText: Statement;
  readonly #disk: EarlySync;
  readonly #waiting = new Map<number, IndexedSlab>();
  #unindexed: EventText[] = [];
  #nextSlab = 0;
  /** First and last block of each frame of literal lines. */
  readonly #literalRanges: number[] = [];
  #events = 0;

  constructor(place: SinkPlace) {
    this.#place = place;
    this.#db = createBundleDatabase(place.partial);
    this.#disk = new EarlySync(place.partial);
    this.#grams = new GramIndexWriter(this.#db);
    this.#files = new FileRows(this.#db);
    this.#insertBlock = this.#db.prepare(
      `INSERT INTO blocks (id, file, line0, lines, byte0, bytes, warnings, errors, time_min, time_max, first_event, events, events_crc, crc)
         VALUES (@id, @file, @line0, @lines, @byte0, @bytes, @warnings, @errors, @time_min, @time_max, @first_event, @events, @events_crc, @crc)`,
    );
    this.#insertFrame = this.#db.prepare('INSERT INTO block_text (id, blocks, crc, frame) VALUES (?, ?, ?, ?)');
    this.#insertLiteralLines = this.#db.prepare(
      'INSERT INTO literal_lines (first_block, last_block, crc, frame) VALUES (?, ?, ?, ?)',
    );
    this.#insertEvent = this.#db.prepare(
      'INSERT INTO events (id, file, line, lines, time, severity) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#insertText = this.#db.prepare('INSERT INTO event_text (rowid, body) VALUES (?, ?)');
  }

  /** Slabs stored so far; a slab waits for those before it. */
  get slabs(): number {
    return this.#nextSlab;
  }

  get lines(): number {
    return this.#files.lines;
  }

  /** Its events have their rows then; `indexText` makes them be found. */
  slab(slab: IndexedSlab): void {
    for (const plane of slab.planes) this.#grams.plane(plane);
    this.#waiting.set(slab.seq, slab);
    for (;;) {
      const next = this.#waiting.get(this.#nextSlab);
      if (next === undefined) return;
      this.#waiting.delete(this.#nextSlab);
      this.#store(next);
      giveBackSlab(next);
      this.#nextSlab += 1;
      if (this.#nextSlab % SLABS_BETWEEN_SYNCS === 0) this.#disk.begin();
    }
  }

  /** The text of all events stored so far. Nothing else of a bundle waits for it, and of a slab of dumps it takes 70 ms. */
  indexText(): void {
    for (const { first, bodies, memory } of this.#unindexed) {
      // A BLOB is tokenised as the text it is; no string is made of it.
      for (const [nth, body] of bodies.entries()) this.#insertText.run(first + nth, body);
      giveBack(memory);
    }
    this.#unindexed = [];
  }

  /** The last plane of a worker. */
  plane(plane: Plane): void {
    this.#grams.plane(plane);
  }

  /** After the last slab. */
  totals(): FileTotals {
    return this.#files.end();
  }

  /** After `totals`: what takes a while and does not wait for what is still to be found out of the files. */
  settle(): void {
    this.indexText();
    this.#grams.finish();
    settleBundleText(this.#db);
    this.#disk.begin();
  }

  /** After `settle`, as many at once as the caller likes, in archive order. @returns how many there are so far. */
  files(files: readonly SealedFile[]): number {
    this.#files.seal(files);
    return this.#files.sealed.files;
  }

  /** After the last file. */
  async seal(seal: SealWithoutFiles): Promise<SealOutcome> {
    const meta = { ...seal, ...this.#files.sealed, sealedAt: new Date().toISOString() } satisfies StoredSeal;
    putMeta(this.#db, 'bundle', JSON.stringify(meta));
    this.#sealLiterals();
    completeBundleDatabase(this.#db);
    this.#db.close();
    const { partial, folder, flag } = this.#place;
    const final = path.join(folder, `${seal.sha256}${BUNDLE_SUFFIX}`);
    await this.#disk.finish();
    if (flag !== undefined) takeLastStep(flag);
    const outcome = publish(partial, final);
    syncFolder(folder);
    return outcome;
  }

  async abandon(): Promise<void> {
    if (this.#db.open) this.#db.close();
    await this.#disk.finish().catch(() => undefined);
    removePartial(this.#place.partial);
  }

  #sealLiterals(): void {
    const { literals = [] } = this.#place;
    if (literals.length === 0) return;
    const list: StoredLiterals = { literals, ranges: rowCheck(this.#literalRanges) };
    putMeta(this.#db, 'literals', JSON.stringify(list));
  }

  #storeLiteralLines({ blocks, literalLines }: IndexedSlab): void {
    const [first, last] = [blocks[0], blocks.at(-1)];
    if (literalLines.length === 0 || first === undefined || last === undefined) return;
    this.#insertLiteralLines.run(first.id, last.id, literalCheck(first.id, last.id, literalLines), literalLines);
    this.#literalRanges.push(first.id, last.id);
  }

  #storeFrames({ frames, packed: all }: IndexedSlab): void {
    let at = 0;
    for (const { id, blocks, crc, packed } of frames) {
      this.#insertFrame.run(id, blocks, crc, all.subarray(at, at + packed));
      at += packed;
    }
  }

  #store(slab: IndexedSlab): void {
    this.#storeLiteralLines(slab);
    this.#storeFrames(slab);
    const at: Cursor = { run: 0, event: 0, text: 0 };
    const text: EventText = { first: this.#events + 1, bodies: [], memory: slab.eventText };
    for (const block of slab.blocks) {
      const line0 = this.#files.block(block, slab.runs, at.run);
      const { id, file, lines, byte0, bytes, warnings, errors, min, max } = block;
      at.run += block.runs;
      const first_event = this.#events + 1;
      const events = this.#storeEvents(slab, { block, line0, at, bodies: text.bodies });
      const times = { time_min: timeColumn(min), time_max: timeColumn(max) };
      const stored = { first_event, events: events.length, events_crc: eventsCheck(events) };
      const row: BlockRow = { id, file, line0, lines, byte0, bytes, warnings, errors, ...times, ...stored };
      this.#insertBlock.run({ ...row, crc: blockCheck(row) });
    }
    this.#unindexed.push(text);
  }

  #storeEvents(slab: IndexedSlab, { block, line0, at, bodies }: EventsPlace): readonly BlockEvent[] {
    const sectioned = this.#files.isSectioned(block.file);
    const stop = at.event + block.events + block.sections;
    const firstSection = at.event + block.events;
    const firstEvent = this.#events + 1;
    const stored: BlockEvent[] = [];
    for (; at.event < stop; at.event++) {
      const field = at.event * STORED_EVENT_FIELDS;
      const bytes = slab.events[field + 3] as number;
      const text = slab.eventText.subarray(at.text, at.text + bytes);
      at.text += bytes;
      const section = at.event >= firstSection;
      if (section && !sectioned) continue;
      const inBlock = slab.events[field] as number;
      const time = section ? null : this.#files.timeOf(block.file, slab.eventTimes[at.event] as number, inBlock);
      const line = line0 + 1 + inBlock;
      this.#events += 1;
      const lines = slab.events[field + 1] as number;
      const severity = slab.events[field + 2] as number;
      stored.push({ line, lines, severity });
      this.#insertEvent.run(this.#events, block.file, line, lines, time, severity);
      bodies.push(text);
    }
    this.#files.blockEnds(block, firstEvent, this.#events);
    return stored;
  }
}

/** All of it but the text of events was stored: half a megabyte outside V8's heap. */
function giveBackSlab({ packed, literalLines, runs, events, eventTimes }: IndexedSlab): void {
  for (const part of [packed, literalLines, runs, events, eventTimes]) giveBack(part);
}

/** Of one slab. */
interface EventText {
  /** Row of the first one; the others follow it. */
  readonly first: number;
  readonly bodies: Uint8Array[];
  /** Theirs, to be given back. */
  readonly memory: Uint8Array;
}

interface Cursor {
  run: number;
  event: number;
  text: number;
}

interface EventsPlace {
  readonly block: IndexedBlock;
  readonly line0: number;
  readonly at: Cursor;
  readonly bodies: Uint8Array[];
}

export type SealWithoutFiles = Omit<BundleSeal, 'files'>;

export type StoredSeal = SealWithoutFiles & BundleTotals & { readonly sealedAt: string };

/**
 * Gives a finished bundle its name, unless another import has taken it: a link is made by one of two, never by both. One
 * that this program cannot read any more is replaced.
 */
function publish(partial: string, final: string): SealOutcome {
  try {
    linkSync(partial, final);
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(final);
    // Some file systems have no links: there the rename comes after a look.
    if (!taken || isLostBundle(final)) {
      renameSync(partial, final);
      return 'sealed';
    }
    removePartial(partial);
    return 'already-there';
  }
  removePartial(partial);
  return 'sealed';
}

/** SQLite's result codes (sqlite.org/rescode.html) that speak of the disk; all others would be our mistake. */
const DISK_CODES = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|AUTH|NOTADB|CORRUPT)/;

/** @returns a failure as it is, `disk` for what SQLite or the system says of the disk, `internal` for anything else. */
export function storeFailure(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  const known = toFailure(error);
  const message = `the bundle could not be stored: ${known.message}`;
  if (syscall === undefined && !(typeof code === 'string' && DISK_CODES.test(code))) return { ...known, message };
  return fail('disk', message, null, 'Check that the disk has room and can be written.').failure;
}

/** Deletes a partial bundle. What cannot be deleted now is swept when the case is opened next: this never fails. */
export function removePartial(partial: string): void {
  for (const ending of ['', '-journal']) {
    try {
      rmSync(`${partial}${ending}`, { force: true });
    } catch {
      // The failure that led here is the one to report.
    }
  }
}

/**
 * Has what was written of a file so far brought to disk while more is written, in Node's thread pool: what is left at the end
 * is little (of a bundle of 75 MB 50 ms less to wait for, of one that is larger in proportion).
 * It holds the file open: on POSIX whoever closes any handle of a file loses SQLite's lock of it, so end it after the database.
 */
class EarlySync {
  readonly #handle: number;
  #running: Promise<void> | null = null;
  /** The system tells a failure once: it is told again at the end. */
  #failure: unknown = null;
  #state: 'open' | 'closed' = 'open';

  constructor(file: string) {
    // Windows flushes only what is open for writing (FlushFileBuffers).
    this.#handle = openSync(file, 'r+');
  }

  begin(): void {
    this.#running ??= this.#sync().finally(() => {
      this.#running = null;
    });
  }

  /** Waits until all of it is on disk, and closes it. @throws what the system says. */
  async finish(): Promise<void> {
    await this.#running;
    if (this.#state === 'closed') return;
    await this.#sync();
    this.#state = 'closed';
    closeSync(this.#handle);
    if (this.#failure !== null) throw this.#failure;
  }

  #sync(): Promise<void> {
    return new Promise((resolve) =>
      fsync(this.#handle, (error) => {
        if (error !== null && !isUnsyncable(error)) this.#failure ??= error;
        resolve();
      }),
    );
  }
}

/** Waits until the names in a folder are on disk. */
function syncFolder(folder: string): void {
  let handle: number | null = null;
  try {
    handle = openSync(folder, 'r');
    fsyncSync(handle);
  } catch (error) {
    if (!isUnsyncable(error)) throw error;
  } finally {
    if (handle !== null) closeSync(handle);
  }
}

/** Not everything can be synced on every system, folders least of all: that is no failure. */
function isUnsyncable(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['EPERM', 'EISDIR', 'EINVAL', 'EACCES', 'EBADF'].includes(code);
}
