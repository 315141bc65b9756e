/**
 * Chains and rules of iptables mode by service port. All chains of one service port share their hash (KUBE-SVC-X,
 * KUBE-SVL-X, KUBE-EXT-X ...), so a service is told by X, and a name is right when it hashes to X.
 */
import type { ChainDump, PacketRule } from '../core/packet-rule.ts';
import { EVERYWHERE, type KubeChainKind, kubeChain, serviceHash, serviceInComment } from './kube-names.ts';
import { kubeServices, type Portal } from './kube-services.ts';
import { type KnownService, type NamedBy, type ServiceProtocol, serviceProtocol } from './node-service.ts';
import { type RuleTable, rulesOf } from './rule-table.ts';

/** Everything with one hash, before it becomes a service. */
export interface Group {
  readonly hash: string;
  readonly chains: Map<KubeChainKind, ChainDump>;
  readonly portals: Portal[];
  readonly nodePorts: PacketRule[];
  readonly refusals: { readonly rule: PacketRule; readonly table: RuleTable }[];
  /** Rules whose comments may name the service. */
  readonly named: PacketRule[];
  /** Health-check port: made for a load balancer with the external policy Local only. */
  healthCheck: boolean;
}

export interface Names {
  readonly byHash: ReadonlyMap<string, { readonly service: string; readonly protocol: ServiceProtocol }>;
  readonly resources: ReadonlySet<string>;
}

/** What a group is called, and how sure that is. */
export interface Said {
  readonly service: string | null;
  readonly protocol: ServiceProtocol | null;
  readonly namedBy: NamedBy;
  readonly verified: boolean;
}

/** @returns groups of chains and rules by hash. */
export function collectGroups(nat: RuleTable | null, filter: RuleTable | null): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  const groupOf = (hash: string): Group => {
    let group = groups.get(hash);
    if (group === undefined) {
      group = { hash, chains: new Map(), portals: [], nodePorts: [], refusals: [], named: [], healthCheck: false };
      groups.set(hash, group);
    }
    return group;
  };
  if (nat !== null) {
    for (const chain of nat.chains.values()) {
      const kube = kubeChain(chain.name);
      if (kube === null || kube.kind === 'SEP') continue;
      const group = groupOf(kube.hash);
      group.chains.set(kube.kind, chain);
      group.named.push(...chain.rules);
    }
    for (const portal of kubeServices(nat).portals) {
      const group = groupOf(kubeChain(portal.target)?.hash ?? portal.target);
      group.portals.push(portal);
      group.named.unshift(portal.rule);
    }
    for (const rule of rulesOf(nat, 'KUBE-NODEPORTS')) {
      const kube = rule.target === null ? null : kubeChain(rule.target);
      if (kube === null || kube.kind === 'SEP') continue;
      const group = groupOf(kube.hash);
      group.nodePorts.push(rule);
      group.named.unshift(rule);
    }
  }
  const byEntry = new Map<string, string>();
  for (const group of groups.values()) {
    for (const portal of group.portals)
      byEntry.set(`${portal.address} ${portal.port ?? ''} ${serviceProtocol(portal.protocol)}`, group.hash);
    for (const rule of group.nodePorts)
      byEntry.set(
        `node port ${rule.destinationPorts?.value ?? ''} ${serviceProtocol(rule.protocol?.value)}`,
        group.hash,
      );
  }
  for (const table of [filter, nat]) {
    for (const rule of table === null ? [] : refusing(table)) {
      const service = serviceInComment(rule.comment);
      const protocol = serviceProtocol(rule.protocol?.value);
      if (table === null || protocol === null) continue;
      // Without comments (nft shows none) only the address is left.
      const { destination, destinationPorts } = rule;
      const place = `${destination?.value ?? 'node port'} ${destinationPorts?.value ?? ''} ${protocol}`;
      const group = groupOf(service === null ? (byEntry.get(place) ?? place) : serviceHash(service, protocol));
      group.refusals.push({ rule, table });
      group.named.push(rule);
    }
  }
  for (const rule of filter === null ? [] : rulesOf(filter, 'KUBE-NODEPORTS')) {
    const service = / health check node port$/.test(rule.comment ?? '') ? serviceInComment(rule.comment) : null;
    // The port's own protocol is not in this rule: load balancers are TCP, UDP or SCTP.
    for (const protocol of service === null ? [] : (['tcp', 'udp', 'sctp'] as const)) {
      const group = groups.get(serviceHash(service ?? '', protocol));
      if (group !== undefined) group.healthCheck = true;
    }
  }
  return groups;
}

