/**
 * Services of nftables mode: elements of kube-proxy's verdict maps lead to chains whose names tell the service
 * (`service-HASH8-ns/name/proto/port`, pkg/proxy/nftables of Kubernetes 1.29 and later).
 */
import type { NftElement, NftExpression, NftRule } from '../core/nft-ruleset.ts';
import { canonicalAddress } from './address.ts';
import { kubeHash, serviceInComment } from './kube-names.ts';
import { type NftNamed, nftNamed } from './nft-chain.ts';
import {
  addressId,
  type EntryKind,
  type LinePlace,
  type NftSource,
  type NodeService,
  type NodeServiceEndpoint,
  type ServiceEntry,
  type ServiceProtocol,
  type ServiceRefusal,
  serviceProtocol,
  serviceWords,
} from './node-service.ts';
import { decided, kindOfAddresses, refusedOf } from './service-parts.ts';
import { drawFromNft, type NftDraw } from './service-walk-nft.ts';

interface Group {
  /** Null: a map's element that no chain and no comment names. */
  readonly service: string | null;
  readonly protocol: ServiceProtocol;
  /** kind -> chain name. */
  readonly chains: Map<string, string>;
  readonly entries: ServiceEntry[];
  readonly refusals: Omit<ServiceRefusal, 'met'>[];
}

/** @returns services of kube-proxy's tables, one table a family; linear in elements and rules. */
export function nftServices(sources: readonly NftSource[]): readonly NodeService[] {
  return (['ip', 'ip6'] as const).flatMap((family) => {
    const own = sources.filter(({ table }) => table.family === family && table.name === 'kube-proxy');
    const source = own.find(({ table }) => table.complete) ?? own[0];
    return source === undefined ? [] : servicesOf(source);
  });
}

