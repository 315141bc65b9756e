/** Places of any of some literals in a block, in ascending order. */
import { type LiteralFinder, literalFinder, type SearchedText } from './literal-finder.ts';

export interface LiteralHits {
  begin(text: SearchedText, size: number): void;
  /** @param from never before that of the last call. @returns the first place of any at or behind it, -1 without one. */
  next(from: number): number;
}

export function literalHits(literals: readonly Uint8Array[]): LiteralHits {
  const finders = literals.map(literalFinder);
  const [only] = finders;
  return finders.length === 1 && only !== undefined ? new HitsOfOne(only) : new HitsOfAny(finders);
}

const NO_TEXT: SearchedText = { bytes: new Uint8Array(0), words: new Int32Array(0) };

class HitsOfOne implements LiteralHits {
  readonly #finder: LiteralFinder;
  #text = NO_TEXT;
  #size = 0;

  constructor(finder: LiteralFinder) {
    this.#finder = finder;
  }

  begin(text: SearchedText, size: number): void {
    this.#text = text;
    this.#size = size;
  }

  next(from: number): number {
    return this.#finder.find(this.#text, from, this.#size);
  }
}

/** Each literal is looked for again only when the search has come past its last place. */
class HitsOfAny implements LiteralHits {
  readonly #finders: readonly LiteralFinder[];
  readonly #places: Int32Array;
  #text = NO_TEXT;
  #size = 0;

  constructor(finders: readonly LiteralFinder[]) {
    this.#finders = finders;
    this.#places = new Int32Array(finders.length);
  }

  begin(text: SearchedText, size: number): void {
    this.#text = text;
    this.#size = size;
    this.#places.fill(-1);
  }

  next(from: number): number {
    const size = this.#size;
    let first = size;
    for (let index = 0; index < this.#finders.length; index++) {
      let place = this.#places[index] as number;
      if (place < from) {
        const found = (this.#finders[index] as LiteralFinder).find(this.#text, from, size);
        place = found < 0 ? size : found;
        this.#places[index] = place;
      }
      if (place < first) first = place;
    }
    return first < size ? first : -1;
  }
}
