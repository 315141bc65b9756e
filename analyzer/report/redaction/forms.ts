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

/** A form that is a pseudonym of the same entries as well cannot be told from it, and is not looked for. */
export class FormSearch {
  /** Of each needle of the search. There may be some hundred thousand: no object for each of them. */
  readonly #entries: RedactionEntry[] = [];
  readonly #forms: EncodedForm[] = [];
  readonly #search: ByteSearch;

  /** @param sought those to look for. @param entries all whose pseudonyms stand in the text. */
  constructor(sought: readonly RedactionEntry[], entries: readonly RedactionEntry[] = sought) {
    const given = new Set(entries.map(({ pseudonym }) => pseudonym.toLowerCase()));
    for (const entry of sought) {
      if (given.has(entry.original.toLowerCase())) continue;
      for (const form of encodedForms(entry.kind, entry.original)) {
        if (given.has(form.text.toLowerCase())) continue;
        this.#entries.push(entry);
        this.#forms.push(form);
      }
    }
    this.#search = new ByteSearch(this.#forms.map(({ text }) => text));
  }

  /** In no order. */
  *find(bytes: Buffer): Generator<FormHit> {
    for (const { start, end, needle } of this.#search.find(bytes)) {
      const form = this.#forms[needle] as EncodedForm;
      if (counts(form, bytes, start, end)) yield { entry: this.#entries[needle] as RedactionEntry, form, start, end };
    }
  }
}

function counts(form: EncodedForm, bytes: Buffer, start: number, end: number): boolean {
  if (form.letters === 'exact' && bytes.toString('utf8', start, end) !== form.text) return false;
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
