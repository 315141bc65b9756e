/**
 * The n-gram block index of a bundle: which blocks may hold a literal. Exact in one direction only: a block that holds
 * it is always named, one that does not may be. Groups of 128 planes are stored across, so that the bits of one hash
 * of 1,024 columns lie side by side and a look-up reads one page for each gram:
 *
 *   row of a group    planes bytes of hash 0, of hash 1, ... of hash per - 1
 *   next row          planes bytes of hash per, ...                            per = (page - 64) / planes
 */
import type { Database, Statement } from 'better-sqlite3';
import type { WantedText } from '../core/case-reader.ts';
import { BLOCK_BYTES } from '../core/limits.ts';
import { FIRST_GRAMS, GRAM_BYTES, GRAM_HASHES, gramHashes, PLANE_COLUMNS, type Plane } from './gram-marks.ts';
import { bytesCheck, rowCheck } from './row-check.ts';

/** `columns` holds two 32-bit numbers a column: first block (-1: not used) and number of blocks. */
export const GRAM_TABLES = `
CREATE TABLE gram_groups (
  id INTEGER PRIMARY KEY, planes INTEGER NOT NULL, base INTEGER NOT NULL, crc INTEGER NOT NULL, columns BLOB NOT NULL
);
CREATE TABLE gram_rows (id INTEGER PRIMARY KEY, crc INTEGER NOT NULL, bits BLOB NOT NULL);
-- Written last; without it, or with another number of groups, there is no index.
CREATE TABLE gram_totals (groups INTEGER NOT NULL);
`;

/** Planes of one group: 1,024 columns, 8.4 MB held while they are collected. */
export const GROUP_PLANES = 128;

/** A bundle with fewer columns (2 MB of text) is read through in a few milliseconds: an index would only cost space. */
export const INDEXED_COLUMNS_MIN = 16;

/** Of a page: its header, a cell's header and pointer, and what SQLite keeps free in a leaf. */
const PAGE_RESERVE = 64;

/** Text of one column is at most a block, so it cannot be of more blocks than that has bytes. */
const COLUMN_BLOCKS_MAX = BLOCK_BYTES;

/** Columns of a group that must be left for another gram to be read: a block takes as long as a dozen rows, from the disk a few. */
const COLUMNS_WORTH_A_GRAM = 8;

/** Every block has a row of its own and a zstd frame: no file holds more blocks than it has of these (at least 20 each). */
const STORED_BLOCK_BYTES_MIN = 16;

/** Collects planes in any order and stores them, within the transaction of its caller. */
export class GramIndexWriter {
  readonly #insertGroup: Statement;
  readonly #insertRow: Statement;
  readonly #insertTotals: Statement;
  readonly #rowBytes: number;
  #planes: Plane[] = [];
  #groups = 0;
  #rows = 0;

  /** @param db holds GRAM_TABLES, empty. */
  constructor(db: Database) {
    this.#insertGroup = db.prepare('INSERT INTO gram_groups (id, planes, base, crc, columns) VALUES (?, ?, ?, ?, ?)');
    this.#insertRow = db.prepare('INSERT INTO gram_rows (id, crc, bits) VALUES (?, ?, ?)');
    this.#insertTotals = db.prepare('INSERT INTO gram_totals (groups) VALUES (?)');
    this.#rowBytes = rowBytes(db);
  }

