/**
 * Counters of rules from another dump of the same table. The log collector saves the rules without counters and lists
 * them with counters a second later; a chain with the same rules in the same order is taken to be the same chain.
 */
import type { ChainDump, PacketRule } from '../core/packet-rule.ts';
import type { LinePlace } from './node-service.ts';
import type { RuleTable } from './rule-table.ts';

/** What the kernel counted at a rule. */
export interface RuleCount {
  /** Null when no dump counts them. */
  readonly packets: number | null;
  /** The line of another dump that has the counter; null when the rule's own line has it, or none. */
  readonly countedAt: LinePlace | null;
}

export interface Counters {
  /** @returns packets of the rule, and where they are counted. */
  of(table: RuleTable, rule: PacketRule): RuleCount;
}

/** @param others further dumps, best first. */
export function countersOf(others: readonly RuleTable[]): Counters {
  const counted = others.filter((table) => table.counters === 'packets');
  const twins = new Map<string, Twin | null>();
  const twinOf = (table: RuleTable, chain: ChainDump): Twin | null => {
    const key = `${table.family} ${table.table} ${table.fileId} ${chain.name}`;
    const known = twins.get(key);
    if (known !== undefined) return known;
    const found =
      counted
        .filter((other) => other !== table && other.family === table.family && other.table === table.table)
        .map((other) => ({ table: other, chain: other.chains.get(chain.name) }))
        .find((twin): twin is Twin => twin.chain !== undefined && alike(twin.chain, chain)) ?? null;
    twins.set(key, found);
    return found;
  };
  return {
    of(table, rule) {
      if (rule.packets !== null) return { packets: rule.packets.value, countedAt: null };
      if (counted.length === 0) return NOT_COUNTED;
      const chain = table.chains.get(rule.chain);
      const twin = chain === undefined ? null : twinOf(table, chain);
      const same = twin?.chain.rules[rule.position - 1];
      if (twin === null || same?.packets == null) return NOT_COUNTED;
      const { fileId, file } = twin.table;
      return { packets: same.packets.value, countedAt: { fileId, file, line: same.line } };
    },
  };
}

interface Twin {
  readonly table: RuleTable;
  readonly chain: ChainDump;
}

/** Of a rule that no dump counts. */
export const NOT_COUNTED: RuleCount = { packets: null, countedAt: null };

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
