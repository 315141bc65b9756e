/** The rows of a bundle's files: read at the first question, and kept. */
import type { Database } from 'better-sqlite3';
import { FailureError } from '../core/failure.ts';
import { BlockExtents } from './block-extents.ts';
import { type FileRow, fileCheck, type StoredFileRow } from './bundle-rows.ts';
import { damagedBundle } from './damaged-file.ts';
import { rowCheck } from './row-check.ts';

export class FileList {
  readonly #db: Database;
  readonly #count: number;
  #rows: readonly FileRow[] | null = null;
  #extents: BlockExtents | null = null;

  /** @param count of files, as the seal says. */
  constructor(db: Database, count: number) {
    this.#db = db;
    this.#count = count;
  }

  /** In archive order, ids from 1. @throws FailureError `corrupt`: what else is known of a bundle is known of its files. */
  rows(): readonly FileRow[] {
    if (this.#rows !== null) return this.#rows;
    const rows = this.#db.prepare('SELECT * FROM files ORDER BY id').all() as StoredFileRow[];
    const sound = rows.every((row, at) => row.id === at + 1 && row.crc === fileCheck(row));
    if (!sound || rows.length !== this.#count) {
      throw new FailureError(damagedBundle(this.#db.name, 'the list of files of the bundle is damaged'));
    }
    this.#rows = rows;
    return rows;
  }

  /** @returns the clock of this id, as JSON. @throws FailureError `corrupt`. */
  clock(id: number): string {
    const row = this.#db.prepare('SELECT crc, clock FROM clocks WHERE id = ?').raw().get(id) as readonly unknown[];
    const [crc, clock] = row ?? [];
    if (typeof clock === 'string' && crc === rowCheck([id, clock])) return clock;
    throw new FailureError(damagedBundle(this.#db.name, `clock ${id} of the files of the bundle is damaged`));
  }

  extents(): BlockExtents {
    this.#extents ??= new BlockExtents(this.rows());
    return this.#extents;
  }
}
