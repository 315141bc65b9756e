/** Read side of literal-lines.ts. What is damaged there is looked for in the blocks themselves. */
import type { Database, Statement } from 'better-sqlite3';
import * as z from 'zod';
import type { LiteralBlock, LiteralLines } from '../core/case-reader.ts';
import { giveBack } from '../core/give-back.ts';
import type { FileId } from '../core/ids.ts';
import { type BlockText, textBlock } from './block-text.ts';
import type { BlockRow } from './bundle-rows.ts';
import { type KeptBlock, keptBlocks, type StoredLiterals } from './literal-lines.ts';
import { rowCheck } from './row-check.ts';
import { metaOf } from './schema.ts';
import { unpackLiteralLines } from './unpack-block.ts';

const Stored = z.object({ literals: z.array(z.string()), ranges: z.number() });

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
    const whole = rowCheck(ranges.flatMap(({ first, last }) => [first, last])) === stored.ranges;
    return inOrder && whole ? new SealedLiteralLines(db, blocks, stored, ranges) : null;
  } catch {
    // Made by an earlier version, or damaged.
    return null;
  }
}

function storedLiterals(db: Database): StoredLiterals | null {
  const text = metaOf(db, 'literals');
  if (text === null) return null;
  const stored = Stored.safeParse(JSON.parse(text));
  return stored.success ? stored.data : null;
}

class SealedLiteralLines implements LiteralLines {
  readonly literals: readonly string[];
  readonly #blocks: BlockText;
  readonly #ranges: readonly SlabRange[];
  readonly #frame: Statement;

  constructor(db: Database, blocks: BlockText, { literals }: StoredLiterals, ranges: readonly SlabRange[]) {
    this.literals = literals;
    this.#blocks = blocks;
    this.#ranges = ranges;
    this.#frame = db.prepare('SELECT crc, frame FROM literal_lines WHERE first_block = ?').raw();
  }

  *blocks(files: ReadonlySet<FileId>): Iterable<LiteralBlock> {
    for (const range of this.#ranges) {
      // Blocks of binary files have no lines.
      const inSlab = this.#blocks.between(range.first, range.last);
      const rows = inSlab.filter((row) => row.lines > 0 && files.has(row.file as FileId));
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
  #kept({ first, last }: SlabRange): KeptOfSlab | null {
    try {
      const [crc, frame] = (this.#frame.get(first) ?? []) as readonly unknown[];
      const sound = frame instanceof Uint8Array && crc === literalCheck(first, last, frame);
      const unpacked = sound ? unpackLiteralLines(frame) : null;
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

/** @returns the checksum of a row of literal_lines. */
export function literalCheck(first: number, last: number, frame: Uint8Array): number {
  return rowCheck([first, last, frame]);
}
