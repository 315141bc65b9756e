/**
 * The hashes that data objects of a journal carry, of `FIELD=value` as it is unpacked: SipHash-2-4 with the file's id
 * as its key where the header says KEYED_HASH (systemd 246 and later), else lookup3. Sources: "SipHash: a fast
 * short-input PRF" (Aumasson, Bernstein), lookup3.c (Jenkins, hashlittle2), journal_file_hash_data and jenkins_hash64
 * of systemd.
 *
 * 64-bit numbers are two halves, in local variables: a journal has a hash for every message, and with bigints or
 * arrays it would take longer to check a message than to print it.
 */

/** A hash in two halves of 32 bits without sign. */
export interface Hash64 {
  low: number;
  high: number;
}

/**
 * SipHash-2-4 of `bytes` from `start` to `end`.
 * @param key 16 bytes. @param into takes the hash: an object for each message would be thrown away at once.
 */
export function sipHash24(key: DataView, bytes: Uint8Array, start: number, end: number, into: Hash64): void {
  const [key0, key1] = [key.getInt32(0, true), key.getInt32(4, true)];
  const [key2, key3] = [key.getInt32(8, true), key.getInt32(12, true)];
  // v0 to v3, each its low half and its high half: "somepseudorandomlygeneratedbytes" under the key.
  let v0 = key0 ^ 0x70736575;
  let h0 = key1 ^ 0x736f6d65;
  let v1 = key2 ^ 0x6e646f6d;
  let h1 = key3 ^ 0x646f7261;
  let v2 = key0 ^ 0x6e657261;
  let h2 = key1 ^ 0x6c796765;
  let v3 = key2 ^ 0x79746573;
  let h3 = key3 ^ 0x74656462;
  const length = end - start;
  const lastWord = start + (length & ~7);
  // One turn more for the last bytes with the length, one for the end.
  for (let at = start; at <= lastWord + 8; at += 8) {
    let low = 0;
    let high = 0;
    let rounds = 2;
    if (at < lastWord) {
      low = word(bytes, at);
      high = word(bytes, at + 4);
    } else if (at === lastWord) {
      low = partOfWord(bytes, at, end);
      high = partOfWord(bytes, at + 4, end) | (length << 24);
    } else {
      v2 ^= 0xff;
      rounds = 4;
    }
    v3 ^= low;
    h3 ^= high;
    for (; rounds > 0; rounds--) {
      let sum = (v0 + v1) | 0;
      h0 = (h0 + h1 + (sum >>> 0 < v1 >>> 0 ? 1 : 0)) | 0;
      v0 = sum;
      let kept = (v1 << 13) | (h1 >>> 19);
      h1 = ((h1 << 13) | (v1 >>> 19)) ^ h0;
      v1 = kept ^ v0;
      kept = v0;
      v0 = h0;
      h0 = kept;

      sum = (v2 + v3) | 0;
      h2 = (h2 + h3 + (sum >>> 0 < v3 >>> 0 ? 1 : 0)) | 0;
      v2 = sum;
      kept = (v3 << 16) | (h3 >>> 16);
      h3 = ((h3 << 16) | (v3 >>> 16)) ^ h2;
      v3 = kept ^ v2;

      sum = (v0 + v3) | 0;
      h0 = (h0 + h3 + (sum >>> 0 < v3 >>> 0 ? 1 : 0)) | 0;
      v0 = sum;
      kept = (v3 << 21) | (h3 >>> 11);
      h3 = ((h3 << 21) | (v3 >>> 11)) ^ h0;
      v3 = kept ^ v0;

      sum = (v2 + v1) | 0;
      h2 = (h2 + h1 + (sum >>> 0 < v1 >>> 0 ? 1 : 0)) | 0;
      v2 = sum;
      kept = (v1 << 17) | (h1 >>> 15);
      h1 = ((h1 << 17) | (v1 >>> 15)) ^ h2;
      v1 = kept ^ v2;
      kept = v2;
      v2 = h2;
      h2 = kept;
    }
    v0 ^= low;
    h0 ^= high;
  }
  into.low = (v0 ^ v1 ^ v2 ^ v3) >>> 0;
  into.high = (h0 ^ h1 ^ h2 ^ h3) >>> 0;
}

/** lookup3 of `bytes` from `start` to `end`, as sipHash24: the first of its results is the high half. */
export function lookup3(bytes: Uint8Array, start: number, end: number, into: Hash64): void {
  let a = (0xdeadbeef + end - start) | 0;
  let b = a;
  let c = a;
  let at = start;
  for (; end - at > 12; at += 12) {
    a = (a + word(bytes, at)) | 0;
    b = (b + word(bytes, at + 4)) | 0;
    c = (c + word(bytes, at + 8)) | 0;
    a = ((a - c) | 0) ^ rotated(c, 4);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotated(a, 6);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotated(b, 8);
    b = (b + a) | 0;
    a = ((a - c) | 0) ^ rotated(c, 16);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotated(a, 19);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotated(b, 4);
    b = (b + a) | 0;
  }
  if (at < end) {
    a = (a + partOfWord(bytes, at, end)) | 0;
    b = (b + partOfWord(bytes, at + 4, end)) | 0;
    c = (c + partOfWord(bytes, at + 8, end)) | 0;
    c = ((c ^ b) - rotated(b, 14)) | 0;
    a = ((a ^ c) - rotated(c, 11)) | 0;
    b = ((b ^ a) - rotated(a, 25)) | 0;
    c = ((c ^ b) - rotated(b, 16)) | 0;
    a = ((a ^ c) - rotated(c, 4)) | 0;
    b = ((b ^ a) - rotated(a, 14)) | 0;
    c = ((c ^ b) - rotated(b, 24)) | 0;
  }
  into.high = c >>> 0;
  into.low = b >>> 0;
}

const rotated = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** @returns the word at `at`, with zeros for what is behind `end`. */
function partOfWord(bytes: Uint8Array, at: number, end: number): number {
  let part = 0;
  for (let from = Math.min(at + 4, end) - 1; from >= at; from--) part = (part << 8) | (bytes[from] as number);
  return part;
}
