/** Runbooks and their results in words and marks. Pure. */
import { type Mark, worst } from '../../model/derive.ts';
import { counted } from '../../model/format.ts';
import type {
  Finding,
  ListedRunbook,
  RunbookHead,
  RunbookResult,
  RunbookStep,
  Severity,
  StepEnd,
} from '../../model/types.ts';
import { SEVERITY_ORDER } from '../../model/types.ts';
import type { RunbooksState } from '../../stores/runbooks.ts';

const END_WORD: Readonly<Record<StepEnd, string>> = {
  pass: 'Pass',
  finding: 'Finding',
  'not-found': 'Not found',
  'needs-customer': 'Needs the customer',
  'not-applicable': 'Not applicable',
  failed: 'Failed',
};

const END_MARK: Readonly<Record<Exclude<StepEnd, 'finding'>, Mark>> = {
  pass: 'pass',
  'not-found': 'absent',
  'needs-customer': 'ask',
  'not-applicable': 'skipped',
  failed: 'unknown',
};

export const endWord = (end: StepEnd): string => END_WORD[end];

/** @returns the mark of a step; one that shows something has the severity of the worst finding that it names. */
export function stepMark(step: Pick<RunbookStep, 'end' | 'findings'>, findings: ReadonlyMap<string, Finding>): Mark {
  if (step.end !== 'finding') return END_MARK[step.end];
  return worst(step.findings.flatMap((id) => findings.get(id) ?? [])) ?? 'medium';
}

/** In the order in which they are read: what was found, what is open, what is settled. */
const END_ORDER: readonly StepEnd[] = ['finding', 'needs-customer', 'failed', 'not-found', 'pass', 'not-applicable'];

const COUNTED_END: Readonly<Record<StepEnd, readonly [string, string]>> = {
  pass: ['step passed', 'steps passed'],
  finding: ['step with a finding', 'steps with a finding'],
  'not-found': ['not found', 'not found'],
  'needs-customer': ['needs the customer', 'need the customer'],
  'not-applicable': ['not applicable', 'not applicable'],
  failed: ['failed', 'failed'],
};

/** @returns how the steps ended, groups not counted: they end as the steps in them. */
export function endCounts(
  steps: readonly RunbookStep[],
): readonly { readonly end: StepEnd; readonly mark: Mark; readonly text: string }[] {
  const single = steps.filter(({ kind }) => kind !== 'group');
  return END_ORDER.flatMap((end) => {
    const amount = single.filter((step) => step.end === end).length;
    if (amount === 0) return [];
    const [one, several] = COUNTED_END[end];
    return [{ end, mark: end === 'finding' ? 'medium' : END_MARK[end], text: counted(amount, one, several) }];
  });
}

/** @returns the steps by their phases, in order. */
export function phasesOf(
  steps: readonly RunbookStep[],
): readonly { readonly title: string; readonly steps: readonly RunbookStep[] }[] {
  const phases: { title: string; steps: RunbookStep[] }[] = [];
  for (const step of steps) {
    const last = phases.at(-1);
    if (last?.title === step.phase) last.steps.push(step);
    else phases.push({ title: step.phase, steps: [step] });
  }
  return phases;
}

/** @returns a severity as a runbook's author writes it (`HIGH`), null for a word of their own. */
export function severityOf(word: string): Severity | null {
  return SEVERITY_ORDER.find((severity) => severity === word.trim().toLowerCase()) ?? null;
}

/** @returns the mark of a result: what is not established is not known, never passed. */
export function resultMark({ established, output }: Pick<RunbookResult, 'established' | 'output'>): Mark {
  return established === 'yes' ? (severityOf(output.severity) ?? 'medium') : 'unknown';
}

/** What a result says first. */
export function rootCauseWords({ established, rootCause }: Pick<RunbookResult, 'established' | 'rootCause'>): string {
  return established === 'yes' ? rootCause : 'Root cause not established';
}

export const STEP_KIND: Readonly<Record<RunbookStep['kind'], string>> = {
  group: 'group',
  check: 'check',
  look: 'look',
  ask: 'ask',
  report: 'report',
};

/** @returns the runbooks that hold every word in what their row and inspector show. */
export function filterRunbooks(
  runbooks: readonly ListedRunbook[],
  { text, shown }: Pick<RunbooksState['view'], 'text' | 'shown'>,
): readonly ListedRunbook[] {
  const words = text.trim().toLowerCase().split(/\s+/);
  return runbooks.filter(
    ({ runbook, suggested }) =>
      (shown !== 'suggested' || suggested.length > 0) &&
      (shown !== 'own' || runbook.origin === 'own') &&
      words.every((word) => searched(runbook).includes(word)),
  );
}

function searched({ id, title, description, owner, objective, triggers }: RunbookHead): string {
  return [id, title, description, owner, objective, ...triggers].join('\n').toLowerCase();
}

/** @returns what the list says first. */
export function listSentence(runbooks: readonly ListedRunbook[]): string {
  const fit = runbooks.filter(({ suggested }) => suggested.length > 0).length;
  if (runbooks.length === 0) return 'There is no runbook.';
  if (fit === 0)
    return `No runbook is suggested for this case; there ${runbooks.length === 1 ? 'is' : 'are'} ${counted(runbooks.length, 'runbook')}.`;
  return `${counted(fit, 'runbook')} of ${runbooks.length} ${fit === 1 ? 'fits' : 'fit'} this case.`;
}

/** Reasons that rest on findings stand below the links to those; the others for themselves. */
export interface SaidReasons {
  readonly findings: readonly Finding[];
  readonly says: (finding: Finding) => readonly string[];
  readonly others: readonly string[];
}

/** @returns reasons for a runbook, each finding once; "Finding: TITLE" says no more than the link to it. */
export function reasonsSaid(reasons: ListedRunbook['suggested'], findings: readonly Finding[]): SaidReasons {
  const named = findings.filter(({ id }) => reasons.some((reason) => reason.findings.includes(id)));
  const isNamed = (reason: ListedRunbook['suggested'][number]): boolean =>
    named.some(({ id }) => reason.findings.includes(id));
  return {
    findings: named,
    says: ({ id, title }) =>
      reasons
        .filter((reason) => reason.findings.includes(id) && !/^Finding\b/.test(reason.because))
        .map(({ because }) => (because.endsWith(`: ${title}`) ? because.slice(0, -title.length - 2) : because)),
    others: reasons.filter((reason) => !isNamed(reason)).map(({ because }) => because),
  };
}

/** @returns why a step ended so, without the findings that it states in full: those are said below their links. */
export function stepSaid(because: string, findings: readonly Finding[]): SaidReasons {
  const stated = findings.filter((finding) => because.includes(statement(finding)));
  const rest = stated.reduce((text, finding) => text.replace(statement(finding), ''), because);
  return {
    findings,
    says: (finding) => (stated.includes(finding) ? [finding.claim] : []),
    others: [rest.replace(/\s+/g, ' ').trim()].filter((text) => text !== ''),
  };
}

/** A finding as the engine states it in a reason. */
function statement({ title, claim }: Finding): string {
  return `${title}: ${claim}`;
}
