/** Reads a runbook in YAML (schema.ts) into the form in which it is run. */
import { readYaml, type YamlPart } from '../core/placed-yaml.ts';
import type { Action, Condition, ReadRunbook, Runbook, Step } from './runbook.ts';
import { RunbookSource } from './schema.ts';

type StepSource = RunbookSource['phases'][number]['steps'][number];
type WhenSource = RunbookSource['conclusions'][number]['when'];

/** @returns the runbook in a YAML text, or everything that is wrong with it. */
export function readYamlRunbook(text: string): ReadRunbook {
  const read = readYaml(text, RunbookSource, 'runbook');
  return read.ok ? { ok: true, runbook: runbookOf(read.part) } : read;
}

function runbookOf({ value, placeOf }: YamlPart<RunbookSource>): Runbook {
  const { triggers, phases, conclusions, escalate } = value;
  return {
    id: value.id,
    title: value.title,
    description: value.description,
    severity: value.severity,
    status: 'active',
    owner: value.owner,
    objective: value.objective,
    context: value.context ?? null,
    form: 'yaml',
    triggers: [
      ...triggers.findings.map((finding) => ({ kind: 'finding', text: finding }) as const),
      ...triggers.lines.map((words) => ({ kind: 'lines', text: words }) as const),
    ],
    phases: phases.map(({ title, steps }, phase) => ({
      title,
      steps: steps.map((step, at) => stepOf(step, placeOf(['phases', phase, 'steps', at]).line)),
    })),
    conclusions: conclusions.map(({ root_cause, when, because, severity, mitigation }) => ({
      rootCause: root_cause,
      when: conditionOf(when),
      because,
      severity: severity ?? value.severity,
      immediate: { ...mitigation.immediate, because: 'rated by the runbook' },
      longTerm: { ...mitigation.long_term, because: 'rated by the runbook' },
    })),
    escalation: escalate.map(({ condition, when }) => ({
      condition,
      when: when === undefined ? null : conditionOf(when),
      where: 'here',
    })),
    safetyRatings: [],
    commonIssues: [],
  };
}

function stepOf(step: StepSource, line: number): Step {
  return {
    id: step.id,
    line,
    depth: 0,
    level: step.level,
    text: step.title,
    action: actionOf(step),
    found: step.found ?? null,
    clear: step.clear ?? null,
  };
}

function actionOf({ check, look, ask, title }: StepSource): Action {
  const question = ask === undefined ? null : { command: ask.command, why: ask.why };
  if (check !== undefined) {
    return { do: 'check', findings: check.findings, atLeast: check.at_least, ask: question, process: null };
  }
  if (look !== undefined) return { do: 'look', query: look.query, lines: look.lines, expects: look.expects };
  return { do: 'ask', question: question ?? { command: '', why: title }, unless: ask?.unless ?? [] };
}

function conditionOf({ found, found_any, clear }: WhenSource): Condition {
  return { by: 'steps', found, foundAny: found_any, clear };
}
