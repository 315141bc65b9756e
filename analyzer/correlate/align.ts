/**
 * How clocks of nodes stand against each other, by what two of them saw. Pure: sightings in, medians or refusals out.
 * Three anchors are the least, their middle half must agree, and what different kinds of anchors say must not contradict.
 */
import type { LineRef } from '../core/vocabulary.ts';
import { spokenSpan } from './align-words.ts';
import { eventPairs, type SharedEvent } from './anchors.ts';

const ANCHORS_MIN = 3;
/** Half the interquartile range. Wider, the order of events a few seconds apart would be a guess. */
const SPREAD_MS_MAX = 2_000;
/** What kinds of anchors may differ: whole seconds of the header, a request, and a second until kube-proxy syncs. */
const KINDS_APART_MS_MAX = 3_000;
/** The header holds whole seconds, cut off: on average the answer was made half a second later. */
const HALF_SECOND_MS = 500;
/** A request that took longer says too little. */
const REQUEST_MS_MAX = 3_000;

/** An answer of the API server beside the node's stamp before the request; ms since 1970. */
export interface ApiAnswer {
  readonly node: number;
  readonly server: number;
  /** The next stamp of the node behind the answer; null: the request may have taken as long as curl lets it. */
  readonly nextNode: number | null;
  readonly here: LineRef;
  readonly there: LineRef;
}

/** What one bundle saw. */
export interface ClockWitness {
  /** How it is called in sentences: the node's name, else the bundle's. */
  readonly name: string;
  /** Bundles of one node have one clock. */
  readonly node: string | null;
  readonly answers: readonly ApiAnswer[];
  /** Host of the API server that gave them; null: not said. Servers of two clusters have two clocks. */
  readonly server: string | null;
  /** As anchors.ts reads them. */
  readonly events: readonly SharedEvent[];
}

/** One anchor of a clock; `of` is the place of a witness in the list. */
export interface MeasuredAnchor {
  readonly kind: 'api-date' | 'shared-event';
  readonly what: string;
  readonly offsetMs: number;
  readonly here: { readonly of: number; readonly ref: LineRef };
  readonly there: { readonly of: number; readonly ref: LineRef };
}

export type MeasuredClock = { readonly anchors: readonly MeasuredAnchor[]; readonly spreadMs: number | null } & (
  | { readonly outcome: 'reference' }
  | { readonly outcome: 'aligned'; readonly offsetMs: number }
  /** `because` is a sentence part: `1 anchor, 3 are needed`. */
  | { readonly outcome: 'refused'; readonly because: string }
);

export interface MeasuredClocks {
  /** Place of the witness whose clock is the reference; null: that of the API server. */
  readonly reference: number | null;
  /** In the order of the witnesses. */
  readonly clocks: readonly MeasuredClock[];
}

/** @returns the middle value (of two, their mean) and half the interquartile range; null for none. */
export function medianAndSpread(
  values: readonly number[],
): { readonly median: number; readonly spread: number } | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((one, two) => one - two);
  return { median: quantile(sorted, 0.5), spread: (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2 };
}

/** Between the two values that are nearest to the place. */
function quantile(sorted: readonly number[], part: number): number {
  const place = (sorted.length - 1) * part;
  const low = sorted[Math.floor(place)] as number;
  const high = sorted[Math.ceil(place)] as number;
  return low + (high - low) * (place - Math.floor(place));
}

/** The API server's clock is the reference when every witness has seen it often enough, else that of one of them. */
export function measureClocks(witnesses: readonly ClockWitness[]): MeasuredClocks {
  const answers = witnesses.map((witness, of) => apiAnchors(witness, of));
  const servers = new Set(witnesses.flatMap(({ server }) => server ?? []));
  const byServer =
    witnesses.length > 0 && servers.size <= 1 && answers.every((anchors) => anchors.length >= ANCHORS_MIN);
  return byServer ? againstServer(witnesses, answers) : againstNode(witnesses, answers);
}

