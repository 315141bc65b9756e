/**
 * A piece of text as the finders want it: its letters as numbers, where its dots, dashes and colons are, and which literals it
 * can hold at all. All of it in one pass, which is what redaction costs where nothing is found.
 */

import { GRAMS, gramOf, type LiteralSet } from './literal-set.ts';

/** Finders look ahead by a few letters; behind the end they find zeros. */
const BEHIND = 64;

const DOT = 46;
const COLON = 58;
const DASH = 45;

/** 1: a letter or digit of ASCII. */
const WORD = Uint8Array.from({ length: 128 }, (_, code) => (/[0-9A-Za-z]/.test(String.fromCharCode(code)) ? 1 : 0));

export class TextPiece {
  readonly #literals: LiteralSet;
  /** Of each literal where it stands. */
  readonly #places: readonly number[][];
  text = '';
  /** UTF-16 units of the text. */
  codes = new Uint16Array(0);
  /** Places of dots and dashes between letters or digits, and of colons before one or another colon. */
  dots = new Int32Array(0);
  dashes = new Int32Array(0);
  colons = new Int32Array(0);
  /** How many places of each list count. */
  dotCount = 0;
  dashCount = 0;
  colonCount = 0;
  /** Where three letters stand that a literal has. */
  #grams = new Int32Array(0);
  #bytes = Buffer.alloc(0);

  constructor(literals: LiteralSet) {
    this.#literals = literals;
    this.#places = Array.from({ length: literals.count }, () => []);
  }

  /** Takes the place of the text that was read before. */
  read(text: string): void {
    this.text = text;
    this.#grow(text.length);
    // Copied by native code: asking a slice of a text for each of its letters takes ten times as long.
    this.#bytes.write(text, 0, 'utf16le');
    const { codes, dots, dashes, colons } = this;
    const { lists } = this.#literals;
    const grams = this.#grams;
    let gramCount = 0;
    let dotCount = 0;
    let dashCount = 0;
    let colonCount = 0;
    let first = 0;
    let second = 0;
    const { length } = text;
    for (let at = 0; at < length; at++) {
      const third = codes[at] as number;
      // As gramOf says.
      if (lists[((first << 10) ^ (second << 5) ^ third) & (GRAMS - 1)] !== 0) grams[gramCount++] = at - 2;
      // Whether the letter before was one of the three is asked here, where what follows it is known.
      if (second === DOT || second === DASH) {
        if (WORD[third] === 1 && WORD[first] === 1) {
          if (second === DOT) dots[dotCount++] = at - 1;
          else dashes[dashCount++] = at - 1;
        }
      } else if (second === COLON && (third === COLON || WORD[third] === 1)) colons[colonCount++] = at - 1;
      first = second;
      second = third;
    }
    codes.fill(0, text.length, text.length + BEHIND);
    this.dotCount = dotCount;
    this.dashCount = dashCount;
    this.colonCount = colonCount;
    this.#findLiterals(gramCount);
  }

  #findLiterals(gramCount: number): void {
    const { text, codes } = this;
    const literals = this.#literals;
    const places = this.#places;
    for (const one of places) one.length = 0;
    const take = (id: number, start: number): void => void places[id]?.push(start);
    for (let nth = 0; nth < gramCount; nth++) {
      const at = this.#grams[nth] as number;
      if (at < 0) continue;
      const gram = gramOf(codes[at] as number, codes[at + 1] as number, codes[at + 2] as number);
      literals.at(text, at, literals.lists[gram] as number, take);
    }
  }

  /** @returns true when one of the literals stands in the text, or there is none to look for. */
  holdsAny(literals: readonly string[]): boolean {
    if (literals.length === 0) return true;
    for (const literal of literals) {
      const id = this.#literals.idOf(literal);
      if (id === undefined ? this.text.includes(literal) : (this.#places[id] as number[]).length > 0) return true;
    }
    return false;
  }

  /**
   * Calls `take` with each line in which one of the literals stands, without its line end; with all of the text when there is
   * none to look for, or one is too short to be known by its letters.
   */
  eachLine(literals: readonly string[], take: (start: number, line: string) => void): void {
    const { text } = this;
    const starts = new Set<number>();
    for (const literal of literals) {
      const id = this.#literals.idOf(literal);
      if (id === undefined) {
        take(0, text);
        return;
      }
      let end = -1;
      for (const place of this.#places[id] as number[]) {
        if (place < end) continue;
        starts.add(text.lastIndexOf('\n', place) + 1);
        end = text.indexOf('\n', place);
        if (end < 0) end = text.length;
      }
    }
    if (literals.length === 0) take(0, text);
    for (const start of starts) {
      const end = text.indexOf('\n', start);
      take(start, end < 0 ? text.slice(start) : text.slice(start, end));
    }
  }

  #grow(length: number): void {
    if (this.codes.length >= length + BEHIND) return;
    this.codes = new Uint16Array(length + BEHIND);
    this.#bytes = Buffer.from(this.codes.buffer);
    this.dots = new Int32Array(length);
    this.dashes = new Int32Array(length);
    this.colons = new Int32Array(length);
    this.#grams = new Int32Array(length);
  }
}
