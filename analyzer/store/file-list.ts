/** The rows of a bundle's files. Of 200,000 files they are large: what is kept of them is what reading text takes. */
import type { Database } from 'better-sqlite3';
import { FailureError } from '../core/failure.ts';
import { BlockExtents } from './block-extents.ts';
import { type FileRow, fileCheck, type StoredFileRow } from './bundle-rows.ts';
import { damagedBundle } from './damaged-file.ts';
import { rowCheck } from './row-check.ts';

export class FileList {
  readonly #db: Database;
  readonly #count: number;
  /** Of the histograms of files, by id. */
  #levels = new Uint8Array(0);
  #extents: BlockExtents | null = null;

  /** @param count of files, as the seal says. */
  constructor(db: Database, count: number) {
    this.#db = db;
    this.#count = count;
  }

  /** In archive order, ids from 1. @throws FailureError `corrupt`: what else is known of a bundle is known of its files. */
  rows(): readonly FileRow[] {
    const rows = this.#db.prepare('SELECT * FROM files ORDER BY id').all() as StoredFileRow[];
    const sound = rows.every((row, at) => row.id === at + 1 && row.crc === fileCheck(row));
    if (!sound || rows.length !== this.#count) {
      throw new FailureError(damagedBundle(this.#db.name, 'the list of files of the bundle is damaged'));
    }
    this.#extents ??= new BlockExtents(rows);
    this.#levels = Uint8Array.from([0, ...rows.map(({ levels }) => levels)]);
    return rows;
  }

  /** @returns the clock of this id, as JSON. @throws FailureError `corrupt`. */
  clock(id: number): string {
    const row = this.#db.prepare('SELECT crc, clock FROM clocks WHERE id = ?').raw().get(id) as readonly unknown[];
    const [crc, clock] = row ?? [];
    if (typeof clock === 'string' && crc === rowCheck([id, clock])) return clock;
    throw new FailureError(damagedBundle(this.#db.name, `clock ${id} of the files of the bundle is damaged`));
  }

  /** After `rows`. */
  get extents(): BlockExtents {
    if (this.#extents === null) throw new Error('the files of the bundle have not been read');
    return this.#extents;
  }

  /** After `rows`. @returns how many levels of the histogram of a file there are. */
  levelsOf(id: number): number {
    return this.#levels[id] ?? 0;
  }
}
