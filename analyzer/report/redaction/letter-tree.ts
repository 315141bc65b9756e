/** Words by their letters, to be followed letter by letter through codes of a text without making a text of them. */

/** Letters whatever their case, digits, dash and dot; 0: any other, which no word has. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789-.';
const ROW = LETTERS.length + 1;
const PLACES = Uint8Array.from(
  { length: 256 },
  (_, code) => LETTERS.indexOf(String.fromCharCode(code >= 65 && code <= 90 ? code | 32 : code)) + 1,
);

/** Where no word goes on. */
export const NOWHERE = 0;
/** Where all words begin. */
export const ROOT = 1;

export class LetterTree {
  #rows = new Uint16Array(ROW * 64);
  /** 1 for rows where a word ends. */
  readonly #ends: Uint8Array;

  /** @param words in lower case. @param direction `back`: they are followed from their last letter to their first one. */
  constructor(words: Iterable<string>, direction: 'forth' | 'back') {
    let rows = ROOT + 1;
    const ends = new Set<number>();
    for (const word of words) {
      const codes = Uint8Array.from(word, (letter) => PLACES[letter.charCodeAt(0)] ?? 0);
      if (codes.includes(0)) continue;
      if (direction === 'back') codes.reverse();
      let row = ROOT;
      for (const code of codes) {
        const at = row * ROW + code;
        if (this.#rows[at] === NOWHERE) {
          if ((rows + 1) * ROW > this.#rows.length) this.#rows = grown(this.#rows);
          this.#rows[at] = rows++;
        }
        row = this.#rows[at] as number;
      }
      ends.add(row);
    }
    this.#ends = Uint8Array.from({ length: rows }, (_, row) => (ends.has(row) ? 1 : 0));
  }

  /** @returns where a letter leads. */
  next(row: number, code: number): number {
    return this.#rows[row * ROW + (PLACES[code] as number)] as number;
  }

  /** @returns true where a word ends. */
  isEnd(row: number): boolean {
    return this.#ends[row] === 1;
  }
}

function grown(rows: Uint16Array): Uint16Array<ArrayBuffer> {
  const larger = new Uint16Array(rows.length * 2);
  larger.set(rows);
  return larger;
}
