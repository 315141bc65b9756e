/** Chains while they are read from rules in the form `-A CHAIN ...`, and which table a set of chains is. */
import { type ChainDump, type Family, newRule, type PacketRule } from '../core/packet-rule.ts';
import { readRuleText } from './iptables-rule-text.ts';
import { familyOf, parseCount, sealRule } from './iptables-values.ts';
import { wordsOf } from './iptables-words.ts';

export interface OpenChain extends Omit<ChainDump, 'rules'> {
  readonly rules: PacketRule[];
}

/** The part of a table that the readers of every form fill. */
export interface OpenRules {
  readonly line: number;
  readonly chains: Map<string, OpenChain>;
  family: Family | null;
  /** Rules that carry counters. */
  counted: number;
}

/** Declares a chain; a second declaration changes nothing for the kernel's reader, so the first line is kept. */
export function declareChain(table: OpenRules, name: string, policy: string | null, line: number): void {
  const before = table.chains.get(name);
  if (before?.declared) return;
  table.chains.set(name, { name, line, declared: true, policy, references: null, rules: before?.rules ?? [] });
}

const APPEND = /^(?:\[(\d+):(\d+)\] )?(?:-A|--append|-I|--insert) (\S+)(?:\s+|$)/;

/** @returns false when the line appends no rule. */
export function appendRule(table: OpenRules, trimmed: string, raw: string, line: number): boolean {
  const found = APPEND.exec(trimmed);
  if (found === null) return false;
  const name = found[3] as string;
  let chain = table.chains.get(name);
  if (chain === undefined) {
    chain = { name, line, declared: false, policy: null, references: null, rules: [] };
    table.chains.set(name, chain);
  }
  // Names of chains are the same text everywhere: one is kept, and looked up faster.
  const rule = newRule(line, raw, chain.name, chain.rules.length + 1);
  if (found[1] !== undefined && found[2] !== undefined) {
    rule.packets = parseCount(found[1]);
    rule.bytes = parseCount(found[2]);
  }
  readRuleText(rule, wordsOf(trimmed, found[0].length));
  if (rule.packets !== null) table.counted += 1;
  table.family ??= familyOf(rule.source?.value ?? '') ?? familyOf(rule.destination?.value ?? '');
  if (rule.rejectWith !== null) table.family ??= rule.rejectWith.startsWith('icmp6-') ? 'IPv6' : null;
  if (rule.target !== null) rule.target = table.chains.get(rule.target)?.name ?? rule.target;
  chain.rules.push(sealRule(rule));
  return true;
}

const BUILT_IN = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);

/** @returns whether some chain is one of the kernel's: a print of single chains may have none. */
export function hasBuiltIn(chains: ReadonlyMap<string, ChainDump>): boolean {
  for (const name of chains.keys()) if (BUILT_IN.has(name)) return true;
  return false;
}

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
};

/** @returns the first chain every such table has and this one lacks; null when single chains were asked for. */
export function missingBuiltIn(table: string, chains: ReadonlyMap<string, ChainDump>): string | null {
  if (!hasBuiltIn(chains)) return null;
  return EXPECTED[table]?.find((name) => !chains.has(name)) ?? null;
}

/**
 * Which table has these built-in chains; by its rules when they do not tell. A print that was cut after its first
 * chains may be several tables: then null, never a guess.
 */
export function tableOfChains(chains: ReadonlyMap<string, ChainDump>): string | null {
  const has = (name: string): boolean => chains.has(name);
  const first = [...chains.keys()].find((name) => BUILT_IN.has(name));
  if (first === undefined) return tableByTargets(chains);
  if (has('FORWARD')) {
    if (has('PREROUTING') || has('POSTROUTING')) return 'mangle';
    return tableByTargets(chains) === 'security' ? 'security' : 'filter';
  }
  if (has('POSTROUTING')) return 'nat';
  if (!has('PREROUTING')) return first === 'INPUT' && !has('OUTPUT') ? 'filter' : tableByTargets(chains);
  // PREROUTING and INPUT begin nat and mangle; only raw has OUTPUT right behind PREROUTING.
  const byTargets = tableByTargets(chains);
  if (byTargets !== null || !has('OUTPUT')) return byTargets;
  return has('INPUT') ? 'nat' : 'raw';
}

function tableByTargets(chains: ReadonlyMap<string, ChainDump>): string | null {
  for (const chain of chains.values()) {
    for (const { target } of chain.rules) {
      if (target === null) continue;
      if (/^(DNAT|SNAT|MASQUERADE|REDIRECT|NETMAP|KUBE-(SVC|SVL|SEP|EXT|FW|XLB|MARK-MASQ|POSTROUTING))/.test(target))
        return 'nat';
      if (target === 'REJECT') return 'filter';
      if (target === 'SECMARK' || target === 'CONNSECMARK') return 'security';
      if (target === 'NOTRACK' || target === 'CT') return 'raw';
      if (target === 'TPROXY') return 'mangle';
    }
  }
  return null;
}

const COMMAND = /(?:^|[\s/`'"])(ip6?tables)(?:-legacy|-nft)?(?: -[-\w]+| \S+)* (?:-[a-zA-Z]*[LS]|--list(?:-rules)?)\b/;
const TABLE_OPTION = /(?:-t|--table)[ =]?(nat|filter|mangle|raw|security)\b/;
const TABLE_LINE = /^\s*(?:[#*=-]+\s*)?[Tt]able:?\s+`?(filter|nat|mangle|raw|security)\b/;

/**
 * A line that somebody put above a table: `Table: nat`, `# iptables -t nat -L -n -v`, `$ ip6tables -S`.
 * @returns the table and family it names, or null for any other line.
 */
export function headingOf(line: string): { readonly table: string; readonly family: Family | null } | null {
  if (line.length > 300) return null;
  const named = TABLE_LINE.exec(line)?.[1];
  if (named !== undefined) return { table: named, family: null };
  const command = line.includes('tables') ? COMMAND.exec(line)?.[1] : undefined;
  if (command === undefined) return null;
  return { table: TABLE_OPTION.exec(line)?.[1] ?? 'filter', family: command === 'ip6tables' ? 'IPv6' : 'IPv4' };
}
