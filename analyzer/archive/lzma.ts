/**
 * LZMA as LZMA2 uses it: a range decoder with adaptive bits over a sliding window. Source: Igor Pavlov's LZMA
 * specification (lzma-specification.txt of the LZMA SDK, public domain).
 */

/** Every literal coder has 256 probabilities, and 512 more for literals behind a match. */
const LITERAL_PROBS = 0x300;
const PROB_INIT = 1024;

// Where the probabilities of each kind of decision stand in one array.
const IS_MATCH = 0;
const IS_REP = IS_MATCH + 12 * 16;
const IS_REP0 = IS_REP + 12;
const IS_REP1 = IS_REP0 + 12;
const IS_REP2 = IS_REP1 + 12;
const IS_REP0_LONG = IS_REP2 + 12;
const SLOT = IS_REP0_LONG + 12 * 16;
const SPECIAL = SLOT + 4 * 64;
const ALIGN = SPECIAL + 128;
const MATCH_LENGTH = ALIGN + 16;
const LENGTH_PROBS = 2 + 16 * 8 + 16 * 8 + 256;
const REP_LENGTH = MATCH_LENGTH + LENGTH_PROBS;
const LITERAL = REP_LENGTH + LENGTH_PROBS;
/** LZMA2 allows lc + lp up to 4. */
const ALL_PROBS = LITERAL + (LITERAL_PROBS << 4);

/** The window grows with what was unpacked, so that a small stream with a large dictionary costs little. */
const WINDOW_START = 64 * 1024;
/** A chunk is unpacked into the window in one go: LZMA2's largest. */
const CHUNK_MAX = 2 * 1024 * 1024;

const TOP = 0x1000000;

/** The last unpacked bytes: a ring whose size is a power of two. */
export class Window {
  bytes: Uint8Array = new Uint8Array(WINDOW_START);
  mask: number = WINDOW_START - 1;
  /** Where the next byte goes. */
  at = 0;
  /** Bytes that can be referred to. */
  filled = 0;
  readonly #dictionary: number;
  readonly #full: number;

  /** @param dictionary how far back the stream may refer, in bytes. */
  constructor(dictionary: number) {
    this.#dictionary = dictionary;
    let full = WINDOW_START;
    while (full < dictionary || full < CHUNK_MAX) full *= 2;
    this.#full = full;
  }

  reset(): void {
    this.at = 0;
    this.filled = 0;
  }

