/** From weighed ends to outcomes: what holds whatever the open questions' answers are is claimed, the rest is unknown. */
import type { FlowOutcome, JudgedEnd } from './flow.ts';
import type { Questions } from './walk.ts';

/** Rounding of sums of products; a share below it is none. */
const EPSILON = 1e-9;

/**
 * @param unknown sentences of the questions that left a share undecided are added to it.
 * @returns outcomes, largest share first; shares sum to 1. Ends of one verdict that went different ways stay apart.
 */
export function shareOut(
  ends: readonly JudgedEnd[],
  questions: Questions,
  unknown: Set<string>,
): readonly FlowOutcome[] {
  const asked = [...new Set(ends.flatMap(({ assumed }) => [...assumed.keys()]))];
  if (asked.length === 0) return sorted(sameWay(ends.map(({ outcome }) => outcome)));
  const byKey = new Map<string, JudgedEnd[]>();
  for (const end of ends) {
    const key = keyOf(end.outcome);
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [end]);
    else list.push(end);
  }
  const outcomes: FlowOutcome[] = [];
  let claimed = 0;
  for (const same of byKey.values()) {
    if (same[0]?.outcome.verdict === 'unknown') continue;
    const certain = same.filter(({ assumed }) => assumed.size === 0).map(({ outcome }) => outcome);
    const conditional = same.filter(({ assumed }) => assumed.size > 0);
    const least = leastShare(conditional, asked);
    const heaviest = conditional.reduce<JudgedEnd | null>(
      (best, one) => (best === null || one.outcome.share > best.outcome.share ? one : best),
      null,
    );
    const kept =
      least > EPSILON && heaviest !== null
        ? [...certain, { ...agreed(conditional, heaviest.outcome), share: least }]
        : certain;
    for (const outcome of sameWay(kept)) {
      outcomes.push(outcome);
      claimed += outcome.share;
    }
  }
  const open = 1 - claimed;
  if (open > EPSILON) {
    const certain = ends.filter(({ outcome, assumed }) => outcome.verdict === 'unknown' && assumed.size === 0);
    const stated = certain.reduce((sum, { outcome }) => sum + outcome.share, 0);
    outcomes.push(...sameWay(certain.map(({ outcome }) => outcome)));
    if (open - stated > EPSILON) outcomes.push(undecided(ends, asked, questions, open - stated, unknown));
  }
  return sorted(outcomes);
}

/** @returns the smallest share over all answers to the questions. */
function leastShare(ends: readonly JudgedEnd[], asked: readonly string[]): number {
  // One sum for each set of assumed answers: thousands of ends may share a few.
  const sums = new Map<string, { readonly mask: number; readonly value: number; share: number }>();
  for (const { outcome, assumed } of ends) {
    let mask = 0;
    let value = 0;
    for (const [id, answer] of assumed) {
      const bit = 1 << asked.indexOf(id);
      mask |= bit;
      if (answer) value |= bit;
    }
    const sum = sums.get(`${mask} ${value}`);
    if (sum === undefined) sums.set(`${mask} ${value}`, { mask, value, share: outcome.share });
    else sum.share += outcome.share;
  }
  if (sums.size === 0) return 0;
  let least = 1;
  for (let answers = 0; answers < 2 ** asked.length && least > EPSILON; answers += 1) {
    let share = 0;
    for (const sum of sums.values()) if ((answers & sum.mask) === sum.value) share += sum.share;
    least = Math.min(least, share);
  }
  return least;
}

/** Where the ways that lead to one outcome differ in what happens on the way back, that is not known. */
function agreed(ends: readonly JudgedEnd[], outcome: FlowOutcome): FlowOutcome {
  const same = ends.every((end) => end.outcome.returnPath === outcome.returnPath);
  if (same) return outcome;
  return { ...outcome, returnPath: 'unknown', returnBecause: 'depends on what could not be decided' };
}

function undecided(
  ends: readonly JudgedEnd[],
  asked: readonly string[],
  questions: Questions,
  share: number,
  unknown: Set<string>,
): FlowOutcome {
  const reasons = asked.map((id) => questions.reason(id));
  for (const reason of reasons) unknown.add(reason);
  for (const { outcome } of ends) if (outcome.verdict === 'unknown') unknown.add(outcome.because);
  const heaviest = ends.reduce((best, one) => (one.outcome.share > best.outcome.share ? one : best));
  const endpoints = new Set(ends.map(({ outcome }) => outcome.endpoint));
  return {
    ...heaviest.outcome,
    verdict: 'unknown',
    share,
    endpoint: endpoints.size === 1 ? heaviest.outcome.endpoint : null,
    snat: null,
    snatTo: null,
    sourceNatRule: null,
    returnPath: 'unknown',
    returnBecause: 'depends on what could not be decided',
    because: reasons[0] ?? 'a rule could not be decided',
  };
}

function keyOf(outcome: FlowOutcome): string {
  return JSON.stringify([outcome.verdict, outcome.endpoint, outcome.snat, outcome.snatTo]);
}

/** Beyond this number the ways to one outcome are not told apart. */
const WAYS_MAX = 16;

/** Joins outcomes that met the same rules: a draw that came to nothing and no draw at all can end alike. */
function sameWay(outcomes: readonly FlowOutcome[]): readonly FlowOutcome[] {
  const joined = new Map<string, FlowOutcome>();
  const ways = new Map<string, number>();
  for (const outcome of outcomes) ways.set(alike(outcome), (ways.get(alike(outcome)) ?? 0) + 1);
  for (const outcome of outcomes) {
    const result = alike(outcome);
    const many = (ways.get(result) ?? 0) > WAYS_MAX;
    const way = outcome.steps.map(
      (step) => `${step.hook} ${step.table} ${step.chain} ${step.fileId} ${step.line} ${step.rule}`,
    );
    const key = many ? result : [result, ...way].join('\n');
    const other = joined.get(key);
    joined.set(key, other === undefined ? outcome : { ...other, share: other.share + outcome.share });
  }
  return [...joined.values()].filter(({ share }) => share > EPSILON);
}

function alike(outcome: FlowOutcome): string {
  return JSON.stringify([keyOf(outcome), outcome.returnPath, outcome.because]);
}

function sorted(outcomes: readonly FlowOutcome[]): readonly FlowOutcome[] {
  return [...outcomes].sort(
    (one, two) => two.share - one.share || ((one.endpoint ?? '') < (two.endpoint ?? '') ? -1 : 1),
  );
}
