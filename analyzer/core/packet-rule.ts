/**
 * The words of a netfilter rule as captured, whatever command printed it. Parsers fill these shapes,
 * netfilter/ reasons over them; they live here because neither of the two may import the other.
 */

export type Family = 'IPv4' | 'IPv6';

/** One match of a rule: the printed value, and whether `!` stands before it. */
export interface RuleMatch {
  readonly not: boolean;
  readonly value: string;
}

/** A packet or byte counter. Listings shorten to 2675K, 12M, 1G, 3T (thousands): `printed` keeps that form. */
export interface Count {
  readonly printed: string;
  /** The number the printed form stands for; within half a unit of the suffix when `exact` is false. */
  readonly value: number;
  readonly exact: boolean;
}

/** Mark arithmetic: for a match `mark & mask == value`, for a target `mark = (mark & ~mask) ^ value`. */
export interface MarkBits {
  readonly not: boolean;
  readonly value: number;
  readonly mask: number;
}

/** One rule of one chain. Null always means: the rule does not say. */
export interface PacketRule {
  /** Line of the source file, from 1. */
  readonly line: number;
  /** The line as captured. */
  readonly raw: string;
  readonly chain: string;
  /** Position in its chain, from 1. */
  readonly position: number;
  /** Null when the dump carries no counters. */
  readonly packets: Count | null;
  readonly bytes: Count | null;
  /** Lower case name (tcp, udp, sctp, icmp ...) or the number as printed; null for all. */
  readonly protocol: RuleMatch | null;
  /** Address or prefix; /32 and /128 are dropped, 0.0.0.0/0 and ::/0 are null. */
  readonly source: RuleMatch | null;
  readonly destination: RuleMatch | null;
  readonly inInterface: RuleMatch | null;
  readonly outInterface: RuleMatch | null;
  /** `80`, `1:1024` or `80,443`. */
  readonly sourcePorts: RuleMatch | null;
  readonly destinationPorts: RuleMatch | null;
  readonly comment: string | null;
  readonly mark: MarkBits | null;
  /** `statistic mode random`: 0 to 1. */
  readonly probability: number | null;
  /** `NEW`, `RELATED,ESTABLISHED` ... */
  readonly ctstate: RuleMatch | null;
  readonly sourceType: RuleMatch | null;
  readonly destinationType: RuleMatch | null;
  readonly sets: readonly { readonly not: boolean; readonly name: string; readonly flags: string }[];
  /** `recent`: session affinity. `check` is --rcheck; `other` is --update and --remove. */
  readonly recent: { readonly action: 'check' | 'set' | 'other'; readonly name: string | null } | null;
  /** `connmark` match. */
  readonly connmark: MarkBits | null;
  /** Printed text of every match that none of the fields above holds. */
  readonly otherMatches: readonly string[];
  readonly target: string | null;
  readonly verb: 'jump' | 'goto' | null;
  /** DNAT destination `a.b.c.d:port` or `[v6]:port`; source address of SNAT in `toSource`. */
  readonly toDestination: string | null;
  readonly toSource: string | null;
  readonly setMark: MarkBits | null;
  /** What a CONNMARK target does. `save` and `restore` copy between the packet's and the connection's mark. */
  readonly setConnmark:
    | { readonly operation: 'set'; readonly value: number; readonly mask: number }
    | { readonly operation: 'save' | 'restore'; readonly packetMask: number; readonly connectionMask: number }
    | null;
  readonly rejectWith: string | null;
  /** Printed options of the target that none of the fields above holds (`--random-fully`, `--to-ports 80`, `--notrack`). */
  readonly targetOptions: readonly string[];
}

/** One chain with its rules in order. */
export interface ChainDump {
  readonly name: string;
  /** Line that declares it, or the first rule that was appended to it when nothing does. */
  readonly line: number;
  readonly declared: boolean;
  /** ACCEPT or DROP of a built-in chain; null for a chain somebody made. */
  readonly policy: string | null;
  /** Jumps to it as counted by the kernel; listings only. */
  readonly references: number | null;
  readonly rules: readonly PacketRule[];
}

/** One table of one dump. */
export interface TableDump {
  /** Null when nothing in the text tells. */
  readonly family: Family | null;
  readonly table: string | null;
  /** Which command printed it; `iptables-rules` is `iptables -S`. */
  readonly source: 'iptables-save' | 'iptables-rules' | 'iptables-list';
  readonly line: number;
  readonly endLine: number;
  readonly counters: 'packets' | 'none';
  /** What of this table is missing (its end, or lines inside it), and the last line that was read; null when it is whole. */
  readonly cut: { readonly what: 'end' | 'lines'; readonly line: number; readonly because: string } | null;
  /** By name, in the order of the dump. */
  readonly chains: ReadonlyMap<string, ChainDump>;
}

/** What a dump parser returns: never an error, always what could be read and what could not. */
export interface RuleDump {
  readonly tables: readonly TableDump[];
  /** Lines that are neither rules, chains nor anything the command prints; all counted, the first ones kept. */
  readonly junkLines: number;
  readonly junk: readonly { readonly line: number; readonly text: string }[];
  readonly lines: number;
}

/** A rule while it is read. */
export type RuleDraft = { -readonly [K in keyof PacketRule]: PacketRule[K] } & {
  sets: { readonly not: boolean; readonly name: string; readonly flags: string }[];
  otherMatches: string[];
  targetOptions: string[];
};

/** @returns a rule that says nothing yet. */
export function newRule(line: number, raw: string, chain: string, position: number): RuleDraft {
  return {
    line,
    raw,
    chain,
    position,
    packets: null,
    bytes: null,
    protocol: null,
    source: null,
    destination: null,
    inInterface: null,
    outInterface: null,
    sourcePorts: null,
    destinationPorts: null,
    comment: null,
    mark: null,
    probability: null,
    ctstate: null,
    sourceType: null,
    destinationType: null,
    sets: [],
    recent: null,
    connmark: null,
    otherMatches: [],
    target: null,
    verb: null,
    toDestination: null,
    toSource: null,
    setMark: null,
    setConnmark: null,
    rejectWith: null,
    targetOptions: [],
  };
}
