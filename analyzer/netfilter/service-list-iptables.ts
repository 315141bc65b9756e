/** Services of iptables mode, from the nat table and kube-proxy's refusals in filter. */
import type { PacketRule } from '../core/packet-rule.ts';
import { endpointHash, kubeChain, kubeChainKind } from './kube-names.ts';
import type { Portal } from './kube-services.ts';
import {
  addressId,
  addressText,
  type EntryKind,
  type KnownService,
  type LinePlace,
  type NodeService,
  type NodeServiceEndpoint,
  normalEndpoint,
  type ServiceEntry,
  type ServiceProtocol,
  type ServiceRefusal,
  serviceProtocol,
  serviceWords,
} from './node-service.ts';
import { type Counters, countersOf, NOT_COUNTED } from './rule-counters.ts';
import { type RuleTable, rulesOf } from './rule-table.ts';
import { candidateNames, collectGroups, type Group, groupName, type Said } from './service-groups.ts';
import { decided, kindOfAddresses, refusedOf } from './service-parts.ts';
import { type Draw, type Drawn, drawFrom, type WalkBudget, walkBudget } from './service-walk.ts';

/** @returns services of the nat table of each family, refused ones of filter included. */
export function iptablesServices(
  tables: readonly RuleTable[],
  others: readonly RuleTable[],
  resources: readonly KnownService[],
): readonly NodeService[] {
  return (['IPv4', 'IPv6'] as const).flatMap((family) => {
    const table = (name: string): RuleTable | null =>
      tables.find((each) => each.family === family && each.table === name) ?? null;
    const nat = table('nat');
    const filter = table('filter');
    const groups = collectGroups(nat, filter);
    if (groups.size === 0) return [];
    const names = candidateNames(nat, filter, groups, resources);
    const counters = countersOf(others);
    const budget = nat === null ? { steps: 0 } : walkBudget(nat);
    const taken = new Set<string>();
    // Verified names go first: a comment that lies must not take the name of the service it belongs to.
    const named = [...groups.values()].map((group) => ({ group, said: groupName(group, names) }));
    named.sort((left, right) => Number(right.said.verified) - Number(left.said.verified));
    return named.map(({ group, said }) => {
      const free = said.service !== null && !taken.has(said.service);
      if (said.service !== null) taken.add(said.service);
      return build({ nat, family, group, said: free ? said : { ...said, service: null }, counters, budget });
    });
  });
}

interface Parts {
  readonly nat: RuleTable | null;
  readonly family: NodeService['family'];
  readonly group: Group;
  readonly said: Said;
  readonly counters: Counters;
  readonly budget: WalkBudget;
}

