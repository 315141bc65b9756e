/** A runbook as it is run, whether it was written in Markdown or in YAML. */
import type { FileMistake } from '../core/placed-yaml.ts';
import type { SafetyRating, StepKind, StepLevel } from '../core/runbook.ts';
import type { Severity } from '../core/vocabulary.ts';

export interface Runbook {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  readonly status: string;
  readonly owner: string;
  readonly objective: string;
  readonly context: string | null;
  readonly form: 'markdown' | 'yaml';
  readonly triggers: readonly Trigger[];
  readonly phases: readonly Phase[];
  /** The first whose condition holds gives the root cause. */
  readonly conclusions: readonly Conclusion[];
  readonly escalation: readonly Escalation[];
  /** As they are written. */
  readonly safetyRatings: readonly string[];
  readonly commonIssues: readonly CommonIssue[];
}

/** `finding`: id of a rule or analyzer. `lines`: words that stand in a line of the case. */
export interface Trigger {
  readonly kind: 'finding' | 'lines';
  readonly text: string;
}

export interface Phase {
  readonly title: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly id: string;
  readonly line: number;
  readonly depth: number;
  readonly level: StepLevel | null;
  readonly text: string;
  readonly action: Action;
  /** What it means when the step shows something, and when it does not; null: nothing beyond what is said anyway. */
  readonly found: string | null;
  readonly clear: string | null;
}

/** Something to ask the customer. */
export interface Question {
  readonly command: string;
  readonly why: string;
}

export type Action =
  | { readonly do: 'group' }
  /** Findings of any of these rules and analyzers. `ask`: when the case does not hold what they need. */
  | {
      readonly do: 'check';
      readonly findings: readonly string[];
      readonly atLeast: Severity;
      readonly ask: Question | null;
      /** A program that has to be among the captured processes. */
      readonly process: string | null;
    }
  /** `expects`: what a match means. `lines` are cited. */
  | { readonly do: 'look'; readonly query: string; readonly lines: number; readonly expects: 'failure' | 'presence' }
  /** Not asked when one of these steps ended as `finding`. */
  | { readonly do: 'ask'; readonly question: Question; readonly unless: readonly string[] }
  /** All findings of the node, those whose area is named first. */
  | { readonly do: 'findings' }
  | { readonly do: 'network'; readonly sections: readonly string[] }
  /** Matched lines around an event, in order of time. */
  | { readonly do: 'timeline'; readonly query: string }
  | { readonly do: 'compare'; readonly ask: Question }
  | { readonly do: 'summary' }
  | { readonly do: 'completeness' }
  /** Collecting, which was done before. */
  | { readonly do: 'collected' }
  | { readonly do: 'root-cause' }
  | { readonly do: 'mitigation'; readonly when: 'immediate' | 'long-term' }
  /** How to see that the fix worked. */
  | { readonly do: 'confirm' }
  /** That something is in the result: it is. `query` tells the steps whose evidence is meant. */
  | { readonly do: 'cited' }
  /** What only a person can do with it. */
  | { readonly do: 'read' };

/** @returns how an action is shown. */
export function kindOf(action: Action): StepKind {
  switch (action.do) {
    case 'group':
      return 'group';
    case 'check':
    case 'findings':
    case 'network':
    case 'compare':
    case 'completeness':
    case 'collected':
      return 'check';
    case 'look':
    case 'timeline':
      return 'look';
    case 'ask':
      return 'ask';
    default:
      return 'report';
  }
}

export type Condition =
  /** Steps that ended as `finding` (all, any), and that did not. */
  | {
      readonly by: 'steps';
      readonly found: readonly string[];
      readonly foundAny: readonly string[];
      readonly clear: readonly string[];
    }
  /**
   * A finding of one of these, medium at least. `notBefore`: its last event is not before the last one of a finding of
   * these.
   */
  | { readonly by: 'findings'; readonly any: readonly string[]; readonly notBefore: readonly string[] }
  /** The worst finding, medium at least, that is tied to the runbook; `words`: whose rule or title holds all of these. */
  | { readonly by: 'tied'; readonly words: readonly string[] };

export interface RatedText {
  readonly text: string;
  readonly safety: SafetyRating;
  readonly because: string;
}

export interface Conclusion {
  /** `{title}` stands for the title of the finding. */
  readonly rootCause: string;
  readonly when: Condition;
  readonly because: string | null;
  readonly severity: string;
  readonly immediate: RatedText;
  readonly longTerm: RatedText;
}

export interface Escalation {
  readonly condition: string;
  /** null: no bundle tells. `everywhere`: on every node of the case. */
  readonly when: Condition | null;
  readonly where: 'here' | 'everywhere';
}

export interface CommonIssue {
  readonly symptoms: string;
  readonly diagnosis: string;
  readonly resolution: string;
  readonly safety: SafetyRating;
  readonly when: Condition | null;
}

export type ReadRunbook =
  | { readonly ok: true; readonly runbook: Runbook }
  | { readonly ok: false; readonly mistakes: readonly FileMistake[] };

/** @returns the steps of all phases in order. */
export function stepsOf(runbook: Runbook): readonly Step[] {
  return runbook.phases.flatMap((phase) => phase.steps);
}
