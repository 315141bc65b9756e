/** The last steps of a report in its worker: redaction, formats, the pack. The document is grounded by then. */

import type { ReportFormat } from '../contract/report.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { FailureError, fail } from '../core/failure.ts';
import { grouped } from '../core/grouped.ts';
import { LINES_BYTES_MAX } from '../core/limits.ts';
import type { RedactionChoice, RedactionPreview } from '../core/report.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import type { CaseDocument } from '../report/document.ts';
import { exportPack, exportReport, type ReportRedaction, withPseudonyms } from '../report/export.ts';
import { type PackSource, packZip, SOURCES_BYTES_MAX } from '../report/pack.ts';
import { redactionPreview } from '../report/redaction/redacted-report.ts';
import type { ReportOutput } from '../report/report.ts';
import type { KeptPseudonym, RedactionState } from '../store/report-shelf.ts';
import { caseKnowledge } from './report-knowledge.ts';

/** What is made of the document. */
export type WantedReport =
  | { readonly want: 'report'; readonly format: ReportFormat }
  | { readonly want: 'redaction' }
  | { readonly want: 'pack'; readonly formats: readonly ReportFormat[]; readonly sources: 'yes' | 'no' };

/** What the case knows of its redaction; null: the report is not redacted. */
export type AskedRedaction = {
  readonly choice: RedactionChoice;
  readonly caseId: string;
  readonly state: RedactionState;
} | null;

interface Finished {
  readonly references: number;
  /** JSON of the private map; null: not redacted. */
  readonly map: string | null;
  /** What the case keeps from now on; none when it is not redacted. */
  readonly pseudonyms: readonly KeptPseudonym[];
}

export type FinishedReport =
  | (Finished & ReportOutput & { readonly want: 'report' })
  | { readonly want: 'redaction'; readonly preview: RedactionPreview }
  | (Finished & {
      readonly want: 'pack';
      readonly fileName: string;
      readonly mediaType: string;
      readonly base64: string;
      readonly files: readonly string[];
    });

/** @throws FailureError `corrupt` when a redacted file would hold a value, `wrong-usage` for a question that makes no sense. */
export function finishReport(
  document: CaseDocument,
  readers: readonly BundleReader[],
  wanted: WantedReport,
  asked: AskedRedaction,
): FinishedReport {
  const redaction = redactionOf(document, readers, asked);
  const references = document.references.length;
  if (wanted.want === 'redaction') {
    if (redaction === null) throw refused('The report is not redacted: choose a profile, or words.');
    return { want: 'redaction', preview: redactionPreview(withPseudonyms(document, redaction), redaction.choice) };
  }
  if (wanted.want === 'report') {
    const { reports, map, pseudonyms } = exportReport(document, [wanted.format], redaction);
    return { want: 'report', ...(reports[0] as ReportOutput), map, pseudonyms, references };
  }
  if (wanted.sources === 'yes' && redaction !== null) {
    throw refused('Source files are never redacted: a redacted report is packed without them.');
  }
  const sources = wanted.sources === 'yes' ? citedFiles(document, readers) : [];
  const { reports, map, pseudonyms, entries } = exportPack(document, wanted.formats, redaction, sources);
  const [first] = reports;
  return {
    want: 'pack',
    fileName: `${first?.fileName.replace(/-report\.\w+$/, '') ?? 'case'}-pack.zip`,
    mediaType: 'application/zip',
    base64: Buffer.from(packZip(entries)).toString('base64'),
    files: entries.map(({ path }) => path),
    map,
    pseudonyms,
    references,
  };
}

function refused(message: string): FailureError {
  return new FailureError(fail('wrong-usage', message).failure);
}

function redactionOf(document: CaseDocument, readers: readonly BundleReader[], asked: AskedRedaction): ReportRedaction {
  if (asked === null || (asked.choice.profiles.length === 0 && asked.choice.words.length === 0)) return null;
  return { choice: asked.choice, knowledge: caseKnowledge(readers, document, asked.caseId, asked.state) };
}

/** @returns the cited files, each once, whole. */
function citedFiles({ references }: CaseDocument, readers: readonly BundleReader[]): readonly PackSource[] {
  const cited = new Map<string, { readonly reader: BundleReader; readonly file: SourceFile }>();
  for (const { bundle, fileId } of references) {
    const reader = readers.find((one) => one.bundle.id === bundle);
    const file = reader?.file(fileId as SourceFile['id']) ?? null;
    if (reader !== undefined && file !== null) cited.set(`${bundle} ${fileId}`, { reader, file });
  }
  const files = [...cited.values()];
  const bytes = files.reduce((sum, { file }) => sum + file.bytes, 0);
  if (bytes > SOURCES_BYTES_MAX) {
    const [is, most] = [bytes, SOURCES_BYTES_MAX].map((size) => grouped(Math.ceil(size / 2 ** 20)));
    throw refused(`The cited files are too large for a pack: ${is} MiB of ${most} at most. Pack it without them.`);
  }
  return files.map(({ reader, file }) => ({
    bundle: reader.bundle.id,
    file: file.path,
    bytes: wholeFile(reader, file),
  }));
}

function wholeFile(reader: BundleReader, { id, bytes }: SourceFile): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes; ) {
    const part = reader.bytes(id, from, Math.min(LINES_BYTES_MAX, bytes - from)).bytes;
    if (part.length === 0) break;
    parts.push(Uint8Array.from(part));
    from += part.length;
  }
  return Buffer.concat(parts);
}
