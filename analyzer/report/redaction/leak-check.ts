/** Looks for every replaced value, in every form it could have, in a finished export. It never says the value itself. */
import { ByteSearch } from './byte-search.ts';
import { type EncodedForm, encodedForms } from './encodings.ts';
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

interface Needle {
  readonly kind: string;
  readonly form: EncodedForm;
}

/**
 * @param exported all of a file. @param entries of the redactor.
 * @returns where a value stands, in the order of the file. A value that is the pseudonym of another one as well cannot be told
 * from it, and is not looked for: see `ambiguousEntries`.
 */
export function leakCheck(exported: Uint8Array | string, entries: readonly RedactionEntry[]): readonly Leak[] {
  const bytes = typeof exported === 'string' ? Buffer.from(exported, 'utf8') : Buffer.from(exported);
  const given = new Set(entries.map(({ pseudonym }) => pseudonym.toLowerCase()));
  const found: { at: number; needle: Needle }[] = [];
  const sought = entries.filter(({ original }) => !given.has(original.toLowerCase()));
  for (let from = 0; from < sought.length; from += ENTRIES_AT_ONCE) {
    const needles = sought
      .slice(from, from + ENTRIES_AT_ONCE)
      .flatMap(({ kind, original }) => encodedForms(kind, original).map((form): Needle => ({ kind, form })))
      .filter(({ form }) => !given.has(form.text.toLowerCase()));
    const wanted = needles.map(({ form }) => Buffer.from(form.text, 'utf8'));
    for (const { start, needle } of new ByteSearch(wanted).find(bytes)) {
      const one = needles[needle] as Needle;
      if (!counts(one.form, bytes, start, wanted[needle] as Buffer)) continue;
      found.push({ at: start, needle: one });
      if (found.length >= LEAKS_MAX) break;
    }
  }
  return placed(bytes, found);
}

/** @returns entries whose original is also the pseudonym of another value: a check of the export cannot tell which it is. */
export function ambiguousEntries(entries: readonly RedactionEntry[]): readonly RedactionEntry[] {
  const given = new Set(entries.map(({ pseudonym }) => pseudonym.toLowerCase()));
  return entries.filter(({ original }) => given.has(original.toLowerCase()));
}

function counts(form: EncodedForm, bytes: Buffer, start: number, wanted: Buffer): boolean {
  const end = start + wanted.length;
  if (form.letters === 'exact' && !bytes.subarray(start, end).equals(wanted)) return false;
  if (form.place === 'anywhere') return true;
  return !joins(bytes, start - 1, start) && !joins(bytes, end, end - 1);
}

/** Two letters or digits side by side are of one word. */
function joins(bytes: Buffer, outside: number, inside: number): boolean {
  return isWord(bytes[outside]) && isWord(bytes[inside]);
}

function isWord(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90);
}

function placed(bytes: Buffer, found: readonly { readonly at: number; readonly needle: Needle }[]): readonly Leak[] {
  let line = 1;
  let lineStart = 0;
  return [...found]
    .sort((one, two) => one.at - two.at)
    .map(({ at, needle }) => {
      for (let end = bytes.indexOf(10, lineStart); end >= 0 && end < at; end = bytes.indexOf(10, lineStart)) {
        line++;
        lineStart = end + 1;
      }
      const where = { line, column: at - lineStart + 1, byte: at };
      return { kind: needle.kind, encoding: needle.form.encoding, where };
    });
}
