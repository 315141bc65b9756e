/** Which literals lead to the lines that may match: the rest of the plan is asked of their lines only. */
import { cheapest, choiceOf, type LiteralChoice, union } from './literal-choice.ts';
import type { Condition, Plan, PlanTerm } from './query-plan.ts';

export interface Driver {
  /** Every matching line holds one of these. */
  readonly literals: readonly Uint8Array[];
  /** What the lines that hold one must meet besides. */
  readonly rest: Plan;
}

const CARRIAGE_RETURN = 13;
const ALWAYS: Plan = { kind: 'always' };

/** @returns null when no literal leads to all matching lines. */
export function driverOf(plan: Plan): Driver | null {
  const parts = plan.kind === 'all' ? plan.parts : [plan];
  const choices = parts.map(leadsTo);
  const best = cheapest(choices);
  if (best === null) return null;
  const chosen = choices.indexOf(best);
  const left = parts.map((part, index) => (index === chosen ? beyond(part) : part)).filter((part) => part !== ALWAYS);
  const [only] = left;
  if (only === undefined) return { literals: best.literals, rest: ALWAYS };
  return { literals: best.literals, rest: left.length === 1 ? only : { kind: 'all', parts: left } };
}

function leadsTo(plan: Plan): LiteralChoice | null {
  switch (plan.kind) {
    case 'all':
      return cheapest(plan.parts.map(leadsTo));
    case 'any':
      return union(plan.parts.map(leadsTo));
    case 'term':
      return plan.holds === 'yes' ? leadsToCondition(plan.condition) : null;
    default:
      return null;
  }
}

function leadsToCondition(condition: Condition): LiteralChoice | null {
  switch (condition.kind) {
    case 'text':
      return choiceOf(condition.literal);
    case 'pattern':
      return condition.leads === null ? null : choiceOf({ any: condition.leads });
    case 'entity':
      return condition.required === null ? null : choiceOf(condition.required);
    default:
      return null;
  }
}

/** @returns what is left to ask of a line that holds a literal of the part. */
function beyond(part: Plan): Plan {
  if (saysAll(part)) return ALWAYS;
  if (part.kind !== 'term' || part.condition.kind !== 'pattern') return part;
  return { ...part, condition: { ...part.condition, leads: null } };
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
