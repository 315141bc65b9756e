/**
 * Literals that are looked for all at once. A text is looked at two letters at a time, at even places: of a literal of three
 * letters or more two letters always stand there, whichever place it begins at, and one look into a table tells whether they are of any.
 */

const LITERAL_CHARS_MIN = 3;
/** Two letters are one number, in the order in which the machine reads two bytes as one. */
export const PAIRS = 1 << 16;
const CODES = 1 << 7;

/** Pairs of letters that logs have most often, then letters by how often logs have them; others are rarer than all of these. */
const COMMON_PAIRS = pairsOf(
  'erin  : lecotentbepoortaedod istonkuubet pipneaireesr elna="d  f emealat c sp- ktoti tgol ":.groceo:s.faioe-enprebilut.c' +
    'rnar "o -acad=:"foomevacamdeng] e ecra.iicvesyouemant e.sis unctli",,"nsrrgemaopidmps-rtba rt:ffn olox-sapg puset-ulndea' +
    'adoo a/cthwevick-cshysas mssagimhomokeeftrncitdbusawwschcsrsdar=.ed-t[i"r.e=heddurofdutteecrlupinf',
);
const COMMON = 'e0atnirso1dc2l3-4p5u.76m89b:f/gk "hv';

function pairsOf(letters: string): readonly string[] {
  return letters.match(/../g) ?? [];
}

/** `any case`: letters of ASCII are equal whatever their case; the literal is in lower case. */
export type LiteralCase = 'exact' | 'any case';

const SAME = Uint8Array.from({ length: 256 }, (_, code) => code);
const LOWER = SAME.map((code) => (code >= 65 && code <= 90 ? code | 32 : code));

/** Letters behind a pair, and letters before it. */
const BESIDE = 512;
const BEFORE = 256;

const ONE_PAIR = new Uint8Array(2);
const AS_NUMBER = new Uint16Array(ONE_PAIR.buffer);

/** @returns the number of two letters of ASCII. */
export function pairOf(first: number, second: number): number {
  ONE_PAIR[0] = first;
  ONE_PAIR[1] = second;
  return AS_NUMBER[0] as number;
}

interface Literal {
  readonly id: number;
  /** Where the two letters by which it is known here begin in it. */
  readonly offset: number;
  readonly codes: Uint8Array;
  /** What the letters of a text count as. */
  readonly folds: Uint8Array;
}

/** Which literals are asked for together. */
export interface LiteralGroup {
  /** Numbers of those in the set. */
  readonly ids: readonly number[];
  /** Those that are not: they are too short, or not of ASCII. */
  readonly others: readonly string[];
}

export class LiteralSet {
  /** By pair: 0, or the number of the list of literals that are known by it. */
  readonly lists = new Uint16Array(PAIRS);
  /** Those that have a list. */
  readonly pairs: number[] = [];
  readonly #literals: Literal[][] = [[]];
  /** Of each list what letters stand behind its pair in a literal, then what letters stand before it: most pairs are told by that alone. */
  #beside = new Uint8Array(BESIDE * 64);
  readonly #ids = new Map<string, number>();

  get count(): number {
    return this.#ids.size;
  }

  /** @returns the literals of it that are in the set, put there if need be. */
  group(texts: Iterable<string>): LiteralGroup {
    const ids: number[] = [];
    const others: string[] = [];
    for (const text of texts) {
      const id = this.add(text, 'exact');
      if (id === undefined) others.push(text);
      else ids.push(id);
    }
    return { ids, others };
  }

  /** @returns the number of the literal, from 0; undefined when it is too short or not of ASCII, and not looked for. */
  add(text: string, letters: LiteralCase): number | undefined {
    const name = `${letters} ${text}`;
    const known = this.#ids.get(name);
    if (known !== undefined || !isSought(text)) return known;
    const id = this.#ids.size;
    this.#ids.set(name, id);
    const codes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const folds = letters === 'exact' ? SAME : LOWER;
    for (const first of [0, 1]) {
      const offset = rarest(text, first);
      for (const one of spellings(codes[offset] as number, letters)) {
        for (const two of spellings(codes[offset + 1] as number, letters)) {
          const list = this.#listOf(pairOf(one, two));
          (this.#literals[list] as Literal[]).push({ id, offset, codes, folds });
          this.#markBeside(list * BESIDE, codes[offset + 2], letters);
          this.#markBeside(list * BESIDE + BEFORE, codes[offset - 1], letters);
        }
      }
    }
    return id;
  }

  /** Calls `take` with each literal of a list that stands where its two letters are at `at`. */
  at(codes: Uint8Array, length: number, at: number, list: number, take: (id: number, start: number) => void): void {
    const row = list * BESIDE;
    const before = at === 0 ? 0 : (codes[at - 1] as number);
    if (this.#beside[row + (codes[at + 2] as number)] === 0 || this.#beside[row + BEFORE + before] === 0) return;
    for (const literal of this.#literals[list] as Literal[]) {
      const start = at - literal.offset;
      if (start >= 0 && start + literal.codes.length <= length && standsAt(literal, codes, start)) {
        take(literal.id, start);
      }
    }
  }

  /** @param code undefined: the literal has no letter there, any will do. */
  #markBeside(row: number, code: number | undefined, letters: LiteralCase): void {
    if (code === undefined) this.#beside.fill(1, row, row + BEFORE);
    else for (const one of spellings(code, letters)) this.#beside[row + one] = 1;
  }

  #listOf(pair: number): number {
    let list = this.lists[pair] as number;
    if (list === 0) {
      list = this.#literals.length;
      this.#literals.push([]);
      this.lists[pair] = list;
      this.pairs.push(pair);
    }
    if ((list + 1) * BESIDE > this.#beside.length) {
      const larger = new Uint8Array(this.#beside.length * 2);
      larger.set(this.#beside);
      this.#beside = larger;
    }
    return list;
  }
}

function isSought(text: string): boolean {
  if (text.length < LITERAL_CHARS_MIN) return false;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= CODES) return false;
  return true;
}

function spellings(code: number, letters: LiteralCase): readonly number[] {
  return letters === 'any case' && code >= 97 && code <= 122 ? [code, code & ~32] : [code];
}

function standsAt({ codes: wanted, folds }: Literal, codes: Uint8Array, start: number): boolean {
  for (let at = 0; at < wanted.length; at++) if (folds[codes[start + at] as number] !== wanted[at]) return false;
  return true;
}

/** @returns which of the pairs at even, or at odd, places texts have least often. */
function rarest(text: string, first: number): number {
  const letter = (at: number): number => {
    const place = COMMON.indexOf(text.charAt(at).toLowerCase());
    return (place < 0 ? COMMON.length : place) + (/[A-Z]/.test(text.charAt(at)) ? 10 : 0);
  };
  const rareness = (at: number): number => {
    const place = COMMON_PAIRS.indexOf(text.slice(at, at + 2));
    return place < 0 ? COMMON_PAIRS.length + letter(at) + letter(at + 1) : place;
  };
  let best = first;
  let most = -1;
  for (let at = first; at + 1 < text.length; at += 2) {
    const found = rareness(at);
    if (found > most) [best, most] = [at, found];
  }
  return best;
}
