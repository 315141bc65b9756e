/** Looks for every replaced value, in every form it could have, in a finished export. It never says the value itself. */
import { type FormHit, FormSearch } from './forms.ts';
import type { RedactionEntry } from './pseudonyms.ts';

export interface Leak {
  /** Id of the kind of the value. */
  readonly kind: string;
  readonly encoding: string;
  /** Line from 1, column in bytes from 1, byte from 0. */
  readonly where: { readonly line: number; readonly column: number; readonly byte: number };
}

/** More say nothing new: the export fails with the first one. */
const LEAKS_MAX = 1000;

/** Forms are found some at a time, so that a case of very many values needs no more than some 100 MB. */
const ENTRIES_AT_ONCE = 20_000;

/**
 * @param exported all of a file. @param entries of the redactor.
 * @returns where a value stands, in the order of the file. A value that is the pseudonym of another one as well cannot be told
 * from it, and is not looked for: see `ambiguousEntries`.
 */
export function leakCheck(exported: Uint8Array | string, entries: readonly RedactionEntry[]): readonly Leak[] {
  return leakChecks([exported], entries)[0] ?? [];
}

/** The same for many files at once. @param sought those of the entries that are looked for. @returns the leaks of each. */
export function leakChecks(
  files: readonly (Uint8Array | string)[],
  entries: readonly RedactionEntry[],
  sought: readonly RedactionEntry[] = entries,
): readonly (readonly Leak[])[] {
  const bytes = files.map((file) => (typeof file === 'string' ? Buffer.from(file, 'utf8') : Buffer.from(file)));
  const found = files.map((): FormHit[] => []);
  for (let from = 0; from < sought.length; from += ENTRIES_AT_ONCE) {
    const search = new FormSearch(sought.slice(from, from + ENTRIES_AT_ONCE), entries);
    for (const [at, hits] of found.entries()) {
      for (const hit of search.find(bytes[at] as Buffer)) {
        hits.push(hit);
        if (hits.length >= LEAKS_MAX) break;
      }
    }
  }
  return found.map((hits, at) => placed(bytes[at] as Buffer, hits));
}

/** @returns entries whose original is also the pseudonym of another value: a check of the export cannot tell which it is. */
export function ambiguousEntries(entries: readonly RedactionEntry[]): readonly RedactionEntry[] {
  const given = new Set(entries.map(({ pseudonym }) => pseudonym.toLowerCase()));
  return entries.filter(({ original }) => given.has(original.toLowerCase()));
}

function placed(bytes: Buffer, found: readonly FormHit[]): readonly Leak[] {
  let line = 1;
  let lineStart = 0;
  return [...found]
    .sort((one, two) => one.start - two.start)
    .map(({ start, entry, form }) => {
      for (let end = bytes.indexOf(10, lineStart); end >= 0 && end < start; end = bytes.indexOf(10, lineStart)) {
        line++;
        lineStart = end + 1;
      }
      const where = { line, column: start - lineStart + 1, byte: start };
      return { kind: entry.kind, encoding: form.encoding, where };
    });
}
