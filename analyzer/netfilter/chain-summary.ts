/** One line a table: what was captured, for the chains screen and `coldcase chains`. */
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
