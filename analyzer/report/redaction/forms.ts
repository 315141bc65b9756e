/** Looks for values in every form they could have (encodings.ts), many of them in one pass. */
import { ByteSearch } from './byte-search.ts';
import { type EncodedForm, encodedForms } from './encodings.ts';
import type { RedactionEntry } from './pseudonyms.ts';

/** Bytes `start` to `end` are a form of the value. */
export interface FormHit {
  readonly entry: RedactionEntry;
  readonly form: EncodedForm;
  readonly start: number;
  readonly end: number;
}

interface Needle {
  readonly entry: RedactionEntry;
  readonly form: EncodedForm;
  readonly bytes: Buffer;
}

/** A form that is a pseudonym of the same entries as well cannot be told from it, and is not looked for. */
export class FormSearch {
  readonly #needles: readonly Needle[];
  readonly #search: ByteSearch;

  /** @param sought those to look for. @param entries all whose pseudonyms stand in the text. */
  constructor(sought: readonly RedactionEntry[], entries: readonly RedactionEntry[] = sought) {
    const given = new Set(entries.map(({ pseudonym }) => pseudonym.toLowerCase()));
    const needles: Needle[] = [];
    for (const entry of sought) {
      if (given.has(entry.original.toLowerCase())) continue;
      for (const form of encodedForms(entry.kind, entry.original)) {
        if (!given.has(form.text.toLowerCase())) needles.push({ entry, form, bytes: Buffer.from(form.text, 'utf8') });
      }
    }
    this.#needles = needles;
    this.#search = new ByteSearch(this.#needles.map(({ bytes }) => bytes));
  }

  /** In no order. */
  *find(bytes: Buffer): Generator<FormHit> {
    for (const { start, needle } of this.#search.find(bytes)) {
      const { entry, form, bytes: wanted } = this.#needles[needle] as Needle;
      if (counts(form, bytes, start, wanted)) yield { entry, form, start, end: start + wanted.length };
    }
  }
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