  /** Makes room for a chunk. Until the ring has its full size it never wraps. */
  reserve(count: number): void {
    let size = this.bytes.length;
    while (size < this.#full && this.at + count > size) size *= 2;
    if (size === this.bytes.length) return;
    const larger = new Uint8Array(size);
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
    this.mask = size - 1;
  }

  /** Copies unpacked bytes in. */
  append(bytes: Uint8Array): void {
    const room = this.bytes.length - this.at;
    this.bytes.set(bytes.subarray(0, room), this.at);
    if (bytes.length > room) this.bytes.set(bytes.subarray(room), 0);
    this.at = (this.at + bytes.length) & this.mask;
    this.grew(bytes.length);
  }

  grew(count: number): void {
    this.filled = Math.min(this.filled + count, this.#dictionary);
  }

  /** @returns a copy of `count` bytes of the last `back`. */
  copy(back: number, count: number): Uint8Array {
    const from = (this.at - back) & this.mask;
    if (from + count <= this.bytes.length) return this.bytes.slice(from, from + count);
    const copied = new Uint8Array(count);
    copied.set(this.bytes.subarray(from));
    copied.set(this.bytes.subarray(0, count - (this.bytes.length - from)), this.bytes.length - from);
    return copied;
  }
}

/** How the decoding of one chunk ended; `unpacked` bytes were added to the window whatever it was. */
export interface LzmaEnd {
  readonly is: 'whole' | 'short' | 'damaged';
  readonly unpacked: number;
}

export class Lzma {
  readonly #window: Window;
  readonly #probs = new Uint16Array(ALL_PROBS);
  #literalBits = 0;
  #literalPositions = 0;
  #positions = 0;
  #state = 0;
  #rep0 = 0;
  #rep1 = 0;
  #rep2 = 0;
  #rep3 = 0;
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  /** Range and code: unsigned 32-bit numbers, which a field of an object would box. */
  readonly #coder = new Uint32Array(2);

  constructor(window: Window) {
    this.#window = window;
  }

  /** @param properties (pb * 5 + lp) * 9 + lc. @returns false when LZMA2 does not allow them. */
  configure(properties: number): boolean {
    const lc = properties % 9;
    const lp = Math.floor(properties / 9) % 5;
    const pb = Math.floor(properties / 45);
    if (pb > 4 || lc + lp > 4) return false;
    this.#literalBits = lc;
    this.#literalPositions = (1 << lp) - 1;
    this.#positions = (1 << pb) - 1;
    return true;
  }

  resetState(): void {
    this.#probs.fill(PROB_INIT);
    this.#state = 0;
    this.#rep0 = 0;
    this.#rep1 = 0;
    this.#rep2 = 0;
    this.#rep3 = 0;
  }

  /**
   * Unpacks `input[at..end]`, which should give `size` bytes, into the window.
   * @returns `short` when the input ended first, `damaged` when it cannot be right.
   */
  decode(input: Uint8Array, at: number, end: number, size: number): LzmaEnd {
    this.#input = input;
    this.#end = end;
    this.#at = at + 5;
    if (end - at < 5) return { is: 'short', unpacked: 0 };
    const coder = this.#coder;
    coder[0] = 0xffffffff;
    for (let index = 1; index < 5; index++) coder[1] = ((coder[1] as number) << 8) | (input[at + index] as number);
    if (input[at] !== 0 || coder[1] === 0xffffffff) return { is: 'damaged', unpacked: 0 };
    let unpacked = 0;
    while (unpacked < size) {
      const count = this.#step(size - unpacked);
      if (this.#at > this.#end) {
        if (count > 0) this.#window.at = (this.#window.at - count) & this.#window.mask;
        return { is: 'short', unpacked };
      }
      if (count === 0) return { is: 'damaged', unpacked };
      this.#window.grew(count);
      unpacked += count;
    }
    this.#normalize();
    if (this.#at > this.#end) return { is: 'short', unpacked };
    return { is: coder[1] === 0 && this.#at === this.#end ? 'whole' : 'damaged', unpacked };
  }

  /** @returns bytes of the input read since `from`. */
  used(from: number): number {
    return Math.min(this.#at, this.#end) - from;
  }

  #normalize(): void {
    const coder = this.#coder;
    if ((coder[0] as number) >= TOP) return;
    coder[0] = (coder[0] as number) << 8;
    coder[1] = ((coder[1] as number) << 8) | (this.#input[this.#at++] as number);
  }

  /** Decodes one adaptive bit. */
  #bit(index: number): 0 | 1 {
    const coder = this.#coder;
    const probs = this.#probs;
    let range = coder[0] as number;
    let code = coder[1] as number;
    if (range < TOP) {
      range = (range << 8) >>> 0;
      code = ((code << 8) | (this.#input[this.#at++] as number)) >>> 0;
    }
    const prob = probs[index] as number;
    const bound = Math.imul(range >>> 11, prob) >>> 0;
    if (code < bound) {
      coder[0] = bound;
      coder[1] = code;
      probs[index] = prob + ((2048 - prob) >> 5);
      return 0;
    }
    coder[0] = range - bound;
    coder[1] = code - bound;
    probs[index] = prob - (prob >> 5);
    return 1;
  }

  /** Most significant bit first. */
  #tree(base: number, bits: number): number {
    return this.#descend(base, 1, 1 << bits) - (1 << bits);
  }

  /** Adaptive bits from `node` down to the leaves: `#bit` in a loop with its state in locals, a third faster. */
  #descend(base: number, node: number, leaves: number): number {
    const coder = this.#coder;
    const probs = this.#probs;
    const input = this.#input;
    let at = this.#at;
    let range = coder[0] as number;
    let code = coder[1] as number;
    let reached = node;
    while (reached < leaves) {
      if (range < TOP) {
        range = (range << 8) >>> 0;
        code = ((code << 8) | (input[at++] as number)) >>> 0;
      }
      const prob = probs[base + reached] as number;
      const bound = Math.imul(range >>> 11, prob) >>> 0;
      if (code < bound) {
        range = bound;
        probs[base + reached] = prob + ((2048 - prob) >> 5);
        reached <<= 1;
      } else {
        range -= bound;
        code -= bound;
        probs[base + reached] = prob - (prob >> 5);
        reached = (reached << 1) | 1;
      }
    }
    this.#at = at;
    coder[0] = range;
    coder[1] = code;
    return reached;
  }

  #reverseTree(base: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let bit = 0; bit < bits; bit++) {
      const one = this.#bit(base + node);
      node = (node << 1) | one;
      value |= one << bit;
    }
    return value;
  }

  /** Bits that are as likely 0 as 1. */
  #direct(bits: number): number {
    const coder = this.#coder;
    let value = 0;
    for (let bit = 0; bit < bits; bit++) {
      this.#normalize();
      const half = (coder[0] as number) >>> 1;
      const one = (coder[1] as number) >= half ? 1 : 0;
      coder[0] = half;
      if (one === 1) coder[1] = (coder[1] as number) - half;
      value = (value << 1) | one;
    }
    return value;
  }

  /** Decodes one literal or match. @returns the bytes written to the window, 0 when it cannot be right. */
  #step(room: number): number {
    const window = this.#window;
    const posState = window.at & this.#positions;
    if (this.#bit(IS_MATCH + (this.#state << 4) + posState) === 0) {
      this.#literal();
      return 1;
    }
    let length: number;
    if (this.#bit(IS_REP + this.#state) === 0) {
      length = this.#newMatch(posState);
    } else {
      if (window.filled === 0) return 0;
      if (this.#bit(IS_REP0 + this.#state) === 0) {
        if (this.#bit(IS_REP0_LONG + (this.#state << 4) + posState) === 0) {
          this.#state = this.#state < 7 ? 9 : 11;
          return this.#repeat(1);
        }
      } else {
        this.#swapDistances();
      }
      length = this.#length(REP_LENGTH, posState);
      this.#state = this.#state < 7 ? 8 : 11;
    }
    return length > room ? 0 : this.#repeat(length);
  }

