/**
 * Two texts line by line. jsdiff (Myers' algorithm) takes time and memory with the square of the edits, so it gets only
 * what it is needed for: lines that stand on both sides. What stands on one side only is known without it.
 */
import { diffArrays } from 'diff';
import type { TextComparison, TextHunk } from '../core/comparison.ts';

/** Lines of a text that are compared: iptables-save of 5,000 Services has some 100,000. */
export const TEXT_LINES_MAX = 200_000;
/** Edits that are looked for: their search keeps up to the square of this in memory. */
const EDITS_MAX = 2_000;
/** Time for one search. */
const SEARCH_MS_MAX = 4_000;
/** Lines of an answer; more are read by nobody. */
const LINES_SHOWN_MAX = 5_000;
const LINE_CHARS_MAX = 2_000;
/** Lines around a difference that are shown. */
const CONTEXT = 3;

export interface TextToCompare {
  readonly lines: readonly string[];
  /** What is compared, line by line; null: the line means nothing and never differs. */
  readonly meanings: readonly (string | null)[];
  /** Why not all of its lines are here; null when all are. */
  readonly cut: string | null;
}

/** One line that means something. */
interface Token {
  readonly meaning: string;
  /** Place in `lines`, from 0. */
  readonly at: number;
}

type Run = { readonly kind: TextHunk['kind']; readonly left: readonly number[]; readonly right: readonly number[] };

/** @returns the hunks in order; lines that mean nothing are in none of them. */
export function compareTexts(left: TextToCompare, right: TextToCompare): TextComparison {
  const [mine, theirs] = [tokensOf(left), tokensOf(right)];
  const { pairs, cut } = aligned(mine, theirs);
  const runs = runsOf(mine, theirs, pairs);
  const onlyLeft = mine.length - pairs.length;
  const onlyRight = theirs.length - pairs.length;
  const { hunks, left: notShown } = shownHunks(runs, left.lines, right.lines);
  const reasons = [
    ...(left.cut === null ? [] : [`left: ${left.cut}`]),
    ...(right.cut === null ? [] : [`right: ${right.cut}`]),
    ...(cut === null ? [] : [cut]),
    ...(notShown === 0
      ? []
      : [`${notShown} more ${notShown === 1 ? 'line that differs is' : 'lines that differ are'} not shown`]),
  ];
  return { hunks, onlyLeft, onlyRight, cut: reasons.length === 0 ? null : reasons.join('; ') };
}

function tokensOf({ meanings }: TextToCompare): readonly Token[] {
  return meanings.flatMap((meaning, at) => (meaning === null ? [] : [{ meaning, at }]));
}

interface Alignment {
  /** Places in the two lists of tokens that stand for each other, ascending on both sides. */
  readonly pairs: readonly (readonly [number, number])[];
  readonly cut: string | null;
}

function aligned(left: readonly Token[], right: readonly Token[]): Alignment {
  const shared = new Set(right.map(({ meaning }) => meaning));
  const known = new Set(left.map(({ meaning }) => meaning));
  const mine = [...left.keys()].filter((at) => shared.has(left[at]?.meaning ?? ''));
  const theirs = [...right.keys()].filter((at) => known.has(right[at]?.meaning ?? ''));
  const meaningsOf = (of: readonly Token[], places: readonly number[]): string[] =>
    places.map((place) => of[place]?.meaning ?? '');
  const changes = diffArrays(meaningsOf(left, mine), meaningsOf(right, theirs), {
    maxEditLength: EDITS_MAX,
    timeout: SEARCH_MS_MAX,
  });
  if (changes === undefined) {
    return {
      pairs: inOrder(meaningsOf(left, mine), meaningsOf(right, theirs)).map(([one, two]) => [
        mine[one] ?? 0,
        theirs[two] ?? 0,
      ]),
      cut: 'the order of lines differs so much that it was compared roughly: some lines are told as different that only stand elsewhere',
    };
  }
  const pairs: (readonly [number, number])[] = [];
  let [one, two] = [0, 0];
  for (const { added, removed, count } of changes) {
    if (added) two += count;
    else if (removed) one += count;
    else for (let nth = 0; nth < count; nth += 1) pairs.push([mine[one++] ?? 0, theirs[two++] ?? 0]);
  }
  return { pairs, cut: null };
}

