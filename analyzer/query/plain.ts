/**
 * The query of a plain search: words and "quoted phrases", all of which must be in one line; ASCII letters match
 * without regard to case. Pure; the renderer uses it too.
 */

import { foldAscii } from './fold.ts';

export { foldAscii };

export interface PlainQuery {
  /** Each a literal of at least one character, in the order typed, without repetition. */
  readonly terms: readonly string[];
}

export type QueryParse =
  | { readonly ok: true; readonly query: PlainQuery }
  /** `position` is an offset in UTF-16 code units. */
  | { readonly ok: false; readonly position: number; readonly message: string };

/** Parses what an engineer typed. A quote that is never closed is an error with its position. */
export function parseQuery(text: string): QueryParse {
  const terms: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] as string)) {
      at += 1;
      continue;
    }
    let term: string;
    if (text[at] === '"') {
      const close = text.indexOf('"', at + 1);
      if (close < 0) return { ok: false, position: at, message: 'this quote is never closed' };
      term = text.slice(at + 1, close);
      at = close + 1;
    } else {
      const end = text.slice(at).search(/[\s"]/);
      term = end < 0 ? text.slice(at) : text.slice(at, at + end);
      at += term.length;
    }
    if (term !== '' && !terms.includes(term)) terms.push(term);
  }
  if (terms.length === 0)
    return { ok: false, position: 0, message: 'nothing to search for: type a word or a "phrase"' };
  return { ok: true, query: { terms } };
}

/** @returns half-open ranges (UTF-16 code units) of every term in `text`, sorted, overlaps joined. */
export function matchRanges(text: string, query: PlainQuery): readonly (readonly [number, number])[] {
  const folded = foldAscii(text);
  const ranges: [number, number][] = [];
  for (const term of query.terms) {
    const wanted = foldAscii(term);
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + wanted.length)) {
      ranges.push([at, at + wanted.length]);
    }
  }
  ranges.sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && range[0] <= last[1]) last[1] = Math.max(last[1], range[1]);
    else joined.push([...range]);
  }
  return joined;
}