function apiAnchors({ answers }: ClockWitness, of: number): readonly MeasuredAnchor[] {
  return answers
    .filter(({ node, nextNode }) => nextNode === null || (nextNode >= node && nextNode - node <= REQUEST_MS_MAX))
    .map(({ node, server, here, there }) => ({
      kind: 'api-date' as const,
      what: 'answer of the API server',
      offsetMs: node - server - HALF_SECOND_MS,
      here: { of, ref: here },
      there: { of, ref: there },
    }));
}

function sharedAnchors(witnesses: readonly ClockWitness[], of: number, other: number): readonly MeasuredAnchor[] {
  const [one, two] = [witnesses[of], witnesses[other]];
  if (one === undefined || two === undefined || of === other || isSameClock(one, two)) return [];
  return eventPairs(one.events, two.events).map(({ here, there }) => ({
    kind: 'shared-event' as const,
    what: here.what,
    offsetMs: here.time - there.time,
    here: { of, ref: here.ref },
    there: { of: other, ref: there.ref },
  }));
}

/** Its own lines, captured twice, would always agree. */
function isSameClock(one: ClockWitness, two: ClockWitness): boolean {
  return one.node !== null && one.node === two.node;
}

function isOtherServer(one: ClockWitness | undefined, two: ClockWitness | undefined): boolean {
  return one?.server != null && two?.server != null && one.server !== two.server;
}

function againstServer(
  witnesses: readonly ClockWitness[],
  answers: readonly (readonly MeasuredAnchor[])[],
): MeasuredClocks {
  const own = answers.map((anchors) => measured(anchors));
  const offsets = own.map((clock) => (clock.outcome === 'aligned' ? clock.offsetMs : null));
  const doubts = contradictions(witnesses, offsets);
  return {
    reference: null,
    clocks: own.map((clock, of) => {
      const because = doubts.get(of);
      return clock.outcome !== 'aligned' || because === undefined ? clock : refused(clock, because);
    }),
  };
}

/** How far what two nodes logged contradicts what the API server told them of their clocks. */
interface ComparedPair {
  readonly of: number;
  readonly other: number;
  readonly changes: number;
  readonly apart: number;
}

function comparedPairs(
  witnesses: readonly ClockWitness[],
  offsets: readonly (number | null)[],
): readonly ComparedPair[] {
  return offsets.flatMap((here, of) =>
    offsets.flatMap((there, other): ComparedPair[] => {
      if (other === of || here === null || there === null) return [];
      const changes = sharedAnchors(witnesses, of, other).map(({ offsetMs }) => offsetMs);
      const shared = changes.length < ANCHORS_MIN ? null : medianAndSpread(changes);
      if (shared === null || shared.spread > SPREAD_MS_MAX) return [];
      return [{ of, other, changes: changes.length, apart: shared.median - (here - there) }];
    }),
  );
}

/** @returns why clocks are doubtful, by place: a clock that most others agree with is not, whatever a wrong one says. */
function contradictions(
  witnesses: readonly ClockWitness[],
  offsets: readonly (number | null)[],
): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const [of, pairs] of Map.groupBy(comparedPairs(witnesses, offsets), (pair) => pair.of)) {
    const against = pairs.filter(({ apart }) => Math.abs(apart) > KINDS_APART_MS_MAX);
    const [first] = against;
    if (first === undefined || against.length * 2 <= pairs.length) continue;
    const name = witnesses[first.other]?.name ?? '';
    found.set(
      of,
      `its answers of the API server and ${first.changes} changes that ${name} logged as well contradict each other by ${spokenSpan(first.apart)}`,
    );
  }
  return found;
}

function againstNode(
  witnesses: readonly ClockWitness[],
  answers: readonly (readonly MeasuredAnchor[])[],
): MeasuredClocks {
  const reference = referenceOf(witnesses, answers);
  const theirs = witnesses[reference];
  return {
    reference,
    clocks: witnesses.map((own, of): MeasuredClock => {
      if (of === reference || theirs === undefined) return { outcome: 'reference', anchors: [], spreadMs: null };
      const changes = sharedAnchors(witnesses, of, reference);
      const requests = isOtherServer(own, theirs)
        ? []
        : throughServer(answers[of] ?? [], answers[reference] ?? [], theirs.name);
      const clock = measured([...changes, ...requests]);
      const none = clock.outcome === 'refused' ? whyNone(own, theirs) : null;
      const because = none ?? contradiction(changes, requests);
      return because === null ? clock : refused(clock, because);
    }),
  };
}

