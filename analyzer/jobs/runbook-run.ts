/** Runs a runbook on one bundle: steps that look, the conclusion, steps that report. */
import { FailureError, fail, toFailure } from '../core/failure.ts';
import type { JobProgress } from '../core/job.ts';
import type { RunbookHead, RunbookResult, RunbookStep } from '../core/runbook.ts';
import { runbookMarkdown } from '../report/runbook.ts';
import { conclude } from '../runbooks/conclude.ts';
import { kindOf, type Step, stepsOf } from '../runbooks/runbook.ts';
import { listed, type RunbookCase, type StepOutcome } from './runbook-case.ts';
import { worstEnd } from './runbook-network.ts';
import { isReporting, reportingStep } from './runbook-report.ts';
import { lookingStep } from './runbook-steps.ts';

export interface RunOptions {
  readonly head: RunbookHead;
  /** Why this bundle. */
  readonly because: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
}

/** Throws `cancelled`. A step that fails ends as `failed`; the others are run all the same. */
export async function runRunbook(
  of: RunbookCase,
  { head, because, signal, onProgress }: RunOptions,
): Promise<RunbookResult> {
  const { runbook, reader } = of;
  const all = runbook.phases.flatMap(({ title, steps }) => steps.map((step) => ({ step, phase: title })));
  const done = new Map<string, RunbookStep>();
  const keep = (step: Step, phase: string, outcome: StepOutcome) =>
    done.set(step.id, stepResult(step, phase, outcome, reader.bundle.node));
  const looking = all.filter(({ step }) => step.action.do !== 'group' && !isReporting(step.action));
  for (const [at, { step, phase }] of looking.entries()) {
    if (signal.aborted) throw new FailureError(fail('cancelled', 'cancelled').failure);
    onProgress(progressOf(phase, at, looking.length, of));
    keep(step, phase, await looked(step, of, (id) => done.get(id)?.end === 'finding'));
  }
  if (signal.aborted) throw new FailureError(fail('cancelled', 'cancelled').failure);
  const concluded = conclude(runbook, of.view, [...done.values()], reader.bundle.node);
  const seen = [...done.values()];
  for (const { step, phase } of all) {
    if (isReporting(step.action)) keep(step, phase, reportingStep(step.action, of, concluded, seen));
  }
  for (const { step, phase } of [...all].reverse()) {
    if (step.action.do === 'group') keep(step, phase, groupOutcome(step, stepsOf(runbook), done));
  }
  const result = {
    runbook: head,
    bundle: reader.bundle.id,
    node: reader.bundle.node,
    nodeBecause: because,
    ...concluded,
    steps: all.flatMap(({ step }) => done.get(step.id) ?? []),
    safetyRatings: runbook.safetyRatings,
  };
  return { ...result, markdown: runbookMarkdown(result) };
}

async function looked(step: Step, of: RunbookCase, found: (id: string) => boolean): Promise<StepOutcome> {
  const { action } = step;
  if (action.do === 'group' || isReporting(action)) return { end: 'not-applicable', because: '' };
  try {
    const outcome = await lookingStep(action, of, found);
    const meaning = outcome.end === 'finding' ? step.found : outcome.end === 'needs-customer' ? null : step.clear;
    const isAnswer = outcome.end !== 'failed' && outcome.end !== 'not-applicable';
    if (meaning === null || !isAnswer) return outcome;
    return { ...outcome, because: `${meaning.replace(/([^.!?])$/, '$1.')} ${outcome.because}` };
  } catch (error) {
    return { end: 'failed', because: toFailure(error).message };
  }
}

/** A bullet with bullets below it ends as the one of them that needs most attention. */
function groupOutcome(step: Step, all: readonly Step[], done: ReadonlyMap<string, RunbookStep>): StepOutcome {
  const below = all.filter(({ id, depth }) => depth === step.depth + 1 && id.startsWith(`${step.id}.`));
  const ends = below.flatMap(({ id }) => done.get(id) ?? []);
  const end = worstEnd(ends.map((one) => one.end));
  const from = ends.filter((one) => one.end === end);
  return { end, because: `As ${from.length === 1 ? 'step' : 'steps'} ${listed(from.map(({ id }) => id))}.` };
}

function stepResult(step: Step, phase: string, outcome: StepOutcome, node: string | null): RunbookStep {
  const commands = outcome.end === 'needs-customer' ? (outcome.commands ?? []) : [];
  return {
    id: step.id,
    phase,
    depth: step.depth,
    level: step.level,
    kind: kindOf(step.action),
    text: step.text,
    line: step.line,
    end: outcome.end,
    because: outcome.because,
    evidence: outcome.evidence ?? [],
    findings: (outcome.findings ?? []).map(({ id }) => id),
    // `spec.nodeName=<node>`
    commands: node === null ? commands : commands.map((command) => command.replaceAll('<node>', () => node)),
  };
}

/** Counts steps, not bytes. */
function progressOf(phase: string, done: number, total: number, of: RunbookCase): JobProgress {
  const { files, lines } = of.reader.bundle;
  return { phase, bytesDone: done, bytesTotal: total, files, lines, bytesPerSecond: 0 };
}
