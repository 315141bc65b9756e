/** Words that are replaced wherever they stand, whatever their case. */
import type { Span } from './span.ts';

/** `anywhere`: also inside of longer words; `whole`: between letters and digits they are none. */
export type WordPlace = 'anywhere' | 'whole';

export interface WordList {
  readonly place: WordPlace;
  /** In lower case. */
  readonly words: readonly string[];
  /** @returns false when it is there already, or there is no room. */
  add(word: string): boolean;
}

/** Each word costs a pass over the text. Learned host names of one case are a handful. */
const WORDS_MAX = 500;
/** Shorter ones would be met inside of every other word. */
const ANYWHERE_CHARS_MIN = 3;

/** @param words longest first wins where they overlap. */
export function wordList(place: WordPlace, words: readonly string[]): WordList {
  const own: string[] = [];
  const add = (word: string): boolean => {
    const lower = word.trim().toLowerCase();
    if (lower === '' || own.length >= WORDS_MAX || own.includes(lower)) return false;
    own.push(lower);
    return true;
  };
  for (const word of words) add(word);
  return { place, words: own, add };
}

/** @param kindOf the kind of a word of the list. */
export function findWords(text: string, list: WordList, kindOf: (word: string) => number, found: Span[]): void {
  if (list.words.length === 0) return;
  const lower = text.toLowerCase();
  // A letter whose lower case is longer (U+0130) moves what follows it: then the case of ASCII is all that is folded.
  const searched = lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (part) => part.toLowerCase());
  for (const word of list.words) {
    const whole = list.place === 'whole' || word.length < ANYWHERE_CHARS_MIN;
    for (let at = searched.indexOf(word); at >= 0; at = searched.indexOf(word, at + word.length)) {
      const end = at + word.length;
      if (whole && (isWordCode(searched.charCodeAt(at - 1)) || isWordCode(searched.charCodeAt(end)))) continue;
      found.push({ start: at, end, kind: kindOf(word) });
    }
  }
}

function isWordCode(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || code === 95;
}
