/**
 * Services of IPVS mode. A virtual server stands for one address and port; which kind of address it is, is told by
 * kube-proxy's ipsets (pkg/proxy/ipvs/ipset.go). Nothing in the kernel ties a service's addresses together: captured
 * Services do, and else equal real servers, which is said.
 */
import type { IpvsRealServer, IpvsService } from '../core/node-network.ts';
import type { Family } from '../core/packet-rule.ts';
import { canonicalAddress, endpointText } from './address.ts';
import {
  addressId,
  type EntryKind,
  type KnownService,
  type LinePlace,
  type NodeService,
  type NodeServiceEndpoint,
  type Placed,
  type ServiceEntry,
  type ServiceInput,
  type ServiceProtocol,
  type ServiceRefusal,
  serviceProtocol,
  serviceWords,
} from './node-service.ts';
import { type IpvsSets, ipvsSets, nodePortKey, portKey } from './service-ipvs-sets.ts';

/** A virtual server with its place and what is known of its kind. */
export interface VirtualServer {
  readonly address: string;
  readonly port: number;
  readonly protocol: ServiceProtocol;
  readonly family: Family;
  readonly kind: EntryKind;
  /** Only endpoints of this node: told by kube-proxy's -LOCAL sets; null when no set tells. */
  readonly local: boolean | null;
  readonly scheduler: string | null;
  readonly persistent: number | null;
  readonly connections: number | null;
  readonly realServers: readonly IpvsRealServer[];
  readonly place: LinePlace;
  /** False: an ipset names the address, but no virtual server takes it. */
  readonly present: boolean;
}

/** @returns services by cluster IP with their other addresses, then addresses that belong to none; linear. */
export function ipvsServices(input: Pick<ServiceInput, 'ipvs' | 'ipsets' | 'resources'>): readonly NodeService[] {
  const servers = virtualServers(input);
  const known = resourceIndex(input.resources);
  const main = servers.filter((server) => server.kind === 'cluster IP');
  const others = servers.filter((server) => server.kind !== 'cluster IP');
  const attached = attach(main, others, known);
  const rows: Row[] = [];
  for (const lead of main) {
    const mine = attached.by.get(lead) ?? [];
    const joinedBy = mine.some((server) => attached.guessed.has(server)) ? 'endpoints' : 'name';
    rows.push({ lead, rest: mine, joinedBy });
  }
  // Addresses of one node port on several node addresses are one row.
  const alone = new Map<string, VirtualServer[]>();
  for (const server of others) {
    if (attached.all.has(server)) continue;
    const key =
      server.kind === 'node port'
        ? `${server.family} ${nodePortKey(server.port, server.protocol)}`
        : `${server.family} ${portKey(server.address, server.port, server.protocol)}`;
    push(alone, key, server);
  }
  for (const [lead, ...rest] of alone.values()) if (lead !== undefined) rows.push({ lead, rest, joinedBy: 'name' });
  return rows.map((row) => build(row, known, servers.sets));
}

/** @returns every virtual server of the captured outputs, and addresses of KUBE-CLUSTER-IP without one. */
export function virtualServers(
  input: Pick<ServiceInput, 'ipvs' | 'ipsets'>,
): readonly VirtualServer[] & { readonly sets: IpvsSets } {
  const sets = ipvsSets(input.ipsets);
  const found = new Map<string, VirtualServer>();
  for (const dump of input.ipvs) {
    for (const service of dump.value.services) {
      const server = virtualServer(dump, service, sets);
      if (server === null) continue;
      const key = portKey(server.address, server.port, server.protocol);
      const before = found.get(key);
      // Outputs complete each other: weights in one, counters in another.
      found.set(key, before === undefined ? server : completed(before, server));
    }
  }
  if (input.ipvs.length > 0) {
    for (const [key, place] of sets.clusterIps) {
      const parts = found.has(key) ? null : keyParts(key);
      if (parts === null) continue;
      found.set(key, {
        ...parts,
        family: parts.address.includes(':') ? 'IPv6' : 'IPv4',
        kind: 'cluster IP',
        local: null,
        scheduler: null,
        persistent: null,
        connections: null,
        realServers: [],
        place,
        present: false,
      });
    }
  }
  return Object.assign([...found.values()], { sets });
}

function virtualServer(dump: Placed<unknown>, service: IpvsService, sets: IpvsSets): VirtualServer | null {
  const protocol = serviceProtocol(service.protocol);
  const address = service.address === null ? null : canonicalAddress(service.address);
  if (protocol === null || address === null || service.port === null) return null;
  const key = portKey(address, service.port, protocol);
  const nodePort = nodePortKey(service.port, protocol);
  const kind = sets.clusterIps.has(key)
    ? 'cluster IP'
    : sets.externalIps.has(key)
      ? 'external IP'
      : sets.loadBalancers.has(key)
        ? 'load balancer IP'
        : sets.nodePorts.has(nodePort) || sets.nodePorts.has(key)
          ? 'node port'
          : 'virtual server';
  const known = kind === 'external IP' || kind === 'load balancer IP' || kind === 'node port';
  return {
    address,
    port: service.port,
    protocol,
    family: address.includes(':') ? 'IPv6' : 'IPv4',
    kind,
    local: known ? sets.local.has(key) || (kind === 'node port' && sets.local.has(nodePort)) : null,
    scheduler: service.scheduler,
    persistent: service.persistent,
    connections: service.connections,
    realServers: service.realServers,
    place: { fileId: dump.fileId, file: dump.file, line: service.line },
    present: true,
  };
}