  plane(plane: Plane): void {
    this.#planes.push(plane);
    if (this.#planes.length === GROUP_PLANES) this.#storeGroup();
  }

  /** Stores what is left. A bundle of little text gets no index. */
  finish(): void {
    const columns = this.#planes.reduce((sum, plane) => sum + plane.ids.filter((id) => id >= 0).length, 0);
    if (this.#groups === 0 && columns < INDEXED_COLUMNS_MIN) return;
    if (this.#planes.length > 0) this.#storeGroup();
    this.#insertTotals.run(this.#groups);
  }

  #storeGroup(): void {
    const planes = this.#planes;
    this.#planes = [];
    const columns = columnsOf(planes);
    const crc = rowCheck([this.#groups, planes.length, this.#rows, columns]);
    this.#insertGroup.run(this.#groups, planes.length, this.#rows, crc, columns);
    this.#groups += 1;
    const perRow = hashesPerRow(this.#rowBytes, planes.length);
    for (let first = 0; first < GRAM_HASHES; first += perRow) {
      const row = new Uint8Array(Math.min(perRow, GRAM_HASHES - first) * planes.length);
      let at = 0;
      if (planes.length % QUADS === 0) {
        const words = new Int32Array(row.buffer);
        for (; at < planes.length; at += QUADS) spreadFour(planes, first, words, at);
      }
      for (; at < planes.length; at++) spread((planes[at] as Plane).bits, first, row, at, planes.length);
      this.#insertRow.run(this.#rows, bytesCheck(this.#rows, row), row);
      this.#rows += 1;
    }
  }
}

/** Bytes of a word. */
const QUADS = 4;

/** Every `step`-th byte of `row` from `at` on gets the next byte of `bits` from `first` on. */
function spread(bits: Uint8Array, first: number, row: Uint8Array, at: number, step: number): void {
  let from = first;
  for (let to = at; to < row.length; to += step) {
    row[to] = bits[from] as number;
    from += 1;
  }
}

/** The same for four planes at once, which all groups but the last one allow: a third of the time. @param words of the row. */
function spreadFour(planes: readonly Plane[], first: number, words: Int32Array, at: number): void {
  const [one, two, three, four] = planes.slice(at, at + QUADS).map(({ bits }) => bits) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const step = planes.length / QUADS;
  let from = first;
  for (let to = at / QUADS; to < words.length; to += step) {
    words[to] =
      (one[from] as number) |
      ((two[from] as number) << 8) |
      ((three[from] as number) << 16) |
      ((four[from] as number) << 24);
    from += 1;
  }
}

function columnsOf(planes: readonly Plane[]): Buffer {
  const columns = new Int32Array(planes.length * PLANE_COLUMNS * 2);
  for (const [at, plane] of planes.entries()) {
    for (let column = 0; column < PLANE_COLUMNS; column++) {
      const to = (at * PLANE_COLUMNS + column) * 2;
      columns[to] = plane.ids[column] as number;
      columns[to + 1] = plane.counts[column] as number;
    }
  }
  return Buffer.from(columns.buffer);
}

function rowBytes(db: Database): number {
  return (db.pragma('page_size', { simple: true }) as number) - PAGE_RESERVE;
}

function hashesPerRow(bytes: number, planes: number): number {
  return Math.floor(bytes / planes);
}

interface Group {
  readonly planes: number;
  /** Row of hash 0. */
  readonly base: number;
  readonly columns: Int32Array;
}

/** A block that may hold some of several texts: which, as places in the list of texts, ascending. */
interface Candidate {
  readonly block: number;
  readonly texts: readonly number[];
}

/** What must be set in a column, from what must be in the text. */
type GramTest = { readonly kind: 'grams'; readonly hashes: readonly number[] } | GramParts;

interface GramParts {
  readonly kind: 'all' | 'any';
  readonly tests: readonly GramTest[];
}

/** What was read of one group before. */
interface Known {
  /** One bit a column. */
  readonly columns: Map<GramTest, Uint8Array>;
  readonly grams: Map<number, Uint8Array | null>;
}

/** Read side. Damage never hides a block: what cannot be read rules nothing out. */
export class GramIndex {
  readonly #row: Statement | null = null;
  readonly #rowBytes: number = 0;
  readonly #groups: readonly Group[] | null = null;

  constructor(db: Database) {
    try {
      this.#rowBytes = rowBytes(db);
      this.#row = db.prepare('SELECT crc, bits FROM gram_rows WHERE id = ?').raw();
      this.#groups = readGroups(db);
    } catch {
      // No such tables, or damaged ones: everything is read.
      this.#groups = null;
    }
  }

  /**
   * @param wanted all of it must be in the block, ASCII letters in any case.
   * @returns ids of all blocks that may hold it, ascending; null when that is every block: there is no index, or
   * `wanted` rules nothing out because its literals are under GRAM_BYTES bytes.
   */
  candidates(wanted: readonly WantedText[]): Int32Array | null {
    const test = gramTest({ all: wanted });
    if (test === null || this.#groups === null) return null;
    const ids: number[] = [];
    for (const group of this.#groups) addBlocks(this.#columnsWith(test, group), group.columns, ids);
    return Int32Array.from(ids).sort();
  }

  /**
   * As `candidates` for each text by itself. Parts that are the same object in several texts are looked up once.
   * @param among ids of the blocks to choose from; all when it is null.
   * @returns the blocks that may hold one of them, ascending; null when one of them rules nothing out.
   */
  candidatesOfEach(
    wanted: readonly WantedText[],
    among: ReadonlySet<number> | null = null,
  ): readonly Candidate[] | null {
    const made = new Map<WantedText, GramTest | null>();
    const tests = wanted.map((text) => gramTest(text, made)).filter((test) => test !== null);
    if (tests.length < wanted.length || this.#groups === null) return null;
    const found = new Map<number, number[]>();
    for (const group of this.#groups) {
      const known: Known = { columns: new Map(), grams: new Map() };
      for (const [text, test] of tests.entries()) {
        const ids: number[] = [];
        addBlocks(this.#columnsWith(test, group, known), group.columns, ids);
        for (const id of ids) {
          if (among?.has(id) === false) continue;
          const texts = found.get(id);
          if (texts === undefined) found.set(id, [text]);
          else texts.push(text);
        }
      }
    }
    return [...found].map(([block, texts]) => ({ block, texts })).sort((one, two) => one.block - two.block);
  }

  /** @param known what was found in this group before. @returns one bit a column. */
  #columnsWith(test: GramTest, group: Group, known: Known = { columns: new Map(), grams: new Map() }): Uint8Array {
    const before = known.columns.get(test);
    if (before !== undefined) return before;
    const columns =
      test.kind === 'grams'
        ? this.#columnsWithGrams(test.hashes, group, known)
        : this.#columnsOfParts(test, group, known);
    known.columns.set(test, columns);
    return columns;
  }

  #columnsOfParts(test: GramParts, group: Group, known: Known): Uint8Array {
    const found = new Uint8Array(group.planes).fill(test.kind === 'all' ? 255 : 0);
    for (const part of test.tests) {
      const columns = this.#columnsWith(part, group, known);
      for (let at = 0; at < found.length; at++) {
        const bits = columns[at] as number;
        found[at] = test.kind === 'all' ? (found[at] as number) & bits : (found[at] as number) | bits;
      }
      if (test.kind === 'all' && found.every((bits) => bits === 0)) break;
    }
    return found;
  }

  #columnsWithGrams(hashes: readonly number[], group: Group, known: Known): Uint8Array {
    const found = new Uint8Array(group.planes).fill(255);
    for (const [nth, hash] of hashes.entries()) {
      if (nth >= FIRST_GRAMS && bitsIn(found) < COLUMNS_WORTH_A_GRAM) break;
      const columns = this.#columnsOfGram(hash, group, known);
      if (columns === null) continue;
      let left = 0;
      for (let at = 0; at < found.length; at++) {
        const bits = (found[at] as number) & (columns[at] as number);
        found[at] = bits;
        left |= bits;
      }
      if (left === 0) break;
    }
    return found;
  }

  /** Literals of many rules have grams in common. @returns null when it cannot be told. */
  #columnsOfGram(hash: number, group: Group, known: Known): Uint8Array | null {
    const before = known.grams.get(hash);
    if (before !== undefined) return before;
    const perRow = hashesPerRow(this.#rowBytes, group.planes);
    const row = this.#readRow(group.base + Math.floor(hash / perRow));
    const start = (hash % perRow) * group.planes;
    const end = start + group.planes;
    // A copy: a piece of the row would keep its whole page.
    const columns = row === null || end > row.length ? null : Uint8Array.from(row.subarray(start, end));
    known.grams.set(hash, columns);
    return columns;
  }

  #readRow(id: number): Uint8Array | null {
    try {
      const [crc, bits] = (this.#row?.get(id) ?? []) as readonly unknown[];
      return bits instanceof Uint8Array && crc === bytesCheck(id, bits) ? bits : null;
    } catch {
      return null;
    }
  }
}

/** @returns null when the index is not whole. */
function readGroups(db: Database): readonly Group[] | null {
  const total: unknown = db.prepare('SELECT groups FROM gram_totals').pluck().get();
  const rows = db.prepare('SELECT id, planes, base, crc, columns FROM gram_groups ORDER BY id').all() as {
    readonly id: number;
    readonly planes: number;
    readonly base: number;
    readonly crc: number;
    readonly columns: Uint8Array;
  }[];
  if (total !== rows.length) return null;
  if (rows.some(({ id, planes, base, crc, columns }) => crc !== rowCheck([id, planes, base, columns]))) return null;
  const groups = rows.map(({ planes, base, columns }) => ({
    planes,
    base,
    columns: new Int32Array(Uint8Array.from(columns).buffer),
  }));
  const blocks = groups.reduce((sum, group) => sum + blocksOf(group), 0);
  return blocks <= blocksMax(db) ? groups : null;
}

/** @returns how many blocks could be in the file at all: folded copies have left their columns, and free pages. */
function blocksMax(db: Database): number {
  const pages = db.pragma('page_count', { simple: true }) as number;
  return (pages * (db.pragma('page_size', { simple: true }) as number)) / STORED_BLOCK_BYTES_MIN;
}

/** @returns the blocks of all columns; infinitely many when the group is damaged. */
function blocksOf({ planes, columns }: Group): number {
  if (planes < 1 || planes > GROUP_PLANES || columns.length !== planes * PLANE_COLUMNS * 2) return Infinity;
  let all = 0;
  for (let at = 0; at < columns.length; at += 2) {
    const blocks = columns[at + 1] as number;
    if ((columns[at] as number) >= 0 ? blocks < 1 || blocks > COLUMN_BLOCKS_MAX : blocks !== 0) return Infinity;
    all += blocks;
  }
  return all;
}

/** @param made tests of texts so far, so that the same text gives the same test. @returns null when every text passes. */
function gramTest(wanted: WantedText, made: Map<WantedText, GramTest | null> = new Map()): GramTest | null {
  const before = made.get(wanted);
  if (before !== undefined) return before;
  const test = newGramTest(wanted, made);
  made.set(wanted, test);
  return test;
}

function newGramTest(wanted: WantedText, made: Map<WantedText, GramTest | null>): GramTest | null {
  if (wanted instanceof Uint8Array) {
    return wanted.length < GRAM_BYTES ? null : { kind: 'grams', hashes: gramHashes(wanted) };
  }
  if ('all' in wanted) {
    const tests = wanted.all.map((part) => gramTest(part, made)).filter((test) => test !== null);
    return tests.length === 0 ? null : { kind: 'all', tests };
  }
  const tests = wanted.any.map((part) => gramTest(part, made));
  return tests.every((test) => test !== null) ? { kind: 'any', tests } : null;
}

function bitsIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) for (let left = byte; left !== 0; left &= left - 1) count += 1;
  return count;
}

function addBlocks(found: Uint8Array, columns: Int32Array, ids: number[]): void {
  for (const [plane, bits] of found.entries()) {
    for (let left = bits; left !== 0; left &= left - 1) {
      const column = (plane * PLANE_COLUMNS + 31 - Math.clz32(left & -left)) * 2;
      const first = columns[column] as number;
      const count = columns[column + 1] as number;
      for (let nth = 0; nth < count; nth++) ids.push(first + nth);
    }
  }
}
