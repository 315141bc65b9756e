/** Read side of literal-lines.ts. What is damaged there is looked for in the blocks themselves. */
import type { Database, Statement } from 'better-sqlite3';
import * as z from 'zod';
import type { LiteralBlock, LiteralLines } from '../core/case-reader.ts';
import { giveBack } from '../core/give-back.ts';
import type { FileId } from '../core/ids.ts';
import { type BlockText, textBlock } from './block-text.ts';
import { type BlockRow, POSITION } from './bundle-rows.ts';
import { type KeptBlock, keptBlocks, type StoredLiterals } from './literal-lines.ts';
import { unpackLiteralLines } from './unpack-block.ts';

const Stored = z.object({ literals: z.array(z.string()), frames: z.number() });

/** The blocks of one slab. */
interface SlabRange {
  readonly first: number;
  readonly last: number;
}

interface KeptOfSlab {
  /** In which the text of the lines stands. */
  readonly unpacked: Buffer;
  readonly blocks: readonly KeptBlock[];
}

/** @returns null when the bundle has no such lines, or not all that it says it has. */
export function literalLinesIn(db: Database, blocks: BlockText): LiteralLines | null {
  try {
    const stored = storedLiterals(db);
    if (stored === null) return null;
    const sql = 'SELECT first_block AS first, last_block AS last FROM literal_lines ORDER BY first_block';
    const ranges = db.prepare(sql).all() as SlabRange[];
    // Each block in one slab: whoever changed the bundle must not have the same blocks read again and again.
    const inOrder = ranges.every(({ first, last }, nth) => first <= last && first > (ranges[nth - 1]?.last ?? -1));
    return inOrder && ranges.length === stored.frames ? new SealedLiteralLines(db, blocks, stored, ranges) : null;
  } catch {
    // Made by an earlier version, or damaged.
    return null;
  }
}

function storedLiterals(db: Database): StoredLiterals | null {
  const text: unknown = db.prepare("SELECT value FROM meta WHERE key = 'literals'").pluck().get();
  if (typeof text !== 'string') return null;
  const stored = Stored.safeParse(JSON.parse(text));
  return stored.success ? stored.data : null;
}

class SealedLiteralLines implements LiteralLines {
  readonly literals: readonly string[];
  readonly #blocks: BlockText;
  readonly #ranges: readonly SlabRange[];
  readonly #rows: Statement;
  readonly #frame: Statement;

  constructor(db: Database, blocks: BlockText, { literals }: StoredLiterals, ranges: readonly SlabRange[]) {
    this.literals = literals;
    this.#blocks = blocks;
    this.#ranges = ranges;
    // Blocks of binary files have no lines.
    this.#rows = db.prepare(`SELECT ${POSITION} FROM blocks WHERE id BETWEEN ? AND ? AND lines > 0 ORDER BY id`);
    this.#frame = db.prepare('SELECT frame FROM literal_lines WHERE first_block = ?').pluck();
  }

  *blocks(files: ReadonlySet<FileId>): Iterable<LiteralBlock> {
    for (const range of this.#ranges) {
      const rows = (this.#rows.all(range.first, range.last) as BlockRow[]).filter((row) =>
        files.has(row.file as FileId),
      );
      if (rows.length === 0) continue;
      const kept = this.#kept(range);
      const byId = kept === null ? null : new Map(kept.blocks.map((block) => [block.id, block]));
      for (const row of rows) {
        const found = byId?.get(row.id);
        if (byId !== null && found === undefined) continue;
        yield this.#block(row, found?.lines ?? null);
      }
      if (kept !== null) giveBack(kept.unpacked);
    }
  }

  /** @returns null when they are damaged. */
  #kept({ first }: SlabRange): KeptOfSlab | null {
    try {
      const unpacked = unpackLiteralLines(this.#frame.get(first));
      const blocks = unpacked === null ? null : keptBlocks(unpacked, this.literals.length);
      return unpacked === null || blocks === null ? null : { unpacked, blocks };
    } catch {
      return null;
    }
  }

  #block(row: BlockRow, kept: LiteralBlock['kept']): LiteralBlock {
    const fileId = row.file as FileId;
    const read = () => textBlock(row, fileId, this.#blocks.unpacked(row));
    return {
      fileId,
      firstLine: row.line0 + 1,
      lines: row.lines,
      kept,
      get block() {
        return read();
      },
    };
  }
}
