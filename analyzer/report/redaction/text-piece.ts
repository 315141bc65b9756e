/**
 * A piece of text as the finders want it: its letters as numbers, where its dots, dashes and colons are, and which literals it
 * can hold at all. All of it in one pass, which is what redaction costs where nothing is found.
 */

import { HEX, WORD } from './letters.ts';
import { type LiteralGroup, type LiteralSet, PAIRS, pairOf } from './literal-set.ts';

/** Finders look ahead by a few letters; behind the end they find zeros. */
const BEHIND = 64;
/** So that the loop over letters is a function that is called often: V8 compiles that earlier, and once, when a text is the first one. */
const PART_CHARS = 1024;
/** Of letters: a few pieces of the redactor. */
const ROUNDED_MAX = 1 << 16;
/** What a letter that is none of ASCII is told as. */
const FOREIGN = 255;
const ASCII_MAX = 127;

const DOT = 46;
const COLON = 58;
const DASH = 45;

/** What two letters have that is worth a look: a dot, dash or colon that the letter beside it does not rule out, a literal. */
const IN_FIRST = 1;
const IN_SECOND = 2;
const IN_LITERAL = 4;

/** Of pairs by themselves, without literals. */
const MARKS = marksOfPairs();

function marksOfPairs(): Uint8Array {
  const marks = new Uint8Array(PAIRS);
  const mark = (first: number, second: number, one: number): void => {
    const pair = pairOf(first, second);
    marks[pair] = (marks[pair] as number) | one;
  };
  for (let code = 0; code <= FOREIGN; code++) {
    if (WORD[code] === 1) {
      mark(DOT, code, IN_FIRST);
      mark(code, DOT, IN_SECOND);
      mark(code, DASH, IN_SECOND);
    }
    if (HEX[code] === 1) mark(DASH, code, IN_FIRST);
    if (HEX[code] === 1 || code === COLON) mark(COLON, code, IN_FIRST);
    mark(code, COLON, IN_SECOND);
  }
  return marks;
}

export class TextPiece {
  readonly #literals: LiteralSet;
  readonly #marks: Uint8Array;
  /** How many literals, and how many pairs of them, the marks know. */
  #marked = 0;
  #markedPairs = 0;
  /** Of each literal where it stands. */
  readonly #places: number[][] = [];
  /** Those of which a place is known. */
  #met: number[] = [];
  text = '';
  /** Codes of the letters; 255 for any that is not of ASCII. */
  codes = new Uint8Array(0);
  /** `no`: some letters are not of ASCII. */
  ascii: 'yes' | 'no' = 'yes';
  /**
   * Places of dots between letters or digits, of dashes between one and a hex digit, of colons before a hex digit or another colon:
   * what a finder looks for has no others.
   */
  dots = new Int32Array(0);
  dashes = new Int32Array(0);
  colons = new Int32Array(0);
  /** How many places of each list count. */
  dotCount = 0;
  dashCount = 0;
  colonCount = 0;
  #pairs = new Uint16Array(0);
  #bytes = Buffer.alloc(0);
  /** Where two letters stand that a literal has. */
  #maybe = new Int32Array(0);
  #maybeCount = 0;

  constructor(literals: LiteralSet) {
    this.#literals = literals;
    this.#marks = MARKS.slice();
  }

  /** Takes the place of the text that was read before. Literals that are put into the set later are found in the next text. */
  read(text: string): void {
    this.text = text;
    const { length } = text;
    this.#grow(length);
    this.#markLiterals();
    this.#takeCodes(text);
    this.dotCount = 0;
    this.dashCount = 0;
    this.colonCount = 0;
    this.#maybeCount = 0;
    for (let from = 0; from < length; from += PART_CHARS) this.#scan(from, Math.min(from + PART_CHARS, length));
    this.#findLiterals();
  }

