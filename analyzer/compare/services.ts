/** Services on whose endpoints nodes of one cluster disagree. */
import { grouped } from '../core/grouped.ts';
import { someOf } from '../core/some-of.ts';
import type { LineRef, Severity } from '../core/vocabulary.ts';
import { proxyTables } from '../facts/nft-facts.ts';
import { type NodeFacts, tableOf } from '../facts/node-facts.ts';
import { nodeServices } from '../facts/services.ts';
import { type NodeService, normalEndpoint } from '../netfilter/node-service.ts';

export interface ServiceSaid {
  /** `shop/web:http`, or its address where the rules do not name it. */
  readonly name: string;
  /** Sorted. */
  readonly endpoints: readonly string[];
  readonly refs: readonly LineRef[];
}

export interface ServicesReading {
  /** By cluster IP, port and protocol: how it is named depends on the dump. */
  readonly services: ReadonlyMap<string, ServiceSaid>;
  /** Where the rules begin that a missing service is not in. */
  readonly rules: LineRef | null;
  /** Why nothing is known of its services; null when something is. */
  readonly notKnown: string | null;
}

/** Services of one node that are compared: the largest clusters have some ten thousand. */
const SERVICES_MAX = 20_000;
/** Lines kept of one service. */
const REFS_MAX = 4;

/** @returns the services that the node's captured rules make. */
export function readServices(facts: NodeFacts): ServicesReading {
  const all = nodeServices(facts);
  const named = all.filter((service) => service.clusterIP !== null && !isLocalOnly(service));
  if (named.length === 0) {
    const why = all.length === 0 ? 'the captured rules hold no Service' : 'the captured rules hold no cluster IP';
    return {
      services: new Map(),
      rules: null,
      notKnown: facts.tables.length === 0 && facts.nft.length === 0 ? 'no Service rules were captured' : why,
    };
  }
  const because = missingPart(facts, new Set(named.map(({ mode }) => mode)));
  if (because !== null) return { services: new Map(), rules: null, notKnown: because };
  if (named.length > SERVICES_MAX) {
    const notKnown = `the rules hold ${grouped(named.length)} Services, more than are compared`;
    return { services: new Map(), rules: null, notKnown };
  }
  const services = new Map<string, ServiceSaid>();
  for (const service of named) services.set(keyOf(service), saidOf(service));
  const nat = facts.tables.find((table) => table.table === 'nat');
  const rules =
    nat === undefined ? null : { fileId: nat.fileId, line: nat.line, endLine: nat.line, note: 'the rules begin here' };
  return { services, rules, notKnown: null };
}

/** What is not in a part of the rules may be in the other: neither a Service nor an endpoint is known to be missing. */
function missingPart(facts: NodeFacts, modes: ReadonlySet<NodeService['mode']>): string | null {
  const tables = (['IPv4', 'IPv6'] as const).flatMap((family) => tableOf(facts, family, 'nat') ?? []);
  const cut = modes.has('iptables') ? tables.find((table) => table.cut !== null)?.cut : undefined;
  if (cut != null) return `a part of the rules is missing: ${cut.because}`;
  if (modes.has('nftables') && proxyTables(facts).some(({ table }) => !table.complete))
    return 'the end of the nft table was not captured';
  const isCut = modes.has('ipvs') && facts.network.ipvs.some((dump) => dump.value.cut === true);
  return isCut ? 'the end of the list of virtual servers was not captured' : null;
}

/** Every node has its own endpoints of these. */
function isLocalOnly(service: NodeService): boolean {
  return service.internalTrafficPolicy === 'Local';
}

function keyOf(service: NodeService): string {
  return `${service.clusterIP} ${service.servicePort ?? ''} ${service.protocol}`;
}

function saidOf(service: NodeService): ServiceSaid {
  const kept = service.endpoints.filter((each) => !(service.mode === 'ipvs' && each.share === 0));
  return {
    name: service.name === null ? `${service.id}` : service.id,
    endpoints: kept.map((each) => normalEndpoint(each.address)).sort(),
    refs: [...service.refs, ...kept.flatMap((each) => each.refs)]
      .slice(0, REFS_MAX)
      .map(({ fileId, line }) => ({ fileId, line: Math.max(1, line), endLine: Math.max(1, line) })),
  };
}

export interface ServiceDifference {
  readonly key: string;
  readonly name: string;
  /** Of each side: the sentence part that is compared and shown; null: not known there. */
  readonly values: readonly (string | null)[];
  readonly refs: readonly (readonly LineRef[])[];
  /** High where a side has no endpoint and another has some. */
  readonly severity: Severity;
}

const ENDPOINTS_SHOWN = 4;

/** @param readings of sides of one cluster. @returns services that they do not make alike, by name. */
export function serviceDifferences(readings: readonly ServicesReading[]): readonly ServiceDifference[] {
  const keys = new Set(readings.flatMap(({ services }) => [...services.keys()]));
  const found = [...keys].flatMap((key): readonly ServiceDifference[] => {
    const all = readings.map((one) => (one.notKnown === null ? (one.services.get(key) ?? 'absent') : 'not known'));
    const told = all.flatMap((one) =>
      one === 'not known' ? [] : one === 'absent' ? [''] : [one.endpoints.join(' ') || 'none'],
    );
    if (new Set(told).size < 2) return [];
    const lists = all.flatMap((one) => (typeof one === 'string' ? [] : [one]));
    const shared = sharedBy(lists.map(({ endpoints }) => endpoints));
    const lacking = all.some((one) => one === 'absent' || (typeof one !== 'string' && one.endpoints.length === 0));
    const some = lists.some(({ endpoints }) => endpoints.length > 0);
    return [
      {
        key,
        name: (lists.find(({ name }) => name.includes('/')) ?? lists[0])?.name ?? key,
        values: all.map((one) =>
          one === 'not known' ? null : one === 'absent' ? 'not in its rules' : textOf(one, shared),
        ),
        refs: all.map((one, at) =>
          typeof one !== 'string' ? one.refs : one === 'absent' ? withRules(readings[at]) : [],
        ),
        severity: lacking && some ? 'high' : 'medium',
      },
    ];
  });
  return found.sort((one, two) => (one.name < two.name ? -1 : 1));
}

function withRules(one: ServicesReading | undefined): readonly LineRef[] {
  return one === undefined || one.rules === null ? [] : [one.rules];
}

function sharedBy(lists: readonly (readonly string[])[]): ReadonlySet<string> {
  const [first = [], ...others] = lists;
  const sets = others.map((list) => new Set(list));
  return new Set(first.filter((endpoint) => sets.every((set) => set.has(endpoint))));
}

/** What a side has that not all have stands first. */
function textOf({ endpoints }: ServiceSaid, shared: ReadonlySet<string>): string {
  if (endpoints.length === 0) return 'no endpoints';
  const own = endpoints.filter((endpoint) => !shared.has(endpoint));
  const all = [...own, ...endpoints.filter((endpoint) => shared.has(endpoint))];
  const count = endpoints.length === 1 ? '1 endpoint' : `${endpoints.length} endpoints`;
  return `${count}: ${someOf(all, ENDPOINTS_SHOWN)}`;
}
