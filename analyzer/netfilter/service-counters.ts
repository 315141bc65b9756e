/**
 * Counters of rules from another dump of the same table. The log collector saves the rules without counters and lists
 * them with counters a second later; a chain with the same rules in the same order is taken to be the same chain.
 */
import type { ChainDump, PacketRule } from '../core/packet-rule.ts';
import type { RuleTable } from './rule-table.ts';

export interface Counters {
  /** @returns packets of the rule; null when no dump counts them. */
  packets(table: RuleTable, rule: PacketRule): number | null;
}

/** @param others further dumps, best first. */
export function countersOf(others: readonly RuleTable[]): Counters {
  const counted = others.filter((table) => table.counters === 'packets');
  const twins = new Map<string, ChainDump | null>();
  const twinOf = (table: RuleTable, chain: ChainDump): ChainDump | null => {
    const key = `${table.family} ${table.table} ${table.fileId} ${chain.name}`;
    const known = twins.get(key);
    if (known !== undefined) return known;
    const found =
      counted
        .filter((other) => other !== table && other.family === table.family && other.table === table.table)
        .map((other) => other.chains.get(chain.name))
        .find((twin) => twin !== undefined && alike(twin, chain)) ?? null;
    twins.set(key, found);
    return found;
  };
  return {
    packets(table, rule) {
      if (rule.packets !== null) return rule.packets.value;
      if (counted.length === 0) return null;
      const chain = table.chains.get(rule.chain);
      const twin = chain === undefined ? null : twinOf(table, chain);
      return twin?.rules[rule.position - 1]?.packets?.value ?? null;
    },
  };
}

function alike(left: ChainDump, right: ChainDump): boolean {
  return (
    left.rules.length === right.rules.length &&
    left.rules.every((rule, index) => {
      const other = right.rules[index];
      return (
        other !== undefined &&
        rule.target === other.target &&
        rule.toDestination === other.toDestination &&
        rule.destination?.value === other.destination?.value
      );
    })
  );
}
