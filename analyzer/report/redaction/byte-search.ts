/**
 * Finds many byte strings in one pass: every window of eight (four, for short ones) bytes of the text is looked up in a table
 * of the last eight (four) bytes of each needle. The last bytes, because values of a case begin alike: `10.244.`, `eni-0`.
 * Letters of ASCII are folded; whoever cares compares the bytes at the place.
 */

const LONG = 8;
const SHORT = 4;
const FACTOR = 0x01000193;
/** A table this many times larger than the number of needles answers most windows with no. */
const ROOM = 8;
const BITS_MIN = 12;
const BITS_MAX = 24;

export interface Hit {
  readonly start: number;
  readonly needle: number;
}

interface Table {
  readonly window: number;
  readonly shift: number;
  readonly heads: Int32Array;
  readonly next: Int32Array;
}

export class ByteSearch {
  readonly #needles: readonly Uint8Array[];
  readonly #tables: readonly Table[];
  readonly #tiny: readonly number[];

  /** @param needles none of them empty. */
  constructor(needles: readonly Uint8Array[]) {
    this.#needles = needles.map(folded);
    const of = (fits: (length: number) => boolean): number[] =>
      [...needles.keys()].filter((at) => fits((needles[at] as Uint8Array).length));
    this.#tables = [
      this.#table(
        LONG,
        of((length) => length >= LONG),
      ),
      this.#table(SHORT, of(isShort)),
    ].filter((table) => table !== null);
    this.#tiny = of((length) => length < SHORT);
  }

  /** @returns every occurrence, by where it ends; letters of ASCII count as equal whatever their case. */
  *find(bytes: Uint8Array): Generator<Hit> {
    const text = folded(bytes);
    for (const table of this.#tables) yield* this.#scan(text, table);
    const buffer = Buffer.from(text.buffer, text.byteOffset, text.length);
    for (const needle of this.#tiny) {
      const wanted = this.#needles[needle] as Uint8Array;
      for (let start = buffer.indexOf(wanted); start >= 0; start = buffer.indexOf(wanted, start + 1)) {
        yield { start, needle };
      }
    }
  }

  #table(window: number, among: readonly number[]): Table | null {
    if (among.length === 0) return null;
    const bits = Math.min(BITS_MAX, Math.max(BITS_MIN, Math.ceil(Math.log2(among.length * ROOM))));
    const table: Table = {
      window,
      shift: 32 - bits,
      heads: new Int32Array(1 << bits),
      next: new Int32Array(this.#needles.length),
    };
    for (const needle of among) {
      const bytes = this.#needles[needle] as Uint8Array;
      const slot = slotOf(hashAt(bytes, bytes.length - window, window), table.shift);
      table.next[needle] = table.heads[slot] as number;
      table.heads[slot] = needle + 1;
    }
    return table;
  }

  *#scan(text: Uint8Array, { window, shift, heads, next }: Table): Generator<Hit> {
    if (text.length < window) return;
    let leaving = 1;
    for (let nth = 1; nth < window; nth++) leaving = Math.imul(leaving, FACTOR);
    let hash = hashAt(text, 0, window);
    for (let end = window; ; end++) {
      for (let place = heads[slotOf(hash, shift)] as number; place !== 0; place = next[place - 1] as number) {
        const bytes = this.#needles[place - 1] as Uint8Array;
        if (standsAt(bytes, text, end - bytes.length)) yield { start: end - bytes.length, needle: place - 1 };
      }
      if (end >= text.length) return;
      hash = (hash - Math.imul(text[end - window] as number, leaving)) | 0;
      hash = (Math.imul(hash, FACTOR) + (text[end] as number)) | 0;
    }
  }
}

function isShort(length: number): boolean {
  return length >= SHORT && length < LONG;
}

function hashAt(bytes: Uint8Array, from: number, window: number): number {
  let hash = 0;
  for (let at = from; at < from + window; at++) hash = (Math.imul(hash, FACTOR) + (bytes[at] as number)) | 0;
  return hash;
}

function slotOf(hash: number, shift: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> shift;
}

function folded(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let at = 0; at < copy.length; at++) {
    const byte = copy[at] as number;
    if (byte >= 65 && byte <= 90) copy[at] = byte | 32;
  }
  return copy;
}

function standsAt(needle: Uint8Array, text: Uint8Array, start: number): boolean {
  if (start < 0) return false;
  for (let at = 0; at < needle.length; at++) if (needle[at] !== text[start + at]) return false;
  return true;
}
