/** A difference before its lines are cited, and how much each kind of difference weighs. */
import type { DIFFERENCE_KINDS } from '../core/comparison.ts';
import type { FindingId } from '../core/ids.ts';
import type { Evidence, LineRef, Severity } from '../core/vocabulary.ts';
import type { OneSide } from './odd-one.ts';

export interface DraftValue {
  /** Null: not known on this side, `because` says why. */
  readonly value: string | null;
  readonly because: string | null;
  readonly refs: readonly LineRef[];
  /** Lines that are cited already. */
  readonly evidence?: readonly Evidence[];
}

export interface DraftDifference {
  readonly id: string;
  readonly kind: (typeof DIFFERENCE_KINDS)[number];
  readonly area: string;
  readonly subject: string;
  readonly sentence: string;
  readonly weight: number;
  readonly because: string;
  readonly severity: Severity | null;
  readonly values: readonly DraftValue[];
  readonly findings: readonly FindingId[];
}

/** What could not be held against each other, and why. */
export interface NotCompared {
  readonly what: string;
  readonly because: string;
}

/**
 * Findings of the affected sides before Services on which nodes disagree, before facts that are known to matter, before
 * other facts, before words of logs. Within findings the severity decides, then the rank among the causes.
 */
export const WEIGHT = {
  /** Of severity info, of low, and so on, 100 apart. */
  finding: 600,
  /** On sides that are not affected, 10 apart. */
  findingElsewhere: 150,
  service: 500,
  knownFact: 300,
  fact: 200,
  error: 60,
  warning: 20,
} as const;

/** Differences of this weight and above may be decisive: what is below is noise until something else points at it. */
export const DECISIVE_WEIGHT = WEIGHT.knownFact;
export const DECISIVE_MAX = 10;

/**
 * @returns whether a difference lies between the affected sides and the others: no affected side has what another side
 * has. Without affected sides every difference does.
 */
export function separates(sides: readonly OneSide[], values: readonly (string | null)[]): boolean {
  if (!sides.some((side) => side.isAffected)) return true;
  const theirs = new Set<string>();
  const others = new Set<string>();
  for (const [at, value] of values.entries()) {
    if (value !== null) (sides[at]?.isAffected === true ? theirs : others).add(value);
  }
  return theirs.size > 0 && others.size > 0 && [...theirs].every((value) => !others.has(value));
}
