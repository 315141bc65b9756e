/** What a case does not tell because a bundle of it cannot be opened, or is damaged, or checks of it failed. */
import path from 'node:path';
import type { CaseSummary } from '../../contract/contract.ts';
import type { CaseId } from '../../core/ids.ts';
import { damagedBundles } from '../../core/not-run.ts';
import type { Analysis, BundleNotOpened } from '../../core/vocabulary.ts';
import { notOpenedSentence } from '../../report/model.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';
import { wrap } from './text.ts';

/** @returns what an answer in JSON says of bundles that it knows nothing of; empty for a whole case. */
export async function bundlesNotOpenedIn(summary: CaseSummary): Promise<readonly BundleNotOpened[]> {
  if (summary.unreadable.length === 0) return [];
  const { bundlesNotOpened } = await import('../../jobs/analysis-not-opened.ts');
  return bundlesNotOpened(summary);
}

/** @returns the same for a text: it stands before an answer that is of the other bundles alone. */
export async function notOpenedLines(output: Output, summary: CaseSummary): Promise<readonly string[]> {
  const lost = await bundlesNotOpenedIn(summary);
  return lost.flatMap((one) => wrap(notOpenedSentence(one), output.width).map((line) => output.paint('high', line)));
}

/**
 * Names damaged files with their whole paths, which a report must not tell.
 * @returns 4 when a check broke or a file of rules cannot be used: it looked at nothing, and silence must not read as health.
 */
export async function exitOfChecks(output: Output, caseId: CaseId, { coverage }: Analysis): Promise<ExitCode> {
  for (const { file, because } of damagedBundles(coverage.analyzers)) {
    await output.warn(`Gap that matters: ${path.join(caseId, file)}: ${because}`);
  }
  return coverage.analyzers.some(({ outcome }) => outcome.outcome === 'failed') ? EXIT.gaps : EXIT.done;
}
