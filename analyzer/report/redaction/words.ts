/** Words that are replaced wherever they stand, whatever their case. */
import { WORD } from './letters.ts';
import type { LiteralSet } from './literal-set.ts';
import type { Span } from './span.ts';
import type { TextPiece } from './text-piece.ts';

/** `anywhere`: also inside of longer words; `whole`: between letters and digits they are none. */
export type WordPlace = 'anywhere' | 'whole';

interface SoughtWord {
  /** In lower case. */
  readonly word: string;
  /** Its number among the literals; undefined when it is too short to be one, or not of ASCII. */
  readonly literal: number | undefined;
}

export interface WordList {
  readonly place: WordPlace;
  readonly words: readonly SoughtWord[];
  /** @returns false when it is there already, or there is no room. */
  add(word: string): boolean;
}

/** A word that is no literal costs a pass over the text. Learned host names of one case are a handful. */
const WORDS_MAX = 500;
/** Shorter ones would be met inside of every other word. */
const ANYWHERE_CHARS_MIN = 3;

/** @param words longest first wins where they overlap. @param literals of the pieces in which they are looked for. */
export function wordList(place: WordPlace, words: readonly string[], literals: LiteralSet): WordList {
  const own: SoughtWord[] = [];
  const met = new Set<string>();
  const add = (text: string): boolean => {
    const word = text.trim().toLowerCase();
    if (word === '' || own.length >= WORDS_MAX || met.has(word)) return false;
    met.add(word);
    own.push({ word, literal: literals.add(word, 'any case') });
    return true;
  };
  for (const word of words) add(word);
  return { place, words: own, add };
}

/** @param kindOf the kind of a word of the list. */
export function findWords(piece: TextPiece, list: WordList, kindOf: (word: string) => number, found: Span[]): void {
  let lower: string | null = null;
  for (const { word, literal } of list.words) {
    const whole = list.place === 'whole' || word.length < ANYWHERE_CHARS_MIN;
    // Letters that are none of ASCII can be one in lower case (U+212A is k): places of literals are all there are in ASCII alone.
    if (literal !== undefined && piece.ascii === 'yes' && piece.knows(literal)) {
      const { codes } = piece;
      let passed = 0;
      for (const at of inOrder(piece.placesOf(literal))) {
        if (at < passed) continue;
        passed = at + word.length;
        if (whole && (isWordCode(codes[at - 1]) || isWordCode(codes[passed]))) continue;
        found.push({ start: at, end: passed, kind: kindOf(word) });
      }
      continue;
    }
    lower ??= inLowerCase(piece.text);
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) {
      const end = at + word.length;
      if (whole && (isWordCode(lower.charCodeAt(at - 1)) || isWordCode(lower.charCodeAt(end)))) continue;
      found.push({ start: at, end, kind: kindOf(word) });
    }
  }
}

function inOrder(places: readonly number[]): readonly number[] {
  return places.length < 2 ? places : [...places].sort((one, two) => one - two);
}

function inLowerCase(text: string): string {
  const lower = text.toLowerCase();
  // A letter whose lower case is longer (U+0130) moves what follows it: then the case of ASCII is all that is folded.
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (part) => part.toLowerCase());
}

function isWordCode(code: number | undefined): boolean {
  return code !== undefined && (code === 95 || WORD[code] === 1);
}
