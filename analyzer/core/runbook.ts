/** The words of runbooks: how a step ends, what a run of one gives. Pure, for every side. */
import * as z from 'zod';
import { BundleId, FindingId } from './ids.ts';
import { CustomerAsk, Evidence } from './vocabulary.ts';

/**
 * How a step ended. `pass`: what was looked at is as it should be. `finding`: it shows what the step looks for. `not-found`:
 * it was looked for where it would stand, and is not there. `needs-customer`: the case does not hold the answer.
 */
const STEP_ENDS = ['pass', 'finding', 'not-found', 'needs-customer', 'not-applicable', 'failed'] as const;
export const StepEnd = z.enum(STEP_ENDS);
export type StepEnd = z.infer<typeof StepEnd>;

/** What an action may do to a cluster: read, disturb for a while, lose something. */
export const SAFETY_RATINGS = ['GREEN', 'YELLOW', 'RED'] as const;
export const SafetyRating = z.enum(SAFETY_RATINGS);
export type SafetyRating = z.infer<typeof SafetyRating>;

const STEP_LEVELS = ['MUST', 'SHOULD', 'MAY'] as const;
export const StepLevel = z.enum(STEP_LEVELS);
export type StepLevel = z.infer<typeof StepLevel>;

/** `group`: only holds the steps below it; it ends as they did. `report`: says something about the result. */
export const StepKind = z.enum(['group', 'check', 'look', 'ask', 'report']);
export type StepKind = z.infer<typeof StepKind>;

export const RunbookStep = z
  .object({
    /** Of a Markdown runbook its place: `1.3`, `1.3.2`. */
    id: z.string(),
    phase: z.string(),
    /** 0, or more for a step below another one. */
    depth: z.number().int().nonnegative(),
    level: StepLevel.nullable(),
    kind: StepKind,
    /** As the runbook says it; Markdown. */
    text: z.string(),
    /** Of the runbook's file. */
    line: z.number().int().positive(),
    end: StepEnd,
    /** Plain sentence. */
    because: z.string(),
    evidence: z.array(Evidence).readonly(),
    findings: z.array(FindingId).readonly(),
    /** What the customer is asked to run; empty unless it ended as `needs-customer`. */
    commands: z.array(z.string()).readonly(),
  })
  .readonly();
export type RunbookStep = z.infer<typeof RunbookStep>;

export const EscalationState = z
  .object({
    condition: z.string(),
    state: z.enum(['holds', 'does-not-hold', 'not-known']),
    because: z.string(),
    findings: z.array(FindingId).readonly(),
  })
  .readonly();
export type EscalationState = z.infer<typeof EscalationState>;

export const Mitigation = z
  .object({
    when: z.enum(['immediate', 'long-term']),
    text: z.string(),
    safety: SafetyRating,
    /** The runbook's own words about it, or why it was rated so. */
    because: z.string(),
  })
  .readonly();
export type Mitigation = z.infer<typeof Mitigation>;

export const CommonIssueState = z
  .object({
    symptoms: z.string(),
    diagnosis: z.string(),
    resolution: z.string(),
    safety: SafetyRating,
    state: z.enum(['seen', 'not-seen', 'not-known']),
    because: z.string(),
  })
  .readonly();
export type CommonIssueState = z.infer<typeof CommonIssueState>;

/** The runbook's own output format; its mitigation is two empty texts while no root cause is established. */
export const RunbookOutput = z
  .object({
    root_cause: z.string(),
    evidence: z.array(z.object({ type: z.string(), content: z.string() }).readonly()).readonly(),
    severity: z.string(),
    mitigation: z.object({ immediate: z.string(), long_term: z.string() }).readonly(),
  })
  .readonly();
export type RunbookOutput = z.infer<typeof RunbookOutput>;

/** What is said of a runbook in a list. */
export const RunbookHead = z
  .object({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    /** As its author writes it: `HIGH`, `high`. */
    severity: z.string(),
    owner: z.string(),
    objective: z.string(),
    /** `active` unless it says otherwise. */
    status: z.string(),
    form: z.enum(['markdown', 'yaml']),
    origin: z.enum(['shipped', 'own']),
    /** Below the shipped folder, or the whole path of an own one. */
    file: z.string(),
    triggers: z.array(z.string()).readonly(),
    steps: z.number().int(),
  })
  .readonly();
export type RunbookHead = z.infer<typeof RunbookHead>;

export const ROOT_CAUSE_NOT_ESTABLISHED = 'not established';

/** One runbook, run on one bundle of a case. */
export const RunbookResult = z
  .object({
    runbook: RunbookHead,
    bundle: BundleId,
    node: z.string().nullable(),
    /** Why this bundle. */
    nodeBecause: z.string(),
    /** ROOT_CAUSE_NOT_ESTABLISHED when no conclusion of the runbook fits. */
    rootCause: z.string(),
    established: z.enum(['yes', 'no']),
    because: z.string(),
    /** What the root cause rests on. */
    findings: z.array(FindingId).readonly(),
    steps: z.array(RunbookStep).readonly(),
    escalation: z.array(EscalationState).readonly(),
    /** Empty while no root cause is established. */
    mitigation: z.array(Mitigation).readonly(),
    /** As the runbook gives them. */
    safetyRatings: z.array(z.string()).readonly(),
    commonIssues: z.array(CommonIssueState).readonly(),
    askCustomer: z.array(CustomerAsk).readonly(),
    output: RunbookOutput,
    /** `output` as YAML, with what it has no place for as comments. */
    document: z.string(),
    /** All of it as Markdown, for people. */
    markdown: z.string(),
  })
  .readonly();
export type RunbookResult = z.infer<typeof RunbookResult>;
