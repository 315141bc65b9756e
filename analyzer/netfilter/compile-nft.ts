/**
 * Tables of nft as programs. Semantics: nft(8), net/netfilter/nf_tables_core.c. A statement that does not match ends
 * its rule; a map without a fitting element does too. Rules are compiled when a packet first meets them.
 */
import { printNftRule } from '../core/nft-print.ts';
import type { NftChainDump, NftRule, NftRuleset, NftTable } from '../core/nft-ruleset.ts';
import type { Family } from '../core/packet-rule.ts';
import { canonicalAddress } from './address.ts';
import { compiledChains } from './compiled-chains.ts';
import type { NftScope } from './nft-matches.ts';
import { compileRule } from './nft-rule.ts';
import type { BaseChain, HookName, ProgramChain, ProgramRule, ProgramTable } from './program.ts';
import { ruleSeeker } from './rule-seeker.ts';

const HOOKS: readonly HookName[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'];
const FAMILIES: Readonly<Record<string, readonly Family[]>> = { ip: ['IPv4'], ip6: ['IPv6'], inet: ['IPv4', 'IPv6'] };

export interface CompiledNft {
  readonly tables: readonly ProgramTable[];
  readonly bases: readonly BaseChain[];
  /** Tables whose end is missing: base chains of theirs may be unknown. One reason each. */
  readonly cut: readonly { readonly family: Family; readonly table: string; readonly because: string }[];
}

/** @param place the file the ruleset was read from. @returns a program a table and IP family; arp, bridge and netdev tables are left out. */
export function compileNft(
  ruleset: NftRuleset,
  place: { readonly fileId: number; readonly file: string },
): CompiledNft {
  const tables: ProgramTable[] = [];
  const bases: BaseChain[] = [];
  const cut: CompiledNft['cut'][number][] = [];
  for (const table of ruleset.tables) {
    for (const family of FAMILIES[table.family] ?? []) {
      const because = `${place.file} is cut: ${ruleset.cut ?? `table ${table.name} does not end`}`;
      const program = programTable(table, family, place, because);
      tables.push(program);
      if (!table.complete) cut.push({ family, table: table.name, because });
      // The kernel calls no chain of a dormant table.
      if (!table.flags.includes('dormant')) bases.push(...basesOf(table, program));
    }
  }
  return { tables, bases, cut };
}

function basesOf(dump: NftTable, table: ProgramTable): readonly BaseChain[] {
  return [...dump.chains.values()].flatMap((chain): readonly BaseChain[] => {
    const hook = HOOKS.find((each) => each === chain.hook);
    if (hook === undefined) return [];
    return [
      {
        table,
        chain: chain.name,
        hook,
        type: chain.type ?? 'filter',
        priority: chain.priority ?? 0,
        policy: chain.policy ?? 'accept',
      },
    ];
  });
}

function programTable(
  dump: NftTable,
  family: Family,
  place: { readonly fileId: number; readonly file: string },
  because: string,
): ProgramTable {
  const scope: NftScope = {
    table: dump,
    family,
    file: place.file,
    translated: isTranslated(dump),
    filled: filledSets(dump),
    indexes: new Map(),
  };
  return {
    name: dump.name,
    backend: 'nft',
    family,
    fileId: place.fileId,
    file: place.file,
    chain: compiledChains(dump.chains, (chain) => programChain(chain, scope, because)),
  };
}

const IPTABLES_TABLES = new Set(['raw', 'mangle', 'nat', 'filter', 'security']);

/** @returns true for a table that iptables-nft made: its chains with a hook have iptables' names. */
export function isTranslated(table: NftTable): boolean {
  if (!IPTABLES_TABLES.has(table.name) || table.family === 'inet') return false;
  return ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'].some((name) => table.chains.has(name));
}

function filledSets(table: NftTable): ReadonlySet<string> {
  const filled = new Set<string>();
  for (const set of table.sets.values()) if (set.flags.includes('dynamic')) filled.add(set.name);
  for (const chain of table.chains.values()) {
    for (const rule of chain.rules) {
      for (const statement of rule.statements) if (statement.kind === 'set') filled.add(statement.set);
    }
  }
  return filled;
}

function programChain(chain: NftChainDump, scope: NftScope, because: string): ProgramChain {
  const { rules } = chain;
  const compiled: (ProgramRule | undefined)[] = [];
  return {
    name: chain.name,
    line: chain.line,
    length: rules.length,
    rule(index) {
      compiled[index] ??= programRule(rules[index] as NftRule, scope);
      return compiled[index] as ProgramRule;
    },
    seek: ruleSeeker(rules, onlyDestination),
    endUnknown: chain.complete ? null : because,
  };
}

function programRule(rule: NftRule, scope: NftScope): ProgramRule {
  return {
    text: printNftRule(rule, 'leave'),
    line: rule.line,
    packets: rule.packets?.value ?? null,
    countedAt: null,
    instructions: compileRule(rule, scope),
  };
}

/** The one address without which nothing of this rule happens. */
function onlyDestination(rule: NftRule): string | null {
  for (const statement of rule.statements) {
    if (statement.kind === 'counter' || statement.kind === 'log') continue;
    if (statement.kind !== 'match') return null;
    const { left, right, operator } = statement;
    if (left.kind !== 'payload' || left.field !== 'daddr' || operator !== '==' || right.kind !== 'value') continue;
    const address = canonicalAddress(right.value);
    if (address !== null) return address;
  }
  return null;
}