/** What is behind too few anchors, where something is; null: they are too few, or differ. */
function whyNone(own: ClockWitness, reference: ClockWitness): string | null {
  if (isSameClock(own, reference))
    return 'it was captured on the same node as the reference: the same clock, unless it was set in between';
  if (own.answers.length > 0 && own.events.length === 0 && isOtherServer(own, reference))
    return `it was answered by another API server than ${reference.name}, and logged no change of services`;
  return null;
}

function contradiction(changes: readonly MeasuredAnchor[], requests: readonly MeasuredAnchor[]): string | null {
  const [byChanges, byRequests] = [changes, requests].map((some) =>
    some.length < ANCHORS_MIN ? null : medianAndSpread(some.map(({ offsetMs }) => offsetMs)),
  );
  if (byChanges == null || byRequests == null) return null;
  const apart = Math.abs(byChanges.median - byRequests.median);
  if (apart <= KINDS_APART_MS_MAX) return null;
  return `${changes.length} shared changes and ${requests.length} answers of the API server contradict each other by ${spokenSpan(apart)}`;
}

/**
 * The one that most others can be aligned with; of these the one whose clock is nearest to that of the API server, for
 * the reference should be right; then the one that shares most with the others, then the first.
 */
function referenceOf(witnesses: readonly ClockWitness[], answers: readonly (readonly MeasuredAnchor[])[]): number {
  const worth = witnesses.map((_, of) => {
    const shared = witnesses.map((__, other) => sharedAnchors(witnesses, of, other).length);
    const joined = shared.filter((count, other) => {
      const both = isOtherServer(witnesses[of], witnesses[other])
        ? 0
        : Math.min(answers[of]?.length ?? 0, answers[other]?.length ?? 0);
      return other !== of && (count >= ANCHORS_MIN || both >= ANCHORS_MIN);
    });
    const own = measured(answers[of] ?? []);
    const wrong = own.outcome === 'aligned' ? Math.abs(own.offsetMs) : Number.MAX_VALUE;
    return { of, joined: joined.length, wrong, anchors: shared.reduce((sum, count) => sum + count, 0) };
  });
  const [best] = worth.sort(
    (one, two) => two.joined - one.joined || one.wrong - two.wrong || two.anchors - one.anchors || one.of - two.of,
  );
  return best?.of ?? 0;
}

/** Two nodes that both saw the API server's clock. */
function throughServer(
  here: readonly MeasuredAnchor[],
  there: readonly MeasuredAnchor[],
  name: string,
): readonly MeasuredAnchor[] {
  const other = there.length < ANCHORS_MIN ? null : medianAndSpread(there.map(({ offsetMs }) => offsetMs));
  if (other === null || other.spread > SPREAD_MS_MAX) return [];
  const what = `answer of the API server, from which ${name} is ${spokenSpan(other.median)} off`;
  return here.map((anchor) => ({ ...anchor, what, offsetMs: anchor.offsetMs - other.median }));
}

function measured(anchors: readonly MeasuredAnchor[]): MeasuredClock {
  const found = medianAndSpread(anchors.map(({ offsetMs }) => offsetMs));
  const clock = { anchors, spreadMs: found === null ? null : found.spread };
  if (found === null || anchors.length < ANCHORS_MIN) {
    const count = anchors.length === 1 ? '1 anchor' : `${anchors.length === 0 ? 'no' : anchors.length} anchors`;
    return { ...clock, outcome: 'refused', because: `${count}, ${ANCHORS_MIN} are needed` };
  }
  if (found.spread <= SPREAD_MS_MAX) return { ...clock, outcome: 'aligned', offsetMs: found.median };
  const because = `its ${anchors.length} anchors differ: spread ${spokenSpan(found.spread)}, more than ${spokenSpan(SPREAD_MS_MAX)} would leave the order of events open`;
  return { ...clock, outcome: 'refused', because };
}

function refused({ anchors, spreadMs }: MeasuredClock, because: string): MeasuredClock {
  return { anchors, spreadMs, outcome: 'refused', because };
}