function completed(one: VirtualServer, two: VirtualServer): VirtualServer {
  const other = new Map(two.realServers.map((server) => [endpointText(server.address, server.port), server]));
  return {
    ...one,
    scheduler: one.scheduler ?? two.scheduler,
    persistent: one.persistent ?? two.persistent,
    connections: one.connections ?? two.connections,
    realServers: one.realServers.map((server) => {
      const twin = other.get(endpointText(server.address, server.port));
      return {
        ...server,
        weight: server.weight ?? twin?.weight ?? null,
        connections: server.connections ?? twin?.connections ?? null,
      };
    }),
  };
}

function keyParts(key: string): { address: string; port: number; protocol: ServiceProtocol } | null {
  const [address = '', port = '', protocol] = key.split(' ');
  const known = serviceProtocol(protocol);
  return known === null ? null : { address, port: Number(port), protocol: known };
}

type Index = ReadonlyMap<string, string>;

function resourceIndex(resources: readonly KnownService[]): Index {
  const index = new Map<string, string>();
  for (const known of resources) {
    for (const address of known.addresses)
      if (known.port !== null) index.set(portKey(address, known.port, known.protocol), known.service);
    if (known.nodePort !== null) index.set(nodePortKey(known.nodePort, known.protocol), known.service);
  }
  return index;
}

function nameOf(server: VirtualServer, known: Index): string | null {
  const key =
    server.kind === 'node port'
      ? nodePortKey(server.port, server.protocol)
      : portKey(server.address, server.port, server.protocol);
  return known.get(key) ?? null;
}

interface Attached {
  readonly by: ReadonlyMap<VirtualServer, readonly VirtualServer[]>;
  readonly all: ReadonlySet<VirtualServer>;
  readonly guessed: ReadonlySet<VirtualServer>;
}

/** Which cluster IP an external, load-balancer or node-port virtual server belongs to. */
function attach(main: readonly VirtualServer[], others: readonly VirtualServer[], known: Index): Attached {
  const byName = new Map<string, VirtualServer>();
  const byServers = new Map<string, VirtualServer[]>();
  const byServer = new Map<string, VirtualServer[]>();
  for (const server of main) {
    const name = nameOf(server, known);
    if (name !== null) byName.set(`${server.family} ${name}`, server);
    push(byServers, serversKey(server), server);
    for (const real of server.realServers) push(byServer, serverKey(server, real), server);
  }
  const by = new Map<VirtualServer, VirtualServer[]>();
  const all = new Set<VirtualServer>();
  const guessed = new Set<VirtualServer>();
  for (const server of others) {
    const name = nameOf(server, known);
    let lead = name === null ? undefined : byName.get(`${server.family} ${name}`);
    const [first] = server.realServers;
    if (lead === undefined && name === null && first !== undefined && server.kind !== 'virtual server') {
      // With the policy Local it has only some of the service's endpoints.
      const alike = server.local
        ? (byServer.get(serverKey(server, first)) ?? []).filter((one) => holds(one, server))
        : (byServers.get(serversKey(server)) ?? []);
      if (alike.length === 1) [lead] = alike;
      if (lead !== undefined) guessed.add(server);
    }
    if (lead === undefined) continue;
    all.add(server);
    push(by, lead, server);
  }
  return { by, all, guessed };
}

function push<K>(map: Map<K, VirtualServer[]>, key: K, server: VirtualServer): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [server]);
  else list.push(server);
}

function serverKey(server: VirtualServer, real: IpvsRealServer): string {
  return `${server.protocol} ${endpointText(real.address, real.port)}`;
}

function serversKey(server: VirtualServer): string {
  const list = server.realServers.map((real) => endpointText(real.address, real.port)).sort();
  return `${server.protocol} ${list.join(' ')}`;
}

/** Many services on one endpoint are compared with each other: only the first of them, which is enough to be unsure. */
function holds(wide: VirtualServer, narrow: VirtualServer): boolean {
  const all = new Set(wide.realServers.map((real) => endpointText(real.address, real.port)));
  return narrow.realServers.every((real) => all.has(endpointText(real.address, real.port)));
}

/** @returns share of new connections by real server, in their order; null with a note when nothing tells. */
export function realServerShares(server: VirtualServer): {
  readonly shares: readonly number[];
  readonly note: string | null;
} {
  const weights = server.realServers.map((real) => real.weight);
  const usable = weights.map((weight) => weight === null || weight > 0);
  const count = usable.filter(Boolean).length;
  const total = weights.reduce<number>((sum, weight) => sum + (weight ?? 1), 0);
  const shares = weights.map((weight, index) => {
    if (!usable[index]) return 0;
    return server.scheduler === 'wrr' && total > 0 ? (weight ?? 1) / total : 1 / count;
  });
  const note =
    server.scheduler === 'rr' || server.scheduler === 'wrr' || count < 2
      ? null
      : server.scheduler === null
        ? 'The scheduler was not captured: shares are equal parts'
        : `Scheduler ${server.scheduler} also looks at connections or senders: shares are equal parts`;
  return { shares, note };
}

