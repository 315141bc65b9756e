/**
 * The parts of a plan that are about files alone, each as large as it can be: a thousand alternative paths are one
 * question, to which all files have two answers.
 */
import type { PlaceTerm } from '../query/query.ts';
import type { FilePlace } from './file-query.ts';
import { PlaceTests } from './place-tests.ts';
import { type Plan, type PlanParts, type PlanTerm, planWithin, termsOf } from './query-plan.ts';

type Decision = (held: ReadonlySet<PlaceTerm>) => boolean;

export class FileDecisions {
  readonly #plan: Plan;
  readonly #parts: readonly Plan[];
  readonly #decisions: readonly Decision[];
  readonly #tests: PlaceTests;

  constructor(plan: Plan) {
    const parts: Plan[] = [];
    this.#plan = gathered(plan, parts);
    this.#parts = parts;
    this.#decisions = parts.map(decisionOf);
    this.#tests = new PlaceTests(parts.flatMap(termsOf).flatMap(placeOf));
  }

  /** @returns the parts that hold for the file, by number: the same for all files that are searched alike. */
  answersFor(place: FilePlace): readonly number[] {
    const held = this.#tests.holding(place);
    return [...this.#decisions.keys()].filter((index) => this.#decisions[index]?.(held) === true);
  }

  /** @returns the plan for lines of a file with these answers, without terms about the file. */
  planFor(answers: readonly number[]): Plan {
    const held = new Set(answers);
    return planWithin(this.#plan, new Map(this.#parts.map((part, index) => [part, held.has(index)])));
  }
}

/** @param found gets the parts about files. @returns the same plan, such parts of each group put together. */
function gathered(plan: Plan, found: Plan[]): Plan {
  if (isAboutFile(plan)) {
    found.push(plan);
    return plan;
  }
  if (plan.kind !== 'all' && plan.kind !== 'any') return plan;
  const { kind } = plan;
  const about = plan.parts.filter(isAboutFile);
  const rest = plan.parts.filter((part) => !about.includes(part)).map((part) => gathered(part, found));
  const [first] = about;
  if (first === undefined) return { kind, parts: rest };
  const together = about.length === 1 ? first : { kind, parts: about };
  found.push(together);
  return { kind, parts: [together, ...rest] };
}

function isAboutFile(plan: Plan): boolean {
  if (plan.kind === 'term') return plan.condition.kind === 'place';
  return (plan.kind === 'all' || plan.kind === 'any') && plan.parts.every(isAboutFile);
}

function placeOf({ condition }: PlanTerm): readonly PlaceTerm[] {
  return condition.kind === 'place' ? [condition.term] : [];
}

/** Few terms hold for a file: they are looked up among those of a group, not the other way round. */
function decisionOf(plan: Plan): Decision {
  switch (plan.kind) {
    case 'any': {
      const { terms, others } = partsOf(plan, 'yes');
      return (held) => intersect(held, terms) || others.some((one) => one(held));
    }
    case 'all': {
      const { terms, others } = partsOf(plan, 'no');
      return (held) => !intersect(held, terms) && others.every((one) => one(held));
    }
    case 'term': {
      const terms = new Set(placeOf(plan));
      return (held) => intersect(held, terms) === (plan.holds === 'yes');
    }
    default:
      return () => plan.kind === 'always';
  }
}

/** @returns terms of the group with this sign, any of which decides it when it holds, and its other parts. */
function partsOf({ parts }: PlanParts, sign: PlanTerm['holds']) {
  const deciding = parts.filter((part) => part.kind === 'term').filter(({ holds }) => holds === sign);
  const others = parts.filter((part) => part.kind !== 'term' || part.holds !== sign).map(decisionOf);
  return { terms: new Set(deciding.flatMap(placeOf)), others };
}

function intersect(held: ReadonlySet<PlaceTerm>, terms: ReadonlySet<PlaceTerm>): boolean {
  for (const term of held) if (terms.has(term)) return true;
  return false;
}
