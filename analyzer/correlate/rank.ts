/**
 * How much an event of the window deserves a look: a product of factors, each told in a sentence, so that a rank can be
 * recomputed by hand. The weights are choices, not measurements: what a rule knows counts more than how loud a line is,
 * and a rare line near the pivot more than a common one far from it.
 */

import type { RankReason } from '../core/correlation.ts';
import { grouped } from '../core/grouped.ts';
import type { LineLevel } from '../core/line-level.ts';
import type { Entity, Part, Severity } from '../core/vocabulary.ts';

/** A rule that the event matches. */
export interface RankedRule {
  readonly id: string;
  readonly severity: Severity;
  readonly part: Part;
}

/** How often messages of this shape stand in the case: counted, or only that they were too many places to count. */
export type ShapeCount = { readonly counted: number } | { readonly atLeast: number };

export interface RankInput {
  readonly rules: readonly RankedRule[];
  readonly level: LineLevel;
  /** From the pivot, negative before it. */
  readonly distanceMs: number;
  /** From the pivot to the farther end of the window. */
  readonly reachMs: number;
  readonly shapes: ShapeCount;
  /** What it names that the pivot names as well. */
  readonly shared: readonly Entity[];
}

export interface Rank {
  readonly score: number;
  readonly because: readonly RankReason[];
}

const PARTS: Readonly<Record<Part, number>> = { cause: 3, symptom: 2.5, recovery: 1.2 };
const SEVERITIES: Readonly<Record<Severity, number>> = { critical: 2, high: 1.6, medium: 1.3, low: 1, info: 0.8 };
const LEVELS: Readonly<Record<LineLevel, number>> = { error: 3.5, warning: 2.5, info: 0.8, none: 1 };

/** A shape that stands once weighs half as much again as one that is everywhere. */
const RARITY = 0.5;
/** At this share of the way to the end of the window an event weighs half of one at the pivot. */
const HALF_WAY = 0.5;
const SHARED = 0.5;
const SHARED_MAX = 3;

/** @returns the score, the product of all factors, and a sentence for each. */
export function rankOf(input: RankInput): Rank {
  const because = [ruleReason(input), levelReason(input), rarityReason(input), closeReason(input), sharedReason(input)];
  return { score: because.reduce((score, { factor }) => score * factor, 1), because };
}

function ruleReason({ rules }: RankInput): RankReason {
  const weighed = rules.map((rule) => ({ rule, factor: round(PARTS[rule.part] * SEVERITIES[rule.severity]) }));
  const best = weighed.reduce<(typeof weighed)[number] | null>(
    (one, other) => (one === null || other.factor > one.factor ? other : one),
    null,
  );
  if (best === null) return { kind: 'rule', sentence: 'no rule knows it', factor: 1 };
  const { id, part, severity } = best.rule;
  return { kind: 'rule', sentence: `matches the rule ${id} (${part}, ${severity})`, factor: best.factor };
}

function levelReason({ level }: RankInput): RankReason {
  const factor = LEVELS[level];
  const sentence = level === 'none' ? 'its text tells no severity' : `its severity is ${level}`;
  return { kind: 'severity', sentence, factor };
}

function rarityReason({ shapes }: RankInput): RankReason {
  const known = 'counted' in shapes ? shapes.counted : shapes.atLeast;
  const times = known === 1 ? 'once' : `${grouped(known)} times`;
  const sentence =
    'counted' in shapes
      ? `messages like it stand ${times} in the case`
      : `messages like it stand at least ${times} in the case: too many places to count them all`;
  return { kind: 'rarity', sentence, factor: rarity(known) };
}

/** @param count of messages, 1 at least. */
function rarity(count: number): number {
  return round(1 + RARITY / (1 + Math.log10(Math.max(1, count))));
}

function closeReason({ distanceMs, reachMs }: RankInput): RankReason {
  const away = Math.abs(distanceMs);
  const factor = reachMs === 0 ? 1 : round(1 / (1 + away / (HALF_WAY * reachMs)));
  if (away === 0) return { kind: 'closeness', sentence: 'at the pivot', factor };
  const side = distanceMs < 0 ? 'before' : 'after';
  return { kind: 'closeness', sentence: `${spokenSpan(away)} ${side} the pivot`, factor };
}

function sharedReason({ shared }: RankInput): RankReason {
  const counted = shared.slice(0, SHARED_MAX);
  if (counted.length === 0) return { kind: 'entities', sentence: 'names nothing that the pivot names', factor: 1 };
  const names = counted.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  return { kind: 'entities', sentence: `shares ${names}`, factor: 1 + SHARED * counted.length };
}

/** Factors are shown with three decimals, and the score is the product of what is shown. */
function round(factor: number): number {
  return Math.max(0.001, Math.round(factor * 1000) / 1000);
}

/** @returns a span of time in the largest units that tell it: `250 ms`, `11.8 s`, `4 min 3 s`, `2 h 5 min`, `3 d`. */
export function spokenSpan(ms: number): string {
  const span = Math.abs(ms);
  if (span < 1000) return `${Math.round(span)} ms`;
  if (span < 59_950) return `${Math.round(span / 100) / 10} s`;
  const seconds = Math.round(span / 1000);
  if (seconds < 3600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function two(large: number, unit: string, small: number, smaller: string): string {
  return small === 0 ? `${grouped(large)} ${unit}` : `${grouped(large)} ${unit} ${small} ${smaller}`;
}
