/** Names of files and nodes as terms of a query that mean exactly these. Pure. */
import { printQuery } from '../../analyzer/query/print.ts';

/**
 * A place term means every name that holds it, so `file:a.log` means `a.log.1` too. @returns the shortest term that means
 * this name and none of the others: its last part, the whole, or with wildcards, which must fit from end to end.
 * null when there is none: two names that differ in the case of letters alone.
 */
export function exactPlace(field: 'node' | 'file', name: string, others: readonly string[]): string | null {
  const names = namesOf(others);
  const key = `${field} ${name}`;
  const known = names.terms.get(key);
  if (known !== undefined) return known;
  const term = termOf(field, name, others, names.folded);
  names.terms.set(key, term);
  return term;
}

interface Names {
  readonly folded: readonly string[];
  /** By field and name, as they were found. */
  readonly terms: Map<string, string | null>;
}

/** Thousands of files are told from thousands, ten times a second while a search runs: each is done once. */
const NAMES = new WeakMap<readonly string[], Names>();

function namesOf(others: readonly string[]): Names {
  const known = NAMES.get(others);
  if (known !== undefined) return known;
  const names: Names = { folded: others.map(folded), terms: new Map() };
  NAMES.set(others, names);
  return names;
}

function termOf(
  field: 'node' | 'file',
  name: string,
  others: readonly string[],
  foldedOthers: readonly string[],
): string | null {
  const own = folded(name);
  if (foldedOthers.some((other, index) => other === own && others[index] !== name)) return null;
  const rest = foldedOthers.filter((other) => other !== own);
  const base = name.slice(name.lastIndexOf('/') + 1);
  const plain = [base, name].find((part) => part !== '' && !/[*?]/.test(part) && !holds(rest, folded(part)));
  const fits = (tail: string, other: string) => other.endsWith(tail);
  const wild =
    plain !== undefined
      ? plain
      : !rest.some((other) => fits(own, other))
        ? `*${name}`
        : rest.some((other) => other.length === name.length && fits(own.slice(1), other))
          ? null
          : `?${name.slice(1)}`;
  return wild === null ? null : printQuery({ kind: 'place', field, name: wild });
}

const holds = (names: readonly string[], part: string): boolean => names.some((name) => name.includes(part));

const folded = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