const REFUSING = ['KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES', 'KUBE-NODEPORTS'];

/** kube-proxy's own `has no [local] endpoints` rules. Before 1.24 some of them were in nat as well. */
function refusing(table: RuleTable): readonly PacketRule[] {
  return REFUSING.flatMap((chain) =>
    rulesOf(table, chain).filter(
      (rule) =>
        (rule.target === 'REJECT' || rule.target === 'DROP' || rule.target === 'KUBE-MARK-DROP') &&
        // All rules of these chains that refuse are for services without endpoints.
        (rule.comment === null || / has no (?:local )?endpoints$/.test(rule.comment)),
    ),
  );
}

/** @returns hashes of every name that anything captured mentions; the costly part only when a group needs it. */
export function candidateNames(
  nat: RuleTable | null,
  filter: RuleTable | null,
  groups: ReadonlyMap<string, Group>,
  resources: readonly KnownService[],
): Names {
  const byHash = new Map<string, { service: string; protocol: ServiceProtocol }>();
  const own = new Set(resources.map((known) => known.service));
  for (const { service, protocol } of EVERYWHERE) byHash.set(serviceHash(service, protocol), { service, protocol });
  for (const known of resources)
    byHash.set(serviceHash(known.service, known.protocol), { service: known.service, protocol: known.protocol });
  const unnamed = [...groups.values()].some((group) => nameInComments(group) === null);
  if (!unnamed) return { byHash, resources: own };
  const seen = new Set<string>();
  for (const table of [nat, filter]) {
    for (const chain of table?.chains.values() ?? []) {
      for (const rule of chain.rules) {
        const service = serviceInComment(rule.comment);
        if (service !== null) seen.add(service);
      }
    }
  }
  for (const service of seen) {
    for (const protocol of ['tcp', 'udp', 'sctp'] as const) {
      const hash = serviceHash(service, protocol);
      if (groups.has(hash) && !byHash.has(hash)) byHash.set(hash, { service, protocol });
    }
  }
  return { byHash, resources: own };
}

/** @returns the name among the group's comments that hashes to it; null when none does. */
function nameInComments(group: Group): { readonly service: string; readonly protocol: ServiceProtocol } | null {
  const tried = new Set<string>();
  for (const rule of group.named) {
    const service = serviceInComment(rule.comment);
    if (service === null || tried.has(service)) continue;
    tried.add(service);
    // Comments of one service are all the same; a chain full of others is not worth more tries.
    if (tried.size > 8) return null;
    const own = serviceProtocol(rule.protocol?.value);
    for (const protocol of own === null ? (['tcp', 'udp', 'sctp'] as const) : [own]) {
      if (serviceHash(service, protocol) === group.hash) return { service, protocol };
    }
  }
  return null;
}

/** @returns the name of a group: from its comments when it hashes to it, else by hash, else as the comment says. */
export function groupName(group: Group, names: Names): Said {
  const commented = nameInComments(group);
  if (commented !== null) return { ...commented, namedBy: 'comment', verified: true };
  const hashed = names.byHash.get(group.hash);
  if (hashed !== undefined) {
    const namedBy = names.resources.has(hashed.service) ? 'cluster resources' : 'hash';
    return { ...hashed, namedBy, verified: true };
  }
  // A comment whose name does not hash to the chain: told, but any service with that right name goes first.
  const loose = group.named.map((rule) => serviceInComment(rule.comment)).find((service) => service !== null) ?? null;
  return { service: loose, protocol: null, namedBy: loose === null ? 'address only' : 'comment', verified: false };
}
