/** The document of a report, made from the bundles of a case, and every reference in it read again: none stands that cannot be resolved. */
import type { ReportReference } from '../contract/report.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import { FailureError, fail } from '../core/failure.ts';
import type { FindingId } from '../core/ids.ts';
import type { Bookmark } from '../core/notebook.ts';
import type { ReportDraft } from '../core/report.ts';
import type { Analysis, Evidence, Finding, SourceFile } from '../core/vocabulary.ts';
import type { CaseDocument, DocumentLine } from '../report/document.ts';
import { type ContextLines, type KeptLine, NO_CONTEXT, reportDocument } from '../report/make-document.ts';
import { reference } from '../report/model.ts';
import { answerInWords, type PinWithAnswer } from './report-answers.ts';

/** What a report is asked for with; plain data. */
export interface DocumentQuestion {
  readonly draft: ReportDraft;
  readonly analysis: Analysis;
  /** Those to report, in the analysis. */
  readonly findings: readonly FindingId[];
  /** The engineer's notes on findings. */
  readonly notes: ReadonlyMap<string, string>;
  readonly bookmarks: readonly Bookmark[];
  readonly answers: readonly PinWithAnswer[];
  readonly generatedBy: CaseDocument['generatedBy'];
  readonly generatedAt: string;
}

/** Of a line around an excerpt: it only shows where one is, and lines of a dump are megabytes long. */
const CONTEXT_CHARS_MAX = 1_000;

/**
 * @param readers of the case, in its order. @param pause is called between pieces of work, and throws when it was cancelled.
 * Throws a FailureError: `not-found` when a bundle, file or line that is cited is not there, `corrupt` when it reads otherwise.
 */
export function groundedDocument(
  question: DocumentQuestion,
  readers: readonly BundleReader[],
  pause: () => void,
): CaseDocument {
  const byId = new Map<string, BundleReader>(readers.map((reader) => [reader.bundle.id, reader]));
  const readerOf = (bundle: string): BundleReader | null => byId.get(bundle) ?? null;
  const wanted = new Set<string>(question.findings);
  const shown = question.draft.sections.filter((section) => section.shown === 'yes');
  const hasLines = shown.some(({ kind }) => kind === 'lines');
  const document = reportDocument({
    ...question,
    bundles: readers.map((reader) => reader.bundle),
    findings: question.analysis.findings.filter(({ id }) => wanted.has(id)),
    kept: hasLines ? question.bookmarks.map((mark, index) => keptLine(mark, `L${index + 1}`, readerOf)) : [],
    answers: question.answers.map((one) => answerInWords(one, { readerOf })),
    contextOf: (evidence) => {
      pause();
      return contextLines(readerOf(evidence.bundle), evidence, question.draft.context);
    },
  });
  ground(document, readerOf, pause);
  return document;
}

type ReaderOf = (bundle: string) => BundleReader | null;

/** A bookmark keeps the hash of its line: it must still be that line. */
function keptLine({ bundle, file, line, sha256, note }: Bookmark, label: string, readerOf: ReaderOf): KeptLine {
  const place = `${file}:${line}`;
  const reader = readerOf(bundle);
  const advice = 'Import the archive again, or remove the bookmark.';
  if (reader === null) throw gone(`${label}, a kept line`, archiveWords(bundle), place, advice);
  const found = reader.fileByPath(file);
  if (found === null || line > found.lines) {
    throw gone(`${label}, a kept line`, `archive ${reader.bundle.name}`, place, advice);
  }
  const [evidence] = cite(reader, [{ fileId: found.id, line, endLine: line }]);
  if (evidence.sha256 !== sha256) throw otherwise(`${label}, a kept line`, reader, place);
  return { note, evidence };
}

