/** One captured table with where it was read, and the chain graph on top of it. */
import type { FileId } from '../core/ids.ts';
import type { ChainDump, Family, PacketRule, TableDump } from '../core/packet-rule.ts';
import type { LineRef } from '../core/vocabulary.ts';

/** A table of one node: a dump whose family and table are known, and its source file. */
export interface RuleTable extends TableDump {
  readonly family: Family;
  readonly table: string;
  readonly fileId: FileId;
  /** The member's path in the bundle. */
  readonly file: string;
}

/** Built-in chains, in which the kernel starts. */
export const HOOK_CHAINS: readonly string[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/** @returns evidence: the line of a rule. */
export function ruleRef(table: RuleTable, rule: PacketRule, note?: string): LineRef {
  return { fileId: table.fileId, line: rule.line, endLine: rule.line, ...(note === undefined ? {} : { note }) };
}

/** @returns evidence: the line that declares a chain. */
export function chainRef(table: RuleTable, chain: ChainDump, note?: string): LineRef {
  return { fileId: table.fileId, line: chain.line, endLine: chain.line, ...(note === undefined ? {} : { note }) };
}

/** @returns evidence: the line a table begins on. */
export function tableRef(table: RuleTable, note?: string): LineRef {
  return { fileId: table.fileId, line: table.line, endLine: table.line, ...(note === undefined ? {} : { note }) };
}

/** Who jumps to whom inside one table. */
export interface ChainGraph {
  /** Rules that jump or go to the chain, in the order of the dump; chains that are not there included. */
  readonly jumpsTo: ReadonlyMap<string, readonly PacketRule[]>;
  /** Built-in chains from which the kernel can come to the chain. */
  readonly hooksOf: ReadonlyMap<string, ReadonlySet<string>>;
}

const graphs = new WeakMap<RuleTable, ChainGraph>();

/** @returns the graph of a table, built once; linear in its rules. */
export function chainGraph(table: RuleTable): ChainGraph {
  const known = graphs.get(table);
  if (known !== undefined) return known;
  const jumpsTo = new Map<string, PacketRule[]>();
  for (const chain of table.chains.values()) {
    for (const rule of chain.rules) {
      if (rule.target === null || !isChainName(table, rule.target)) continue;
      const jumps = jumpsTo.get(rule.target);
      if (jumps === undefined) jumpsTo.set(rule.target, [rule]);
      else jumps.push(rule);
    }
  }
  const graph = { jumpsTo, hooksOf: hooksOfChains(table) };
  graphs.set(table, graph);
  return graph;
}

/** Most chains are reached from the same hooks: they share one set. */
function hooksOfChains(table: RuleTable): ReadonlyMap<string, ReadonlySet<string>> {
  const hooksOf = new Map<string, ReadonlySet<string>>();
  const none: ReadonlySet<string> = new Set();
  for (const hook of HOOK_CHAINS) {
    if (!table.chains.has(hook)) continue;
    const withHook = new Map<ReadonlySet<string>, ReadonlySet<string>>();
    for (const name of reachedFrom(table, hook)) {
      const before = hooksOf.get(name) ?? none;
      let hooks = withHook.get(before);
      if (hooks === undefined) {
        hooks = new Set([...before, hook]);
        withHook.set(before, hooks);
      }
      hooksOf.set(name, hooks);
    }
  }
  return hooksOf;
}

const targets = new WeakMap<RuleTable, Map<string, readonly string[]>>();

/** Chains that the rules of a chain name, once each; kept because large tables are walked from every hook. */
function targetsOf(table: RuleTable, name: string): readonly string[] {
  let known = targets.get(table);
  if (known === undefined) {
    known = new Map();
    targets.set(table, known);
  }
  const kept = known.get(name);
  if (kept !== undefined) return kept;
  const named = new Set<string>();
  for (const rule of table.chains.get(name)?.rules ?? []) if (rule.target !== null) named.add(rule.target);
  const chains = [...named].filter((target) => isChainName(table, target));
  known.set(name, chains);
  return chains;
}

/** @returns names of the chains that a packet in `start` can come to, `start` included. Loops end. */
export function reachedFrom(table: RuleTable, start: string): ReadonlySet<string> {
  const reached = new Set<string>([start]);
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const target of targetsOf(table, name)) {
      if (reached.has(target)) continue;
      reached.add(target);
      open.push(target);
    }
  }
  return reached;
}

/** @returns names of the chains from which a packet can come to `end`, `end` included. */
export function leadingTo(table: RuleTable, end: string): ReadonlySet<string> {
  const { jumpsTo } = chainGraph(table);
  const leading = new Set<string>([end]);
  const open = [end];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const rule of jumpsTo.get(name) ?? []) {
      if (leading.has(rule.chain)) continue;
      leading.add(rule.chain);
      open.push(rule.chain);
    }
  }
  return leading;
}

/** Extension targets are upper case letters and digits only; chains of Kubernetes always hold a dash or underscore. */
export function isChainName(table: RuleTable, target: string): boolean {
  return table.chains.has(target) || !/^[A-Z0-9]+$/.test(target);
}

/** @returns rules of a chain; none when it does not exist. */
export function rulesOf(table: RuleTable, chain: string): readonly PacketRule[] {
  return table.chains.get(chain)?.rules ?? [];
}
