/** Steps that say something of the result: they come after the conclusion. */
import type { RunbookStep } from '../core/runbook.ts';
import type { Concluded } from '../runbooks/conclude.ts';
import type { Action } from '../runbooks/runbook.ts';
import { evidenceOf, listed, type RunbookCase, type StepOutcome } from './runbook-case.ts';
import type { LookingAction } from './runbook-steps.ts';

export type ReportingAction = Exclude<Action, LookingAction | { readonly do: 'group' }>;

export function isReporting(action: Action): action is ReportingAction {
  return REPORTING.includes(action.do);
}
const REPORTING: readonly Action['do'][] = ['summary', 'root-cause', 'mitigation', 'confirm', 'cited', 'read'];

export function reportingStep(
  action: ReportingAction,
  of: RunbookCase,
  concluded: Concluded,
  steps: readonly RunbookStep[],
): StepOutcome {
  switch (action.do) {
    case 'summary':
      return summaryStep(of);
    case 'root-cause':
      return rootCauseStep(of, concluded);
    case 'mitigation':
      return mitigationStep(action.when, concluded);
    case 'confirm':
      return confirmStep(of, concluded);
    case 'cited':
      return citedStep(concluded, steps);
    case 'read':
      return { end: 'not-applicable', because: 'Only a person can do this with a captured case: read it yourself.' };
  }
}

function summaryStep(of: RunbookCase): StepOutcome {
  const tied = of.tied();
  if (tied.length === 0) return { end: 'not-found', because: 'No finding of this node leads to this runbook.' };
  const because = tied.map(({ severity, title, claim }) => `[${severity}] ${title}: ${claim}`).join(' ');
  return { end: 'finding', because, evidence: evidenceOf(tied), findings: tied };
}

function rootCauseStep(
  of: RunbookCase,
  { established, rootCause, because, findings, askCustomer }: Concluded,
): StepOutcome {
  if (established === 'no') {
    const commands = askCustomer.map(({ command }) => command);
    return { end: commands.length === 0 ? 'not-found' : 'needs-customer', because, commands };
  }
  const own = of.findings.filter(({ id }) => findings.includes(id));
  return { end: 'finding', because: `${rootCause}. ${because}`, evidence: evidenceOf(own), findings: own };
}

function mitigationStep(when: 'immediate' | 'long-term', { established, mitigation }: Concluded): StepOutcome {
  if (established === 'no')
    return { end: 'not-applicable', because: 'No root cause is established: nothing is recommended.' };
  const [first] = mitigation.filter((one) => one.when === when);
  if (first === undefined) return { end: 'not-applicable', because: 'The runbook names nothing.' };
  return { end: 'finding', because: `${first.text} (${first.safety}: ${first.because})` };
}

/** Whether a fix worked is not in what was captured before it. */
function confirmStep(of: RunbookCase, { established, findings }: Concluded): StepOutcome {
  if (established === 'no')
    return { end: 'not-applicable', because: 'No root cause is established: there is no fix to confirm.' };
  const checks = of.findings.filter(({ id }) => findings.includes(id)).flatMap(({ advice }) => advice.check);
  const commands = [
    ...new Set(checks.flatMap((check) => [...check.matchAll(/`([^`]+)`/g)].map(([, one = '']) => one))),
  ];
  return { end: 'needs-customer', because: `After the fix: ${listed(checks) || 'try a Service'}`, commands };
}

function citedStep({ established, output }: Concluded, steps: readonly RunbookStep[]): StepOutcome {
  if (established === 'no')
    return { end: 'not-applicable', because: 'No root cause is established: there is nothing to prove.' };
  const types = [...new Set(output.evidence.map(({ type }) => type))];
  const cited = steps.filter(({ end }) => end === 'finding').flatMap(({ evidence }) => evidence);
  return {
    end: 'pass',
    because: `The result holds ${output.evidence.length} pieces of evidence (${listed(types)}); the steps cite ${cited.length} lines.`,
  };
}
