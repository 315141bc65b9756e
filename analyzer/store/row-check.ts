/**
 * CRC-32 of rows, kept with them. SQLite notices damage in how its pages are built, not in the bytes of a row; what was read of a
 * damaged one would be told as if it were captured.
 */
import { crc32 } from 'node:zlib';

/** @returns the checksum of values as they stand in a row; a number and its text are not the same. */
export function rowCheck(values: readonly (string | number | null | Uint8Array)[]): number {
  let check = 0;
  let plain = '';
  for (const value of values) {
    if (value instanceof Uint8Array) {
      check = crc32(value, check);
      plain += `[${value.length}]`;
    } else plain += `${JSON.stringify(value)},`;
  }
  return crc32(plain, check) | 0;
}

/** Room of NUMBERS_MAX numbers: made once, since rows of blocks are read by the hundred thousand. */
const numbers = new Float64Array(16);
const numberBytes = new Uint8Array(numbers.buffer);

/** @returns the same of a row that holds 16 numbers at most; what is no number counts as null. */
export function numbersCheck(values: readonly unknown[]): number {
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    numbers[at] = typeof value === 'number' ? value : Number.NaN;
  }
  return crc32(numberBytes.subarray(0, values.length * numbers.BYTES_PER_ELEMENT)) | 0;
}

/** @param id of the row, so that one is not taken for another. */
export function bytesCheck(id: number, bytes: Uint8Array): number {
  return crc32(bytes, id) | 0;
}
