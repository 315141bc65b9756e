/**
 * One service port as the captured rules of one node make it, whichever mode kube-proxy runs in. Filled by
 * service-list.ts and its parts, one a mode.
 */
import type { FileId } from '../core/ids.ts';
import type { NftTable } from '../core/nft-ruleset.ts';
import type { IpSet, IpvsDump } from '../core/node-network.ts';
import type { Family } from '../core/packet-rule.ts';
import { protocolNamed } from '../core/protocols.ts';
import { canonicalAddress, endpointText } from './address.ts';
import { splitEndpoint } from './rule-match.ts';
import type { RuleTable } from './rule-table.ts';

/** A line a service was read from. */
export interface LinePlace {
  readonly fileId: FileId;
  /** The member's path in the bundle. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export type NamedBy = 'comment' | 'hash' | 'chain name' | 'cluster resources' | 'address only';
export type ServiceProtocol = 'tcp' | 'udp' | 'sctp';
export type RulesMode = 'iptables' | 'nftables' | 'ipvs';

/**
 * What an address of a service is. `external or load balancer`: the rules do not tell the two apart. `virtual server`:
 * of an IPVS virtual server whose kind no ipset tells.
 */
export type EntryKind =
  | 'cluster IP'
  | 'external IP'
  | 'load balancer IP'
  | 'external or load balancer IP'
  | 'node port'
  | 'virtual server';

/** A rule, map element or virtual server that takes packets for the service. */
export interface ServiceEntry {
  readonly kind: EntryKind;
  /** RFC 5952; null: any address of the node. */
  readonly address: string | null;
  readonly port: number | null;
  /** Chain that gets the packets; null for a virtual server. */
  readonly target: string | null;
  readonly packets: number | null;
  /** The line of another dump that has the counter. */
  readonly countedAt?: LinePlace | null;
  readonly place: LinePlace;
}

/** kube-proxy's own refusal: a rule, map element or virtual server for a service that has no endpoint. */
export interface ServiceRefusal {
  readonly action: 'reject' | 'drop';
  readonly because: 'no endpoints' | 'no local endpoints';
  readonly kind: EntryKind;
  readonly address: string | null;
  readonly port: number | null;
  /** False: packets to this address are sent to endpoints before they come here (a rule left behind). */
  readonly met: boolean;
  readonly packets: number | null;
  /** The line of another dump that has the counter. */
  readonly countedAt?: LinePlace | null;
  readonly place: LinePlace;
}

export interface NodeServiceEndpoint {
  /** `a.b.c.d:port` or `[v6]:port`, RFC 5952. */
  readonly address: string;
  /** Share of the new connections to the cluster IP, 0 to 1; null when the rules do not decide it. */
  readonly share: number | null;
  /** New connections counted by the kernel for this endpoint; null without counters. */
  readonly packets: number | null;
  /** The line of another dump that has the counter. */
  readonly countedAt?: LinePlace | null;
  /** Chain of this endpoint; null in IPVS. */
  readonly chain: string | null;
  /** The chain's name is the hash of this service and endpoint; unknown when it cannot be checked. */
  readonly verified: 'same' | 'different' | 'unknown';
  /** Lines that make it up: jump, then DNAT or real server. */
  readonly refs: readonly LinePlace[];
}

export interface NodeService {
  /** `ns/name:port`, `ns/name`, or `address:port/proto`; a chain's name when nothing else is left. */
  readonly id: string;
  readonly mode: RulesMode;
  readonly family: Family;
  readonly namespace: string | null;
  readonly name: string | null;
  /** Port name; null when the port has none or the service no name. */
  readonly port: string | null;
  readonly namedBy: NamedBy;
  readonly protocol: ServiceProtocol;
  readonly clusterIP: string | null;
  readonly servicePort: number | null;
  readonly nodePort: number | null;
  /** Addresses that may as well be load-balancer addresses are here, and `notes` says so. */
  readonly externalIPs: readonly string[];
  readonly loadBalancerIPs: readonly string[];
  readonly sourceRanges: readonly string[];
  readonly internalTrafficPolicy: 'Cluster' | 'Local' | null;
  readonly externalTrafficPolicy: 'Cluster' | 'Local' | null;
  /** Session affinity in seconds. */
  readonly affinity: number | null;
  /** New connections counted at the cluster IP; null without counters. */
  readonly packets: number | null;
  /** The line of another dump that has the counter. */
  readonly countedAt?: LinePlace | null;
  readonly endpoints: readonly NodeServiceEndpoint[];
  /** Share of new connections to the cluster IP that meets no endpoint; null when the rules do not decide it. */
  readonly lostShare: number | null;
  /** kube-proxy refuses packets to the cluster IP (to every address when no cluster IP is known). */
  readonly refused: 'reject' | 'drop' | null;
  readonly refusals: readonly ServiceRefusal[];
  readonly entries: readonly ServiceEntry[];
  /** Every chain that belongs to the service, endpoint chains included. */
  readonly chains: readonly string[];
  /** Entries first, then the lines its chains begin on. */
  readonly refs: readonly LinePlace[];
  /** What a reader must know of this row, one sentence each. */
  readonly notes: readonly string[];
}

/** A service port that captured cluster resources (Services) name. */
export interface KnownService {
  /** `ns/name:port` or `ns/name`. */
  readonly service: string;
  readonly protocol: ServiceProtocol;
  /** Cluster, external and load-balancer IPs, RFC 5952. */
  readonly addresses: readonly string[];
  readonly port: number | null;
  readonly nodePort: number | null;
}

/** A value with the file it was read from. */
export interface Placed<T> {
  readonly fileId: FileId;
  readonly file: string;
  readonly value: T;
}

/** One nft table with its file. */
export interface NftSource {
  readonly fileId: FileId;
  readonly file: string;
  readonly table: NftTable;
}

export interface ServiceInput {
  /** Modes whose rules packets meet, the one that decides first. */
  readonly modes: readonly RulesMode[];
  /** The dump of every iptables table that is believed. */
  readonly tables: readonly RuleTable[];
  /** Other dumps of the same tables: counters are taken from them when the believed one has none. */
  readonly others: readonly RuleTable[];
  /** Captured nft tables: kube-proxy's own, and those that hold translated iptables rules. */
  readonly nft: readonly NftSource[];
  /** Best output first. */
  readonly ipvs: readonly Placed<IpvsDump>[];
  readonly ipsets: readonly Placed<readonly IpSet[]>[];
  /** Services of captured cluster resources; names only, never a source of rules. */
  readonly resources: readonly KnownService[];
}

/** @returns RFC 5952 spelling of an address, or the text itself when it is none. */
export function addressText(text: string): string {
  return canonicalAddress(text) ?? text;
}

const IPV4_ENDPOINT = /^[1-9]\d{0,2}(?:\.(?:0|[1-9]\d{0,2})){3}:[1-9]\d{0,4}$/;

/** @returns RFC 5952 form of `ip:port`; texts of another form (a range, a bare address) as they are. */
export function normalEndpoint(text: string): string {
  // IPv4 has one spelling; lists of many thousand endpoints are made of it.
  if (IPV4_ENDPOINT.test(text)) return text;
  const split = splitEndpoint(text);
  return split === null || split.port === null ? text : endpointText(split.address, split.port);
}

/** @returns namespace, name and port name of `ns/name:port`. */
export function serviceWords(service: string | null): {
  readonly namespace: string | null;
  readonly name: string | null;
  readonly port: string | null;
} {
  const found = service === null ? null : /^([^/]+)\/([^:]+)(?::(.*))?$/.exec(service);
  return { namespace: found?.[1] ?? null, name: found?.[2] ?? null, port: found?.[3] ?? null };
}

/** @returns the protocol as a service port has it; null for any other. */
export function serviceProtocol(printed: string | null | undefined): ServiceProtocol | null {
  const name = printed == null ? '' : protocolNamed(printed);
  return name === 'tcp' || name === 'udp' || name === 'sctp' ? name : null;
}

/** @returns `address:port/proto`: what a service is called when no comment, hash or resource names it. */
export function addressId(address: string, port: number | null, protocol: ServiceProtocol): string {
  return `${endpointText(address, port)}/${protocol}`;
}
