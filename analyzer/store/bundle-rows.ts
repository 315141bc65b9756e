/** Rows of a bundle as its reader selects them; see store/schema.ts. */

/** Position of a block. */
export interface BlockRow {
  readonly id: number;
  readonly file: number;
  readonly line0: number;
  readonly lines: number;
  readonly byte0: number;
  readonly bytes: number;
}

export interface FileRow {
  readonly id: number;
  readonly path: string;
  readonly role: string;
  readonly role_because: string;
  readonly format: string;
  readonly encoding: string;
  readonly clock: string;
  readonly bytes: number;
  readonly lines: number;
  readonly first_time: number | null;
  readonly last_time: number | null;
  readonly warnings: number;
  readonly errors: number;
  readonly sha256: Uint8Array;
  readonly alias_of: number | null;
  readonly coverage: string;
}

/** Columns of BlockRow. */
export const POSITION = 'id, file, line0, lines, byte0, bytes';
