/** Chains that are found in a window: their lines cited, and how sure they are, in words. */
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import type { FoundChain } from '../core/correlation.ts';
import { grouped } from '../core/grouped.ts';
import type { BundleId } from '../core/ids.ts';
import type { ClockAlignment, ClockAlignments } from '../core/timeline.ts';
import type { Confidence, Evidence } from '../core/vocabulary.ts';
import { idsOfStep } from '../correlate/chain-loader.ts';
import { type ChainMatch, findChain, type MatchedStep } from '../correlate/chain-match.ts';
import type { Chain } from '../correlate/chain-schema.ts';
import { spokenSpan } from '../correlate/rank.ts';
import { withoutCopies } from './correlate-copies.ts';
import type { SeenWindow, StepEvent } from './correlate-lines.ts';

interface Question {
  /** In the order by which events tell their bundle. */
  readonly readers: readonly BundleReader[];
  readonly chains: readonly Chain[];
  readonly seen: Pick<SeenWindow, 'events' | 'cutIds'>;
  /** null for one bundle. */
  readonly clocks: ClockAlignments | null;
  /** The line that one correlates around; null for an instant. */
  readonly pivot: Pick<Evidence, 'bundle' | 'fileId' | 'line'> | null;
}

interface Told {
  readonly found: FoundChain;
  /** Of the first step. */
  readonly begins: number;
  /** 0 when the pivot is a line of a step, 1 when it is of another chain. */
  readonly away: 0 | 1;
}

/** @returns those that the pivot is a part of, then the surest first, then in the order of time. */
export function foundChains(question: Question): readonly FoundChain[] {
  const clocks = new Clocks(question);
  return question.chains
    .flatMap((chain) => {
      const events = chain.steps.map((_, step) => eventsOf(chain, step, question.seen));
      const away = events.some((some) => some.some((event) => isPivot(question, event))) ? 0 : 1;
      const { matches, notListed } = findChain(chain, events, (bundle) => clocks.ahead(bundle));
      return matches.map((match, at): Told => {
        const more = at === matches.length - 1 ? notListed : 0;
        const found = told(question, { chain, match, more }, clocks);
        return { found, begins: match.steps[0]?.event.time ?? 0, away };
      });
    })
    .sort(
      (one, two) =>
        one.away - two.away ||
        LEVELS.indexOf(one.found.confidence.level) - LEVELS.indexOf(two.found.confidence.level) ||
        one.begins - two.begins ||
        (one.found.chain < two.found.chain ? -1 : one.found.chain > two.found.chain ? 1 : 0),
    )
    .map(({ found }) => found)
    .filter(isFirstOfTwins);
}

/** Two captures of one node hold the same lines. */
function isFirstOfTwins(chain: FoundChain, at: number, all: readonly FoundChain[]): boolean {
  return all.findIndex((one) => isTwin(one, chain)) === at;
}

function isTwin(one: FoundChain, two: FoundChain): boolean {
  if (one === two) return true;
  return (
    one.chain === two.chain &&
    one.steps.every(({ node, evidence: { text } }, step) => {
      const other = two.steps[step];
      return node !== null && node === other?.node && text === other.evidence.text;
    })
  );
}

function isPivot({ pivot, readers }: Question, { bundle, fileId, line, endLine }: StepEvent): boolean {
  if (pivot === null || pivot.fileId !== fileId || readers[bundle]?.bundle.id !== pivot.bundle) return false;
  return line <= pivot.line && pivot.line <= endLine;
}

/** From the surest. */
const LEVELS: readonly Confidence['level'][] = ['certain', 'likely', 'possible'];

function eventsOf(chain: Chain, step: number, { events }: Question['seen']): readonly StepEvent[] {
  const found = idsOfStep(chain, step).flatMap((id) => counting(events.get(id) ?? []));
  // A line may match several rules of a step: what each names counts.
  const distinct = new Map<string, StepEvent>();
  for (const event of found) {
    const key = `${event.bundle} ${event.fileId} ${event.line}`;
    const known = distinct.get(key);
    distinct.set(key, known === undefined ? event : { ...known, entities: [...known.entities, ...event.entities] });
  }
  return withoutCopies([...distinct.values()]).own;
}

/** Without the lines that only repeat a failure that another line of the same file tells. */
function counting(events: readonly StepEvent[]): readonly StepEvent[] {
  const fileOf = ({ bundle, fileId }: StepEvent): string => `${bundle} ${fileId}`;
  const always = new Set(events.filter(({ counts }) => counts === 'always').map(fileOf));
  return events.filter((event) => event.counts === 'always' || !always.has(fileOf(event)));
}

interface Matched {
  readonly chain: Chain;
  readonly match: ChainMatch;
  /** Of the same kind that are not listed. */
  readonly more: number;
}

