/** Blocks of a bundle: their positions and their text. What is damaged or missing of them is a failure, never less text. */
import type { Database, Statement } from 'better-sqlite3';
import type { BlockPlace, TextBlock } from '../core/case-reader.ts';
import { FailureError } from '../core/failure.ts';
import { giveBack } from '../core/give-back.ts';
import type { FileId } from '../core/ids.ts';
import type { BlockExtents, Extent } from './block-extents.ts';
import { BLOCK_COLUMNS, type BlockRow, blockCheck, type StoredBlockRow } from './bundle-rows.ts';
import { damagedBundle } from './damaged-file.ts';
import { bytesCheck } from './row-check.ts';
import { unpackBlock } from './unpack-block.ts';

/** Decompressed blocks kept: a viewer pages back and forth over a few. */
const BLOCKS_KEPT = 8;

export class BlockText {
  readonly #file: string;
  readonly #extents: () => BlockExtents;
  readonly #all: Statement;
  readonly #at: Statement;
  readonly #byId: Statement;
  readonly #between: Statement;
  readonly #withBytes: Statement;
  readonly #frame: Statement;
  readonly #recent = new Map<number, Buffer>();
  #shared: SharedText | null = null;

  /** @param extents which blocks each file has, by the rows of files: asked when blocks are. */
  constructor(db: Database, extents: () => BlockExtents) {
    this.#file = db.name;
    this.#extents = extents;
    this.#all = db.prepare(`SELECT ${BLOCK_COLUMNS} FROM blocks ORDER BY id`);
    this.#at = db.prepare(
      `SELECT ${BLOCK_COLUMNS} FROM blocks WHERE file = ? AND line0 <= ? ORDER BY line0 DESC, id DESC LIMIT 1`,
    );
    this.#byId = db.prepare(`SELECT ${BLOCK_COLUMNS} FROM blocks WHERE id = ?`);
    this.#between = db.prepare(`SELECT ${BLOCK_COLUMNS} FROM blocks WHERE id BETWEEN ? AND ? ORDER BY id`);
    this.#withBytes = db.prepare(
      `SELECT ${BLOCK_COLUMNS} FROM blocks WHERE id BETWEEN ? AND ? AND byte0 < ? AND byte0 + bytes > ? ORDER BY id`,
    );
    this.#frame = db
      .prepare('SELECT id, blocks, crc, frame FROM block_text WHERE id <= ? ORDER BY id DESC LIMIT 1')
      .raw();
  }

  /** @param line0 from 0. @returns the last block that begins at or before this line; it may end before it, as the file does. */
  at(file: number, line0: number): BlockRow | undefined {
    const extent = this.#extents().of(file);
    const row = this.#checked(this.#at.get(file, line0));
    const holds = row !== undefined && row.file === file && row.line0 <= line0 && line0 < row.line0 + row.lines;
    if (!holds && line0 < extent.lines) throw this.#damaged(`the list of blocks of file ${file}`);
    return row?.file === file ? row : undefined;
  }

  /** All blocks of the bundle in order. */
  all(): readonly BlockRow[] {
    const rows = this.#rows(this.#all.all());
    return this.#whole(rows, this.#extents().blocks, 'the list of blocks');
  }

  /** All blocks of a file in order. */
  of(file: number): readonly BlockRow[] {
    const { first, count } = this.#extents().of(file);
    return count === 0 ? [] : this.between(first, first + count - 1);
  }

  /** Blocks of these ids, but for those that were taken out again. */
  between(first: number, last: number): readonly BlockRow[] {
    const rows = this.#rows(this.#between.all(first, last));
    return this.#whole(rows, this.#extents().between(first, last), `the list of blocks ${first} to ${last}`);
  }

  /** @returns undefined when it was taken out again: a copy that was folded late leaves no block. */
  byId(id: number): BlockRow | undefined {
    const row = this.#checked(this.#byId.get(id));
    if (row === undefined && this.#extents().has(id)) throw this.#damaged(`block ${id}`);
    return row;
  }

  idsOf(file: number): readonly number[] {
    const { first, count } = this.#extents().of(file);
    return Array.from({ length: count }, (_, nth) => first + nth);
  }

  /** @returns bytes `start..start + count` of a file, fewer at its end, and how many it has. */
  bytes(file: number, start: number, count: number): { readonly size: number; readonly bytes: Buffer } {
    const extent = this.#extents().of(file);
    const size = this.#bytesOf(extent);
    const parts: Buffer[] = [];
    let next = start;
    const rows = this.#rows(this.#withBytes.all(extent.first, extent.first + extent.count - 1, start + count, start));
    for (const row of rows) {
      if (row.byte0 > next) break;
      parts.push(this.kept(row).subarray(Math.max(0, start - row.byte0), start + count - row.byte0));
      next = row.byte0 + row.bytes;
    }
    if (next < Math.min(size, start + count)) throw this.#damaged(`the list of blocks of file ${file}`);
    return { size, bytes: Buffer.concat(parts) };
  }

  #bytesOf({ first, count }: Extent): number {
    const last = count === 0 ? undefined : this.byId(first + count - 1);
    return last === undefined ? 0 : last.byte0 + last.bytes;
  }

  /** @throws FailureError `corrupt`, as all that read text. @returns memory of its own, which may be given back. */
  unpacked({ id, bytes }: Pick<BlockRow, 'id' | 'bytes'>): Buffer {
    const known = this.#shared === null ? null : partOf(this.#shared, id);
    if (known?.length === bytes) return known;
    const [first, blocks, crc, frame] = (this.#frame.get(id) ?? []) as readonly unknown[];
    try {
      const sound = frame instanceof Uint8Array && typeof first === 'number' && crc === bytesCheck(first, frame);
      if (!sound || (first === id && blocks === 1)) return unpackBlock(this.#file, sound ? frame : null, { id, bytes });
      const part = partOf(this.#sharedText(first, Number(blocks), frame), id);
      if (part?.length === bytes) return part;
      throw this.#damaged(`block ${id}`);
    } finally {
      if (frame instanceof Uint8Array) giveBack(frame);
    }
  }

  /** Kept: who reads small files reads their neighbours next. */
  #sharedText(first: number, blocks: number, frame: Uint8Array): SharedText {
    const starts = [0];
    let bytes = 0;
    for (const row of this.between(first, first + blocks - 1)) {
      bytes += row.bytes;
      starts.push(bytes);
    }
    this.#shared = { first, starts, text: unpackBlock(this.#file, frame, { id: first, bytes }) };
    return this.#shared;
  }

  /** The same, and the text is kept for the next who asks for it. */
  kept(row: Pick<BlockRow, 'id' | 'bytes'>): Buffer {
    const known = this.#recent.get(row.id);
    const bytes = known ?? this.unpacked(row);
    if (known !== undefined) this.#recent.delete(row.id);
    this.#recent.set(row.id, bytes);
    if (this.#recent.size > BLOCKS_KEPT) {
      for (const oldest of this.#recent.keys()) {
        this.#recent.delete(oldest);
        break;
      }
    }
    return bytes;
  }

  #rows(found: readonly unknown[]): readonly BlockRow[] {
    for (const row of found) this.#checked(row);
    return found as readonly BlockRow[];
  }

  #checked(found: unknown): BlockRow | undefined {
    const row = found as StoredBlockRow | undefined;
    if (row !== undefined && row.crc !== blockCheck(row)) throw this.#damaged(`the row of block ${row.id}`);
    return row;
  }

  #whole(rows: readonly BlockRow[], count: number, what: string): readonly BlockRow[] {
    if (rows.length !== count) throw this.#damaged(what);
    return rows;
  }

  #damaged(what: string): FailureError {
    return new FailureError(damagedBundle(this.#file, `${what} of the bundle is damaged`));
  }
}

/** Text of blocks that share a frame. */
interface SharedText {
  /** Id of the first. */
  readonly first: number;
  /** Of each in the text, and its end. */
  readonly starts: readonly number[];
  readonly text: Buffer;
}

/** @returns a copy of a block's text; null when it is not there. */
function partOf({ first, starts, text }: SharedText, id: number): Buffer | null {
  const [start, end] = [starts[id - first], starts[id - first + 1]];
  if (start === undefined || end === undefined) return null;
  // Not Buffer.from: it takes small ones from a pool, of which nobody may give anything back.
  return Buffer.from(new Uint8Array(text.subarray(start, end)).buffer);
}

export function textBlock(row: BlockRow, fileId: FileId, bytes: Uint8Array): TextBlock {
  return { fileId, firstLine: row.line0 + 1, lines: row.lines, byteStart: row.byte0, bytes };
}

export function placedBlock({ fileId, firstLine, lines, byteStart }: BlockPlace, bytes: Uint8Array): TextBlock {
  return { fileId, firstLine, lines, byteStart, bytes };
}
