/** Why a runbook fits a case: its findings, and words of its triggers in the captured lines. */
import type { RunbookReason } from '../contract/runbooks.ts';
import { type Analysis, type Finding, severityRank } from '../core/vocabulary.ts';
import { leadsTo } from '../runbooks/conditions.ts';
import type { FoundRunbook } from '../runbooks/loader.ts';
import { subjectOf } from '../runbooks/subjects.ts';
import type { CaseStore } from '../store/case-store.ts';
import type { SearchDesk } from './search-desk.ts';

export interface Suggested {
  readonly found: FoundRunbook;
  readonly reasons: readonly RunbookReason[];
}

/** A trigger that a search takes longer for is left: it is one reason of several. */
const TRIGGER_MS = 5_000;

/** Below it a finding is a note, and leads nowhere. */
const LEADS_SEVERITY = 'medium';

/** @returns all runbooks, those with reasons first: by their worst finding, then by how many reasons there are, then by id. */
export async function suggestionsOf(
  runbooks: readonly FoundRunbook[],
  analysis: Analysis,
  store: CaseStore,
  searches: SearchDesk,
): Promise<readonly Suggested[]> {
  const leading = analysis.findings.filter(
    ({ severity, part }) => severityRank(severity) >= severityRank(LEADS_SEVERITY) && part !== 'recovery',
  );
  const suggested: (Suggested & { readonly worst: number })[] = [];
  for (const found of runbooks) {
    const { reasons, worst } = byFindings(found, leading);
    const lines = await byLines(found, leading, store, searches);
    suggested.push({ found, reasons: [...reasons, ...lines], worst });
  }
  return suggested
    .map((one, at) => ({ ...one, at }))
    .sort((one, two) => two.worst - one.worst || two.reasons.length - one.reasons.length || one.at - two.at)
    .map(({ found, reasons }) => ({ found, reasons }));
}

function byFindings({ runbook }: FoundRunbook, leading: readonly Finding[]) {
  const tied = leading.filter((finding) => leadsTo(finding, runbook));
  const byRule = new Map<string, Finding[]>();
  for (const finding of tied) byRule.set(finding.rule, [...(byRule.get(finding.rule) ?? []), finding]);
  const reasons = [...byRule.values()].map((findings): RunbookReason => {
    const nodes = new Set(findings.map(({ bundle }) => bundle)).size;
    const where = nodes > 1 ? ` on ${nodes} nodes` : '';
    return {
      because: `Finding${where}: ${findings[0]?.title}`,
      findings: findings.map(({ id }) => id),
    };
  });
  return { reasons, worst: Math.max(0, ...tied.map(({ severity }) => severityRank(severity))) };
}

/** Words that stand in lines, and statements that a finding makes. */
async function byLines(
  { runbook }: FoundRunbook,
  leading: readonly Finding[],
  store: CaseStore,
  searches: SearchDesk,
): Promise<readonly RunbookReason[]> {
  const reasons: RunbookReason[] = [];
  for (const { kind, text } of runbook.triggers) {
    if (kind !== 'lines' || store.bundles().length === 0) continue;
    const subject = subjectOf(text);
    const stated = subject === null ? [] : leading.filter(({ rule }) => subject.findings.includes(rule));
    if (stated.length > 0) {
      reasons.push({ because: `Trigger "${text}": ${stated[0]?.title}`, findings: stated.map(({ id }) => id) });
      continue;
    }
    const query = `"${text.replace(/[\\"]/g, '\\$&')}"`;
    const asked = {
      query,
      order: 'file',
      limit: 0,
      context: 0,
      bundles: null,
      search: null,
      timeLimitMs: TRIGGER_MS,
    } as const;
    const answer = await searches.run(store, asked);
    if (!answer.ok || answer.value.total === 0) continue;
    const { total } = answer.value;
    reasons.push({
      because: `Trigger "${text}": ${total} ${total === 1 ? 'line holds' : 'lines hold'} it`,
      findings: [],
    });
  }
  return reasons;
}
