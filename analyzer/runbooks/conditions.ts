/** Whether a condition of a runbook holds in a case, and what it rests on. */
import type { BundleId, FindingId } from '../core/ids.ts';
import type { RunbookStep } from '../core/runbook.ts';
import { statedIn } from '../core/stated-in.ts';
import { type Coverage, type Finding, severityRank } from '../core/vocabulary.ts';
import type { Condition, Escalation, Runbook } from './runbook.ts';

/** What a runbook is held against. */
export interface CaseView {
  /** The bundle it runs on. */
  readonly bundle: BundleId;
  /** Of the whole case, causes first. */
  readonly findings: readonly Finding[];
  /** How each rule and analyzer ended on each bundle. */
  readonly outcomes: Coverage['analyzers'];
  /** Bundles that are of a node, and how it is called. */
  readonly nodes: readonly { readonly bundle: BundleId; readonly name: string }[];
}

export type Held =
  | { readonly state: 'holds'; readonly findings: readonly Finding[]; readonly steps: readonly RunbookStep[] }
  /** `not-known`: something it needs was not captured. */
  | { readonly state: 'does-not-hold' | 'not-known'; readonly because: string };

/** Below it a finding is a note, or over: no cause. */
const CAUSE_SEVERITY = 'medium';

/** Lines of one end of a program are written within this time. */
const SAME_END_MS = 60_000;

export function held(condition: Condition, runbook: Runbook, view: CaseView, steps: readonly RunbookStep[]): Held {
  switch (condition.by) {
    case 'steps':
      return bySteps(condition, view, steps);
    case 'findings':
      return byFindings(condition.any, condition.notBefore, view, view.bundle);
    case 'tied':
      return byTied(condition.words, runbook, view);
  }
}

function bySteps(
  { found, foundAny, clear }: Extract<Condition, { by: 'steps' }>,
  view: CaseView,
  steps: readonly RunbookStep[],
): Held {
  const named = (ids: readonly string[]) => steps.filter(({ id }) => ids.includes(id));
  const ended = named([...found, ...foundAny]).filter(({ end }) => end === 'finding');
  const missing = found.filter((id) => !ended.some((step) => step.id === id));
  const against = named(clear).filter(({ end }) => end === 'finding');
  if (
    missing.length === 0 &&
    against.length === 0 &&
    (foundAny.length === 0 || ended.some(({ id }) => foundAny.includes(id)))
  ) {
    const ids = new Set(ended.flatMap(({ findings }) => findings));
    return { state: 'holds', findings: view.findings.filter(({ id }) => ids.has(id)), steps: ended };
  }
  if (against.length > 0) return { state: 'does-not-hold', because: `step ${against[0]?.id} found something` };
  const open = named([...found, ...foundAny]).filter(({ end }) => end === 'needs-customer' || end === 'failed');
  if (open.length > 0) return { state: 'not-known', because: `step ${open[0]?.id}: ${open[0]?.because}` };
  return { state: 'does-not-hold', because: `no finding in step ${[...missing, ...foundAny].join(', ')}` };
}

function byFindings(any: readonly string[], notBefore: readonly string[], view: CaseView, bundle: BundleId): Held {
  const here = view.findings.filter((finding) => statedIn(bundle, finding));
  const current = here.filter(({ rule, severity }) => any.includes(rule) && isCause(severity));
  const later = here.filter(({ rule, severity }) => notBefore.includes(rule) && isCause(severity));
  const counted = current.filter((finding) => !later.some((other) => isLater(other, finding)));
  if (counted.length > 0) return { state: 'holds', findings: counted, steps: [] };
  if (current.length > 0) {
    return { state: 'does-not-hold', because: `${current[0]?.title}, but later: ${later[0]?.title}` };
  }
  const over = here.filter(({ rule }) => any.includes(rule));
  if (over.length > 0) return { state: 'does-not-hold', because: `${over[0]?.title}: only ${over[0]?.severity}` };
  return notLookedAt(any, view, bundle) ?? { state: 'does-not-hold', because: `no finding of ${any.join(', ')}` };
}

