/**
 * Finds a literal in bytes, ASCII letters in any case, without a folded copy of the text: whole words of four bytes
 * are loaded and compared in the folded form, and only where one fits are the bytes themselves looked at. A literal
 * of at least seven bytes fills some aligned word wherever it stands, one of five or six the lower half of one; a shorter
 * one fills parts of words.
 */

/** Bytes with their words of four; the last word may reach over the end, its bytes there may be anything. */
export interface SearchedText {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
}

export interface LiteralFinder {
  /** @returns the first place at which the literal stands within the bytes `from` to `to`, or -1. */
  find(text: SearchedText, from: number, to: number): number;
}

const WORD = 4;
/** The bit that tells capitals from small letters, in every byte: equal words stay equal, a few others become so. */
const FOLD_WORD = 0x20202020;
const FOLD_BYTE = 0x20;
const LOWER_HALF = 0xffff;
/** ASCII capitals to small letters, every other byte to itself. */
const FOLD = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

/** Of the hash of a word; a table of 4 KB stays in the first cache. */
const HASH_BITS = 12;
const HASH_SHIFT = 32 - HASH_BITS;
const HASH_FACTOR = 0x9e3779b1 | 0;
/** Words of which one is looked at. More win nothing: every cache line is read anyway, and the table fills (measured). */
const STRIDE_MAX = 4;

export function literalFinder(literal: Uint8Array): LiteralFinder {
  const folded = literal.map((byte) => FOLD[byte] as number);
  const stride = Math.min(STRIDE_MAX, Math.floor((folded.length - WORD + 1) / WORD));
  if (stride >= 1) return new HashedFinder(folded, stride);
  return folded.length > WORD ? new PairFinder(folded) : new MaskedFinder(folded);
}

function standsAt(literal: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < literal.length; at++) {
    if (FOLD[bytes[start + at] as number] !== literal[at]) return false;
  }
  return true;
}

/** Looks at one word of `stride`: the literal fills one of them wherever it stands, with some four of its bytes. */
class HashedFinder implements LiteralFinder {
  readonly #literal: Uint8Array;
  readonly #stride: number;
  readonly #table = new Uint8Array(1 << HASH_BITS);

  constructor(literal: Uint8Array, stride: number) {
    this.#literal = literal;
    this.#stride = stride;
    const view = new DataView(literal.buffer, literal.byteOffset, literal.length);
    for (let at = 0; at < stride * WORD; at++) this.#table[hashWord(view.getInt32(at, true) | FOLD_WORD)] = 1;
  }

  find({ bytes, words }: SearchedText, from: number, to: number): number {
    const literal = this.#literal;
    const stride = this.#stride;
    const latest = to - literal.length;
    // A literal that starts at one of the `stride * WORD` bytes up to a looked-at word fills that word.
    if (latest < from) return -1;
    // A literal that starts at one of the `stride * WORD` bytes up to a looked-at word fills that word.
    const first = Math.ceil(from / (stride * WORD)) * stride;
    const stop = Math.ceil(latest / (stride * WORD)) * stride + 1;
    const table = this.#table;
    for (let at = nextHashed(words, first, stop, stride, table); at < stop; ) {
      const last = Math.min(at * WORD, latest);
      for (let start = Math.max(from, (at - stride) * WORD + 1); start <= last; start++) {
        if (standsAt(literal, bytes, start)) return start;
      }
      at = nextHashed(words, at + stride, stop, stride, table);
    }
    return -1;
  }
}

function hashWord(word: number): number {
  return Math.imul(word, HASH_FACTOR) >>> HASH_SHIFT;
}

function nextHashed(words: Int32Array, from: number, stop: number, stride: number, table: Uint8Array): number {
  for (let at = from; at < stop; at += stride) {
    const word = (words[at] as number) | FOLD_WORD;
    if (table[Math.imul(word, HASH_FACTOR) >>> HASH_SHIFT] !== 0) return at;
  }
  return stop;
}

/** Looks at the lower half of every word: two neighbouring bytes of the first five of the literal fill one wherever it stands. */
class PairFinder implements LiteralFinder {
  readonly #literal: Uint8Array;
  /** By the value of two bytes, a bit for each place in the literal at which they stand. */
  readonly #table = new Uint8Array(1 << 16);