function servicesOf(source: NftSource): readonly NodeService[] {
  const { table } = source;
  const groups = new Map<string, Group>();
  const groupOf = (service: string | null, protocol: ServiceProtocol, other: string): Group => {
    const key = `${service ?? other} ${protocol}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { service, protocol, chains: new Map(), entries: [], refusals: [] };
      groups.set(key, group);
    }
    return group;
  };
  let steps = 10_000;
  for (const chain of table.chains.values()) {
    steps += 20 * (1 + chain.rules.length + chain.rules.reduce((sum, rule) => sum + sizeOf(rule), 0));
    const named = nftNamed(chain.name);
    if (named === null || named.kind === 'endpoint' || named.kind === 'affinity') continue;
    groupOf(named.service, named.protocol, '').chains.set(named.kind, chain.name);
  }
  const firewalled = new Set(elementsOf(source, 'firewall-ips').map(({ key }) => key?.address ?? ''));
  for (const { element, key } of [...elementsOf(source, 'service-ips'), ...elementsOf(source, 'service-nodeports')]) {
    if (key === null || element.verdict === null || !('chain' in element.verdict)) continue;
    const target = element.verdict.chain;
    const named = nftNamed(target);
    groupOf(named?.service ?? null, key.protocol, `${key.address} ${key.port}`).entries.push({
      kind: key.address === null ? 'node port' : entryKind(named, firewalled.has(key.address)),
      address: key.address,
      port: key.port,
      target,
      packets: null,
      place: placeAt(source, element.line),
    });
  }
  const clusterIps = new Set(
    (table.sets.get('cluster-ips')?.elements ?? []).map(({ key }) =>
      key.kind === 'value' ? canonicalAddress(key.value) : null,
    ),
  );
  const refusing = [...elementsOf(source, 'no-endpoint-services'), ...elementsOf(source, 'no-endpoint-nodeports')];
  for (const { element, key } of refusing) {
    if (key === null || element.verdict === null) continue;
    const drop = element.verdict.verdict === 'drop';
    const service = serviceInComment(element.comment);
    groupOf(service, key.protocol, `${key.address} ${key.port}`).refusals.push({
      action: drop ? 'drop' : 'reject',
      because: drop ? 'no local endpoints' : 'no endpoints',
      kind: key.address === null ? 'node port' : refusalKind(key.address, clusterIps, firewalled),
      address: key.address,
      port: key.port,
      packets: null,
      place: placeAt(source, element.line),
    });
  }
  const budget = { steps };
  return [...groups.values()].map((group) => build(source, group, budget));
}

function sizeOf(rule: NftRule): number {
  let size = rule.statements.length;
  for (const each of rule.statements)
    if (each.kind === 'vmap' && each.data.kind === 'elements') size += each.data.elements.length;
  return size;
}

interface MapKey {
  /** Null: a node port. */
  readonly address: string | null;
  readonly protocol: ServiceProtocol;
  readonly port: number;
}

function elementsOf(
  { table }: NftSource,
  map: string,
): readonly { readonly element: NftElement; readonly key: MapKey | null }[] {
  return (table.sets.get(map)?.elements ?? []).map((element) => ({ element, key: keyOf(element.key) }));
}

/** `ip . proto . port` or `proto . port`. */
function keyOf(key: NftExpression): MapKey | null {
  if (key.kind !== 'concat') return null;
  const texts = key.parts.map((part) => (part.kind === 'value' ? part.value : null));
  const [first, second, third] = texts.length === 2 ? [null, ...texts] : texts;
  const protocol = serviceProtocol(second);
  const port = Number(third);
  if (protocol === null || !Number.isInteger(port) || texts.length < 2 || texts.length > 3) return null;
  if (texts.length === 2) return { address: null, protocol, port };
  const address = canonicalAddress(first ?? '');
  return address === null ? null : { address, protocol, port };
}

function entryKind(named: NftNamed | null, firewalled: boolean): EntryKind {
  if (named?.kind === 'service' || named?.kind === 'local') return 'cluster IP';
  return firewalled ? 'load balancer IP' : 'external or load balancer IP';
}

function refusalKind(
  address: string,
  clusterIps: ReadonlySet<string | null>,
  firewalled: ReadonlySet<string>,
): EntryKind {
  if (clusterIps.has(address)) return 'cluster IP';
  return firewalled.has(address) ? 'load balancer IP' : 'external or load balancer IP';
}

function build(source: NftSource, group: Group, budget: { steps: number }): NodeService {
  const { table } = source;
  const order: readonly EntryKind[] = ['cluster IP', 'external or load balancer IP', 'load balancer IP', 'node port'];
  const entries = [...group.entries].sort((left, right) => order.indexOf(left.kind) - order.indexOf(right.kind));
  const { protocol } = group;
  const clusterEntry = entries.find((entry) => entry.kind === 'cluster IP');
  const draw = (target: string, destination: string | null, port: number | null): NftDraw =>
    drawFromNft(table, target, { destination, port, protocol }, budget);
  const refusals = group.refusals.map((refusal): ServiceRefusal => {
    const entry = entries.find((each) => each.address === refusal.address && each.port === refusal.port);
    const sent = entry?.target == null ? null : draw(entry.target, null, null);
    return { ...refusal, met: sent === null || decided(sent.lost) !== 0 || sent.undecided !== 0 };
  });
  const refusedCluster = refusals.find((refusal) => refusal.kind === 'cluster IP');
  const clusterIP = clusterEntry?.address ?? refusedCluster?.address ?? null;
  const start = clusterEntry?.target ?? group.chains.get('service') ?? group.chains.get('local') ?? null;
  const main = start === null ? null : draw(start, clusterIP, clusterEntry?.port ?? null);
  const others = ['service', 'local'].flatMap((kind) => {
    const chain = group.chains.get(kind);
    return chain === undefined || chain === start ? [] : [draw(chain, null, null)];
  });
  const notes: string[] = [];
  const places = kindOfAddresses(entries, refusals, notes);
  for (const name of main?.missing ?? []) notes.push(`Chain ${name} is not in the ruleset: what it does is not known`);
  if (start !== null && clusterEntry === undefined && table.complete)
    notes.push('No element of service-ips sends packets to a cluster IP here; shares are those inside the chain');
  const endpoints = endpointsOf(source, group, main, others);
  const chains = new Set([...group.chains.values(), ...[main, ...others].flatMap((one) => [...(one?.chains ?? [])])]);
  const servicePort =
    clusterEntry?.port ?? refusedCluster?.port ?? entries.find((entry) => entry.kind !== 'node port')?.port ?? null;
  const anyAddress = clusterIP ?? places.external[0] ?? places.loadBalancer[0] ?? null;
  const nodePort = [...entries, ...refusals].find((entry) => entry.kind === 'node port')?.port ?? null;
  const fallback =
    anyAddress === null ? `node port ${nodePort}/${protocol}` : addressId(anyAddress, servicePort, protocol);
  return {
    id: group.service ?? fallback,
    mode: 'nftables',
    family: table.family === 'ip6' ? 'IPv6' : 'IPv4',
    ...serviceWords(group.service),
    namedBy: group.service === null ? 'address only' : group.chains.size > 0 ? 'chain name' : 'comment',
    protocol,
    clusterIP,
    servicePort,
    nodePort,
    externalIPs: places.external,
    loadBalancerIPs: places.loadBalancer,
    sourceRanges: sourceRanges(source, group),
    internalTrafficPolicy: internalPolicy(clusterEntry, refusedCluster),
    externalTrafficPolicy: externalPolicy(source, group, refusals),
    affinity: affinityOf(source, endpoints),
    packets: null,
    endpoints,
    lostShare: main === null || main.undecided !== 0 ? null : decided(main.lost),
    refused: refusedOf(refusals, entries),
    refusals,
    entries,
    chains: [...chains],
    refs: [
      ...entries.map((entry) => entry.place),
      ...refusals.map((refusal) => refusal.place),
      ...[...group.chains.values()].map((name) => placeAt(source, table.chains.get(name)?.line ?? 0)),
    ],
    notes,
  };
}

function endpointsOf(
  source: NftSource,
  group: Group,
  main: NftDraw | null,
  others: readonly NftDraw[],
): readonly NodeServiceEndpoint[] {
  const endpoints = new Map<string, NodeServiceEndpoint>();
  for (const [draw, counted] of [[main, true], ...others.map((other) => [other, false] as const)] as const) {
    for (const drawn of draw?.endpoints.values() ?? []) {
      if (endpoints.has(drawn.endpoint)) continue;
      endpoints.set(drawn.endpoint, {
        address: drawn.endpoint,
        share: counted ? decided(drawn.share) : main === null ? null : 0,
        packets: drawn.packets,
        chain: drawn.chain,
        verified: verify(group, drawn.endpoint, drawn.chain),
        refs: drawn.lines.map((line) => placeAt(source, line)),
      });
    }
  }
  return [...endpoints.values()];
}

/** HASH8 is made of all that follows it in the name. */
function verify(group: Group, endpoint: string, chain: string): NodeServiceEndpoint['verified'] {
  const named = nftNamed(chain);
  if (named === null || named.endpoint === null || group.service === null) return 'unknown';
  if (named.service !== group.service || named.endpoint !== endpoint) return 'different';
  return kubeHash(chain.slice(chain.indexOf('-', 9) + 1)).startsWith(named.hash) ? 'same' : 'unknown';
}

/** The firewall chain drops what is not in the ranges: `ip saddr != { ... } drop`. */
function sourceRanges({ table }: NftSource, group: Group): readonly string[] {
  const chain = table.chains.get(group.chains.get('firewall') ?? '');
  const ranges = new Set<string>();
  for (const rule of chain?.rules ?? []) {
    for (const statement of rule.statements) {
      if (statement.kind !== 'match' || statement.left.kind !== 'payload' || statement.left.field !== 'saddr') continue;
      for (const text of addressesIn(statement.right)) ranges.add(text);
    }
  }
  return [...ranges];
}

function addressesIn(expression: NftExpression): readonly string[] {
  if (expression.kind === 'value') return [canonicalAddress(expression.value) ?? expression.value];
  if (expression.kind === 'prefix')
    return [`${canonicalAddress(expression.address) ?? expression.address}/${expression.length}`];
  return expression.kind === 'elements' ? expression.elements.flatMap((element) => addressesIn(element.key)) : [];
}

function internalPolicy(
  entry: ServiceEntry | undefined,
  refusal: ServiceRefusal | undefined,
): NodeService['internalTrafficPolicy'] {
  const kind = entry?.target == null ? undefined : nftNamed(entry.target)?.kind;
  if (kind === 'local') return 'Local';
  if (kind === 'service') return 'Cluster';
  return refusal?.because === 'no local endpoints' ? 'Local' : null;
}

function externalPolicy(
  { table }: NftSource,
  group: Group,
  refusals: readonly ServiceRefusal[],
): NodeService['externalTrafficPolicy'] {
  if (refusals.some((refusal) => refusal.kind !== 'cluster IP' && refusal.because === 'no local endpoints'))
    return 'Local';
  const rules = table.chains.get(group.chains.get('external') ?? '')?.rules ?? [];
  if (rules.length === 0) return null;
  const targets = rules.flatMap((rule) =>
    rule.statements.flatMap((each) =>
      each.kind === 'verdict' && 'chain' in each.verdict ? [nftNamed(each.verdict.chain)?.kind] : [],
    ),
  );
  const bySender = rules.some((rule) =>
    rule.statements.some((each) => each.kind === 'match' && each.left.kind === 'fib'),
  );
  if (bySender || targets.includes('local')) return 'Local';
  return targets.includes('service') ? 'Cluster' : null;
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };

/** The timeout of an endpoint's affinity set: `3h`, `2h30m`. */
function affinityOf({ table }: NftSource, endpoints: readonly NodeServiceEndpoint[]): number | null {
  for (const { chain } of endpoints) {
    const timeout = chain === null ? null : table.sets.get(chain.replace(/^endpoint-/, 'affinity-'))?.timeout;
    if (timeout == null) continue;
    const parts = [...timeout.matchAll(/(\d{1,9})(ms|[dhms])/g)].filter((part) => part[2] !== 'ms');
    if (parts.length > 0) return parts.reduce((sum, part) => sum + Number(part[1]) * (UNITS[part[2] ?? ''] ?? 0), 0);
  }
  return null;
}

function placeAt(source: NftSource, line: number): LinePlace {
  return { fileId: source.fileId, file: source.file, line: Math.max(1, line) };
}