function build(parts: Parts): NodeService {
  const { nat, family, group, said, counters, budget } = parts;
  const entries = nat === null ? [] : entriesOf(nat, group, said.service, counters);
  const clusterEntry = entries.find((entry) => entry.kind === 'cluster IP');
  const refusals = refusalsOf(group, entries, counters, (target) => {
    const sent = nat === null ? null : drawFrom(nat, target, { destination: null, port: null, protocol: null }, budget);
    return sent !== null && decided(sent.lost) === 0 && sent.undecided === 0;
  });
  const refusedCluster = refusals.find((refusal) => refusal.kind === 'cluster IP');
  const clusterIP = clusterEntry?.address ?? refusedCluster?.address ?? null;
  const protocol =
    said.protocol ?? protocolOf(group) ?? (nat === null ? null : protocolOfEndpoints(nat, group)) ?? 'tcp';
  const start = startChain(group, clusterEntry);
  const draw =
    nat === null || start === null
      ? null
      : drawFrom(nat, start, { destination: clusterIP, port: clusterEntry?.port ?? null, protocol }, budget);
  const others = nat === null ? [] : otherDraws(nat, group, start, protocol, budget);
  const notes: string[] = [];
  const places = kindOfAddresses(entries, refusals, notes);
  const endpoints = nat === null ? [] : endpointsOf(nat, said.service, protocol, draw, others, counters);
  const chains = new Set<string>([...group.chains.values()].map((chain) => chain.name));
  for (const entry of entries) if (entry.target !== null && nat?.chains.has(entry.target)) chains.add(entry.target);
  for (const each of [draw, ...others])
    for (const name of each?.chains ?? []) if (kubeChainKind(name) !== null) chains.add(name);
  tell(group, draw, said, entries, nat, notes);
  const words = serviceWords(said.service);
  const servicePort =
    clusterEntry?.port ??
    refusedCluster?.port ??
    [...entries, ...refusals].find((entry) => entry.kind !== 'node port')?.port ??
    null;
  const nodePort = [...entries, ...refusals].find((entry) => entry.kind === 'node port')?.port ?? null;
  const anyAddress = clusterIP ?? places.external[0] ?? places.loadBalancer[0] ?? null;
  // Of packets whose way is not known, some may be lost as well.
  const lost = draw === null || draw.undecided !== 0 ? null : decided(draw.lost);
  return {
    id: said.service ?? unnamedId(group.hash, anyAddress, servicePort, nodePort, protocol),
    mode: 'iptables',
    family,
    ...words,
    namedBy: said.service === null ? 'address only' : said.namedBy,
    protocol,
    clusterIP,
    servicePort,
    nodePort,
    externalIPs: places.external,
    loadBalancerIPs: places.loadBalancer,
    sourceRanges: sourceRanges(group, places.loadBalancer),
    internalTrafficPolicy: internalPolicy(clusterEntry, refusedCluster),
    externalTrafficPolicy: externalPolicy(group, refusals),
    affinity: affinityOf(group),
    packets: clusterEntry?.packets ?? null,
    countedAt: clusterEntry?.countedAt ?? null,
    endpoints,
    lostShare: lost,
    refused: refusedOf(refusals, entries),
    refusals,
    entries,
    chains: [...chains],
    refs: [
      ...entries.map((entry) => entry.place),
      ...refusals.map((refusal) => refusal.place),
      ...(nat === null ? [] : [...group.chains.values()].map((chain) => placeAt(nat, chain.line))),
    ],
    notes,
  };
}

function unnamedId(
  hash: string,
  address: string | null,
  port: number | null,
  nodePort: number | null,
  protocol: ServiceProtocol,
): string {
  if (address !== null) return addressId(address, port, protocol);
  return nodePort === null ? `KUBE-SVC-${hash}` : `node port ${nodePort}/${protocol}`;
}

function placeAt(table: RuleTable, line: number): LinePlace {
  return { fileId: table.fileId, file: table.file, line };
}

function portOf(rule: PacketRule): number | null {
  const match = rule.destinationPorts;
  return match === null || match.not || !/^\d{1,5}$/.test(match.value) ? null : Number(match.value);
}

/** By kube-proxy's comment; without one by the chain: EXT takes external and load-balancer addresses alike. */
function portalKind(rule: PacketRule): EntryKind {
  const said = / (cluster IP|external IP|loadbalancer IP)$/.exec(rule.comment ?? '')?.[1];
  if (said === 'cluster IP' || said === 'external IP') return said;
  if (said === 'loadbalancer IP') return 'load balancer IP';
  const kind = rule.target === null ? null : kubeChainKind(rule.target);
  if (kind === 'SVC' || kind === 'SVL') return 'cluster IP';
  return kind === 'FW' ? 'load balancer IP' : 'external or load balancer IP';
}

/** Entries of the service's own name first: a rule of another name that jumps here takes that one's packets. */
function entriesOf(nat: RuleTable, group: Group, service: string | null, counters: Counters): readonly ServiceEntry[] {
  const order: readonly EntryKind[] = ['cluster IP', 'external IP', 'external or load balancer IP', 'load balancer IP'];
  const rank = (portal: Portal): number =>
    order.indexOf(portalKind(portal.rule)) + (portal.service === null || portal.service === service ? 0 : 0.5);
  const portals = [...group.portals].sort((left, right) => rank(left) - rank(right));
  return [
    ...portals.map(
      (portal): ServiceEntry => ({
        kind: portalKind(portal.rule),
        address: addressText(portal.address),
        port: portal.port,
        target: portal.target,
        ...counters.of(nat, portal.rule),
        place: placeAt(nat, portal.rule.line),
      }),
    ),
    ...group.nodePorts.map(
      (rule): ServiceEntry => ({
        kind: 'node port',
        address: null,
        port: portOf(rule),
        target: rule.target,
        ...counters.of(nat, rule),
        place: placeAt(nat, rule.line),
      }),
    ),
  ];
}

