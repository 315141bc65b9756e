/** Puts the values back into an export. */
import { escapeMarkdown } from '../markdown-text.ts';
import { html } from '../markup.ts';
import { ByteSearch } from './byte-search.ts';
import { changedLines } from './changed-lines.ts';
import { type Correction, type RedactionMap, sha256 } from './map.ts';
import type { RedactionEntry } from './pseudonyms.ts';

/** What the text is written in, which decides how a value is written in it. */
export type ExportFormat = 'text' | 'html' | 'md' | 'json' | 'yaml';

/** A text with its values, and at how many places they were put back. */
export interface Restored {
  readonly text: string;
  readonly places: number;
}

/**
 * @param text an export as it was made. @returns the unredacted export. Byte for byte so when the map has its corrections; an
 * export that was changed since gets its values back, which may stand in another way of writing them (`\.` for `.`).
 */
export function unredact(text: string, map: RedactionMap, format: ExportFormat): Restored {
  const plain = byValues(text, map.entries, format);
  if (map.corrections.length === 0) return plain;
  const hash = sha256(text);
  const correction = map.corrections.find((one) => one.sha256 === hash);
  return correction === undefined ? plain : { ...plain, text: corrected(plain.text, correction) };
}

/**
 * @param redacted an export, and `truth` the same one made without redaction.
 * @returns the lines that values alone do not give back, for the map. Whether a character of a value is escaped can depend on
 * what stands beside it and on how long its line is, and only the redacted one says that it is redacted.
 */
export function correctionsFor(
  redacted: string,
  truth: string,
  entries: readonly RedactionEntry[],
  format: ExportFormat,
): Correction {
  const plain = byValues(redacted, entries, format).text;
  const lines = plain === truth ? [] : changedLines(plain.split('\n'), truth.split('\n'));
  return { sha256: sha256(redacted), lines };
}

function corrected(plain: string, { lines }: Correction): string {
  const made = plain.split('\n');
  const out: string[] = [];
  let at = 0;
  for (const { from, until, text } of lines) {
    for (; at < from - 1; at++) out.push(made[at] ?? '');
    out.push(text);
    at = until;
  }
  return [...out, ...made.slice(at)].join('\n');
}

/** A pseudonym as it stands in the export, and the value as it would. */
interface Written {
  readonly pseudonym: string;
  readonly original: string;
}

function byValues(text: string, entries: readonly RedactionEntry[], format: ExportFormat): Restored {
  const written = entries.flatMap((entry) => waysToWrite(entry, format));
  const bytes = Buffer.from(text, 'utf8');
  const needles = written.map(({ pseudonym }) => pseudonym);
  const hits = [...new ByteSearch(needles).find(bytes)]
    .filter(({ start, end, needle }) => bytes.subarray(start, end).equals(Buffer.from(needles[needle] as string)))
    .filter(({ start, end }) => !joins(bytes, start) && !joins(bytes, end))
    .sort((one, two) => one.start - two.start || two.end - one.end);
  const out: Buffer[] = [];
  let at = 0;
  let places = 0;
  for (const { start, end, needle } of hits) {
    if (start < at) continue;
    out.push(bytes.subarray(at, start), Buffer.from((written[needle] as Written).original, 'utf8'));
    at = end;
    places++;
  }
  // Without hits the text stays as it is, halves of pairs included, which have no UTF-8.
  const restored = places === 0 ? text : Buffer.concat([...out, bytes.subarray(at)]).toString('utf8');
  return { text: restored, places };
}

/** A pseudonym that the format escapes shows that its place is one where values are escaped. */
function waysToWrite({ pseudonym, original }: RedactionEntry, format: ExportFormat): readonly Written[] {
  if (format === 'text') return [{ pseudonym, original }];
  if (format === 'json') return [{ pseudonym: quoted(pseudonym), original: quoted(original) }];
  if (format === 'yaml') return [{ pseudonym, original: quoted(original) }];
  if (format === 'html') return [{ pseudonym: html`${pseudonym}`.markup, original: html`${original}`.markup }];
  const escaped = { pseudonym: escapeMarkdown(pseudonym), original: escapeMarkdown(original) };
  const plain = { pseudonym, original };
  return escaped.pseudonym === pseudonym ? [plain] : [escaped, plain];
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Between two digits or two letters no value begins or ends: host-1 is no part of host-12. */
function joins(bytes: Buffer, at: number): boolean {
  const [before, behind] = [bytes[at - 1], bytes[at]];
  if (before === undefined || behind === undefined) return false;
  return isDigit(before) && isDigit(behind);
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}