function told(question: Question, { chain, match, more }: Matched, clocks: Clocks): FoundChain {
  const { readers, seen } = question;
  const shared = match.steps.map(({ shares }) => shares).findLast((entity) => entity !== null) ?? null;
  const cut = chain.steps.some((_, step) => idsOfStep(chain, step).some((id) => seen.cutIds.has(id)));
  return {
    chain: chain.id,
    title: chain.title,
    meaning: chain.meaning,
    steps: match.steps.map(({ event, first, last, count }, step) => {
      const reader = readers[event.bundle] as BundleReader;
      const { fileId, line, endLine } = event;
      return {
        title: chain.steps[step]?.title ?? '',
        bundle: reader.bundle.id,
        node: reader.bundle.node,
        first: new Date(first).toISOString(),
        last: new Date(last).toISOString(),
        count,
        evidence: cite(reader, [{ fileId, line, endLine }])[0],
      };
    }),
    shares: shared,
    confidence: confidenceOf(chain, match, clocks),
    because: [
      match.steps.map((step, at) => stepWords(chain, step, at)).join(' '),
      ...(more === 0 ? [] : [`The same was found for ${grouped(more)} more; the shortest are listed.`]),
      ...(cut ? ['There are more lines of its steps than were counted.'] : []),
    ].join(' '),
  };
}

/** `11.8 s later: Rule sync fails (allowed: up to 10 min; on the same node).` */
function stepWords(chain: Chain, { afterMs, shares }: MatchedStep, at: number): string {
  const { title, within = 0 } = chain.steps[at] ?? {};
  if (afterMs === null) return `First: ${title}.`;
  const same = shares === null ? 'on the same node' : `both name ${shares.kind} ${shares.name}`;
  return `${spokenSpan(afterMs)} later: ${title} (allowed: up to ${spokenSpan(within)}; ${same}).`;
}

function confidenceOf(chain: Chain, match: ChainMatch, clocks: Clocks): Confidence {
  const limits = [clocks.limit(match), earlyLimit(chain, match)].filter((limit) => limit !== null);
  const level = [chain.confidence.level, ...limits.map((limit) => limit.level)].reduce((one, two) =>
    LEVELS.indexOf(two) > LEVELS.indexOf(one) ? two : one,
  );
  return { level, because: [chain.confidence.because, ...limits.map(({ because }) => because)].join('; ') };
}

function earlyLimit(chain: Chain, { early }: ChainMatch): Confidence | null {
  if (early === null) return null;
  const title = chain.steps[early.step]?.title ?? '';
  const because = `"${title}" was there already ${spokenSpan(early.byMs)} before the first line of the step before it in this window: that step may not be its cause`;
  return { level: 'possible', because };
}

/** What is known of the clocks of nodes against each other. */
class Clocks {
  readonly #byBundle: ReadonlyMap<BundleId, ClockAlignment>;
  readonly #readers: readonly BundleReader[];

  constructor({ readers, clocks }: Question) {
    this.#readers = readers;
    this.#byBundle = new Map((clocks?.nodes ?? []).map((node) => [node.bundle, node]));
  }

  /** @returns by how much what is shown of this bundle is ahead, as far as it was measured, ms. */
  ahead(bundle: number): number {
    const clock = this.#of(bundle);
    return clock === null || clock.offsetMs === null ? 0 : clock.offsetMs + clock.shiftMs;
  }

  /** Between nodes an order is as good as their clocks. */
  limit({ steps }: ChainMatch): Confidence | null {
    const bundles = [...new Set(steps.map(({ event }) => event.bundle))];
    if (bundles.length < 2) return null;
    const clocks = bundles.map((bundle) => this.#of(bundle));
    const unknown = bundles.filter((_, at) => clocks[at]?.offsetMs == null);
    if (unknown.length > 0) {
      const names = unknown.map((bundle) => this.#name(bundle)).join(', ');
      return {
        level: 'possible',
        because: `it goes over nodes, and the clock of ${names} is not aligned with the others`,
      };
    }
    const spread = clocks.reduce((sum, clock) => sum + (clock?.spreadMs ?? 0), 0);
    const over = steps.filter(({ event }, at) => at > 0 && event.bundle !== steps[at - 1]?.event.bundle);
    const closest = Math.min(...over.map(({ afterMs }) => afterMs ?? 0));
    const moved = bundles
      .filter((bundle) => this.ahead(bundle) !== 0)
      .map(
        (bundle) =>
          `${this.#name(bundle)} ${spokenSpan(this.ahead(bundle))} ${this.ahead(bundle) > 0 ? 'ahead' : 'behind'}`,
      );
    const measured = `it goes over nodes, by the measured offsets of their clocks${moved.length === 0 ? '' : ` (as shown: ${moved.join(', ')})`}`;
    if (closest <= spread) {
      return { level: 'possible', because: `${measured}; these are known to ${spokenSpan(spread)} only` };
    }
    return { level: 'likely', because: measured };
  }

  #of(bundle: number): ClockAlignment | null {
    const id = this.#readers[bundle]?.bundle.id;
    return id === undefined ? null : (this.#byBundle.get(id) ?? null);
  }

  #name(bundle: number): string {
    const reader = this.#readers[bundle];
    return reader?.bundle.node ?? reader?.bundle.name ?? '';
  }
}