function contextLines(reader: BundleReader | null, { fileId, line, endLine }: Evidence, count: number): ContextLines {
  const file = reader?.file(fileId) ?? null;
  if (reader === null || file === null || count === 0) return NO_CONTEXT;
  const from = Math.max(1, line - count);
  return { before: around(reader, file.id, from, line - from), after: around(reader, file.id, endLine + 1, count) };
}

function around(reader: BundleReader, file: Finding['evidence'][0]['fileId'], from: number, count: number) {
  return reader.lines(file, from, count).map(({ number, text }): DocumentLine => {
    const shown = text.slice(0, CONTEXT_CHARS_MAX).replace(/[\uD800-\uDBFF]$/, '');
    return { number, text: shown, more: text.length - shown.length };
  });
}

/** Reads every reference again, those of one file together; the first one of the report that fails is told. */
function ground(document: CaseDocument, readerOf: ReaderOf, pause: () => void): void {
  const order = [...document.references.keys()].sort((one, two) => {
    const [left, right] = [document.references[one], document.references[two]] as [ReportReference, ReportReference];
    if (left.bundle !== right.bundle) return left.bundle < right.bundle ? -1 : 1;
    return left.fileId - right.fileId || left.byteStart - right.byteStart;
  });
  let first = document.references.length;
  let because: FailureError | null = null;
  for (const index of order) {
    pause();
    const one = document.references[index] as ReportReference;
    const failed = index < first ? unresolved(one, document, readerOf) : null;
    if (failed === null) continue;
    first = index;
    because = failed;
  }
  if (because !== null) throw because;
}

/** @returns null when the bytes are there as they were cited. */
function unresolved(one: ReportReference, document: CaseDocument, readerOf: ReaderOf): FailureError | null {
  const reader = readerOf(one.bundle);
  const file = reader?.file(one.fileId as Evidence['fileId']) ?? null;
  if (reader !== null && file !== null && file.path === one.file && isThere(one, file, reader)) return null;
  const place = reference(one);
  const who = whoCites(one.label, document);
  const advice = 'Import the archive again, or leave it out of the report.';
  if (reader === null) return gone(who, archiveWords(one.bundle), place, advice);
  if (file?.path !== one.file) return gone(who, `archive ${reader.bundle.name}`, place, advice);
  return otherwise(who, reader, place);
}

/** Cited anew, these lines must give the same bytes. */
function isThere(
  { line, endLine, byteStart, byteEnd, sha256 }: ReportReference,
  file: SourceFile,
  reader: BundleReader,
) {
  if (endLine < line || endLine > file.lines) return false;
  const [again] = cite(reader, [{ fileId: file.id, line, endLine }]);
  return again.sha256 === sha256 && again.byteStart === byteStart && again.byteEnd === byteEnd;
}

/** @returns `F2 (iptables-restore failed)`, `A1 (From the node to the API)`, `L3, a kept line`, `N1, a fact of node-1`. */
function whoCites(label: string, { findings, answers, nodes }: CaseDocument): string {
  const [own = ''] = label.split('.');
  if (own.startsWith('L')) return `${own}, a kept line`;
  if (own.startsWith('N')) return `${own}, a fact of ${nodes[Number(own.slice(1)) - 1]?.node ?? 'a node'}`;
  const title = [...findings, ...answers].find((one) => one.label === own)?.title;
  return title === undefined ? own : `${own} (${title})`;
}

function archiveWords(bundle: string): string {
  return `the archive with sha256 ${bundle.slice(0, 12)}`;
}

function gone(who: string, archive: string, place: string, advice: string): FailureError {
  const message = `The report cites what is not in this case: ${who} in ${archive}. Nothing was written.`;
  return new FailureError(fail('not-found', message, place, advice).failure);
}

function otherwise(who: string, { bundle }: BundleReader, place: string): FailureError {
  const message = `The report cites lines that read otherwise now: ${who} in archive ${bundle.name}. Nothing was written.`;
  return new FailureError(fail('corrupt', message, place, 'Import the archive again and analyse it anew.').failure);
}
