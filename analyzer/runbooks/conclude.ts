/** From how steps ended to a root cause, what to do about it, and the runbook's own document. Pure. */
import {
  type CommonIssueState,
  type EscalationState,
  type Mitigation,
  ROOT_CAUSE_NOT_ESTABLISHED,
  type RunbookOutput,
  type RunbookResult,
  type RunbookStep,
} from '../core/runbook.ts';
import { statedIn } from '../core/stated-in.ts';
import type { CustomerAsk, Evidence, Finding } from '../core/vocabulary.ts';
import { type CaseView, escalates, type Held, held, idsOf, isTied } from './conditions.ts';
import { clipped, printOutput, quoted } from './output.ts';
import { type Action, type Conclusion, type Runbook, stepsOf } from './runbook.ts';

/** Lines of one finding, and entries of all, in the document: what carries the claim; the rest is in the steps. */
const LINES_OF_FINDING_MAX = 3;
const EVIDENCE_MAX = 16;

/** No word of a runbook's scale says that nothing was established. */
const SEVERITY_NOT_KNOWN = 'UNKNOWN';

export type Concluded = Pick<
  RunbookResult,
  | 'rootCause'
  | 'established'
  | 'because'
  | 'findings'
  | 'escalation'
  | 'mitigation'
  | 'commonIssues'
  | 'askCustomer'
  | 'output'
  | 'document'
>;

/** @param steps those that look at the case, as they ended; steps that report the result come after this. */
export function conclude(
  runbook: Runbook,
  view: CaseView,
  steps: readonly RunbookStep[],
  node: string | null,
): Concluded {
  const established = firstThatHolds(runbook, view, steps);
  const escalation = runbook.escalation.map((one): EscalationState => {
    const result = escalates(one, runbook, view, steps);
    return { condition: one.condition, ...stateOf(result) };
  });
  const commonIssues = runbook.commonIssues.map((issue): CommonIssueState => {
    const { symptoms, diagnosis, resolution, safety } = issue;
    const result: Held =
      issue.when === null
        ? { state: 'not-known', because: 'what was captured does not tell' }
        : held(issue.when, runbook, view, steps);
    const { state, because } = stateOf(result);
    const seen = ({ holds: 'seen', 'does-not-hold': 'not-seen', 'not-known': 'not-known' } as const)[state];
    return { symptoms, diagnosis, resolution, safety, state: seen, because };
  });
  const askCustomer = asksOf(steps, node);
  const mitigation = established === null ? [] : mitigationsOf(established.conclusion, commonIssues);
  const because = established === null ? whyNot(runbook, view, steps) : whyOf(established, runbook, view);
  const output: RunbookOutput = {
    root_cause: established?.rootCause ?? ROOT_CAUSE_NOT_ESTABLISHED,
    evidence: (established === null ? openQuestions(steps) : evidenceOf(established, runbook, steps)).slice(
      0,
      EVIDENCE_MAX,
    ),
    severity: established?.severity ?? SEVERITY_NOT_KNOWN,
    mitigation: {
      immediate: mitigation.find(({ when }) => when === 'immediate')?.text ?? '',
      long_term: mitigation.find(({ when }) => when === 'long-term')?.text ?? '',
    },
  };
  return {
    rootCause: output.root_cause,
    established: established === null ? 'no' : 'yes',
    because,
    findings: idsOf(established?.findings ?? []),
    escalation,
    mitigation,
    commonIssues,
    askCustomer,
    output,
    document: printOutput(output, { because, escalation, mitigation }),
  };
}

interface Established {
  readonly conclusion: Conclusion;
  readonly rootCause: string;
  readonly severity: string;
  readonly findings: readonly Finding[];
  readonly steps: readonly RunbookStep[];
}

function firstThatHolds(runbook: Runbook, view: CaseView, steps: readonly RunbookStep[]): Established | null {
  for (const conclusion of runbook.conclusions) {
    const result = held(conclusion.when, runbook, view, steps);
    if (result.state !== 'holds') continue;
    const [first] = result.findings;
    return {
      conclusion,
      rootCause: conclusion.rootCause.replaceAll('{title}', () => first?.title ?? runbook.title),
      severity: conclusion.severity.replaceAll('{severity}', () => (first?.severity ?? runbook.severity).toUpperCase()),
      findings: result.findings,
      steps: result.steps,
    };
  }
  return null;
}

function whyOf({ conclusion, findings, steps }: Established, runbook: Runbook, view: CaseView): string {
  const symptoms = view.findings.filter(
    (one) =>
      statedIn(view.bundle, one) &&
      isTied(one, runbook) &&
      !findings.includes(one) &&
      findings.some(({ explains }) => explains.includes(one.rule)),
  );
  const shown = [
    ...findings.map(({ title, claim }) => `${title}. ${claim}`),
    ...(findings.length > 0 ? [] : steps.map(({ because }) => because)),
  ];
  return [
    ...(conclusion.because === null ? [] : [withStop(conclusion.because)]),
    ...new Set(shown),
    ...(symptoms.length === 0 ? [] : [`Its symptoms: ${[...new Set(symptoms.map(({ title }) => title))].join('; ')}.`]),
  ].join(' ');
}

