/** Literals that are looked for all at once: each by the three letters of it that texts have least often. */

/** With a byte each the table is 16 KB, and stays in the first cache. */
const GRAM_BITS = 14;
export const GRAMS = 1 << GRAM_BITS;
export const LITERAL_CHARS_MIN = 3;

/** Letters by how often logs have them; others are rarer than all of these. */
const COMMON = 'e0atnirso1dc2l3-4p5u.76m89b:f/gk "hv';

/** @returns where three letters stand in the table. */
export function gramOf(first: number, second: number, third: number): number {
  return ((first << 10) ^ (second << 5) ^ third) & (GRAMS - 1);
}

interface Literal {
  readonly text: string;
  readonly id: number;
  /** Where its three letters begin in it. */
  readonly offset: number;
}

export class LiteralSet {
  /** By gram: 0, or the number of the list of literals that have these three letters. */
  readonly lists = new Uint8Array(GRAMS);
  readonly #literals: Literal[][] = [[]];
  readonly #ids = new Map<string, number>();

  /** @param texts of LITERAL_CHARS_MIN letters or more; those that are shorter are left out. At most 255 different ones. */
  constructor(texts: Iterable<string>) {
    for (const text of texts) if (text.length >= LITERAL_CHARS_MIN && !this.#ids.has(text)) this.#add(text);
  }

  get count(): number {
    return this.#ids.size;
  }

  /** @returns the number of a literal, from 0; undefined when it is not looked for. */
  idOf(text: string): number | undefined {
    return this.#ids.get(text);
  }

  /** Calls `take` with each literal that stands where the three letters at `at` belong to it. */
  at(text: string, at: number, list: number, take: (id: number, start: number) => void): void {
    for (const { text: literal, id, offset } of this.#literals[list] as Literal[]) {
      const start = at - offset;
      if (start >= 0 && text.startsWith(literal, start)) take(id, start);
    }
  }

  #add(text: string): void {
    const offset = rarest(text);
    const gram = gramOf(text.charCodeAt(offset), text.charCodeAt(offset + 1), text.charCodeAt(offset + 2));
    let list = this.lists[gram] as number;
    if (list === 0) {
      list = this.#literals.length;
      this.#literals.push([]);
      this.lists[gram] = list;
    }
    this.#literals[list]?.push({ text, id: this.#ids.size, offset });
    this.#ids.set(text, this.#ids.size);
  }
}

function rarest(text: string): number {
  const rareness = (at: number): number => {
    const place = COMMON.indexOf(text.charAt(at));
    return place < 0 ? COMMON.length : place;
  };
  let best = 0;
  let most = -1;
  for (let at = 0; at + LITERAL_CHARS_MIN <= text.length; at++) {
    const sum = rareness(at) + rareness(at + 1) + rareness(at + 2);
    if (sum > most) [best, most] = [at, sum];
  }
  return best;
}
