/**
 * What nodes are called on the screens. A node may own several bundles: those are told apart by when they were
 * collected, or by their archives' names where that is not known or the same.
 */
import { day, hostNames, instant, sharedPrefix, shortInstant } from './format.ts';
import type { Bundle, BundleId } from './types.ts';

type Named = Pick<Bundle, 'id' | 'node' | 'name' | 'collectedAt'>;

export interface NodeNames {
  /** `ip-10-0-113-27.ec2.internal`; the archive's name where the node is not known. */
  readonly whole: ReadonlyMap<BundleId, string>;
  /** Without the domain, and of a time as much as tells it apart: `ip-10-0-113-27`, `ip-10-0-113-27 14 Oct`. */
  readonly short: ReadonlyMap<BundleId, string>;
  /** What all short names begin with, said once: `ip-10-0-`. */
  readonly prefix: string;
  /** Short names without it: `113-27`. */
  readonly rest: ReadonlyMap<BundleId, string>;
  /** Where a name that finds no room is cut: hosts differ at their end, archives before it. */
  readonly cut: 'start' | 'end';
}

const known = new WeakMap<readonly Named[], NodeNames>();

/** @returns what the bundles of a case are called beside each other: no two alike. */
export function nodeNames(bundles: readonly Named[]): NodeNames {
  const names = known.get(bundles) ?? namesOf(bundles);
  known.set(bundles, names);
  return names;
}

/** @returns what a bundle is called where it stands alone: its node, or the archive's name when none is known. */
export function nodeLabel(bundle: Pick<Named, 'node' | 'name'>): string {
  return bundle.node ?? bundle.name;
}

const NATURAL = new Intl.Collator('en', { numeric: true });

/** Orders names of nodes as people do: `ip-10-0-9-7` before `ip-10-0-10-7`. */
export function compareNames(one: string, other: string): number {
  return NATURAL.compare(one, other);
}

function namesOf(bundles: readonly Named[]): NodeNames {
  const labels = bundles.map(nodeLabel);
  const hosts = hostNames(labels);
  const apart = bundles.map((bundle, index) => {
    const same = bundles.filter((_, other) => labels[other] === labels[index]);
    return same.length === 1 ? { whole: '', short: '' } : toldApart(bundle, same);
  });
  const distinct = [...new Set(hosts)];
  // All of one node: its name is what they share.
  const one = distinct.length === 1 && bundles.length > 1;
  const shared = sharedPrefix(distinct);
  const rests = hosts.map((host) => (one ? '' : (shared.rest[distinct.indexOf(host)] ?? host)));
  const byId = (texts: readonly string[], length: 'whole' | 'short'): ReadonlyMap<BundleId, string> =>
    new Map(bundles.map(({ id }, index) => [id, `${texts[index] ?? ''} ${apart[index]?.[length] ?? ''}`.trim()]));
  return {
    whole: byId(labels, 'whole'),
    short: byId(hosts, 'short'),
    prefix: one ? `${distinct[0] ?? ''} ` : shared.prefix,
    rest: byId(rests, 'short'),
    cut: cutOf([...byId(rests, 'short').values()]),
  };
}

function cutOf(names: readonly string[]): NodeNames['cut'] {
  const backwards = names.map((name) => [...name].reverse().join(''));
  return sharedByNeighbours(names) > sharedByNeighbours(backwards) ? 'start' : 'end';
}

/** @returns characters that names begin alike with, each held against the next one in their order. */
function sharedByNeighbours(names: readonly string[]): number {
  const sorted = [...names].sort();
  return sorted.reduce((sum, name, at) => {
    const next = sorted[at + 1] ?? '';
    let length = 0;
    while (length < name.length && name[length] === next[length]) length += 1;
    return sum + length;
  }, 0);
}

/** Parts of a time of collection, the shortest first: there is room for few letters beside a name. */
const TIMES: readonly ((iso: string) => string)[] = [
  (iso) => day(iso).replace(/ \d{4}$/, ''),
  (iso) => shortInstant(iso).replace(/:\d\d$/, ''),
  shortInstant,
  instant,
];

/** @param same bundles of one node, this one among them. @returns what only this one has. */
function toldApart(bundle: Named, same: readonly Named[]): { readonly whole: string; readonly short: string } {
  const times = same.flatMap(({ collectedAt }) => collectedAt ?? []);
  const at = bundle.collectedAt;
  const distinct = (texts: readonly string[]): boolean => new Set(texts).size === same.length;
  if (at !== null && distinct(times.map(instant))) {
    const shortest = TIMES.find((said) => distinct(times.map(said))) ?? instant;
    return { whole: instant(at), short: shortest(at) };
  }
  // Archives of one name from two folders differ in their bytes alone.
  const name = distinct(same.map((one) => one.name)) ? bundle.name : bundle.id.slice(0, 8);
  return { whole: name, short: name };
}