function whyNot(runbook: Runbook, view: CaseView, steps: readonly RunbookStep[]): string {
  const reasons = new Map<string, string>();
  for (const { rootCause, when } of runbook.conclusions) {
    const result = held(when, runbook, view, steps);
    const named = rootCause.replaceAll('{title}', 'a cause');
    if (result.state !== 'holds' && !reasons.has(named)) reasons.set(named, result.because);
  }
  const told = [...reasons].map(([named, because]) => `${named}: ${because}`);
  const open = steps.filter(({ end, kind }) => end === 'needs-customer' && kind !== 'group').length;
  const asked = open === 0 ? '' : ` ${open === 1 ? 'One step needs' : `${open} steps need`} the customer.`;
  const failed = steps.filter(({ end, kind }) => end === 'failed' && kind !== 'group').length;
  const broken = failed === 0 ? '' : ` ${failed === 1 ? 'One step' : `${failed} steps`} failed.`;
  return `No cause that this runbook names is shown: ${told.join('; ')}.${asked}${broken}`;
}

function evidenceOf(
  { conclusion, findings, steps }: Established,
  runbook: Runbook,
  all: readonly RunbookStep[],
): RunbookOutput['evidence'] {
  const asked = done(runbook, 'network', all);
  const wrong = asked.filter(({ end }) => end === 'finding');
  // Without anything wrong the first says what was seen.
  const network = wrong.length > 0 ? wrong : asked.slice(0, 1);
  const searches = done(runbook, 'look', all).filter(({ end }) => end === 'finding');
  const lines = (type: string, evidence: readonly Evidence[], count: number) =>
    evidence.slice(0, count).map((one) => ({ type, content: quoted(one) }));
  return distinct([
    ...(conclusion.because === null ? [] : [{ type: 'check', content: clipped(conclusion.because) }]),
    ...findings.flatMap(({ evidence }) => lines('errors', evidence, LINES_OF_FINDING_MAX)),
    ...steps.flatMap(({ evidence }) => lines('check', evidence, 1)),
    ...network.map(({ because }) => ({ type: 'network_diagnostics', content: clipped(because) })),
    ...network.flatMap(({ evidence }) => lines('network_diagnostics', evidence, 2)),
    ...searches.flatMap(({ evidence }) => lines('search', evidence, 1)),
  ]);
}

/** @returns steps that did this, as they ended. */
function done(runbook: Runbook, what: Action['do'], all: readonly RunbookStep[]): readonly RunbookStep[] {
  const ids = new Set(stepsOf(runbook).flatMap(({ id, action }) => (action.do === what ? [id] : [])));
  return all.filter(({ id }) => ids.has(id));
}

/** Without a root cause the document says what is to be asked. */
function openQuestions(steps: readonly RunbookStep[]): RunbookOutput['evidence'] {
  return distinct(
    steps
      .filter(({ end, kind }) => end === 'needs-customer' && kind !== 'group')
      .map((step) => ({
        type: 'needs_customer',
        content: clipped(`${step.id}: ${[...step.commands, step.because].join(' — ')}`),
      })),
  );
}

/** Each once, as what it was first. */
function distinct(evidence: RunbookOutput['evidence']): RunbookOutput['evidence'] {
  const said = new Set<string>();
  return evidence.filter(({ content }) => !said.has(content) && said.add(content));
}

function mitigationsOf(
  { immediate, longTerm }: Conclusion,
  issues: readonly CommonIssueState[],
): readonly Mitigation[] {
  return [
    { when: 'immediate', ...immediate },
    { when: 'long-term', ...longTerm },
    ...issues
      .filter(({ state }) => state === 'seen')
      .map(({ resolution, safety, symptoms }) => ({
        when: 'immediate' as const,
        text: resolution,
        safety,
        because: `common issue: ${symptoms}`,
      })),
  ];
}

function asksOf(steps: readonly RunbookStep[], node: string | null): readonly CustomerAsk[] {
  const asks = steps
    .filter(({ end }) => end === 'needs-customer')
    .flatMap((step) => step.commands.map((command) => ({ command, why: step.because, node })));
  return [...new Map(asks.map((ask) => [ask.command, ask])).values()];
}

function stateOf(result: Held): Omit<EscalationState, 'condition'> {
  if (result.state !== 'holds') return { state: result.state, because: result.because, findings: [] };
  const because = [...result.findings.map(({ title }) => title), ...result.steps.map((step) => step.because)];
  return { state: 'holds', because: [...new Set(because)].join('; '), findings: idsOf(result.findings) };
}

function withStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