  constructor(literal: Uint8Array) {
    this.#literal = literal;
    for (let at = 0; at < WORD; at++) {
      const pair = (literal[at] as number) | FOLD_BYTE | (((literal[at + 1] as number) | FOLD_BYTE) << 8);
      this.#table[pair] = (this.#table[pair] as number) | (1 << at);
    }
  }

  find({ bytes, words }: SearchedText, from: number, to: number): number {
    const literal = this.#literal;
    const latest = to - literal.length;
    if (latest < from) return -1;
    const table = this.#table;
    const stop = Math.min(words.length, Math.floor((latest + WORD - 1) / WORD) + 1);
    for (let at = nextPair(words, Math.ceil(from / WORD), stop, table); at < stop; ) {
      const fits = table[((words[at] as number) | FOLD_WORD) & LOWER_HALF] as number;
      // The earliest start first.
      for (let before = WORD - 1; before >= 0; before--) {
        const start = at * WORD - before;
        if ((fits >> before) & 1 && start >= from && start <= latest && standsAt(literal, bytes, start)) return start;
      }
      at = nextPair(words, at + 1, stop, table);
    }
    return -1;
  }
}

function nextPair(words: Int32Array, from: number, stop: number, table: Uint8Array): number {
  for (let at = from; at < stop; at++) {
    if (table[((words[at] as number) | FOLD_WORD) & LOWER_HALF] !== 0) return at;
  }
  return stop;
}

/** For each place of a literal in a word, the bytes of it that a word has: a mask and their value. */
type Masks = readonly [number, number, number, number, number, number, number, number];

/** Looks at every word; for each of the four places a literal can have in one, the word that holds more of it. */
class MaskedFinder implements LiteralFinder {
  readonly #literal: Uint8Array;
  readonly #masks: Masks;
  /** Where the literal starts, counted from the word that fits: from this on, at one of four bytes. */
  readonly #earliest: number;

  constructor(literal: Uint8Array) {
    this.#literal = literal;
    const places = [0, 1, 2, 3].map((place) => {
      const inFirst = Math.min(literal.length, WORD - place);
      const inSecond = Math.min(literal.length - inFirst, WORD);
      return inSecond >= inFirst ? place - WORD : place;
    });
    this.#earliest = Math.min(...places);
    this.#masks = places.flatMap((start) => maskOf(literal, start)) as unknown as Masks;
  }

  find({ bytes, words }: SearchedText, from: number, to: number): number {
    const literal = this.#literal;
    const latest = to - literal.length;
    if (latest < from) return -1;
    const earliest = this.#earliest;
    const first = Math.max(0, Math.ceil((from - earliest - WORD + 1) / WORD));
    const stop = Math.floor((latest - earliest) / WORD) + 1;
    for (let at = nextMasked(words, first, stop, this.#masks); at < stop; ) {
      const last = Math.min(at * WORD + earliest + WORD - 1, latest);
      for (let start = Math.max(from, at * WORD + earliest); start <= last; start++) {
        if (standsAt(literal, bytes, start)) return start;
      }
      at = nextMasked(words, at + 1, stop, this.#masks);
    }
    return -1;
  }
}

/** @param start of the literal, counted from the first byte of the word. */
function maskOf(literal: Uint8Array, start: number): readonly [number, number] {
  let mask = 0;
  let value = 0;
  for (let byte = 0; byte < WORD; byte++) {
    const wanted = literal[byte - start];
    if (wanted === undefined) continue;
    mask |= 0xff << (8 * byte);
    value |= (wanted | FOLD_BYTE) << (8 * byte);
  }
  return [mask, value];
}

function nextMasked(words: Int32Array, from: number, stop: number, masks: Masks): number {
  const [mask0, value0, mask1, value1, mask2, value2, mask3, value3] = masks;
  for (let at = from; at < stop; at++) {
    const word = (words[at] as number) | FOLD_WORD;
    if (
      (word & mask0) === value0 ||
      (word & mask1) === value1 ||
      (word & mask2) === value2 ||
      (word & mask3) === value3
    ) {
      return at;
    }
  }
  return stop;
}
