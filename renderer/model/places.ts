/** Names of files and nodes as terms of a query that mean exactly these. Pure. */
import { printQuery } from '../../analyzer/query/print.ts';
import { groupedBy } from './grouped-by.ts';

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
  const term = termOf(field, name, names);
  names.terms.set(key, term);
  return term;
}

interface Names {
  /** All of them, letters folded, each between two `END`: what occurs in any of them is found in one go. */
  readonly text: string;
  /** By the folded name: those that differ in the case of letters alone. */
  readonly alike: ReadonlyMap<string, readonly string[]>;
  /** By field and name, as they were found. */
  readonly terms: Map<string, string | null>;
}

/** No path holds it; in a name that did, more would be found, and the term would be a longer one. */
const END = '\0';

/** Rows are shown anew ten times a second while a search runs: each name is told from thousands once. */
const NAMES = new WeakMap<readonly string[], Names>();

function namesOf(others: readonly string[]): Names {
  const known = NAMES.get(others);
  if (known !== undefined) return known;
  const alike = groupedBy(new Set(others), folded);
  const names: Names = { text: `${END}${[...alike.keys()].join(END)}${END}`, alike, terms: new Map() };
  NAMES.set(others, names);
  return names;
}

function termOf(field: 'node' | 'file', name: string, { text, alike }: Names): string | null {
  const own = folded(name);
  if (alike.get(own)?.some((other) => other !== name)) return null;
  const written = /[*?]/.test(own) ? withAny(name, own, [...alike.keys()]) : shortest(name, own, text);
  return written === null ? null : printQuery({ kind: 'place', field, name: written });
}

function shortest(name: string, own: string, text: string): string | null {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const plain = [base, name].find(
    (part) => part !== '' && !occurs(text, folded(part), (at) => nameAt(text, at) !== own),
  );
  if (plain !== undefined) return plain;
  if (!occurs(text, `${own}${END}`, (at) => text[at - 1] !== END)) return `*${name}`;
  const alikeButFirst = occurs(text, `${own.slice(1)}${END}`, (at) => text[at - 2] === END && text[at - 1] !== own[0]);
  return alikeButFirst ? null : `?${name.slice(1)}`;
}

/** A star in a name would stand for any characters: here any one character stands for it. */
function withAny(name: string, own: string, others: readonly string[]): string | null {
  const pattern = own.replaceAll('*', '?');
  const fits = (other: string) =>
    other !== own &&
    other.length === own.length &&
    Array.from({ length: own.length }).every((_, at) => pattern[at] === '?' || pattern[at] === other[at]);
  return others.some(fits) ? null : name.replaceAll('*', '?');
}

/** @returns true when the part occurs at a place that counts. */
function occurs(text: string, part: string, counts: (at: number) => boolean): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) if (counts(at)) return true;
  return false;
}

const nameAt = (text: string, at: number): string => text.slice(text.lastIndexOf(END, at) + 1, text.indexOf(END, at));

const folded = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
