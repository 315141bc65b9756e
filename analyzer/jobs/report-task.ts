/** What the report worker does: makes the document of a report, grounded in the bundles of the case, and its files. */
import { type BundleRef, withReaders } from './bundle-ref.ts';
import { type DocumentQuestion, groundedDocument } from './report-document.ts';
import { type AskedRedaction, type FinishedReport, finishReport, type WantedReport } from './report-finish.ts';
import type { TaskContext } from './task.ts';

/** `bundles` in case order. */
export interface ReportTask {
  readonly want: 'make';
  readonly bundles: readonly BundleRef[];
  readonly question: DocumentQuestion;
  readonly wanted: WantedReport;
  readonly redaction: AskedRedaction;
}

/** Throws `cancelled`, the failure of a bundle that cannot be opened, and those of the two steps. */
export function runReportTask(
  { bundles, question, wanted, redaction }: ReportTask,
  context: TaskContext,
): Promise<FinishedReport> {
  return withReaders(bundles, (readers) => {
    const document = groundedDocument(question, readers, () => context.checkCancelled());
    return finishReport(document, readers, wanted, redaction);
  });
}
