/** Which literals lead to the lines that may match: the rest of the plan is asked of their lines only. */
import type { WantedText } from '../core/case-reader.ts';
import { type Plan, type PlanTerm, wantedOf } from './query-plan.ts';

export interface Driver {
  /** Every matching line holds one of these. */
  readonly literals: readonly Uint8Array[];
  /** What the lines that hold one must meet besides. */
  readonly rest: Plan;
}

const CARRIAGE_RETURN = 13;

/** @returns null when no literal leads to all matching lines. */
export function driverOf(plan: Plan): Driver | null {
  const parts = plan.kind === 'all' ? plan.parts : [plan];
  let best: { readonly choice: Choice; readonly part: Plan } | null = null;
  for (const part of parts) {
    const wanted = wantedOf(part);
    const choice = wanted === null ? null : choiceOf(wanted);
    if (choice !== null && (best === null || choice.cost < best.choice.cost)) best = { choice, part };
  }
  if (best === null) return null;
  const { choice, part } = best;
  const left = saysAll(part) ? parts.filter((one) => one !== part) : parts;
  const [only] = left;
  const rest: Plan = only === undefined ? { kind: 'always' } : left.length === 1 ? only : { kind: 'all', parts: left };
  return { literals: choice.literals, rest };
}

interface Choice {
  readonly literals: readonly Uint8Array[];
  /** For each byte of text, in lines that have to be looked at: a guess, good for comparing. */
  readonly cost: number;
}

/** The rarest of all, the union of any; null when it leads nowhere. */
function choiceOf(wanted: WantedText): Choice | null {
  if (wanted instanceof Uint8Array) return { literals: [wanted], cost: costOf(wanted) };
  if ('all' in wanted) {
    const choices = wanted.all.map(choiceOf).filter((choice) => choice !== null);
    return choices.reduce<Choice | null>((best, one) => (best === null || one.cost < best.cost ? one : best), null);
  }
  const choices = wanted.any.map(choiceOf);
  if (!choices.every((choice) => choice !== null)) return null;
  return {
    literals: choices.flatMap((choice) => choice.literals),
    cost: choices.reduce((sum, choice) => sum + choice.cost, 0),
  };
}

/** What one more byte says, in bits: letters of a word follow from each other, digits and signs do not. */
const BITS = Float64Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[jqxz]/i.test(character)) return 4;
  if (/[a-z]/i.test(character)) return 2;
  if (/[0-9]/.test(character)) return 3.3;
  return character === ' ' ? 1.5 : 3;
});

/** Looking for one literal takes the time of looking at a line every 250 bytes. */
const PASS_COST = 1 / 250;

function costOf(literal: Uint8Array): number {
  return PASS_COST + 2 ** -literal.reduce((bits, byte) => bits + (BITS[byte] as number), 0);
}

/** A line that holds a literal of the part meets the part. A literal with a carriage return may reach into the line's ending. */
function saysAll(part: Plan): boolean {
  if (part.kind === 'any') return part.parts.every(saysAll);
  return part.kind === 'term' && isLiteral(part);
}

function isLiteral({ holds, condition }: PlanTerm): boolean {
  return (
    holds === 'yes' &&
    condition.kind === 'text' &&
    condition.bounds === 'anywhere' &&
    !condition.literal.includes(CARRIAGE_RETURN)
  );
}
