/** One line a table: what was captured, for the chains screen and `coldcase chains`. */
import type { NftTable } from '../core/nft-ruleset.ts';
import type { Family } from '../core/packet-rule.ts';
import type { RuleTable } from './rule-table.ts';

export interface ChainTableSummary {
  readonly family: Family;
  readonly table: string;
  readonly file: string;
  readonly chains: number;
  readonly rules: number;
  readonly counters: 'packets' | 'none';
}

/** @returns the shape of ChainsAnswer.tables, in the order of the tables given. */
export function chainSummary(tables: readonly RuleTable[]): readonly ChainTableSummary[] {
  return tables.map((table) => {
    let rules = 0;
    for (const chain of table.chains.values()) rules += chain.rules.length;
    return {
      family: table.family,
      table: table.table,
      file: table.file,
      chains: table.chains.size,
      rules,
      counters: table.counters,
    };
  });
}

/** @returns the same of kube-proxy's own nft tables, whose rules nftables mode writes; those of family inet are none. */
export function nftSummary(
  tables: readonly { readonly file: string; readonly table: NftTable }[],
): readonly ChainTableSummary[] {
  return tables.flatMap(({ file, table }) => {
    const family = table.family === 'ip' ? 'IPv4' : table.family === 'ip6' ? 'IPv6' : null;
    if (family === null) return [];
    const rules = [...table.chains.values()].flatMap((chain) => chain.rules);
    // Only some rules of this mode have a counter: they do not tell which services are used.
    const counted = rules.length > 0 && rules.every((rule) => rule.packets !== null);
    const counters = counted ? ('packets' as const) : ('none' as const);
    return [{ family, table: table.name, file, chains: table.chains.size, rules: rules.length, counters }];
  });
}
