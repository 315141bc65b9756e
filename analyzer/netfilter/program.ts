/**
 * One executable form for the rules of all backends. iptables rules and nft rules are compiled into instructions that
 * the walker (walk.ts) carries out on a packet. What a rule says but Coldcase cannot decide is `unsure` with its
 * reason, never a guess.
 */
import type { IpSet, IpvsDump, NodeInterface, PolicyRule, RouteEntry } from '../core/node-network.ts';
import type { Family } from '../core/packet-rule.ts';
import type { LinePlace } from './node-service.ts';

export type HookName = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

/** The packet at one point of its way. Immutable: changes make a new one. */
export interface Packet {
  readonly family: Family;
  /** Lower case name (tcp, udp, sctp, icmp, ipv6-icmp ...) or an IANA number as text. */
  readonly protocol: string;
  /** RFC 5952 form. */
  readonly source: string;
  /** Null: the sender's choice, not known. */
  readonly sourcePort: number | null;
  readonly destination: string;
  /** Null for protocols without ports. */
  readonly destinationPort: number | null;
  /** Null: made on this node. `?`: arrived from outside, on an interface that is not known. */
  readonly inInterface: string | null;
  /** Null: not routed yet, or taken in by this node. */
  readonly outInterface: string | null;
  readonly mark: number;
  readonly connectionMark: number;
  /** Conntrack's state of the packet. */
  readonly state: 'NEW' | 'ESTABLISHED' | 'UNTRACKED';
  /** Direction of the connection in which it travels. */
  readonly direction: 'original' | 'reply';
  readonly destinationChanged: boolean;
  readonly sourceChanged: boolean;
  /** Sent on by an IPVS virtual server; conntrack's NAT bits stay as they were. */
  readonly viaIpvs: boolean;
  /** Where the connection was sent before any NAT. */
  readonly originalDestination: string;
  readonly originalDestinationPort: number | null;
}

export interface Unsure {
  readonly unsure: string;
}
export type Truth = boolean | Unsure;

/** What a rule decides. `next`: nothing, the next rule is met. */
export type Verdict =
  | { readonly verdict: 'next' | 'accept' | 'drop' | 'return' }
  | { readonly verdict: 'reject'; readonly with: string | null }
  | { readonly verdict: 'jump' | 'goto'; readonly chain: string }
  /** Null address or port: unchanged. */
  | { readonly verdict: 'dnat' | 'snat'; readonly address: string | null; readonly port: number | null }
  | { readonly verdict: 'masquerade' }
  | { readonly verdict: 'redirect'; readonly port: number | null }
  /** Decided by something that is not modelled (NFQUEUE, an unknown target ...). */
  | { readonly verdict: 'unknown'; readonly because: string };

/** What a test may ask besides the packet. */
export interface Surroundings {
  /** @returns whether an address belongs to this node (fib type local; all of 127.0.0.0/8). */
  isLocal(address: string): Truth;
  /** @returns whether an address belongs to this interface. */
  isLocalOn(address: string, device: string): Truth;
  ipset(name: string): IpSet | null;
  /** @returns where an answer to the packet would leave by the routes, when the packet has this mark. */
  wayBack(packet: Packet, mark: number): WayBack | Unsure;
}

export type WayBack = { readonly kind: 'device'; readonly device: string } | { readonly kind: 'local' | 'nowhere' };

/** What a map says of a packet, with the element that says it when it has a line of its own. */
export interface Found {
  readonly verdict: Verdict;
  readonly element: { readonly text: string; readonly line: number } | null;
}

export type Instruction =
  /** False ends the rule. */
  | { readonly do: 'test'; decide(packet: Packet, around: Surroundings): Truth }
  /** Goes on with this probability, else the rule ends. */
  | { readonly do: 'random'; readonly probability: number }
  /** One of several verdicts by chance; what is missing to 1 ends the rule (a hole in a numgen map). */
  | {
      readonly do: 'spread';
      readonly choices: readonly { readonly probability: number; readonly verdict: Verdict }[];
    }
  /** Verdict of a map for this packet; null ends the rule. */
  | { readonly do: 'lookup'; find(packet: Packet, around: Surroundings): Found | Unsure | null }
  | { readonly do: 'change'; apply(packet: Packet): Packet }
  /** Session affinity is looked at here: a later connection of the same client may go elsewhere. */
  | { readonly do: 'sticky' }
  | { readonly do: 'end'; readonly verdict: Verdict };

export interface ProgramRule {
  /** As the tool would print it, counters left out: `-A KUBE-SVC-X ... -j KUBE-SEP-Y`. */
  readonly text: string;
  readonly line: number;
  /** Packets counted by the kernel; null when no dump has counters of it. */
  readonly packets: number | null;
  /** The line of another dump that has the counter; null when its own line has it, or none. */
  readonly countedAt: LinePlace | null;
  readonly instructions: readonly Instruction[];
}

export interface ProgramChain {
  readonly name: string;
  readonly line: number;
  readonly length: number;
  /** Compiled on first use. @param index from 0. */
  rule(index: number): ProgramRule;
  /**
   * @returns index of the first rule at or after `from` that may match this destination, or `length`. A shortcut over
   * rules that name another single destination address; it may never skip a rule that could match.
   */
  seek(from: number, packet: Packet): number;
  /** Null when every rule is there; else why the end of the chain is not known (cut dump). */
  readonly endUnknown: string | null;
}

/** The tables of one backend that share a name: jumps stay inside. */
export interface ProgramTable {
  /** As steps print it: `nat`, `filter`, or `kube-proxy` for nft's own. */
  readonly name: string;
  readonly backend: 'iptables' | 'nft';
  readonly family: Family;
  readonly fileId: number;
  /** The member's path in the bundle. */
  readonly file: string;
  chain(name: string): ProgramChain | null;
}

/** A chain that the kernel calls by itself. */
export interface BaseChain {
  readonly table: ProgramTable;
  readonly chain: string;
  readonly hook: HookName;
  readonly type: 'filter' | 'nat' | 'route';
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
}

/** A source file of the bundle. */
export interface FileRef {
  readonly fileId: number;
  /** The member's path in the bundle. */
  readonly file: string;
}

/** Everything the tracer needs of one node and family. */
export interface NodeProgram {
  readonly family: Family;
  readonly bases: readonly BaseChain[];
  /** Null: routes were not captured. */
  readonly routes: readonly RouteEntry[] | null;
  /** The end of the routes is missing: a longer prefix than the one found may stand there. */
  readonly routesCut: boolean;
  /** Null: policy rules were not captured; then local, main, default. */
  readonly policyRules: readonly PolicyRule[] | null;
  readonly interfaces: readonly NodeInterface[];
  readonly ipsets: ReadonlyMap<string, IpSet>;
  readonly ipvs: IpvsDump | null;
  /** `net.ipv4.ip_forward` -> `1`, as captured. */
  readonly sysctls: ReadonlyMap<string, string>;
  /** Where routes, policy rules and virtual servers were read; null where they were not captured. */
  readonly files: {
    readonly routes: FileRef | null;
    readonly policyRules: FileRef | null;
    readonly ipvs: FileRef | null;
  };
  /** What decides packets but was not captured, each with its sentence. */
  readonly missing: readonly { readonly what: 'nat' | 'filter' | 'ipvs' | 'all'; readonly because: string }[];
  /** Which backend's nat chains run first where both have some at one priority; null when nothing shows it. */
  readonly natFirst: 'iptables' | 'nft' | null;
  /** Said with every trace: which dumps were used, what had to be taken for granted. */
  readonly assumptions: readonly string[];
}
