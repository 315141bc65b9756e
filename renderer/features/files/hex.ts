/** Bytes as rows of sixteen. Pure. */

import { bytesOfBase64 } from '../../model/base64.ts';

export const ROW_BYTES = 16;

/** @returns rows of a file of so many bytes. */
export function hexRows(size: number): number {
  return Math.ceil(size / ROW_BYTES);
}

/** @returns the offset of a row (from 1), in as many digits as the file's last offset has, eight at least. */
export function offsetText(row: number, size: number): string {
  const digits = Math.max(8, Math.max(0, size - 1).toString(16).length);
  return ((row - 1) * ROW_BYTES).toString(16).padStart(digits, '0');
}

/** @returns e.g. "7f 45 4c 46 02 01 01 00  00 00 00 00 00 00 00 00", always as wide as a whole row. */
export function hexText(bytes: Uint8Array): string {
  const half = (from: number) =>
    Array.from({ length: 8 }, (_, nth) => bytes[from + nth]?.toString(16).padStart(2, '0') ?? '  ').join(' ');
  return `${half(0)}  ${half(8)}`;
}

/** @returns the row's characters: what is not printable ASCII is a dot. */
export function asciiText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}

/** @returns the lines of `hexdump -C`, as they are pasted into a case. */
export function hexDump(rows: readonly Uint8Array[], first: number, size: number): string {
  return rows
    .map((bytes, nth) => `${offsetText(first + nth, size)}  ${hexText(bytes)}  |${asciiText(bytes)}|\n`)
    .join('');
}

/** @returns the rows of base64 bytes that begin at the start of a row. */
export function rowsOfBase64(base64: string): readonly Uint8Array[] {
  const bytes = bytesOfBase64(base64);
  return Array.from({ length: hexRows(bytes.length) }, (_, row) =>
    bytes.subarray(row * ROW_BYTES, row * ROW_BYTES + ROW_BYTES),
  );
}

/**
 * Reads `0x1f40`, `8000`, `+0x100`, `-16` or `50%`. @returns the row that holds the offset, null when it is none.
 * @param row the row one is on.
 */
export function parseOffset(text: string, row: number, size: number): number | null {
  const typed = text.trim().replace(/,/g, '');
  const rows = Math.max(1, hexRows(size));
  const inside = (to: number) => Math.max(1, Math.min(rows, to));
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(typed);
  if (share !== null) return inside(1 + Math.round((Math.min(100, Number(share[1])) / 100) * (rows - 1)));
  const [, sign = '', digits] = /^([+-]?)(0x[0-9a-f]+|\d+)$/i.exec(typed) ?? [];
  if (digits === undefined) return null;
  const step = Number(digits);
  if (sign === '') return inside(1 + Math.floor(step / ROW_BYTES));
  return inside(row + (sign === '-' ? -1 : 1) * Math.floor(step / ROW_BYTES));
}
