/** Events of a bundle by their blocks: which lines are of which severity. */
import { crc32 } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import { FailureError } from '../core/failure.ts';
import type { BlockRow } from './bundle-rows.ts';
import { damagedBundle } from './damaged-file.ts';

export interface BlockEvent {
  /** Of its file, from 1. */
  readonly line: number;
  readonly lines: number;
  /** LINE_SEVERITY of its first line. */
  readonly severity: number;
}

export class EventRows {
  readonly #file: string;
  readonly #rows: Statement;

  constructor(db: Database) {
    this.#file = db.name;
    this.#rows = db.prepare('SELECT line, lines, severity FROM events WHERE id BETWEEN ? AND ? ORDER BY id');
  }

  /** @throws FailureError `corrupt`. @returns events of a block; sections stand behind messages. */
  of({ id, first_event: first, events: count, events_crc: crc }: BlockRow): readonly BlockEvent[] {
    if (count === 0) return [];
    const rows = this.#rows.all(first, first + count - 1) as readonly BlockEvent[];
    if (rows.length === count && eventsCheck(rows) === crc) return rows;
    throw new FailureError(damagedBundle(this.#file, `the events of block ${id} of the bundle are damaged`));
  }
}

/** @returns the checksum of the events of a block; their times may still change when it is made (file-rows.ts). */
export function eventsCheck(events: readonly BlockEvent[]): number {
  const fields = new Float64Array(3 * events.length);
  let at = 0;
  for (const { line, lines, severity } of events) {
    fields[at] = line;
    fields[at + 1] = lines;
    fields[at + 2] = severity;
    at += 3;
  }
  return crc32(new Uint8Array(fields.buffer)) | 0;
}