  #literal(): void {
    const { bytes, mask, at, filled } = this.#window;
    const previous = filled === 0 ? 0 : (bytes[(at - 1) & mask] as number);
    const coder = ((at & this.#literalPositions) << this.#literalBits) + (previous >> (8 - this.#literalBits));
    const base = LITERAL + coder * LITERAL_PROBS;
    let node = 1;
    if (this.#state >= 7 && this.#rep0 < filled) {
      let match = bytes[(at - this.#rep0 - 1) & mask] as number;
      do {
        const expected = (match >> 7) & 1;
        match <<= 1;
        const one = this.#bit(base + ((1 + expected) << 8) + node);
        node = (node << 1) | one;
        if (one !== expected) break;
      } while (node < 0x100);
    }
    bytes[at] = this.#descend(base, node, 0x100);
    this.#window.at = (at + 1) & mask;
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
  }

  /** A match with a new distance. @returns its length. */
  #newMatch(posState: number): number {
    this.#rep3 = this.#rep2;
    this.#rep2 = this.#rep1;
    this.#rep1 = this.#rep0;
    const length = this.#length(MATCH_LENGTH, posState);
    this.#state = this.#state < 7 ? 7 : 10;
    const slot = this.#tree(SLOT + Math.min(length - 2, 3) * 64, 6);
    if (slot < 4) {
      this.#rep0 = slot;
      return length;
    }
    const bits = (slot >> 1) - 1;
    const high = ((2 | (slot & 1)) << bits) >>> 0;
    if (slot < 14) this.#rep0 = high + this.#reverseTree(SPECIAL + high - slot, bits);
    else this.#rep0 = high + ((this.#direct(bits - 4) << 4) >>> 0) + this.#reverseTree(ALIGN, 4);
    return length;
  }

  #swapDistances(): void {
    let distance: number;
    if (this.#bit(IS_REP1 + this.#state) === 0) {
      distance = this.#rep1;
    } else {
      if (this.#bit(IS_REP2 + this.#state) === 0) {
        distance = this.#rep2;
      } else {
        distance = this.#rep3;
        this.#rep3 = this.#rep2;
      }
      this.#rep2 = this.#rep1;
    }
    this.#rep1 = this.#rep0;
    this.#rep0 = distance;
  }

  #length(base: number, posState: number): number {
    if (this.#bit(base) === 0) return 2 + this.#tree(base + 2 + (posState << 3), 3);
    if (this.#bit(base + 1) === 0) return 10 + this.#tree(base + 2 + 128 + (posState << 3), 3);
    return 18 + this.#tree(base + 2 + 256, 8);
  }

  /** Copies from the last distance. @returns the length, 0 when the distance leads behind what there is. */
  #repeat(length: number): number {
    const window = this.#window;
    const { bytes, mask } = window;
    if (this.#rep0 >= window.filled) return 0;
    let to = window.at;
    let from = (to - this.#rep0 - 1) & mask;
    for (let left = length; left > 0; left--) {
      bytes[to] = bytes[from] as number;
      to = (to + 1) & mask;
      from = (from + 1) & mask;
    }
    window.at = to;
    return length;
  }
}
