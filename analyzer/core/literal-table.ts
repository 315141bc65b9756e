/**
 * Finds many literals in one pass over bytes. A literal of at least seven bytes fills an aligned word of four
 * wherever it stands: for each of the four ways it can lie, one such word of it is kept in a small hash table, the
 * one that is least common in logs. The words of the text are looked up there, and only where one fits are the
 * bytes themselves compared. Shorter literals are looked for one by one.
 */

const WORD = 4;
/** The ways a literal can lie to the words of the text. */
const WAYS = WORD;
/** Below it a literal may lie so that it fills no aligned word. */
const FILLS_WORD_MIN = 2 * WORD - 1;

/** A table of 32 KB: of a hundred literals it holds three slots in a hundred, and stays in the first cache. */
const HASH_BITS = 13;
const HASH_SHIFT = 32 - HASH_BITS;
const HASH_FACTOR = 0x9e3779b1 | 0;

/** A hit is one number, the byte at which it was found and the literal, so that hits sort by where they are. */
const LITERALS_MAX = 2 ** 20;

/** Letters by how common they are in logs; what stands in no list is rare. */
const COMMON = Uint8Array.from({ length: 256 }, (_, byte) => {
  const letter = String.fromCharCode(byte);
  if (' eaiotnr'.includes(letter)) return 4;
  if ('sldcpu"='.includes(letter)) return 3;
  if ('mfgh0123456789.:/-'.includes(letter)) return 2;
  return /[a-z]/.test(letter) ? 1 : 0;
});

export class LiteralTable {
  readonly #literals: readonly Buffer[];
  /** WAYS entries a literal: a word of it, and how many bytes of it stand before the word. */
  readonly #words: Int32Array;
  readonly #before: Int32Array;
  /** Of each slot the first entry in it, of each entry the next one of its slot: plus one, 0 ends. */
  readonly #heads = new Int32Array(1 << HASH_BITS);
  readonly #next: Int32Array;
  #slots: number[] = [];
  #short: number[] = [];
  /** What the table was made for last: blocks of one log mostly ask for the same. */
  #among: readonly number[] = [];

  /** @param literals case counts; their places in the list are what `find` gives back. */
  constructor(literals: readonly Buffer[]) {
    if (literals.length >= LITERALS_MAX) throw new Error(`more than ${LITERALS_MAX} literals`);
    this.#literals = literals;
    this.#words = new Int32Array(literals.length * WAYS);
    this.#before = new Int32Array(literals.length * WAYS);
    this.#next = new Int32Array(literals.length * WAYS);
    for (const [literal, bytes] of literals.entries()) {
      for (let way = 0; way < WAYS && bytes.length >= FILLS_WORD_MIN; way++) {
        const before = rarestWord(bytes, way);
        this.#words[literal * WAYS + way] = bytes.readInt32LE(before);
        this.#before[literal * WAYS + way] = before;
      }
    }
  }

  /**
   * @param among places of the literals to look for, ascending, without repeats.
   * @returns every occurrence in the order in which they stand, each told by `hitAt` and `hitLiteral`; those found at the
   * same byte in the order of their literals.
   */
  find(bytes: Buffer, among: readonly number[]): readonly number[] {
    if (!isSame(among, this.#among)) this.#choose(among);
    const hits: number[] = [];
    if (this.#slots.length > 0) this.#scan(bytes, hits);
    for (const literal of this.#short) {
      const wanted = this.#literals[literal] as Buffer;
      for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
        hits.push(at * LITERALS_MAX + literal);
      }
    }
    return inOrder(hits) ? hits : hits.sort((one, two) => one - two);
  }

  /** Entries are put in front: the last literal first, so that those of a slot stand in the order of the literals. */
  #choose(among: readonly number[]): void {
    for (const slot of this.#slots) this.#heads[slot] = 0;
    this.#slots = [];
    this.#short = [];
    this.#among = [...among];
    for (let nth = among.length - 1; nth >= 0; nth--) {
      const literal = among[nth] as number;
      if ((this.#literals[literal] as Buffer).length < FILLS_WORD_MIN) {
        this.#short.push(literal);
        continue;
      }
      for (let entry = literal * WAYS; entry < (literal + 1) * WAYS; entry++) {
        const slot = slotOf(this.#words[entry] as number);
        this.#next[entry] = this.#heads[slot] as number;
        this.#heads[slot] = entry + 1;
        this.#slots.push(slot);
      }
    }
  }

  #scan(bytes: Buffer, hits: number[]): void {
    // Words of the memory, not of the text: a literal fills one wherever it stands, and nothing has to be copied.
    const before = -bytes.byteOffset & (WORD - 1);
    if (bytes.length < before + WORD) return;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + before, (bytes.length - before) >> 2);
    const heads = this.#heads;
    for (let at = nextFit(words, 0, heads); at < words.length; at = nextFit(words, at + 1, heads)) {
      const word = words[at] as number;
      for (let place = heads[slotOf(word)] as number; place !== 0; place = this.#next[place - 1] as number) {
        if (this.#words[place - 1] !== word) continue;
        const literal = Math.floor((place - 1) / WAYS);
        const start = before + at * WORD - (this.#before[place - 1] as number);
        if (standsAt(this.#literals[literal] as Buffer, bytes, start)) hits.push(start * LITERALS_MAX + literal);
      }
    }
  }
}

function isSame(some: readonly number[], others: readonly number[]): boolean {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at++) if (some[at] !== others[at]) return false;
  return true;
}

function inOrder(numbers: readonly number[]): boolean {
  for (let at = 1; at < numbers.length; at++) if ((numbers[at] as number) < (numbers[at - 1] as number)) return false;
  return true;
}

function slotOf(word: number): number {
  return Math.imul(word, HASH_FACTOR) >>> HASH_SHIFT;
}

/** @returns the next word for which the table holds something; nearly all the time goes into this loop. */
function nextFit(words: Int32Array, from: number, heads: Int32Array): number {
  for (let at = from; at < words.length; at++) {
    if (heads[Math.imul(words[at] as number, HASH_FACTOR) >>> HASH_SHIFT] !== 0) return at;
  }
  return words.length;
}

/** @returns the first byte of the occurrence. */
export function hitAt(hit: number): number {
  return Math.floor(hit / LITERALS_MAX);
}

/** @returns which of the literals it is. */
export function hitLiteral(hit: number): number {
  return hit % LITERALS_MAX;
}

/** @returns where the least common word starts of those that begin at `way` and every four bytes after it. */
function rarestWord(bytes: Buffer, way: number): number {
  let best = way;
  for (let at = way + WORD; at + WORD <= bytes.length; at += WORD) {
    if (commonness(bytes, at) < commonness(bytes, best)) best = at;
  }
  return best;
}

function commonness(bytes: Buffer, at: number): number {
  let sum = 0;
  for (let offset = 0; offset < WORD; offset++) sum += COMMON[bytes[at + offset] as number] as number;
  return sum;
}

function standsAt(literal: Buffer, bytes: Buffer, start: number): boolean {
  if (start < 0 || start + literal.length > bytes.length) return false;
  for (let at = 0; at < literal.length; at++) if (bytes[start + at] !== literal[at]) return false;
  return true;
}
