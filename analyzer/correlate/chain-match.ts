/**
 * Finds a declared chain among events: for every step an event that comes after that of the step before, within the time
 * that the chain allows, and shares with it what the chain says. What stands in the wrong order is never a chain.
 */
import type { FileId } from '../core/ids.ts';
import type { Entity } from '../core/vocabulary.ts';
import type { Chain, Shares } from './chain-schema.ts';

export interface ChainEvent {
  /** Place of its bundle in the list that was asked about. */
  readonly bundle: number;
  readonly fileId: FileId;
  readonly line: number;
  readonly endLine: number;
  /** ms since 1970, as its clock shows it. */
  readonly time: number;
  readonly entities: readonly Entity[];
}

export interface MatchedStep {
  readonly event: ChainEvent;
  /** Of the events of this step that share the same: their shown instants and how many there are. */
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** After the step before, by clocks put right; null for the first step. */
  readonly afterMs: number | null;
  readonly shares: Entity | null;
}

export interface ChainMatch {
  readonly steps: readonly MatchedStep[];
  /** From the first to the last event, ms. */
  readonly spanMs: number;
  /** The first step that was seen already before anything of the step before it; null when none was. */
  readonly early: { readonly step: number; readonly byMs: number } | null;
}

export interface ChainMatches {
  /** One for each thing that is shared, the shortest first. */
  readonly matches: readonly ChainMatch[];
  readonly notListed: number;
}

/** Chains of one kind that are listed: of forty evicted pods the first few say what happened. */
const LISTED_MAX = 3;

/** A stamp of whole seconds tells no order within its second. */
const SECOND = 1000;

interface Link {
  readonly event: ChainEvent;
  /** Its instant by a clock put right. */
  readonly at: number;
  readonly start: number;
  readonly before: Link | null;
  readonly shared: Entity | null;
}

/**
 * @param events of each step, in any order.
 * @param ahead by how much the shown instants of a bundle are ahead of the other ones, ms; 0 where it is not known.
 */
export function findChain(
  chain: Chain,
  events: readonly (readonly ChainEvent[])[],
  ahead: (bundle: number) => number,
): ChainMatches {
  const at = (event: ChainEvent): number => event.time - ahead(event.bundle);
  const sorted = events.map((some) => some.toSorted((one, two) => at(one) - at(two) || compareEvents(one, two)));
  let links: readonly Link[] = (sorted[0] ?? []).map((event) => ({
    event,
    at: at(event),
    start: at(event),
    before: null,
    shared: null,
  }));
  for (const [step, declared] of chain.steps.entries()) {
    if (step === 0 || links.length === 0) continue;
    const { shares = 'node', within = 0, across } = declared;
    const known = byKey(links, ({ event }) => keysOf(event, shares, across));
    links = (sorted[step] ?? []).flatMap((event) => {
      const found = latestBefore(event, at(event), within, keysOf(event, shares, across), known);
      return found === null
        ? []
        : [{ event, at: at(event), start: found.link.start, before: found.link, shared: found.shared }];
    });
  }
  const shortest = shortestOfEach(links);
  return {
    matches: shortest.slice(0, LISTED_MAX).map((link) => matchOf(chain, link, sorted, at)),
    notListed: Math.max(0, shortest.length - LISTED_MAX),
  };
}

function compareEvents(one: ChainEvent, two: ChainEvent): number {
  return one.bundle - two.bundle || one.fileId - two.fileId || one.line - two.line;
}

/** What an event can be joined by: a name that is equal for equal things, and the entity as it was named. */
interface Key {
  readonly key: string;
  readonly entity: Entity | null;
}

function keysOf(event: ChainEvent, shares: Shares, across: 'one-node' | 'nodes'): readonly Key[] {
  const where = across === 'nodes' ? '' : `${event.bundle} `;
  if (shares === 'node') return [{ key: where, entity: null }];
  return event.entities
    .filter(({ kind }) => kind === shares)
    .map((entity) => ({ key: where + plainName(entity), entity }));
}

const UID = /^[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}$/;

/** Names of one thing as different programs write them. */
function plainName({ kind, name }: Entity): string {
  switch (kind) {
    // By its uid as well, which the kernel knows with underscores.
    case 'pod':
      return UID.test(name) ? name.replaceAll('_', '-') : name.slice(name.lastIndexOf('/') + 1);
    // Programs show 12 digits of 64.
    case 'container':
      return /^[0-9a-f]{12,64}$/.test(name) ? name.slice(0, 12) : name;
    case 'service':
      return name.replace(/:[-a-z0-9]+$/, '');
    // nvme1, nvme1n1 and nvme1n1p1 are one disk.
    case 'device':
      return /^(?:nvme\d+|(?:sd|vd|xvd)[a-z]+)/.exec(name)?.[0] ?? name;
    default:
      return name.toLowerCase();
  }
}

