/**
 * Chains of `nft list ruleset`, as text: enough to see which exist, who jumps where and what a chain ends in.
 *
 *   table ip kube-proxy {
 *           chain nat-prerouting {
 *                   type nat hook prerouting priority dstnat; policy accept;
 *                   jump services
 *           }
 *           chain endpoint-FAYF65XV-shop/web/tcp/http__10.244.1.11/8080 {
 *                   ip saddr 10.244.1.11 jump mark-for-masquerade
 *                   meta l4proto tcp dnat to 10.244.1.11:8080
 *           }
 *   }
 */
import { textLines } from './iptables-values.ts';

export interface NftChain {
  /** `ip kube-proxy`: family and name. */
  readonly table: string;
  readonly name: string;
  readonly line: number;
  /** Statements, the `type ... hook` line left out. */
  readonly rules: readonly { readonly line: number; readonly text: string }[];
  /** prerouting, input ...; null for a chain without hook. */
  readonly hook: string | null;
}

export interface NftDump {
  readonly chains: readonly NftChain[];
  /** The table the text ends in before its closing brace: cut. */
  readonly openTable: string | null;
}

/** @returns the chains of a ruleset in text form; sets and maps are passed over. Never throws. */
export function parseNftChains(text: string): NftDump {
  const chains: NftChain[] = [];
  let table: string | null = null;
  let open: {
    table: string;
    name: string;
    line: number;
    rules: { line: number; text: string }[];
    hook: string | null;
  } | null = null;
  let other = 0;
  for (const [index, raw] of textLines(text).entries()) {
    const line = raw.trim();
    if (line === '') continue;
    if (open !== null) {
      if (line === '}') {
        chains.push(open);
        open = null;
        continue;
      }
      const hook = /^type \S+ hook (\S+) /.exec(line)?.[1];
      if (hook !== undefined) open.hook = hook;
      else if (!line.startsWith('comment "')) open.rules.push({ line: index + 1, text: line });
      continue;
    }
    if (other > 0) {
      if (line.endsWith('{')) other += 1;
      if (line === '}') other -= 1;
      continue;
    }
    const heading = /^table (\S+ \S+) \{$/.exec(line)?.[1];
    if (heading !== undefined) {
      table = heading;
      continue;
    }
    const name = /^chain (\S+) \{$/.exec(line)?.[1];
    if (name !== undefined && table !== null) open = { table, name, line: index + 1, rules: [], hook: null };
    else if (/^(set|map|flowtable|counter|quota) \S+ \{$/.test(line)) other = 1;
    else if (line === '}') table = null;
  }
  if (open !== null) chains.push(open);
  return { chains, openTable: table };
}
