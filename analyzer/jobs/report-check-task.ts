/** Reports that were written before, in the report worker: every cited line is read again, or every value put back. */
import { FailureError } from '../core/failure.ts';
import type { ReportCheck } from '../core/report.ts';
import { type UnredactedReport, unredactReport } from '../report/unredact-report.ts';
import { carriedReferences, checkReferences } from '../report/verify.ts';
import { type BundleRef, withReaders } from './bundle-ref.ts';
import type { TaskContext } from './task.ts';

/** `bundles` of the case; `text` of a report in any format, or of the manifest of a pack. */
export interface ReportCheckTask {
  readonly want: 'check';
  readonly bundles: readonly BundleRef[];
  readonly text: string;
}

/** A redacted report and its map. */
export interface UnredactTask {
  readonly want: 'unredact';
  readonly text: string;
  readonly map: string;
}

export type CheckTask = ReportCheckTask | UnredactTask;

export type CheckOutput =
  | { readonly want: 'check'; readonly check: ReportCheck }
  | { readonly want: 'unredact'; readonly report: UnredactedReport };

/**
 * Throws `cancelled`, `wrong-usage` for a text that is no report and for what unredactReport refuses, or the failure of a bundle
 * that cannot be opened.
 */
export async function runCheckTask(task: CheckTask, context: TaskContext): Promise<CheckOutput> {
  if (task.want === 'check') return { want: 'check', check: await checked(task, context) };
  const report = unredactReport(task.text, task.map);
  if (!report.ok) throw new FailureError(report.failure);
  return { want: 'unredact', report: report.value };
}

async function checked({ bundles, text }: ReportCheckTask, context: TaskContext): Promise<ReportCheck> {
  const carried = carriedReferences(text);
  if (!carried.ok) throw new FailureError(carried.failure);
  return withReaders(bundles, (readers) => {
    const check = checkReferences(carried.value, readers, () => context.checkCancelled());
    if (!check.ok) throw new FailureError(check.failure);
    return check.value;
  });
}
