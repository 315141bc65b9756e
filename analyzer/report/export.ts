/** The finished files of a report: rendered, redacted when asked for, and then searched for every value that was replaced. */
import { REPORT_FORMATS, type ReportFormat } from '../contract/report.ts';
import { FailureError, fail } from '../core/failure.ts';
import type { RedactionChoice } from '../core/report.ts';
import type { CaseDocument } from './document.ts';
import { type PackEntry, type PackSource, packEntries } from './pack.ts';
import type { RedactionEntry } from './redaction/pseudonyms.ts';
import { type CaseKnowledge, leaksOf, mapOf, type RedactedReport, redactReport } from './redaction/redacted-report.ts';
import { correctionsFor } from './redaction/unredact.ts';
import { type ReportOutput, renderReport } from './report.ts';

/** How a report is redacted; null: it is not. */
export type ReportRedaction = { readonly choice: RedactionChoice; readonly knowledge: CaseKnowledge } | null;

export interface Export {
  readonly reports: readonly ReportOutput[];
  /** JSON of the private map; null: not redacted. */
  readonly map: string | null;
  /** What the case keeps, so that later exports use the same pseudonyms. */
  readonly pseudonyms: readonly RedactionEntry[];
}

export interface PackExport extends Export {
  readonly entries: readonly PackEntry[];
}

/** Files of a document, as texts: what stands in them without any text of a customer's are words of our own. */
function textsOf(document: CaseDocument): readonly string[] {
  const reports = REPORT_FORMATS.map((format) => renderReport(document, format));
  return [...reports, ...packEntries({ document, reports: [], sources: [] }).map(asFile)].flatMap(
    ({ fileName, text }) => [fileName, text],
  );
}

function asFile({ path, bytes }: PackEntry): Pick<ReportOutput, 'fileName' | 'text'> {
  return { fileName: path, text: Buffer.from(bytes).toString('utf8') };
}

/** @returns the report with pseudonyms. */
export function withPseudonyms(
  document: CaseDocument,
  { choice, knowledge }: NonNullable<ReportRedaction>,
): RedactedReport {
  return redactReport(document, choice, knowledge, textsOf);
}

/** @throws FailureError when a redacted file still holds a value; it says where. */
export function exportReport(
  document: CaseDocument,
  formats: readonly ReportFormat[],
  redaction: ReportRedaction,
): Export {
  return exportAll(document, formats, redaction, () => []);
}

/** The same, and everything that goes into the pack with it. @param sources files as they were captured, of a report that is not redacted. */
export function exportPack(
  document: CaseDocument,
  formats: readonly ReportFormat[],
  redaction: ReportRedaction,
  sources: readonly PackSource[],
): PackExport {
  return exportAll(document, formats, redaction, (shown, reports) =>
    packEntries({ document: shown, reports, sources }),
  );
}

function exportAll(
  document: CaseDocument,
  formats: readonly ReportFormat[],
  redaction: ReportRedaction,
  packed: (document: CaseDocument, reports: readonly ReportOutput[]) => readonly PackEntry[],
): PackExport {
  const truth = formats.map((format) => renderReport(document, format));
  if (redaction === null) {
    return { reports: truth, map: null, pseudonyms: [], entries: packed(document, truth) };
  }
  const report = withPseudonyms(document, redaction);
  const reports = formats.map((format) => renderReport(report.document, format));
  const entries = packed(report.document, reports);
  // A pack holds the reports.
  refuseLeaks(entries.length === 0 ? reports : entries.map(asFile), report);
  const corrections = formats.map((format, at) =>
    correctionsFor(reports[at]?.text ?? '', truth[at]?.text ?? '', report.all, format),
  );
  const map = mapOf(report, redaction.knowledge, redaction.choice, document.generatedAt, corrections);
  return { reports, map: `${JSON.stringify(map, null, 1)}\n`, pseudonyms: report.all, entries };
}

function refuseLeaks(files: readonly Pick<ReportOutput, 'fileName' | 'text'>[], report: RedactedReport): void {
  const leaks = leaksOf(
    files.map(({ fileName, text }) => ({ name: fileName, text })),
    report,
  );
  const [first] = leaks;
  if (first === undefined) return;
  const { title, encoding, line, column } = first;
  const more = leaks.length === 1 ? '' : `, and ${leaks.length - 1} more`;
  const place = line === 0 ? 'the name of the file' : `line ${line}, column ${column}`;
  throw new FailureError(
    fail(
      'corrupt',
      `The redacted report would still hold a value (${title}, as ${encoding}${more}). Nothing was written.`,
      // The name of a file could be what is left.
      line === 0 ? place : `${first.file}, ${place}`,
      'Look at what is replaced, and add the value to the words, or keep it.',
    ).failure,
  );
}