/** Pods of one name in two namespaces are two pods; where only one line tells the namespace they may be one. */
function isSame(one: Entity | null, two: Entity | null): boolean {
  if (one?.kind !== 'pod' || two?.kind !== 'pod') return true;
  return !one.name.includes('/') || !two.name.includes('/') || one.name === two.name;
}

interface Joined<T> {
  readonly item: T;
  readonly entity: Entity | null;
}

/** In the order given. */
function byKey<T>(items: readonly T[], keys: (item: T) => readonly Key[]): ReadonlyMap<string, readonly Joined<T>[]> {
  const known = new Map<string, Joined<T>[]>();
  for (const item of items) {
    for (const { key, entity } of keys(item)) {
      const some = known.get(key);
      if (some === undefined) known.set(key, [{ item, entity }]);
      else some.push({ item, entity });
    }
  }
  return known;
}

function latestBefore(
  event: ChainEvent,
  at: number,
  within: number,
  keys: readonly Key[],
  known: ReadonlyMap<string, readonly Joined<Link>[]>,
): { readonly link: Link; readonly shared: Entity | null } | null {
  let best: { readonly link: Link; readonly shared: Entity | null } | null = null;
  for (const { key, entity } of keys) {
    const links = known.get(key) ?? [];
    for (let place = behind(links, at); place > 0; place--) {
      const { item: link, entity: other } = links[place - 1] as Joined<Link>;
      if (at - link.at > within || (best !== null && link.at <= best.link.at)) break;
      if (!comesBefore(link, event, at) || !isSame(entity, other)) continue;
      best = { link, shared: fuller(entity, other) };
      break;
    }
  }
  return best;
}

/** @returns how many of the links are not after this instant. */
function behind(links: readonly Joined<Link>[], at: number): number {
  let low = 0;
  let high = links.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((links[middle] as Joined<Link>).item.at <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** In one file the lines tell the order, else the instants as far as they are told. */
function comesBefore(link: Link, event: ChainEvent, at: number): boolean {
  const { event: other } = link;
  if (other.bundle === event.bundle && other.fileId === event.fileId) return link.at <= at && other.line < event.line;
  const latest = other.time % SECOND === 0 ? link.at + SECOND - 1 : link.at;
  return latest < at;
}

function fuller(one: Entity | null, two: Entity | null): Entity | null {
  return one !== null && two !== null && two.name.length > one.name.length ? two : one;
}

/** One for each node and thing that is shared at the end. */
function shortestOfEach(links: readonly Link[]): readonly Link[] {
  const best = new Map<string, Link>();
  for (const link of links) {
    const { event, shared, before } = link;
    const key = JSON.stringify([event.bundle, before?.event.bundle, shared === null ? null : plainName(shared)]);
    const known = best.get(key);
    if (known === undefined || link.at - link.start < known.at - known.start) best.set(key, link);
  }
  return [...best.values()].sort(
    (one, two) => one.at - one.start - (two.at - two.start) || one.at - two.at || compareEvents(one.event, two.event),
  );
}

function matchOf(
  chain: Chain,
  end: Link,
  events: readonly (readonly ChainEvent[])[],
  at: (event: ChainEvent) => number,
): ChainMatch {
  const links: Link[] = [];
  for (let link: Link | null = end; link !== null; link = link.before) links.unshift(link);
  const groups = links.map((link, step) => {
    // The first step is joined as the second one says.
    const { shares = 'node', across = 'one-node' } = chain.steps[Math.max(step, 1)] ?? {};
    const shared = links[Math.max(step, 1)]?.shared ?? null;
    return (events[step] ?? []).filter((event) => {
      if (shares === 'node') return event.bundle === link.event.bundle;
      return keysOf(event, shares, across).some(
        ({ key, entity }) => shared !== null && key === keyFor(link.event, shared, across) && isSame(entity, shared),
      );
    });
  });
  const steps = links.map((link, step): MatchedStep => {
    const times = (groups[step] ?? []).map(({ time }) => time);
    return {
      event: link.event,
      first: times.reduce((one, two) => Math.min(one, two), link.event.time),
      last: times.reduce((one, two) => Math.max(one, two), link.event.time),
      count: Math.max(1, times.length),
      afterMs: link.before === null ? null : link.at - link.before.at,
      shares: link.shared,
    };
  });
  return { steps, spanMs: end.at - end.start, early: earlyStep(groups, at) };
}

function keyFor(event: ChainEvent, shared: Entity, across: 'one-node' | 'nodes'): string {
  return (across === 'nodes' ? '' : `${event.bundle} `) + plainName(shared);
}

function earlyStep(groups: readonly (readonly ChainEvent[])[], at: (event: ChainEvent) => number): ChainMatch['early'] {
  const begins = groups.map((group) =>
    group.reduce((first, event) => Math.min(first, at(event)), Number.POSITIVE_INFINITY),
  );
  for (const [step, begin] of begins.entries()) {
    const before = step === 0 ? Number.NEGATIVE_INFINITY : (begins[step - 1] as number);
    if (begin < before) return { step, byMs: before - begin };
  }
  return null;
}
