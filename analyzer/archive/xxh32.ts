/** xxHash32 with seed 0, the checksum of lz4 frames. Source: the xxHash specification (Cyan4973/xxHash, doc). */

const PRIME1 = 0x9e3779b1;
const PRIME2 = 0x85ebca77;
const PRIME3 = 0xc2b2ae3d;
const PRIME4 = 0x27d4eb2f;
const PRIME5 = 0x165667b1;
const STRIPE = 16;

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

const u32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);

const round = (lane: number, word: number): number =>
  Math.imul(rotate((lane + Math.imul(word, PRIME2)) | 0, 13), PRIME1);

export class Xxh32 {
  #one = (PRIME1 + PRIME2) | 0;
  #two = PRIME2 | 0;
  #three = 0;
  #four = -PRIME1 | 0;
  #total = 0;
  readonly #rest = new Uint8Array(STRIPE);
  #held = 0;

  update(bytes: Uint8Array): this {
    this.#total += bytes.length;
    let at = 0;
    if (this.#held > 0) {
      at = Math.min(STRIPE - this.#held, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#held);
      this.#held += at;
      if (this.#held < STRIPE) return this;
      this.#stripes(this.#rest, 0, STRIPE);
    }
    const whole = at + ((bytes.length - at) & ~(STRIPE - 1));
    this.#stripes(bytes, at, whole);
    this.#rest.set(bytes.subarray(whole));
    this.#held = bytes.length - whole;
    return this;
  }

  #stripes(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at += STRIPE) {
      this.#one = round(this.#one, u32(bytes, at));
      this.#two = round(this.#two, u32(bytes, at + 4));
      this.#three = round(this.#three, u32(bytes, at + 8));
      this.#four = round(this.#four, u32(bytes, at + 12));
    }
  }

  /** @returns the hash, unsigned. */
  digest(): number {
    const lanes = rotate(this.#one, 1) + rotate(this.#two, 7) + rotate(this.#three, 12) + rotate(this.#four, 18);
    let hash = ((this.#total >= STRIPE ? lanes : PRIME5) + this.#total) | 0;
    let at = 0;
    for (; at + 4 <= this.#held; at += 4) {
      hash = Math.imul(rotate((hash + Math.imul(u32(this.#rest, at), PRIME3)) | 0, 17), PRIME4);
    }
    for (; at < this.#held; at++) {
      hash = Math.imul(rotate((hash + Math.imul(this.#rest[at] as number, PRIME5)) | 0, 11), PRIME1);
    }
    hash = Math.imul(hash ^ (hash >>> 15), PRIME2);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}
