/** Names of places (nodes, files, roles, formats) against what an engineer typed for one. */
import { foldAscii } from './fold.ts';

const ANY_CHARACTERS = '*';
const ONE_CHARACTER = '?';

/**
 * @param wanted see PlaceTerm: with `*` or `?` the whole name has to fit it, else a part of the name is enough.
 * @returns the test of a name, ASCII letters in any case.
 */
export function placeNameTest(wanted: string): (name: string) => boolean {
  const folded = foldAscii(wanted);
  if (isPlainName(folded)) return (name) => foldAscii(name).includes(folded);
  const pattern = [...folded];
  return (name) => fits([...foldAscii(name)], pattern);
}

/** @returns whether a part of the name is enough. */
export function isPlainName(wanted: string): boolean {
  return !/[*?]/.test(wanted);
}

/** @returns what stands in every name that fits; all of a plain name. */
export function longestPiece(wanted: string): string {
  return wanted.split(/[*?]/).reduce((longest, piece) => (piece.length > longest.length ? piece : longest), '');
}

/** Only the last `*` is ever tried again, so that the time is bounded by the product of both lengths. */
function fits(name: readonly string[], pattern: readonly string[]): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const wanted = pattern[next];
    if (wanted === ANY_CHARACTERS) {
      star = next;
      starAt = at;
      next += 1;
    } else if (wanted !== undefined && (wanted === ONE_CHARACTER || wanted === name[at])) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      next = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[next] === ANY_CHARACTERS) next += 1;
  return next === pattern.length;
}