/** @param delivers whether every packet that a chain gets is sent to an endpoint. */
function refusalsOf(
  group: Group,
  entries: readonly ServiceEntry[],
  counters: Counters,
  delivers: (target: string) => boolean,
): readonly ServiceRefusal[] {
  return group.refusals.map(({ rule, table }): ServiceRefusal => {
    const address = rule.destination === null || rule.destination.not ? null : addressText(rule.destination.value);
    const port = portOf(rule);
    const local = rule.destinationType !== null || rule.chain === 'KUBE-NODEPORTS' || address === null;
    const entry = entries.find(
      (each) => each.port === port && (local ? each.kind === 'node port' : each.address === address),
    );
    return {
      action: rule.target === 'REJECT' ? 'reject' : 'drop',
      // kube-proxy rejects without endpoints, and drops without local ones.
      because:
        / has no local endpoints$/.test(rule.comment ?? '') || (rule.comment === null && rule.target !== 'REJECT')
          ? 'no local endpoints'
          : 'no endpoints',
      kind: local
        ? 'node port'
        : rule.chain === 'KUBE-SERVICES'
          ? 'cluster IP'
          : (entry?.kind ?? 'external or load balancer IP'),
      address: local ? null : address,
      port,
      // The filter table sees the endpoint's address once nat has chosen one.
      met: entry?.target == null || table.table === 'nat' || !delivers(entry.target),
      ...counters.of(table, rule),
      place: placeAt(table, rule.line),
    };
  });
}

/** The chain that draws an endpoint for packets to the cluster IP. */
function startChain(group: Group, entry: ServiceEntry | undefined): string | null {
  if (entry?.target != null) return entry.target;
  const chain = group.chains.get('SVC') ?? group.chains.get('SVL') ?? group.chains.get('XLB');
  return chain?.name ?? null;
}

/** Endpoints that the service has besides those of its cluster IP: the internal and external policy may differ. */
function otherDraws(
  nat: RuleTable,
  group: Group,
  start: string | null,
  protocol: ServiceProtocol,
  budget: WalkBudget,
): readonly Draw[] {
  return (['SVC', 'SVL', 'XLB'] as const).flatMap((kind) => {
    const chain = group.chains.get(kind);
    if (chain === undefined || chain.name === start) return [];
    return [drawFrom(nat, chain.name, { destination: null, port: null, protocol }, budget)];
  });
}

function endpointsOf(
  nat: RuleTable,
  service: string | null,
  protocol: ServiceProtocol,
  draw: Draw | null,
  others: readonly Draw[],
  counters: Counters,
): readonly NodeServiceEndpoint[] {
  const endpoints = new Map<string, NodeServiceEndpoint>();
  const put = (drawn: Drawn, share: number): void => {
    const address = normalEndpoint(drawn.endpoint);
    const known = endpoints.get(address);
    if (known !== undefined) {
      const sum = known.share === null ? null : decided(known.share + share);
      endpoints.set(address, { ...known, share: sum });
      return;
    }
    endpoints.set(address, {
      address,
      share: decided(share),
      ...(drawn.dnat === null ? NOT_COUNTED : counters.of(nat, drawn.dnat)),
      chain: drawn.chain,
      // A hash an endpoint: made only when somebody asks.
      get verified() {
        return verify(service, protocol, drawn);
      },
      refs: [...drawn.jumps, ...(drawn.dnat === null ? [] : [drawn.dnat])].map((rule) => placeAt(nat, rule.line)),
    });
  };
  for (const drawn of draw?.endpoints.values() ?? []) put(drawn, drawn.share);
  for (const other of others) {
    for (const drawn of other.endpoints.values())
      if (!endpoints.has(normalEndpoint(drawn.endpoint))) put(drawn, draw === null ? Number.NaN : 0);
  }
  return [...endpoints.values()];
}

function verify(service: string | null, protocol: ServiceProtocol, drawn: Drawn): NodeServiceEndpoint['verified'] {
  const hash = drawn.chain === null ? undefined : kubeChain(drawn.chain)?.hash;
  if (service === null || hash === undefined || !/:\d{1,5}$/.test(drawn.endpoint)) return 'unknown';
  return endpointHash(service, protocol, drawn.endpoint) === hash ? 'same' : 'different';
}