/** The virtual servers of one service. */
interface Row {
  /** The cluster IP, where there is one. */
  readonly lead: VirtualServer;
  readonly rest: readonly VirtualServer[];
  /** `endpoints`: nothing names them together but that they lead to the same endpoints. */
  readonly joinedBy: 'name' | 'endpoints';
}

function build({ lead, rest, joinedBy }: Row, known: Index, sets: IpvsSets): NodeService {
  const all = [lead, ...rest];
  const name = nameOf(lead, known);
  const { shares, note } = realServerShares(lead);
  const present = all.filter((server) => server.present);
  const refusals = refusalsOf(present);
  const of = (kind: EntryKind): readonly VirtualServer[] => all.filter((server) => server.kind === kind);
  const addresses = (kind: EntryKind): readonly string[] => [...new Set(of(kind).map((server) => server.address))];
  const outside = [...of('external IP'), ...of('load balancer IP'), ...of('node port')];
  const leadId =
    lead.kind === 'node port'
      ? `node port ${lead.port}/${lead.protocol}`
      : addressId(lead.address, lead.port, lead.protocol);
  return {
    id: name ?? leadId,
    mode: 'ipvs',
    family: lead.family,
    ...serviceWords(name),
    namedBy: name === null ? 'address only' : 'cluster resources',
    protocol: lead.protocol,
    clusterIP: lead.kind === 'cluster IP' ? lead.address : null,
    servicePort: lead.kind === 'node port' ? null : lead.port,
    nodePort: of('node port')[0]?.port ?? null,
    externalIPs: addresses('external IP'),
    loadBalancerIPs: addresses('load balancer IP'),
    sourceRanges: [
      ...new Set(
        of('load balancer IP').flatMap(
          (server) => sets.sourceRanges.get(portKey(server.address, server.port, server.protocol)) ?? [],
        ),
      ),
    ],
    internalTrafficPolicy: null,
    externalTrafficPolicy: outside.length === 0 ? null : outside.some((server) => server.local) ? 'Local' : 'Cluster',
    affinity: lead.persistent,
    packets: lead.connections,
    endpoints: endpointsOf(lead, rest, shares),
    lostShare: shares.some((share) => share > 0) ? 0 : 1,
    refused: refusals.some((refusal) => refusal.kind === lead.kind && refusal.address === lead.address)
      ? 'reject'
      : null,
    refusals,
    entries: present.map(entryOf),
    chains: [],
    refs: all.map((server) => server.place),
    notes: notesOf(lead, joinedBy, note),
  };
}

/** @param shares of the real servers of `lead`; those that only other addresses have get none of its connections. */
function endpointsOf(
  lead: VirtualServer,
  rest: readonly VirtualServer[],
  shares: readonly number[],
): readonly NodeServiceEndpoint[] {
  const endpoints = new Map<string, NodeServiceEndpoint>();
  for (const server of [lead, ...rest]) {
    for (const [index, real] of server.realServers.entries()) {
      const address = endpointText(real.address, real.port);
      if (endpoints.has(address)) continue;
      endpoints.set(address, {
        address,
        share: server === lead ? (shares[index] ?? null) : 0,
        packets: server === lead ? real.connections : null,
        chain: null,
        verified: 'unknown',
        refs: [{ ...server.place, line: real.line }],
      });
    }
  }
  return [...endpoints.values()];
}

function entryOf(server: VirtualServer): ServiceEntry {
  return {
    kind: server.kind,
    address: server.address,
    port: server.port,
    target: null,
    packets: server.connections,
    place: server.place,
  };
}

/** A virtual server without a real server that takes connections refuses them. */
function refusalsOf(present: readonly VirtualServer[]): readonly ServiceRefusal[] {
  return present
    .filter((server) => server.realServers.every((real) => real.weight === 0))
    .map((server) => ({
      action: 'reject',
      because: server.local === true ? 'no local endpoints' : 'no endpoints',
      kind: server.kind,
      address: server.address,
      port: server.port,
      met: true,
      packets: null,
      place: server.place,
    }));
}

function notesOf(lead: VirtualServer, joinedBy: Row['joinedBy'], shares: string | null): readonly string[] {
  const notes: string[] = [];
  if (!lead.present)
    notes.push(`No virtual server for ${endpointText(lead.address, lead.port)}: only an ipset names it`);
  if (shares !== null) notes.push(shares);
  if (joinedBy === 'endpoints')
    notes.push('External, load-balancer and node-port addresses are joined by their equal endpoints');
  if (lead.kind === 'virtual server')
    notes.push('The ipsets do not tell whether this is a cluster IP or another address of a service');
  return notes;
}
