/** The integrity checks of .xz blocks (The .xz File Format 1.2.1, 2.1.1.2 and 6): computed over unpacked bytes. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Bytes of a check by its id; ids without a method are reserved, and their checks can only be skipped. */
export const checkBytes = (id: number): number => (id === 0 ? 0 : 4 << Math.floor((id - 1) / 3));

export interface Check {
  update(bytes: Uint8Array): void;
  /** @returns whether these are the check's bytes. */
  matches(stored: Uint8Array): boolean;
}

/** @returns null when the check is unknown to us, or there is none. */
export function checkOf(id: number): Check | null {
  if (id === 1) return new Crc32();
  if (id === 4) return new Crc64();
  if (id === 10) return new Sha256();
  return null;
}

class Crc32 implements Check {
  #crc = 0;
  update(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
  }
  matches(stored: Uint8Array): boolean {
    return u32(stored, 0) === this.#crc;
  }
}

class Sha256 implements Check {
  readonly #hash = createHash('sha256');
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }
  matches(stored: Uint8Array): boolean {
    return this.#hash.digest().equals(stored);
  }
}

/** Reflected polynomial of ECMA-182: high and low half. */
const POLY_HIGH = 0xc96c5795;
const POLY_LOW = 0xd7870f42;
const HIGH = new Int32Array(256);
const LOW = new Int32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit++) {
    const odd = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (odd === 1) {
      low ^= POLY_LOW;
      high ^= POLY_HIGH;
    }
  }
  HIGH[byte] = high;
  LOW[byte] = low;
}

class Crc64 implements Check {
  #high = -1;
  #low = -1;
  update(bytes: Uint8Array): void {
    let high = this.#high;
    let low = this.#low;
    for (let at = 0; at < bytes.length; at++) {
      const index = (low ^ (bytes[at] as number)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (LOW[index] as number);
      high = (high >>> 8) ^ (HIGH[index] as number);
    }
    this.#high = high;
    this.#low = low;
  }
  matches(stored: Uint8Array): boolean {
    return u32(stored, 0) === ~this.#low >>> 0 && u32(stored, 4) === ~this.#high >>> 0;
  }
}

const u32 = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