  /** @param from an even place. */
  #scan(from: number, to: number): void {
    const { codes, dots, dashes, colons } = this;
    const pairs = this.#pairs;
    const marks = this.#marks;
    const maybe = this.#maybe;
    let { dotCount, dashCount, colonCount } = this;
    let maybeCount = this.#maybeCount;
    for (let at = from; at < to; at += 2) {
      const mark = marks[pairs[at >> 1] as number] as number;
      if (mark === 0) continue;
      if ((mark & IN_LITERAL) !== 0) maybe[maybeCount++] = at;
      if ((mark & IN_FIRST) !== 0) {
        const code = codes[at];
        if (code === COLON) colons[colonCount++] = at;
        else if (at > 0 && WORD[codes[at - 1] as number] === 1) {
          if (code === DOT) dots[dotCount++] = at;
          else dashes[dashCount++] = at;
        }
      }
      if ((mark & IN_SECOND) !== 0) {
        const code = codes[at + 1];
        const next = codes[at + 2] as number;
        if (code === DOT) {
          if (WORD[next] === 1) dots[dotCount++] = at + 1;
        } else if (code === DASH) {
          if (HEX[next] === 1) dashes[dashCount++] = at + 1;
        } else if (HEX[next] === 1 || next === COLON) colons[colonCount++] = at + 1;
      }
    }
    this.dotCount = dotCount;
    this.dashCount = dashCount;
    this.colonCount = colonCount;
    this.#maybeCount = maybeCount;
  }

  /** By native code as far as that goes: asking a slice of a text for each of its letters takes ten times as long. */
  #takeCodes(text: string): void {
    const { codes } = this;
    // UTF-8 is as long as the text where all of it is ASCII, and longer otherwise, also when the end of it finds no room.
    const all = this.#bytes.write(text, 0, 'utf8');
    this.ascii = all === text.length ? 'yes' : 'no';
    if (this.ascii === 'no') {
      const units = new Uint16Array(text.length);
      Buffer.from(units.buffer).write(text, 0, 'utf16le');
      for (let at = 0; at < units.length; at++) {
        const code = units[at] as number;
        codes[at] = code <= ASCII_MAX ? code : FOREIGN;
      }
    }
    codes.fill(0, text.length, text.length + BEHIND);
  }

  #markLiterals(): void {
    const { pairs, count } = this.#literals;
    const marks = this.#marks;
    for (; this.#markedPairs < pairs.length; this.#markedPairs++) {
      const pair = pairs[this.#markedPairs] as number;
      marks[pair] = (marks[pair] as number) | IN_LITERAL;
    }
    for (; this.#marked < count; this.#marked++) this.#places.push([]);
  }

  #findLiterals(): void {
    const { codes } = this;
    const literals = this.#literals;
    const { lists } = literals;
    const { length } = this.text;
    const pairs = this.#pairs;
    const places = this.#places;
    const maybe = this.#maybe;
    for (const id of this.#met) (places[id] as number[]).length = 0;
    const met: number[] = [];
    const take = (id: number, start: number): void => {
      const own = places[id] as number[];
      if (own.length === 0) met.push(id);
      own.push(start);
    };
    for (let nth = 0; nth < this.#maybeCount; nth++) {
      const at = maybe[nth] as number;
      literals.at(codes, length, at, lists[pairs[at >> 1] as number] as number, take);
    }
    this.#met = met;
  }

  /** @returns true when one of the literals stands in the text, or there is none to look for. */
  holdsAny({ ids, others }: LiteralGroup): boolean {
    if (ids.length + others.length === 0) return true;
    for (const id of ids) if ((this.#places[id] as number[]).length > 0) return true;
    for (const one of others) if (this.text.includes(one)) return true;
    return false;
  }

  /** @returns false for a literal that was put into the set after the text was read: its places are not known. */
  knows(id: number): boolean {
    return id < this.#marked;
  }

  /** @returns where a literal stands, nearly in order: of two that overlap the second may come first. */
  placesOf(id: number): readonly number[] {
    return this.#places[id] as number[];
  }

  /**
   * Calls `take` with each line in which one of the literals stands, without its line end; with all of the text when there is
   * none to look for, or one is not known by its letters.
   *
   * @param reach `next line`: the one behind it belongs to it.
   */
  eachLine(
    { ids, others }: LiteralGroup,
    reach: 'line' | 'next line',
    take: (start: number, line: string) => void,
  ): void {
    const { text } = this;
    if (others.length > 0 || ids.length === 0) {
      take(0, text);
      return;
    }
    const starts = new Set<number>();
    for (const id of ids) {
      let end = -1;
      for (const place of this.#places[id] as number[]) {
        if (place < end) continue;
        starts.add(text.lastIndexOf('\n', place) + 1);
        end = text.indexOf('\n', place);
        if (end < 0) end = text.length;
      }
    }
    for (const start of starts) {
      let end = text.indexOf('\n', start);
      if (reach === 'next line' && end >= 0) end = text.indexOf('\n', end + 1);
      take(start, end < 0 ? text.slice(start) : text.slice(start, end));
    }
  }

  #grow(length: number): void {
    if (this.codes.length >= length + BEHIND) return;
    const wanted = length + BEHIND;
    // Of pieces a power of two: few sizes while texts grow. Of a very long line no more than it takes. Both are whole pairs.
    const room = wanted <= ROUNDED_MAX ? 2 ** Math.ceil(Math.log2(wanted)) : wanted + (wanted & 1);
    this.codes = new Uint8Array(room);
    this.#bytes = Buffer.from(this.codes.buffer);
    this.#pairs = new Uint16Array(this.codes.buffer);
    // Two dots, or dashes, have a letter between them, and literals are known at even places alone.
    this.dots = new Int32Array(room / 2);
    this.dashes = new Int32Array(room / 2);
    this.colons = new Int32Array(room);
    this.#maybe = new Int32Array(room / 2);
  }
}
