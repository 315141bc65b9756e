/** The texts of a report's document through a redactor. What has no text of the customer's stays, by the names of its keys. */
import { EVIDENCE_CHARS_MAX } from '../../core/limits.ts';
import type { CaseDocument, DocumentEvidence, DocumentLine } from '../document.ts';

/** What is done with the texts of a document. */
export interface TextChange {
  /** One text, lines of it stay lines. */
  text(text: string): string;
  /** Lines that follow each other in a file. */
  lines(lines: readonly string[]): readonly string[];
  /** A path in a bundle. */
  path(path: string): string;
}

/**
 * Words of our own, hashes, times and labels. Any key that is not named here is text, so that one that is added to the document is
 * redacted before somebody thinks of it.
 */
const AS_THEY_ARE: ReadonlySet<string> = new Set([
  ...['schema', 'template', 'version', 'generatedAt', 'collectedAt', 'importedAt', 'first', 'last'],
  ...['bundle', 'sha256', 'id', 'ids', 'rule', 'label', 'finding', 'explains', 'cites'],
  ...[
    'kind',
    'severity',
    'level',
    'owner',
    'chosen',
    'method',
    'section',
    'mode',
    'layout',
    'outcome',
    'state',
    'weight',
  ],
  // Of the program and of its profiles; that of a bundle is the archive's and is told apart by its place.
  ...['generatedBy', 'redaction'],
]);
const PATHS: ReadonlySet<string> = new Set(['file']);

/** @returns the document with its texts changed; everything else is as it was. */
export function changeTexts(document: CaseDocument, change: TextChange): CaseDocument {
  return changed('', document, change) as CaseDocument;
}

function changed(key: string, value: unknown, change: TextChange): unknown {
  if (AS_THEY_ARE.has(key)) return value;
  if (typeof value === 'string') return PATHS.has(key) ? change.path(value) : change.text(value);
  if (Array.isArray(value)) return value.map((one) => changed(key, one, change));
  if (value === null || typeof value !== 'object') return value;
  const own = isEvidence(value) ? changedLines(value, change) : null;
  const entries = Object.entries(value).map(([name, one]) => [name, own?.[name] ?? changed(name, one, change)]);
  return Object.fromEntries(entries);
}

type EvidenceLines = Pick<DocumentEvidence, 'before' | 'lines' | 'after'>;

function isEvidence(value: object): value is DocumentEvidence {
  return 'lines' in value && 'before' in value && 'after' in value;
}

/** The lines of an excerpt and around it are one text: a key goes on from one line to the next. */
function changedLines(
  { before, lines, after }: EvidenceLines,
  change: TextChange,
): Readonly<Record<string, readonly DocumentLine[]>> {
  const cut = lines.reduce((sum, { text }) => sum + text.length + 1, 0) >= EVIDENCE_CHARS_MAX ? lines.length - 1 : -1;
  const cited = lines.map((line, at) => (at === cut ? withoutLastWord(line) : line));
  const all = [...before, ...cited, ...after].map((line) => (line.more === 0 ? line : withoutLastWord(line)));
  const texts = change.lines(all.map(({ text }) => text));
  const made = all.map((line, at): DocumentLine => ({ ...line, text: texts[at] ?? '' }));
  const end = before.length + lines.length;
  return { before: made.slice(0, before.length), lines: made.slice(before.length, end), after: made.slice(end) };
}

/** A value that is cut in two is recognised by nobody: the word in which a long line was cut goes as a whole. */
function withoutLastWord(line: DocumentLine): DocumentLine {
  const text = line.text.replace(/[^\s"'&,;]+$/, '');
  return { ...line, text, more: line.more + line.text.length - text.length };
}