/** @returns `not-known` when none of these rules and analyzers could look. */
function notLookedAt(ids: readonly string[], view: CaseView, bundle: BundleId): Held | null {
  const outcomes = view.outcomes.filter((one) => one.bundle === bundle && ids.includes(one.id));
  if (outcomes.some(({ outcome }) => outcome.outcome === 'pass' || outcome.outcome === 'finding')) return null;
  const [first] = outcomes;
  if (first?.outcome.outcome === 'skipped') {
    return { state: 'not-known', because: `not looked at: ${first.outcome.missing}` };
  }
  if (first?.outcome.outcome === 'failed') return { state: 'not-known', because: first.outcome.why };
  return { state: 'not-known', because: `${ids.join(', ')} did not run on this bundle` };
}

function isCause(severity: Finding['severity']): boolean {
  return severityRank(severity) >= severityRank(CAUSE_SEVERITY);
}

function isLater(other: Finding, than: Finding): boolean {
  if (other.last === null || than.last === null) return false;
  return Date.parse(other.last) > Date.parse(than.last) + SAME_END_MS;
}

/** Causes are ranked: the first tied finding whose words fit. */
function byTied(words: readonly string[], runbook: Runbook, view: CaseView): Held {
  const found = view.findings.find((finding) => {
    if (!statedIn(view.bundle, finding) || !isCause(finding.severity) || finding.part === 'recovery') return false;
    if (!isTied(finding, runbook)) return false;
    const said = `${finding.rule} ${finding.title} ${finding.area}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
  if (found !== undefined) return { state: 'holds', findings: [found], steps: [] };
  const about = words.length === 0 ? '' : ` about ${words.join(' ')}`;
  return {
    state: 'does-not-hold',
    because: `no finding that leads to this runbook is${about === '' ? ' there' : about}`,
  };
}

/** @returns true when the finding is a reason to run the runbook. */
export function leadsTo(finding: Finding, runbook: Runbook): boolean {
  const triggers = runbook.triggers.some(({ kind, text }) => kind === 'finding' && text === finding.rule);
  // One in Markdown names no rules: what it asks for is what it is about.
  return (
    triggers ||
    finding.runbooks?.includes(runbook.id) === true ||
    (runbook.form === 'markdown' && isTied(finding, runbook))
  );
}

/** @returns true when the finding leads to the runbook, or the runbook asks for it. */
export function isTied(finding: Finding, runbook: Runbook): boolean {
  return finding.runbooks?.includes(runbook.id) === true || askedFor(runbook).has(finding.rule);
}

/** Rules and analyzers that a runbook asks for: in its triggers, steps and conclusions. */
export function askedFor(runbook: Runbook): ReadonlySet<string> {
  const steps = runbook.phases.flatMap((phase) => phase.steps);
  return new Set([
    ...runbook.triggers.flatMap(({ kind, text }) => (kind === 'finding' ? [text] : [])),
    ...steps.flatMap(({ action }) => (action.do === 'check' ? action.findings : [])),
    ...runbook.conclusions.flatMap(({ when }) => (when.by === 'findings' ? when.any : [])),
  ]);
}

/** An escalation condition may be about all nodes of the case. */
export function escalates(
  { when, where }: Escalation,
  runbook: Runbook,
  view: CaseView,
  steps: readonly RunbookStep[],
): Held {
  if (when === null) return { state: 'not-known', because: 'what was captured does not tell' };
  if (where === 'here' || when.by !== 'findings') return held(when, runbook, view, steps);
  const each = view.nodes.map(({ bundle, name }) => ({
    name,
    held: byFindings(when.any, when.notBefore, view, bundle),
  }));
  const free = each.find((one) => one.held.state === 'does-not-hold');
  if (free !== undefined) return { state: 'does-not-hold', because: `not so on ${free.name}` };
  const open = each.find((one) => one.held.state === 'not-known');
  if (open !== undefined || each.length === 0) {
    return { state: 'not-known', because: open === undefined ? 'the case holds no node' : `not known of ${open.name}` };
  }
  if (each.length === 1)
    return { state: 'not-known', because: `the case holds one node, ${each[0]?.name}, where it is so` };
  const findings = each.flatMap((one) => (one.held.state === 'holds' ? one.held.findings : []));
  return { state: 'holds', findings, steps: [] };
}

export function idsOf(findings: readonly Finding[]): readonly FindingId[] {
  return findings.map(({ id }) => id);
}