/** Every line of the left takes the next like one of the right that keeps the order: linear, and not the best. */
function inOrder(left: readonly string[], right: readonly string[]): readonly (readonly [number, number])[] {
  const places = new Map<string, number[]>();
  for (const [at, meaning] of right.entries()) {
    const list = places.get(meaning);
    if (list === undefined) places.set(meaning, [at]);
    else list.push(at);
  }
  const taken = new Map<string, number>();
  const pairs: (readonly [number, number])[] = [];
  let last = -1;
  // A jump far ahead would leave everything between unpaired.
  const reach = Math.max(CONTEXT, Math.ceil(right.length / 50));
  for (const [at, meaning] of left.entries()) {
    const list = places.get(meaning) ?? [];
    let next = taken.get(meaning) ?? 0;
    while (next < list.length && (list[next] ?? 0) <= last) next += 1;
    taken.set(meaning, next);
    const place = list[next];
    if (place === undefined || place - last > reach) continue;
    pairs.push([at, place]);
    last = place;
  }
  return pairs;
}

/** Lines of both texts as runs of one kind; what is only left stands before what is only right. */
function runsOf(left: readonly Token[], right: readonly Token[], pairs: Alignment['pairs']): readonly Run[] {
  const runs: { kind: TextHunk['kind']; left: number[]; right: number[] }[] = [];
  const add = (kind: TextHunk['kind'], one: number | null, two: number | null): void => {
    let run = runs.at(-1);
    if (run?.kind !== kind) {
      run = { kind, left: [], right: [] };
      runs.push(run);
    }
    if (one !== null) run.left.push(left[one]?.at ?? 0);
    if (two !== null) run.right.push(right[two]?.at ?? 0);
  };
  let [one, two] = [0, 0];
  for (const [nextLeft, nextRight] of [...pairs, [left.length, right.length] as const]) {
    for (; one < nextLeft; one += 1) add('only-left', one, null);
    for (; two < nextRight; two += 1) add('only-right', null, two);
    if (nextLeft < left.length) add('same', one, two);
    one += 1;
    two += 1;
  }
  return runs;
}

function shownHunks(
  runs: readonly Run[],
  left: readonly string[],
  right: readonly string[],
): { readonly hunks: readonly TextHunk[]; readonly left: number } {
  const hunks: TextHunk[] = [];
  let room = LINES_SHOWN_MAX;
  let notShown = 0;
  for (const [at, run] of runs.entries()) {
    const isRight = run.kind === 'only-right';
    const places = isRight ? run.right : run.left;
    const text = (place: number): string => ((isRight ? right : left)[place] ?? '').slice(0, LINE_CHARS_MAX);
    const isSame = run.kind === 'same';
    const kept = isSame ? contextOf(places, standingOf(at, runs.length)) : places.slice(0, Math.max(0, room));
    if (!isSame) notShown += places.length - kept.length;
    if (room <= 0 || kept.length === 0) continue;
    room -= kept.length;
    const skipped = isSame ? places.indexOf(kept[0] ?? 0) : 0;
    const whole = kept.at(-1) === places.at(-1) && skipped === 0;
    hunks.push({
      kind: run.kind,
      left: run.left.length === 0 ? null : (run.left[skipped] ?? 0) + 1,
      right: run.right.length === 0 ? null : (run.right[skipped] ?? 0) + 1,
      lines: kept.map(text),
      leftOut: isSame && whole ? places.length - kept.length : 0,
    });
  }
  return { hunks, left: notShown };
}

/** Where a run of lines that are the same stands among the differences. */
type Standing = 'before all' | 'behind all' | 'between';

function standingOf(at: number, runs: number): Standing {
  if (runs === 1) return 'between';
  if (at === 0) return 'before all';
  return at === runs - 1 ? 'behind all' : 'between';
}

/** Before the first difference the last lines, behind the last one the first, between two of them both ends. */
function contextOf(places: readonly number[], standing: Standing): readonly number[] {
  if (standing === 'before all') return places.slice(-CONTEXT);
  if (standing === 'behind all') return places.slice(0, CONTEXT);
  return places.length <= 2 * CONTEXT ? places : [...places.slice(0, CONTEXT), ...places.slice(-CONTEXT)];
}
