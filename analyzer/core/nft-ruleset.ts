/**
 * The words of an nft ruleset as captured, from `nft list ruleset` or its JSON (`nft -j list ruleset`). Statements
 * follow the shape of libnftables-json(5), so that both printers end in one model. Null always means: not said.
 */
import type { Count } from './packet-rule.ts';

export type NftFamily = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';

/** A value of a rule: what is looked at, or what it is compared with. */
export type NftExpression =
  /** A literal as printed, quotes removed: `10.0.0.1`, `tcp`, `80`, `0x4000`, `local`, `new`, `eni*`. */
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'prefix'; readonly address: string; readonly length: number }
  | { readonly kind: 'range'; readonly from: NftExpression; readonly to: NftExpression }
  | { readonly kind: 'concat'; readonly parts: readonly NftExpression[] }
  /** An anonymous set, verdict map or map. */
  | { readonly kind: 'elements'; readonly elements: readonly NftElement[] }
  /** `@service-ips`. */
  | { readonly kind: 'set-reference'; readonly name: string }
  /** `ip daddr`, `tcp dport`, `th dport`, `icmp type` ... */
  | { readonly kind: 'payload'; readonly protocol: string; readonly field: string }
  /** `meta l4proto`, `iifname`, `meta mark`, `meta random`. */
  | { readonly kind: 'meta'; readonly key: string }
  /** `ct state`, `ct status`, `ct mark`, `ct original ip daddr` (key `ip daddr`, direction `original`). */
  | { readonly kind: 'ct'; readonly key: string; readonly direction: string | null }
  /** `fib daddr . iif type`: flags `daddr`, `iif`, result `type`. */
  | { readonly kind: 'fib'; readonly flags: readonly string[]; readonly result: string }
  | { readonly kind: 'numgen'; readonly mode: string; readonly mod: number; readonly offset: number }
  | {
      readonly kind: 'binary';
      readonly operator: '&' | '|' | '^' | '<<' | '>>';
      readonly left: NftExpression;
      readonly right: NftExpression;
    }
  /** `numgen random mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }` inside another statement. */
  | { readonly kind: 'map'; readonly key: NftExpression; readonly data: NftExpression }
  | { readonly kind: 'other'; readonly text: string };

export type NftVerdict =
  | { readonly verdict: 'accept' | 'drop' | 'continue' | 'return' | 'queue' }
  | { readonly verdict: 'jump' | 'goto'; readonly chain: string };

/** One element of a set (`key` alone), a verdict map (`verdict`) or a map (`data`). */
export interface NftElement {
  /** Line of the element, from 1; 0 inside an anonymous set of a rule (the rule's line counts) and in JSON. */
  readonly line: number;
  readonly key: NftExpression;
  readonly verdict: NftVerdict | null;
  readonly data: NftExpression | null;
  readonly comment: string | null;
  /** As printed: `2h59m53s588ms`. */
  readonly expires: string | null;
}

export type NftStatement =
  | {
      readonly kind: 'match';
      readonly operator: '==' | '!=' | '<' | '>' | '<=' | '>=';
      readonly left: NftExpression;
      readonly right: NftExpression;
    }
  /** `data` is `elements` or `set-reference`. */
  | { readonly kind: 'vmap'; readonly key: NftExpression; readonly data: NftExpression }
  | { readonly kind: 'verdict'; readonly verdict: NftVerdict }
  | { readonly kind: 'counter'; readonly packets: Count | null; readonly bytes: Count | null }
  /** `meta mark set meta mark | 0x4000`: key `meta mark`. */
  | { readonly kind: 'mangle'; readonly key: NftExpression; readonly value: NftExpression }
  | {
      readonly kind: 'nat';
      readonly type: 'dnat' | 'snat' | 'masquerade' | 'redirect';
      readonly address: NftExpression | null;
      readonly port: NftExpression | null;
      readonly flags: readonly string[];
    }
  | { readonly kind: 'reject'; readonly with: string | null }
  /** `update @affinity-... { ip saddr }`. `limit`: what each element counts, by which the rule goes on or not (`limit rate over 5/second`). */
  | {
      readonly kind: 'set';
      readonly operation: string;
      readonly element: NftExpression;
      readonly set: string;
      readonly limit?: string;
    }
  /**
   * A module of iptables that nft cannot translate: `xt match "recent"`, options unknown. An empty name: nft printed
   * nothing where the rule has a target.
   */
  | { readonly kind: 'xt'; readonly type: 'match' | 'target' | 'watcher'; readonly name: string }
  | { readonly kind: 'notrack' }
  /** Prints or counts, decides nothing: log, nftrace. */
  | { readonly kind: 'log'; readonly text: string }
  /** A match whose result depends on rates or on state that is not captured: limit, quota, connlimit. */
  | { readonly kind: 'limit'; readonly text: string }
  | { readonly kind: 'other'; readonly text: string };

export interface NftRule {
  /** Line of the source file, from 1; 0 in JSON, which is one line. */
  readonly line: number;
  /** The rule as captured, indentation removed; for JSON the JSON text of the rule. */
  readonly raw: string;
  readonly chain: string;
  /** Position in its chain, from 1. */
  readonly position: number;
  readonly handle: number | null;
  readonly comment: string | null;
  readonly packets: Count | null;
  readonly bytes: Count | null;
  readonly statements: readonly NftStatement[];
}

export interface NftChainDump {
  readonly name: string;
  readonly line: number;
  readonly type: 'filter' | 'nat' | 'route' | null;
  /** prerouting, input, forward, output, postrouting, ingress, egress; null for a chain without hook. */
  readonly hook: string | null;
  /** As a number: `dstnat - 10` is -110. Null for a chain without hook or with an unknown spelling. */
  readonly priority: number | null;
  readonly policy: 'accept' | 'drop' | null;
  readonly comment: string | null;
  readonly rules: readonly NftRule[];
  /** False when the text ends inside the chain. */
  readonly complete: boolean;
}

/** A named set or map. */
export interface NftSet {
  readonly name: string;
  readonly kind: 'set' | 'map';
  readonly line: number;
  /** `ipv4_addr . inet_proto . inet_service`. */
  readonly type: string | null;
  readonly flags: readonly string[];
  readonly timeout: string | null;
  readonly comment: string | null;
  readonly elements: readonly NftElement[];
  readonly complete: boolean;
}

export interface NftTable {
  readonly family: NftFamily;
  readonly name: string;
  readonly line: number;
  readonly endLine: number;
  readonly comment: string | null;
  /** `dormant`: the kernel calls none of its chains. */
  readonly flags: readonly string[];
  /** By name, in the order of the dump. */
  readonly chains: ReadonlyMap<string, NftChainDump>;
  readonly sets: ReadonlyMap<string, NftSet>;
  /** False when the text ends before its closing brace. */
  readonly complete: boolean;
}

/** What the nft parsers return: never an error, always what could be read and what could not. */
export interface NftRuleset {
  readonly source: 'text' | 'json';
  readonly tables: readonly NftTable[];
  readonly junkLines: number;
  readonly junk: readonly { readonly line: number; readonly text: string }[];
  readonly lines: number;
  /** Why the end of the ruleset is not there, or null. */
  readonly cut: string | null;
}
