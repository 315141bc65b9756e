/** Services and endpoints as kube-proxy's nat chains hold them. Built once a table, linear in its rules. */
import type { ChainDump, PacketRule } from '../core/packet-rule.ts';
import {
  EVERYWHERE,
  endpointHash,
  endpointInComment,
  type KubeChainKind,
  kubeChain,
  kubeChainKind,
  serviceHash,
  serviceInComment,
} from './kube-names.ts';
import { splitEndpoint } from './rule-match.ts';
import { chainGraph, type RuleTable, reachedFrom } from './rule-table.ts';

/** Chain of one endpoint, KUBE-SEP-X. */
export interface EndpointChain {
  readonly chain: ChainDump;
  readonly dnat: PacketRule | null;
  /** Target of its DNAT; from the jump's comment when the chain lost it; null when neither tells. */
  readonly endpoint: string | null;
  readonly protocol: string | null;
}

/** A rule of a service chain that sends packets to an endpoint's chain. */
export interface EndpointJump {
  readonly rule: PacketRule;
  readonly sep: string;
}

/** KUBE-SVC-X or KUBE-SVL-X: the chain that draws an endpoint. */
export interface ServiceChain {
  readonly chain: ChainDump;
  readonly kind: KubeChainKind;
  /** `namespace/name:port` by comment or by hash; null when neither tells. */
  readonly service: string | null;
  readonly serviceBecause: 'comment' | 'hash' | 'unknown';
  readonly protocol: string | null;
  /** Endpoint jumps without those of session affinity, in order. */
  readonly draws: readonly EndpointJump[];
  readonly affinity: readonly EndpointJump[];
  /** A packet in KUBE-SERVICES can come to it. */
  readonly inService: boolean;
}

/** A rule of KUBE-SERVICES that takes an address and port of a service. */
export interface Portal {
  readonly rule: PacketRule;
  readonly address: string;
  readonly port: number | null;
  readonly protocol: string | null;
  readonly target: string;
  readonly service: string | null;
}

export interface KubeServices {
  readonly services: ReadonlyMap<string, ServiceChain>;
  readonly endpoints: ReadonlyMap<string, EndpointChain>;
  readonly portals: readonly Portal[];
  /** Rules whose chains a packet reaches from KUBE-SERVICES. */
  readonly reached: ReadonlySet<string>;
  /** Service and endpoint chains of any kind, KUBE-SEP included. */
  readonly chainCount: number;
}

const derived = new WeakMap<RuleTable, KubeServices>();

/** @param nat the nat table of one family. @returns what its rules say about services. */
export function kubeServices(nat: RuleTable): KubeServices {
  const known = derived.get(nat);
  if (known !== undefined) return known;
  const value = derive(nat);
  derived.set(nat, value);
  return value;
}

function derive(nat: RuleTable): KubeServices {
  const reached = nat.chains.has('KUBE-SERVICES') ? reachedFrom(nat, 'KUBE-SERVICES') : new Set<string>();
  const graph = chainGraph(nat);
  const services = new Map<string, ServiceChain>();
  const endpoints = new Map<string, EndpointChain>();
  // Costs a hash for every name and protocol: made only when a comment does not answer.
  let byHash: ReadonlyMap<string, string> | null = null;
  const hashed = (hash: string): string | null => {
    byHash ??= serviceNames(nat);
    return byHash.get(hash) ?? null;
  };
  let chainCount = 0;
  for (const chain of nat.chains.values()) {
    const named = kubeChain(chain.name);
    if (named === null) continue;
    chainCount += 1;
    const jumps = graph.jumpsTo.get(chain.name) ?? [];
    if (named.kind === 'SEP') {
      endpoints.set(chain.name, endpointChain(chain, jumps));
      continue;
    }
    if (named.kind !== 'SVC' && named.kind !== 'SVL') continue;
    const protocol = firstProtocol([...jumps, ...chain.rules]);
    const comment = firstService([...jumps, ...chain.rules]);
    // A comment may lie (a rule of another service that jumps here); a name that hashes to the chain cannot.
    const fits = comment !== null && protocol !== null && serviceHash(comment, protocol) === named.hash;
    const verified = fits ? comment : hashed(named.hash);
    const name = verified ?? comment;
    const jumpsOut = chain.rules.flatMap((rule) =>
      rule.target !== null && kubeChainKind(rule.target) === 'SEP' ? [{ rule, sep: rule.target }] : [],
    );
    services.set(chain.name, {
      chain,
      kind: named.kind,
      service: name,
      serviceBecause: verified !== null ? 'hash' : comment !== null ? 'comment' : 'unknown',
      protocol,
      draws: jumpsOut.filter((jump) => jump.rule.recent === null),
      affinity: jumpsOut.filter((jump) => jump.rule.recent !== null),
      inService: reached.has(chain.name),
    });
  }
  return { services, endpoints, portals: portals(nat), reached, chainCount };
}

function endpointChain(chain: ChainDump, jumps: readonly PacketRule[]): EndpointChain {
  const dnat = chain.rules.find((rule) => rule.target === 'DNAT' && rule.toDestination !== null) ?? null;
  const commented = jumps.map((jump) => endpointInComment(jump.comment)).find((endpoint) => endpoint !== null) ?? null;
  const endpoint = dnat?.toDestination ?? commented;
  return { chain, dnat, endpoint, protocol: dnat?.protocol?.value ?? null };
}

function portals(nat: RuleTable): readonly Portal[] {
  return (nat.chains.get('KUBE-SERVICES')?.rules ?? []).flatMap((rule) => {
    if (rule.target === null || rule.destination === null || rule.destination.not) return [];
    const kind = kubeChainKind(rule.target);
    if (kind === null || kind === 'SEP') return [];
    const port = Number(rule.destinationPorts?.value);
    return [
      {
        rule,
        address: rule.destination.value,
        port: Number.isInteger(port) ? port : null,
        protocol: rule.protocol?.value ?? null,
        target: rule.target,
        service: serviceInComment(rule.comment),
      },
    ];
  });
}

function firstService(rules: readonly PacketRule[]): string | null {
  for (const rule of rules) {
    const name = serviceInComment(rule.comment);
    if (name !== null) return name;
  }
  return null;
}

function firstProtocol(rules: readonly PacketRule[]): string | null {
  for (const rule of rules) if (rule.protocol !== null && !rule.protocol.not) return rule.protocol.value;
  return null;
}

function serviceNames(nat: RuleTable): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const seen = new Set<string>(EVERYWHERE.map((known) => known.service));
  for (const chain of nat.chains.values()) {
    for (const rule of chain.rules) {
      const name = serviceInComment(rule.comment);
      if (name !== null) seen.add(name);
    }
  }
  for (const name of seen) for (const protocol of ['tcp', 'udp', 'sctp']) names.set(serviceHash(name, protocol), name);
  return names;
}

/**
 * @returns whether KUBE-SEP-X is the chain kube-proxy would make for this service and endpoint;
 * unknown when the service or the endpoint is not.
 */
export function verifyEndpoint(service: string | null, sep: EndpointChain): 'same' | 'different' | 'unknown' {
  const hash = kubeChain(sep.chain.name)?.hash;
  if (service === null || hash === undefined || sep.dnat?.toDestination == null || sep.protocol === null)
    return 'unknown';
  if (splitEndpoint(sep.dnat.toDestination)?.port == null) return 'unknown';
  return endpointHash(service, sep.protocol, sep.dnat.toDestination) === hash ? 'same' : 'different';
}
