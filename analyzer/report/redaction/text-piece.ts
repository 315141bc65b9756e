/**
 * A piece of text as the finders want it: its letters as numbers, where its dots, dashes and colons are, and which literals it
 * can hold at all. All of it in one pass, which is what redaction costs where nothing is found.
 */

/** With two bytes each the table is 32 KB, and stays in the first cache. */
const GRAM_BITS = 14;
const TEXTS_MAX = 0xffff;
const GRAMS = 1 << GRAM_BITS;
/** Finders look ahead by a few letters; behind the end they find zeros. */
const BEHIND = 64;

const DOT = 46;
const COLON = 58;
const DASH = 45;

/** 1: a letter or digit of ASCII. */
const WORD = Uint8Array.from({ length: 128 }, (_, code) => (/[0-9A-Za-z]/.test(String.fromCharCode(code)) ? 1 : 0));

export class TextPiece {
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
  /** The number of the text in which three letters were met last. */
  readonly #met = new Uint16Array(GRAMS);
  #nth = 0;
  #bytes = Buffer.alloc(0);

  /** Takes the place of the text that was read before. */
  read(text: string): void {
    this.text = text;
    this.#grow(text.length);
    this.#nth = this.#nth === TEXTS_MAX ? 1 : this.#nth + 1;
    if (this.#nth === 1) this.#met.fill(0);
    // Copied by native code: asking a slice of a text for each of its letters takes ten times as long.
    this.#bytes.write(text, 0, 'utf16le');
    const { codes, dots, dashes, colons } = this;
    const met = this.#met;
    const nth = this.#nth;
    let dotCount = 0;
    let dashCount = 0;
    let colonCount = 0;
    let first = 0;
    let second = 0;
    const { length } = text;
    for (let at = 0; at < length; at++) {
      const third = codes[at] as number;
      met[((first << 10) ^ (second << 5) ^ third) & (GRAMS - 1)] = nth;
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
  }

  /** @returns true when one of the literals stands in the text, or there is none to look for. */
  holdsAny(literals: readonly string[]): boolean {
    if (literals.length === 0) return true;
    for (const literal of literals) if (this.#mayHold(literal) && this.text.includes(literal)) return true;
    return false;
  }

  #mayHold(literal: string): boolean {
    for (let at = 2; at < literal.length; at++) {
      const three = (literal.charCodeAt(at - 2) << 10) ^ (literal.charCodeAt(at - 1) << 5) ^ literal.charCodeAt(at);
      if (this.#met[three & (GRAMS - 1)] !== this.#nth) return false;
    }
    return true;
  }

  #grow(length: number): void {
    if (this.codes.length >= length + BEHIND) return;
    this.codes = new Uint16Array(length + BEHIND);
    this.#bytes = Buffer.from(this.codes.buffer);
    this.dots = new Int32Array(length);
    this.dashes = new Int32Array(length);
    this.colons = new Int32Array(length);
  }
}
