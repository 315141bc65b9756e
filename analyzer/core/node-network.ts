/**
 * What a node knows of its network besides packet filter rules, as captured: addresses, routes, policy rules, sets and
 * virtual servers. Parsers fill these shapes, netfilter/ reasons over them. Null always means: not said.
 */
import type { MarkBits } from './packet-rule.ts';

/** One route of `ip route show table all` or `ip -6 route`. */
export interface RouteEntry {
  readonly line: number;
  readonly raw: string;
  /** unicast, local, broadcast, multicast, anycast, throw, blackhole, unreachable, prohibit. */
  readonly type: string;
  /** Prefix without /32 and /128; `default` as 0.0.0.0/0 or ::/0. */
  readonly prefix: string;
  readonly device: string | null;
  readonly via: string | null;
  /** `main` unless the line names another. */
  readonly table: string;
  /** Preferred source address (`src`). */
  readonly source: string | null;
  readonly metric: number;
  readonly scope: string | null;
  /** The other next hops of a multipath route: the kernel chooses one a flow, `device` and `via` are the first. */
  readonly otherHops?: readonly { readonly device: string | null; readonly via: string | null }[];
  /** Every next hop is marked `dead` (its device is down): the kernel passes the route over. */
  readonly dead?: true;
}

/** One line of `ip rule`. */
export interface PolicyRule {
  readonly line: number;
  readonly raw: string;
  readonly priority: number;
  readonly not: boolean;
  /** Prefixes; null for `all`. */
  readonly from: string | null;
  readonly to: string | null;
  readonly mark: MarkBits | null;
  /** Name patterns as printed. */
  readonly inInterface: string | null;
  readonly outInterface: string | null;
  readonly action: 'lookup' | 'blackhole' | 'unreachable' | 'prohibit' | 'other';
  readonly table: string | null;
  /** `suppress_prefixlength N`: routes with a prefix of N bits or fewer do not count. */
  readonly suppressPrefix: number | null;
  /** Selectors that are not modelled (ipproto, sport, uidrange, tos ...), as printed. */
  readonly other: readonly string[];
}

/** One interface of `ip addr` or `ifconfig`. */
export interface NodeInterface {
  readonly name: string;
  /** Kernel index; null in ifconfig. */
  readonly index: number | null;
  readonly line: number;
  readonly flags: readonly string[];
  /** Bridge or bond it belongs to. */
  readonly master: string | null;
  readonly mtu: number | null;
  readonly mac: string | null;
  readonly addresses: readonly {
    readonly address: string;
    readonly length: number | null;
    /** global, link, host; null in ifconfig. */
    readonly scope: string | null;
    readonly secondary: boolean;
    readonly line: number;
  }[];
}

/** One set of `ipset list` or `ipset save`. */
export interface IpSet {
  readonly name: string;
  readonly line: number;
  /** `hash:ip,port`, `bitmap:port`, `list:set` ... */
  readonly type: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly entries: readonly {
    readonly line: number;
    /** Without options: `10.0.0.1,tcp:80`. */
    readonly text: string;
    readonly nomatch: boolean;
  }[];
  /** `Number of entries` as printed by list; null in save form. */
  readonly declaredEntries: number | null;
  readonly complete: boolean;
}

export interface IpvsRealServer {
  readonly line: number;
  readonly address: string;
  readonly port: number;
  readonly forward: 'masquerade' | 'route' | 'tunnel' | 'local' | 'unknown';
  readonly weight: number | null;
  readonly activeConnections: number | null;
  readonly inactiveConnections: number | null;
  /** Connections counted by --stats. */
  readonly connections: number | null;
}

export interface IpvsService {
  readonly line: number;
  /** tcp, udp, sctp; `fwmark` services have `mark` instead of address and port. */
  readonly protocol: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly mark: number | null;
  readonly scheduler: string | null;
  /** Session affinity in seconds; null when the service is not persistent. */
  readonly persistent: number | null;
  readonly connections: number | null;
  readonly realServers: readonly IpvsRealServer[];
  /** Real servers that are not in the list, because their names could not be turned into numbers; absent for none. */
  readonly unreadServers?: number;
}

/** All that the captured ipvsadm outputs say, joined. */
export interface IpvsDump {
  readonly services: readonly IpvsService[];
  /** Host or port names that could not be turned into numbers, with their lines. */
  readonly unresolved: readonly { readonly line: number; readonly text: string }[];
  readonly junkLines: number;
  /** The text ends inside a line: what is not in it may have been cut off. */
  readonly cut?: true;
}
