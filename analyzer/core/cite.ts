/**
 * Turns line references into evidence: the exact bytes, their hash and their text, so that a report can be
 * re-verified against the customer's archive. The only place that makes Evidence and finding ids.
 */
import { createHash, type Hash } from 'node:crypto';
import type { BundleReader, Line } from './case-reader.ts';
import { FindingId } from './ids.ts';
import {
  EVIDENCE_CHARS_MAX,
  EVIDENCE_LINES_MAX,
  EVIDENCE_REFS_MAX,
  LINES_BYTES_MAX,
  LINES_PER_CALL_MAX,
} from './limits.ts';
import type { Evidence, LineRef, NonEmpty, SourceFile } from './vocabulary.ts';

/** The character that replaces bytes which are not UTF-8: where it stands, the text no longer tells the bytes. */
const REPLACEMENT = '\uFFFD';

/**
 * Reads the referenced lines and cites them. More than EVIDENCE_REFS_MAX references are thinned evenly (the
 * first and the last stay) and ranges longer than EVIDENCE_LINES_MAX lines keep only their first lines as
 * text; either way the note says so, and byte range and hash always cover the whole range.
 * @throws Error when a reference names no line of the bundle: that is a bug of whoever made the reference.
 */
export function cite(reader: BundleReader, refs: NonEmpty<LineRef>): NonEmpty<Evidence> {
  const wanted = withoutRepeats(refs);
  const kept = thin(wanted, EVIDENCE_REFS_MAX);
  const evidence = kept.map((ref) => citeOne(reader, ref));
  const left = wanted.length - kept.length;
  const last = evidence.at(-1) as Evidence;
  if (left > 0) {
    const more = `${left} more ${left === 1 ? 'reference is' : 'references are'} not listed`;
    evidence[evidence.length - 1] = { ...last, note: joinNotes(last.note, more) };
  }
  return evidence as [Evidence, ...Evidence[]];
}

/**
 * Identity of a finding: the first 16 hex digits of sha256(rule, node, hashes of the cited bytes). Names of
 * archives and files, line numbers and the order of files do not enter, so importing the same bytes again
 * under other names gives the same id.
 * @param distinguish tells apart two findings of one rule that cite the same bytes; empty otherwise.
 */
export function findingId(
  rule: string,
  node: string | null,
  evidence: readonly { readonly sha256: string }[],
  distinguish = '',
): FindingId {
  const hashes = [...new Set(evidence.map((item) => item.sha256))].sort();
  const canonical = JSON.stringify([rule, node, hashes, ...(distinguish === '' ? [] : [distinguish])]);
  return FindingId.parse(createHash('sha256').update(canonical).digest('hex').slice(0, 16));
}

/** @returns `count` items spread evenly over the list, the first and the last always among them. */
export function thin<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  if (count <= 1) return items.slice(0, count);
  const step = (items.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => items[Math.round(index * step)] as T);
}

function withoutRepeats(refs: readonly LineRef[]): readonly LineRef[] {
  const seen = new Map<string, LineRef>();
  for (const ref of refs) {
    const key = `${ref.fileId} ${ref.line} ${ref.endLine}`;
    if (!seen.has(key)) seen.set(key, ref);
  }
  return [...seen.values()];
}

function joinNotes(first: string | null, second: string): string {
  return first === null ? second : `${first}; ${second}`;
}

function citeOne(reader: BundleReader, ref: LineRef): Evidence {
  const file = reader.file(ref.fileId);
  if (file === null) throw new Error(`evidence names file ${ref.fileId}, which the bundle does not have`);
  const endLine = Math.min(ref.endLine, file.lines);
  const range = readRange(reader, file, ref.line, endLine);
  const count = endLine - ref.line + 1;
  const clipped = range.text.length > EVIDENCE_CHARS_MAX;
  const long = clipped
    ? `first ${EVIDENCE_CHARS_MAX} characters shown`
    : count > EVIDENCE_LINES_MAX
      ? `first ${EVIDENCE_LINES_MAX} of ${count} lines shown`
      : null;
  return {
    bundle: reader.bundle.id,
    node: reader.bundle.node,
    fileId: file.id,
    file: file.path,
    line: ref.line,
    endLine,
    byteStart: range.byteStart,
    byteEnd: range.byteEnd,
    sha256: range.sha256,
    // A character that is cut in two would be no text.
    text: clipped ? range.text.slice(0, EVIDENCE_CHARS_MAX).replace(/[\uD800-\uDBFF]$/, '') : range.text,
    note: long === null ? (ref.note ?? null) : joinNotes(ref.note ?? null, long),
  };
}

interface Range {
  readonly byteStart: number;
  readonly byteEnd: number;
  readonly sha256: string;
  readonly text: string;
}

function readRange(reader: BundleReader, file: SourceFile, line: number, endLine: number): Range {
  const hash = createHash('sha256');
  const shown: string[] = [];
  let first: Line | null = null;
  let previous: Line | null = null;
  let exact = true;
  for (let from = line; from <= endLine; ) {
    const lines = reader.lines(file.id, from, Math.min(LINES_PER_CALL_MAX, endLine - from + 1));
    if (lines.length === 0) break;
    for (const current of lines) {
      if (shown.length < EVIDENCE_LINES_MAX) shown.push(current.text);
      exact = exact && addSeparator(hash, previous, current) && addText(hash, current);
      first ??= current;
      previous = current;
    }
    from += lines.length;
  }
  if (first === null || previous === null || previous.number !== endLine) {
    throw new Error(`evidence names lines ${line}-${endLine} of ${file.path}, which has ${file.lines}`);
  }
  const { byteStart } = first;
  const { byteEnd } = previous;
  return {
    byteStart,
    byteEnd,
    sha256: exact ? hash.digest('hex') : hashBytes(reader, file, byteStart, byteEnd),
    text: shown.join('\n'),
  };
}

/** @returns false when the bytes between two lines are not known from their offsets alone. */
function addSeparator(hash: Hash, previous: Line | null, current: Line): boolean {
  if (previous === null) return true;
  const gap = current.byteStart - previous.byteEnd;
  // A gap of 0 is a line that was split because of its length; other gaps than LF and CRLF do not occur.
  if (gap === 1) hash.update('\n');
  else if (gap === 2) hash.update('\r\n');
  return gap >= 0 && gap <= 2;
}

/** @returns false when the text does not say which bytes it was read from. */
function addText(hash: Hash, line: Line): boolean {
  hash.update(line.text, 'utf8');
  return !line.text.includes(REPLACEMENT) && Buffer.byteLength(line.text, 'utf8') === line.byteEnd - line.byteStart;
}

/** @returns sha256 in hex of bytes of a file as they are stored; slower than from the text of its lines. */
export function hashBytes(reader: BundleReader, file: SourceFile, byteStart: number, byteEnd: number): string {
  const hash = createHash('sha256');
  for (let from = byteStart; from < byteEnd; from += LINES_BYTES_MAX) {
    hash.update(reader.bytes(file.id, from, Math.min(LINES_BYTES_MAX, byteEnd - from)).bytes);
  }
  return hash.digest('hex');
}
