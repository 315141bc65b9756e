/**
 * Finds many strings in bytes, in one pass: every window of eight (four, for short ones) bytes of the text is looked up in a table
 * of the last eight (four) bytes of each needle. The last bytes, because values of a case begin alike: `10.244.`, `eni-0`.
 * Letters of ASCII are folded; whoever cares compares the bytes at the place.
 */

const LONG = 8;
const SHORT = 4;
/** A table this many times larger than the number of needles has short lists. */
const ROOM = 2;
/** Whether there is a list at all is said by bits, so many for each needle: they fit a cache where the table does not. */
const ROOM_OF_BITS = 8;
const BITS_MIN = 12;
const BITS_MAX = 24;

export interface Hit {
  readonly start: number;
  readonly end: number;
  readonly needle: number;
}

interface Table {
  readonly window: number;
  /** From a hash to its bit, and to its place in `heads`. */
  readonly bitShift: number;
  readonly shift: number;
  readonly bits: Int32Array;
  /** The last needle of a list, counted from 1; `next` has the one before it, 0 where there is none. */
  readonly heads: Int32Array;
  readonly next: Int32Array;
}

export class ByteSearch {
  /** All needles, folded, one behind the other; needle `n` ends where `n + 1` begins. */
  readonly #bytes: Uint8Array;
  readonly #starts: Int32Array;
  readonly #tables: readonly Table[];
  readonly #tiny: readonly number[];

  /** @param needles none of them empty, looked for in UTF-8. */
  constructor(needles: readonly string[]) {
    const starts = new Int32Array(needles.length + 1);
    for (const [at, needle] of needles.entries()) starts[at + 1] = (starts[at] as number) + Buffer.byteLength(needle);
    const bytes = Buffer.alloc(starts[needles.length] as number);
    for (const [at, needle] of needles.entries()) bytes.write(needle, starts[at] as number, 'utf8');
    fold(bytes);
    this.#bytes = bytes;
    this.#starts = starts;
    const long: number[] = [];
    const short: number[] = [];
    const tiny: number[] = [];
    for (let at = 0; at < needles.length; at++) {
      const length = (starts[at + 1] as number) - (starts[at] as number);
      if (length >= LONG) long.push(at);
      else if (length >= SHORT) short.push(at);
      else tiny.push(at);
    }
    this.#tables = [this.#table(LONG, long), this.#table(SHORT, short)].filter((table) => table !== null);
    this.#tiny = tiny;
  }

  /** @returns every occurrence, by where it ends; letters of ASCII count as equal whatever their case. */
  *find(bytes: Uint8Array): Generator<Hit> {
    const text = new Uint8Array(bytes);
    fold(text);
    for (const table of this.#tables) yield* this.#scan(text, table);
    const buffer = Buffer.from(text.buffer, text.byteOffset, text.length);
    for (const needle of this.#tiny) {
      const wanted = this.#bytes.subarray(this.#starts[needle], this.#starts[needle + 1]);
      for (let start = buffer.indexOf(wanted); start >= 0; start = buffer.indexOf(wanted, start + 1)) {
        yield { start, end: start + wanted.length, needle };
      }
    }
  }

  #table(window: number, among: readonly number[]): Table | null {
    if (among.length === 0) return null;
    const bits = bitsFor(among.length * ROOM);
    const more = bitsFor(among.length * ROOM_OF_BITS);
    const table: Table = {
      window,
      bitShift: 32 - more,
      shift: 32 - bits,
      bits: new Int32Array(1 << (more - 5)),
      heads: new Int32Array(1 << bits),
      next: new Int32Array(this.#starts.length),
    };
    for (const needle of among) {
      const hash = hashBefore(this.#bytes, this.#starts[needle + 1] as number, window);
      const bit = hash >>> table.bitShift;
      table.bits[bit >> 5] = (table.bits[bit >> 5] as number) | (1 << (bit & 31));
      const slot = hash >>> table.shift;
      table.next[needle] = table.heads[slot] as number;
      table.heads[slot] = needle + 1;
    }
    return table;
  }

  *#scan(text: Uint8Array, table: Table): Generator<Hit> {
    const { heads, next, shift, window } = table;
    for (let end = window; ; end++) {
      end = nextEnd(text, end, table);
      if (end > text.length) return;
      const hash = hashBefore(text, end, window);
      for (let place = heads[hash >>> shift] as number; place !== 0; place = next[place - 1] as number) {
        const start = this.#startOf(place - 1, text, end);
        if (start >= 0) yield { start, end, needle: place - 1 };
      }
    }
  }

  /** @returns where the needle begins that ends at `end`, -1 when another text ends there. */
  #startOf(needle: number, text: Uint8Array, end: number): number {
    const bytes = this.#bytes;
    const first = this.#starts[needle] as number;
    const length = (this.#starts[needle + 1] as number) - first;
    const start = end - length;
    if (start < 0) return -1;
    for (let at = 0; at < length; at++) if (bytes[first + at] !== text[start + at]) return -1;
    return start;
  }
}

/** @returns the next place, from `end` on, behind a window of which there is a list; behind the text when there is none. */
function nextEnd(text: Uint8Array, end: number, { window, bits, bitShift }: Table): number {
  if (end > text.length) return end;
  // Two words of four bytes each that move on byte by byte.
  let low = wordBefore(text, end - 1);
  let high = window === LONG ? wordBefore(text, end - 1 - SHORT) : 0;
  for (let at = end; at <= text.length; at++) {
    if (window === LONG) high = (high << 8) | (low >>> 24);
    low = (low << 8) | (text[at - 1] as number);
    const bit = hashOf(low, high) >>> bitShift;
    if ((((bits[bit >> 5] as number) >>> (bit & 31)) & 1) === 1) return at;
  }
  return text.length + 1;
}

function bitsFor(places: number): number {
  return Math.min(BITS_MAX, Math.max(BITS_MIN, Math.ceil(Math.log2(places))));
}

function hashOf(low: number, high: number): number {
  return Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
}

/** @returns the four bytes before a place as one number, zeros for those in front of the text. */
function wordBefore(bytes: Uint8Array, end: number): number {
  let word = 0;
  for (let at = Math.max(0, end - SHORT); at < end; at++) word = (word << 8) | (bytes[at] as number);
  return word;
}

function hashBefore(bytes: Uint8Array, end: number, window: number): number {
  return hashOf(wordBefore(bytes, end), window === LONG ? wordBefore(bytes, end - SHORT) : 0);
}

function fold(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte >= 65 && byte <= 90) bytes[at] = byte | 32;
  }
}
