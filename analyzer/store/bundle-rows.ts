/** Rows of a bundle as its reader selects them; see store/schema.ts. */

import { numbersCheck, rowCheck } from './row-check.ts';

/** A block, but for its text. */
export interface BlockRow {
  readonly id: number;
  readonly file: number;
  readonly line0: number;
  readonly lines: number;
  readonly byte0: number;
  readonly bytes: number;
  readonly warnings: number;
  readonly errors: number;
  /** Stored times (core/file-clock.ts) of its own stamps. */
  readonly time_min: number | null;
  readonly time_max: number | null;
  readonly first_event: number;
  readonly events: number;
  readonly events_crc: number;
}

export interface StoredBlockRow extends BlockRow {
  readonly crc: number;
}

/** Columns of StoredBlockRow. */
export const BLOCK_COLUMNS =
  'id, file, line0, lines, byte0, bytes, warnings, errors, time_min, time_max, first_event, events, events_crc, crc';

/** SQLite keeps no NaN: it would become NULL silently. */
export function timeColumn(time: number): number | null {
  return Number.isNaN(time) ? null : time;
}

export function blockCheck(row: BlockRow): number {
  const { id, file, line0, lines, byte0, bytes, warnings, errors, time_min, time_max } = row;
  const { first_event, events, events_crc } = row;
  return numbersCheck([
    ...[id, file, line0, lines, byte0, bytes, warnings, errors, time_min, time_max],
    ...[first_event, events, events_crc],
  ]);
}

export interface FileRow {
  readonly id: number;
  readonly path: string;
  readonly role: string;
  readonly role_because: string;
  readonly format: string;
  readonly encoding: string;
  /** Id of a row of clocks. */
  readonly clock: number;
  readonly bytes: number;
  readonly lines: number;
  readonly first_time: number | null;
  readonly last_time: number | null;
  readonly warnings: number;
  readonly errors: number;
  readonly sha256: Uint8Array;
  readonly alias_of: number | null;
  readonly coverage: string;
  readonly first_block: number;
  readonly blocks: number;
  readonly levels: number;
}

export interface StoredFileRow extends FileRow {
  readonly crc: number;
}

export function fileCheck(row: FileRow): number {
  return rowCheck([
    ...[row.id, row.path, row.role, row.role_because, row.format, row.encoding, row.clock, row.bytes, row.lines],
    ...[row.first_time, row.last_time, row.warnings, row.errors, row.sha256, row.alias_of, row.coverage],
    ...[row.first_block, row.blocks, row.levels],
  ]);
}
