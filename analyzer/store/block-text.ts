/** Blocks of a bundle: their positions and their text. */
import type { Database, Statement } from 'better-sqlite3';
import type { BlockPlace, TextBlock } from '../core/case-reader.ts';
import { giveBack } from '../core/give-back.ts';
import type { FileId } from '../core/ids.ts';
import { type BlockRow, POSITION } from './bundle-rows.ts';
import { unpackBlock } from './unpack-block.ts';

/** Decompressed blocks kept: a viewer pages back and forth over a few. */
const BLOCKS_KEPT = 8;

export class BlockText {
  readonly #file: string;
  readonly #at: Statement;
  readonly #of: Statement;
  readonly #byId: Statement;
  readonly #idsOf: Statement;
  readonly #withBytes: Statement;
  readonly #size: Statement;
  readonly #frame: Statement;
  readonly #recent = new Map<number, Buffer>();

  constructor(db: Database) {
    this.#file = db.name;
    this.#at = db.prepare(
      `SELECT ${POSITION} FROM blocks WHERE file = ? AND line0 <= ? ORDER BY line0 DESC, id DESC LIMIT 1`,
    );
    this.#of = db.prepare(`SELECT ${POSITION} FROM blocks WHERE file = ? ORDER BY line0, id`);
    this.#byId = db.prepare(`SELECT ${POSITION} FROM blocks WHERE id = ?`);
    this.#idsOf = db.prepare('SELECT id FROM blocks WHERE file = ?').pluck();
    this.#withBytes = db.prepare(
      `SELECT ${POSITION} FROM blocks WHERE file = ? AND byte0 < ? AND byte0 + bytes > ? ORDER BY byte0, id`,
    );
    this.#size = db.prepare('SELECT max(byte0 + bytes) FROM blocks WHERE file = ?').pluck();
    this.#frame = db.prepare('SELECT frame FROM block_text WHERE id = ?').pluck();
  }

  /** @param line0 from 0. @returns the last block that begins at or before this line; it may end before it. */
  at(file: number, line0: number): BlockRow | undefined {
    return this.#at.get(file, line0) as BlockRow | undefined;
  }

  /** All blocks of a file in order. */
  of(file: number): readonly BlockRow[] {
    return this.#of.all(file) as BlockRow[];
  }

  byId(id: number): BlockRow | undefined {
    return this.#byId.get(id) as BlockRow | undefined;
  }

  idsOf(file: number): readonly number[] {
    return this.#idsOf.all(file) as number[];
  }

  /** @returns bytes `start..start + count` of a file, fewer at its end, and how many it has. */
  bytes(file: number, start: number, count: number): { readonly size: number; readonly bytes: Buffer } {
    const parts: Buffer[] = [];
    for (const row of this.#withBytes.all(file, start + count, start) as BlockRow[]) {
      parts.push(this.kept(row).subarray(Math.max(0, start - row.byte0), start + count - row.byte0));
    }
    return { size: (this.#size.get(file) as number | null) ?? 0, bytes: Buffer.concat(parts) };
  }

  /** @throws FailureError `corrupt`, as all that read text. */
  unpacked(row: Pick<BlockRow, 'id' | 'bytes'>): Buffer {
    const frame: unknown = this.#frame.get(row.id);
    try {
      return unpackBlock(this.#file, frame, row);
    } finally {
      if (frame instanceof Uint8Array) giveBack(frame);
    }
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
}

export function textBlock(row: BlockRow, fileId: FileId, bytes: Uint8Array): TextBlock {
  return { fileId, firstLine: row.line0 + 1, lines: row.lines, byteStart: row.byte0, bytes };
}

export function placedBlock({ fileId, firstLine, lines, byteStart }: BlockPlace, bytes: Uint8Array): TextBlock {
  return { fileId, firstLine, lines, byteStart, bytes };
}
