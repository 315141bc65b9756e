/** Names of files and nodes as terms of a query that mean exactly these. Pure. */
import { printQuery } from '../../analyzer/query/print.ts';

/**
 * A place term means every name that holds it, so `file:a.log` means `a.log.1` too. @returns the shortest term that means
 * this name and none of the others: its last part, the whole, or with wildcards, which must fit from end to end.
 * null when there is none: two names that differ in the case of letters alone.
 */
export function exactPlace(field: 'node' | 'file', name: string, others: readonly string[]): string | null {
  const rest = others.map(folded).filter((other) => other !== folded(name));
  if (others.some((other) => other !== name && folded(other) === folded(name))) return null;
  const base = name.slice(name.lastIndexOf('/') + 1);
  const plain = [base, name].find(
    (part) => part !== '' && !/[*?]/.test(part) && !rest.some((other) => other.includes(folded(part))),
  );
  const fits = (tail: string, other: string) => other.endsWith(tail);
  const wild =
    plain !== undefined
      ? plain
      : !rest.some((other) => fits(folded(name), other))
        ? `*${name}`
        : rest.some((other) => other.length === name.length && fits(folded(name.slice(1)), other))
          ? null
          : `?${name.slice(1)}`;
  return wild === null ? null : printQuery({ kind: 'place', field, name: wild });
}

const folded = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