function protocolOf(group: Group): ServiceProtocol | null {
  const rules = [...group.portals.map((portal) => portal.rule), ...group.nodePorts];
  for (const rule of [...rules, ...group.refusals.map((refusal) => refusal.rule)]) {
    const protocol = rule.protocol?.not === true ? null : serviceProtocol(rule.protocol?.value);
    if (protocol !== null) return protocol;
  }
  return null;
}

function protocolOfEndpoints(nat: RuleTable, group: Group): ServiceProtocol | null {
  for (const rule of group.chains.get('SVC')?.rules ?? group.chains.get('SVL')?.rules ?? []) {
    for (const dnat of rule.target === null ? [] : rulesOf(nat, rule.target)) {
      if (dnat.target === 'DNAT') return serviceProtocol(dnat.protocol?.value);
    }
  }
  return null;
}

/** Sources of KUBE-FW rules that let packets in; its own address is let in for packets of the node. */
function sourceRanges(group: Group, loadBalancer: readonly string[]): readonly string[] {
  const ranges = new Set<string>();
  for (const rule of group.chains.get('FW')?.rules ?? []) {
    if (rule.source === null || rule.source.not || rule.target === null || kubeChainKind(rule.target) === null)
      continue;
    if (!loadBalancer.includes(addressText(rule.source.value))) ranges.add(addressText(rule.source.value));
  }
  return [...ranges];
}

function internalPolicy(
  entry: ServiceEntry | undefined,
  refusal: ServiceRefusal | undefined,
): NodeService['internalTrafficPolicy'] {
  const kind = entry?.target == null ? null : kubeChainKind(entry.target);
  if (kind === 'SVL') return 'Local';
  if (kind === 'SVC') return 'Cluster';
  // `no endpoints` is said under both policies.
  return refusal?.because === 'no local endpoints' ? 'Local' : null;
}

function externalPolicy(group: Group, refusals: readonly ServiceRefusal[]): NodeService['externalTrafficPolicy'] {
  const outside = refusals.some((refusal) => refusal.kind !== 'cluster IP' && refusal.because === 'no local endpoints');
  if (outside || group.healthCheck || group.chains.has('XLB')) return 'Local';
  const rules = group.chains.get('EXT')?.rules ?? [];
  if (rules.length === 0) {
    // Before 1.24 there was no KUBE-EXT: packets from outside went to KUBE-SVC unless the policy was Local.
    const old = group.portals.some(
      (portal) => portalKind(portal.rule) !== 'cluster IP' && kubeChainKind(portal.target) === 'SVC',
    );
    return old || group.nodePorts.some((rule) => kubeChainKind(rule.target ?? '') === 'SVC') ? 'Cluster' : null;
  }
  const local = rules.some(
    (rule) => rule.sourceType !== null || (rule.target !== null && kubeChainKind(rule.target) === 'SVL'),
  );
  if (local) return 'Local';
  return rules.some((rule) => rule.target !== null && kubeChainKind(rule.target) === 'SVC') ? 'Cluster' : null;
}

function affinityOf(group: Group): number | null {
  for (const kind of ['SVC', 'SVL', 'XLB'] as const) {
    for (const rule of group.chains.get(kind)?.rules ?? []) {
      if (rule.recent?.action !== 'check') continue;
      const seconds = /(?:--seconds |\bseconds: )(\d{1,9})\b/.exec(rule.raw)?.[1];
      if (seconds !== undefined) return Number(seconds);
    }
  }
  return null;
}

function tell(
  group: Group,
  draw: Draw | null,
  said: Said,
  entries: readonly ServiceEntry[],
  nat: RuleTable | null,
  notes: string[],
): void {
  if (said.service !== null && !said.verified)
    notes.push(
      `The name ${said.service} is from a comment; the chains' hash ${group.hash} is not the one of this name`,
    );
  if (draw === null) return;
  for (const name of draw.missing) notes.push(`Chain ${name} is not in the dump: what it does is not known`);
  for (const name of draw.hidden) notes.push(`The dump does not show the address that ${name} sends packets to`);
  for (const name of draw.nameless)
    notes.push(`Chain ${name} sends packets nowhere, and no comment tells which endpoint it was for`);
  const entryTaken = entries.some((entry) => entry.kind === 'cluster IP');
  if (!entryTaken && nat !== null && nat.cut === null)
    notes.push('No rule of KUBE-SERVICES sends packets to a cluster IP here; shares are those inside the chain');
}
