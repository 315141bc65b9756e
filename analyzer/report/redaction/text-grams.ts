/** Tells quickly which literals a text can hold at all: one pass marks every three letters of it. */

const BITS = 16;
const SLOTS = 1 << BITS;

export class TextGrams {
  /** The number of the text in which three letters were met last. */
  readonly #met = new Uint32Array(SLOTS);
  #text = 0;

  read(text: string): void {
    this.#text += 1;
    const met = this.#met;
    const now = this.#text;
    let first = 0;
    let second = 0;
    for (let at = 0; at < text.length; at++) {
      const third = text.charCodeAt(at);
      met[((first << 10) ^ (second << 5) ^ third) & (SLOTS - 1)] = now;
      first = second;
      second = third;
    }
  }

  /** @returns false when the literal is not in the text that was read last; true says nothing. */
  mayHold(literal: string): boolean {
    for (let at = 2; at < literal.length; at++) {
      const three = (literal.charCodeAt(at - 2) << 10) ^ (literal.charCodeAt(at - 1) << 5) ^ literal.charCodeAt(at);
      if (this.#met[three & (SLOTS - 1)] !== this.#text) return false;
    }
    return true;
  }
}
