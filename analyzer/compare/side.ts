/** One bundle as it is compared: read once, and small, since the facts of twenty large nodes would fill the memory. */
import type { ComparedSide } from '../core/comparison.ts';
import type { Bundle } from '../core/vocabulary.ts';
import { spokenInstant } from '../time/calendar.ts';
import { AGENT_GROUPS } from './agent-groups.ts';
import type { FactGroup, NodeToRead } from './fact-group.ts';
import { NETWORK_GROUPS } from './network-groups.ts';
import { type GroupReading, notKnown } from './reading.ts';
import { readServices, type ServicesReading } from './services.ts';
import { SYSTEM_GROUPS } from './system-groups.ts';

export const FACT_GROUPS: readonly FactGroup[] = [...AGENT_GROUPS, ...NETWORK_GROUPS, ...SYSTEM_GROUPS];

export interface SideReading {
  readonly groups: ReadonlyMap<string, GroupReading>;
  readonly services: ServicesReading;
}

/** @returns what the bundle says; a group that cannot be read is not known, with the reason. */
export function readSide(node: NodeToRead): SideReading {
  return {
    groups: new Map(FACT_GROUPS.map((group) => [group.id, guarded(() => group.read(node))])),
    services: readServices(node.facts),
  };
}

function guarded(read: () => GroupReading): GroupReading {
  try {
    return read();
  } catch (error) {
    return notKnown(`it could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Digits of a bundle's hash that tell two bundles of one node and one time apart. */
const HASH_DIGITS = 8;

/** @returns names of the bundles that are unique among them: the host, its time where a node has several, its hash at last. */
export function labelsOf(bundles: readonly Bundle[]): readonly string[] {
  const names = bundles.map((bundle) => bundle.node ?? bundle.name);
  const hosts = names.map((name, at) => (bundles[at]?.node === null ? name : (name.split('.', 1)[0] ?? name)));
  const short = hosts.map((host, at) =>
    // Two nodes of one host name in two domains keep their whole names.
    names.some((name, other) => name !== names[at] && hosts[other] === host) ? (names[at] ?? host) : host,
  );
  const dated = short.map((label, at) => (alone(short, label) ? label : `${label} (${timeOf(bundles[at])})`));
  return dated.map((label, at) =>
    alone(dated, label) ? label : `${label.replace(/\)$/, '')}, ${bundles[at]?.id.slice(0, HASH_DIGITS)})`,
  );
}

function alone(labels: readonly string[], label: string): boolean {
  return labels.filter((one) => one === label).length === 1;
}

function timeOf(bundle: Bundle | undefined): string {
  const at = bundle?.collectedAt ?? null;
  return at === null ? 'time not known' : spokenInstant(Date.parse(at));
}

/** Who is compared with whom, and why. */
export interface Parts {
  readonly sides: readonly ComparedSide[];
  /** Bundles whose differences count most; empty: all sides are alike. */
  readonly affected: ReadonlySet<string>;
  /** How that was decided. */
  readonly note: string;
}
