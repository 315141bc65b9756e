/** What several screens conclude from the same analysis. Pure. */
import { RULE_FILE } from '../../analyzer/core/not-run.ts';
import { bundlesStating, statedIn } from '../../analyzer/core/stated-in.ts';
import type {
  Analysis,
  Bundle,
  BundleId,
  Cause,
  Finding,
  FindingId,
  ListedRunbook,
  Loadable,
  Severity,
} from './types.ts';
import { SEVERITY_ORDER } from './types.ts';

/** A severity's shape, or one of the shapes for what is no severity. */
export type Mark = Severity | 'pass' | 'absent' | 'unknown' | 'skipped' | 'ask';

/** @returns the worst severity of the findings, null when there are none. */
export function worst(findings: readonly Finding[]): Severity | null {
  return SEVERITY_ORDER.find((severity) => findings.some((finding) => finding.severity === severity)) ?? null;
}

/** @returns number of findings of each severity, worst first. */
export function countBySeverity(findings: readonly Finding[]): ReadonlyMap<Severity, number> {
  return new Map(
    SEVERITY_ORDER.map((severity) => [severity, findings.filter((one) => one.severity === severity).length]),
  );
}

/**
 * The mark of a node's chip. A node without findings passes only when all of it was read and nothing expected was
 * missing: "not collected" must never look like "healthy".
 */
export function nodeMark(bundle: Bundle, analysis: Loadable<Analysis>): { readonly mark: Mark; readonly says: string } {
  if (analysis.state !== 'ready') return { mark: 'unknown', says: 'not analysed yet' };
  const severity = worst(analysis.value.findings.filter((finding) => statedIn(bundle.id, finding)));
  if (severity !== null) return { mark: severity, says: `worst finding ${severity}` };
  const missing = analysis.value.completeness.some((entry) => entry.bundle === bundle.id && entry.state !== 'present');
  const skipped = analysis.value.coverage.analyzers.some(
    (one) =>
      one.bundle === bundle.id &&
      one.id !== RULE_FILE &&
      (one.outcome.outcome === 'skipped' || one.outcome.outcome === 'failed'),
  );
  if (missing || skipped || bundle.outcome === 'with-gaps')
    return { mark: 'unknown', says: 'no finding, but not all is known' };
  return { mark: 'pass', says: 'no finding' };
}

/** @returns what is of a bundle in scope; a finding may be of several. */
export function inScope<T extends Pick<Finding, 'bundle' | 'alsoIn'>>(
  things: readonly T[],
  hidden: ReadonlySet<BundleId>,
): readonly T[] {
  return hidden.size === 0 ? things : things.filter((thing) => !bundlesStating(thing).every((id) => hidden.has(id)));
}

/** @returns every cause with its finding, best rank first; a cause whose finding is unknown is left out. */
export function rankedCauses(analysis: Analysis): readonly { readonly cause: Cause; readonly finding: Finding }[] {
  const byId = new Map(analysis.findings.map((finding) => [finding.id, finding]));
  return analysis.causes
    .flatMap((cause) => {
      const finding = byId.get(cause.finding);
      return finding === undefined ? [] : [{ cause, finding }];
    })
    .sort((a, b) => a.cause.rank - b.cause.rank);
}

/** @returns the cause a finding is or is explained by, as the rank of that cause; null when none explains it. */
export function causeRankOf(finding: FindingId, causes: readonly Cause[]): number | null {
  const cause = causes.find((one) => one.finding === finding || one.explains.includes(finding));
  return cause?.rank ?? null;
}

/** @returns the runbooks that a finding names, and those that were suggested because of it, in the order of the list. */
export function runbooksOf(
  finding: Pick<Finding, 'id' | 'runbooks'>,
  listed: readonly ListedRunbook[],
): readonly ListedRunbook['runbook'][] {
  return listed
    .filter(
      ({ runbook, suggested }) =>
        (finding.runbooks ?? []).includes(runbook.id) ||
        suggested.some((reason) => reason.findings.includes(finding.id)),
    )
    .map(({ runbook }) => runbook);
}

/** Every command once, a line each: for a terminal. */
export function askCommands(asks: Analysis['askCustomer']): string {
  return [...new Set(asks.map(({ command }) => command))].join('\n');
}

/** The text a customer can act on: every ask with its reason and command. */
export function askMessage(asks: Analysis['askCustomer']): string {
  return asks
    .map((ask, index) => `${index + 1}. ${ask.why}${ask.node === null ? '' : ` (on ${ask.node})`}\n   ${ask.command}`)
    .join('\n');
}
