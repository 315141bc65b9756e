/**
 * A query made ready for lines: negations stand at single terms, literals are bytes, and what is always or never true is
 * gone. What a line, a block or a bundle must have to match is read from this one form.
 */
import type { WantedText } from '../core/case-reader.ts';
import { LINE_LEVELS } from '../core/line-level.ts';
import { foldAscii } from '../query/fold.ts';
import { analysisOf } from '../query/pattern.ts';
import type { PatternTerm, PlaceTerm, QueryNode, QueryTerm } from '../query/query.ts';
import { choiceOf, isIdle } from './literal-choice.ts';
import { wantedOfRequired, wantedPieces } from './required-text.ts';

export type Plan = PlanTruth | PlanParts | PlanTerm;

export interface PlanTruth {
  readonly kind: 'always' | 'never';
}

/** Two parts or more, none of them a truth or of the same kind. */
export interface PlanParts {
  readonly kind: 'all' | 'any';
  readonly parts: readonly Plan[];
}

export interface PlanTerm {
  readonly kind: 'term';
  /** `no`: lines for which the condition does not hold. */
  readonly holds: 'yes' | 'no';
  readonly condition: Condition;
}

export interface TextCondition {
  readonly kind: 'text';
  readonly literal: Uint8Array;
  readonly bounds: 'anywhere' | 'words';
}

export interface PatternCondition {
  readonly kind: 'pattern';
  readonly regexp: RegExp;
  /** Every line it matches holds this; null when nothing is known of them. */
  readonly required: WantedText | null;
  /** Every line it matches holds one of these, which is worth looking for; null: it is tried on any line. */
  readonly leads: readonly Uint8Array[] | null;
}

export interface PlaceCondition {
  readonly kind: 'place';
  readonly term: PlaceTerm;
}

/** Places in LINE_LEVELS, both included. */
export interface SeverityCondition {
  readonly kind: 'severity';
  readonly from: number;
  readonly to: number;
}

/** ms since 1970, `to` excluded; infinite where the term has no bound. */
export interface TimeCondition {
  readonly kind: 'time';
  readonly from: number;
  readonly to: number;
}

export interface EntityCondition {
  readonly kind: 'entity';
  /** ASCII capitals made small. */
  readonly name: string;
  readonly required: WantedText | null;
}

export type Condition =
  | TextCondition
  | PatternCondition
  | PlaceCondition
  | SeverityCondition
  | TimeCondition
  | EntityCondition
  | { readonly kind: 'finding' };

const ALWAYS: PlanTruth = { kind: 'always' };
const NEVER: PlanTruth = { kind: 'never' };
const LINE_FEED = 10;

/** @throws when a pattern of the query is none: the parser lets only valid ones through. */
export function planOf(query: QueryNode): Plan {
  return signed(query, 'yes');
}

/** De Morgan: a negated group becomes the other kind of group, of negated parts. */
function signed(query: QueryNode, holds: PlanTerm['holds']): Plan {
  switch (query.kind) {
    case 'not':
      return signed(query.part, holds === 'yes' ? 'no' : 'yes');
    case 'all':
    case 'any':
      return group(
        (query.kind === 'all') === (holds === 'yes') ? 'all' : 'any',
        query.parts.map((part) => signed(part, holds)),
      );
    default: {
      const condition = conditionOf(query);
      if (condition === null) return holds === 'yes' ? NEVER : ALWAYS;
      return { kind: 'term', holds, condition };
    }
  }
}

/** @returns null when no line meets it. */
function conditionOf(term: QueryTerm): Condition | null {
  switch (term.kind) {
    case 'text': {
      const literal = Buffer.from(term.text);
      // A phrase may hold a line end; no line does.
      return literal.includes(LINE_FEED) ? null : { kind: 'text', literal, bounds: term.bounds };
    }
    case 'pattern':
      return patternCondition(term);
    case 'place':
      return { kind: 'place', term };
    case 'severity':
      return { kind: 'severity', from: LINE_LEVELS.indexOf(term.from), to: LINE_LEVELS.indexOf(term.to) };
    case 'time':
      return {
        kind: 'time',
        from: term.from ?? Number.NEGATIVE_INFINITY,
        to: term.to ?? Number.POSITIVE_INFINITY,
      };
    case 'finding':
      return { kind: 'finding' };
    case 'entity':
      return entityCondition(term.name);
  }
}

function patternCondition(term: PatternTerm): PatternCondition {
  const known = analysisOf(term);
  if (!known.ok) throw new Error(`no pattern: ${term.source}: ${known.message}`);
  const required = wantedOfRequired(known.required);
  const choice = required === null ? null : choiceOf(required);
  const leads = choice === null || isIdle(choice) ? null : choice.literals;
  return { kind: 'pattern', regexp: known.regexp, required, leads };
}

/** The name may be put together from parts of the line (a namespace and a pod): each part of it stands there. */
function entityCondition(name: string): EntityCondition {
  const required = name.split('/').flatMap((part) => wantedPieces(part));
  return {
    kind: 'entity',
    name: foldAscii(name),
    required: required.length === 0 ? null : { all: required },
  };
}

/** Groups of one kind become one; a truth decides its group or falls out of it. */
function group(kind: 'all' | 'any', parts: readonly Plan[]): Plan {
  const [decides, empty] = kind === 'all' ? [NEVER, ALWAYS] : [ALWAYS, NEVER];
  const left = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  if (left.some((part) => part.kind === decides.kind)) return decides;
  const rest = left.filter((part) => part.kind !== empty.kind);
  const [only] = rest;
  if (only === undefined) return empty;
  return rest.length === 1 ? only : { kind, parts: rest };
}

export function termsOf(plan: Plan): readonly PlanTerm[] {
  if (plan.kind === 'term') return [plan];
  return plan.kind === 'all' || plan.kind === 'any' ? plan.parts.flatMap(termsOf) : [];
}

/** @param decided parts of the plan that say only something of the file. @returns the plan for its lines, without these. */
export function planWithin(plan: Plan, decided: ReadonlyMap<Plan, boolean>): Plan {
  const truth = decided.get(plan);
  if (truth !== undefined) return truth ? ALWAYS : NEVER;
  if (plan.kind !== 'all' && plan.kind !== 'any') return plan;
  return group(
    plan.kind,
    plan.parts.map((part) => planWithin(part, decided)),
  );
}

/** @returns what every matching line holds; null when nothing is known of them. */
export function wantedOf(plan: Plan): WantedText | null {
  switch (plan.kind) {
    case 'always':
      return null;
    case 'never':
      return { any: [] };
    case 'term':
      return plan.holds === 'yes' ? wantedByCondition(plan.condition) : null;
    case 'all': {
      const all = plan.parts.map(wantedOf).filter((part) => part !== null);
      return all.length === 0 ? null : all.length === 1 ? (all[0] as WantedText) : { all };
    }
    case 'any': {
      const any = plan.parts.map(wantedOf);
      return any.every((part) => part !== null) ? { any } : null;
    }
  }
}

function wantedByCondition(condition: Condition): WantedText | null {
  if (condition.kind === 'text') return condition.literal;
  return condition.kind === 'pattern' || condition.kind === 'entity' ? condition.required : null;
}
