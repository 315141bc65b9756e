/** Every captured chain as it is, for reading: iptables tables as chosen for the analysis, and nft rulesets. */
import type { RawChain, RawChainAnswer, RawRule } from '../contract/network.ts';
import { FailureError, fail } from '../core/failure.ts';
import type { FileId } from '../core/ids.ts';
import { nearest } from '../core/nearest.ts';
import type { NftChainDump, NftExpression, NftRule, NftStatement, NftTable } from '../core/nft-ruleset.ts';
import type { PacketRule } from '../core/packet-rule.ts';
import { chainGraph, type RuleTable } from '../netfilter/rule-table.ts';
import type { LoadedNode } from './network-nodes.ts';

/** Which chain of which dump. */
export interface ChainName {
  readonly fileId: number;
  readonly family: string;
  readonly table: string;
  readonly chain: string;
}

/** @returns every chain, tables in the order iptables before nft, chains in the order of their dump. */
export function rawChains(node: LoadedNode): readonly RawChain[] {
  return node.kept('raw chains', () => [
    ...node.facts.tables.flatMap((table) => [...table.chains.keys()].map((name) => savedChain(node, table, name))),
    ...nftTables(node).flatMap((at) => [...at.table.chains.values()].map((chain) => nftChain(node, at, chain))),
  ]);
}

/** @returns one chain with its rules; throws `not-found` with the nearest names. */
export function oneChain(node: LoadedNode, wanted: ChainName): RawChainAnswer {
  const saved = node.facts.tables.find(
    (table) => table.fileId === wanted.fileId && table.family === wanted.family && table.table === wanted.table,
  );
  const chain = saved?.chains.get(wanted.chain);
  if (saved !== undefined && chain !== undefined) {
    return {
      chain: savedChain(node, saved, wanted.chain),
      rules: chain.rules.map((rule) => savedRule(saved, rule)),
      jumpsHere: (chainGraph(saved).jumpsTo.get(wanted.chain) ?? []).map((rule) => ({
        chain: rule.chain,
        line: rule.line,
      })),
    };
  }
  const at = nftTables(node).find(
    (one) => one.fileId === wanted.fileId && one.table.family === wanted.family && one.table.name === wanted.table,
  );
  const nft = at?.table.chains.get(wanted.chain);
  if (at !== undefined && nft !== undefined) {
    return {
      chain: nftChain(node, at, nft),
      rules: nft.rules.map((rule) => nftRule(at.table, rule)),
      jumpsHere: nftJumps(at.table)(wanted.chain).map((rule) => ({ chain: rule.chain, line: lineOf(rule.line) })),
    };
  }
  const names = [...(saved?.chains.keys() ?? at?.table.chains.keys() ?? rawChains(node).map((one) => one.name))];
  const near = nearest(wanted.chain, names);
  throw new FailureError(
    fail(
      'not-found',
      `no chain ${wanted.chain} in the ${wanted.family} table ${wanted.table}`,
      wanted.chain,
      near.length === 0 ? null : `Did you mean ${near.join(', or ')}?`,
    ).failure,
  );
}

function savedChain(node: LoadedNode, table: RuleTable, name: string): RawChain {
  const chain = table.chains.get(name);
  const jumps = chainGraph(table).jumpsTo.get(name) ?? [];
  return {
    bundle: node.reader.bundle.id,
    node: node.reader.bundle.node,
    family: table.family,
    table: table.table,
    name,
    file: table.file,
    fileId: table.fileId,
    line: chain?.line ?? table.line,
    policy: chain?.policy ?? null,
    rules: chain?.rules.length ?? 0,
    // Who counts what comes into a chain are the rules that jump to it; the kernel calls a built-in chain by itself.
    packets: jumps.length === 0 ? null : sum(jumps.map((rule) => rule.packets?.value ?? null)),
    references: jumps.length,
  };
}

function savedRule(table: RuleTable, rule: PacketRule): RawRule {
  return {
    position: rule.position,
    line: rule.line,
    text: rule.raw,
    packets: rule.packets?.value ?? null,
    bytes: rule.bytes?.value ?? null,
    target: rule.target !== null && table.chains.has(rule.target) ? rule.target : null,
  };
}

/** @returns null when any part is not known: a sum of some counters would read as the whole. */
function sum(counts: readonly (number | null)[]): number | null {
  let total = 0;
  for (const count of counts) {
    if (count === null) return null;
    total += count;
  }
  return total;
}

/** One nft table with its source file. */
interface NftPlace {
  readonly fileId: FileId;
  readonly file: string;
  readonly table: NftTable;
}

/** A bundle may hold one ruleset as text and as JSON: the text has lines to show, and one of the two is enough. */
function nftTables(node: LoadedNode): readonly NftPlace[] {
  return node.kept('nft tables', () => {
    const places = [...node.facts.nft]
      .sort((left, right) => Number(left.ruleset.source === 'json') - Number(right.ruleset.source === 'json'))
      .flatMap(({ fileId, file, ruleset }) => ruleset.tables.map((table) => ({ fileId, file, table })));
    const seen = new Set<string>();
    return places.filter(({ table }) => {
      const key = `${table.family} ${table.name}`;
      return !seen.has(key) && seen.add(key);
    });
  });
}

/** JSON dumps are one line and give 0. */
const lineOf = (line: number): number => Math.max(1, line);

function nftChain(node: LoadedNode, { fileId, file, table }: NftPlace, chain: NftChainDump): RawChain {
  const jumps = nftJumps(table)(chain.name);
  return {
    bundle: node.reader.bundle.id,
    node: node.reader.bundle.node,
    family: table.family,
    table: table.name,
    name: chain.name,
    file,
    fileId,
    line: lineOf(chain.line),
    policy: chain.policy,
    rules: chain.rules.length,
    packets: jumps.length === 0 ? null : sum(jumps.map((rule) => rule.packets?.value ?? null)),
    references: jumps.length,
  };
}

function nftRule(table: NftTable, rule: NftRule): RawRule {
  const target = rule.statements.flatMap(chainsNamed).find((name) => table.chains.has(name)) ?? null;
  return {
    position: rule.position,
    line: lineOf(rule.line),
    text: rule.raw,
    packets: rule.packets?.value ?? null,
    bytes: rule.bytes?.value ?? null,
    target,
  };
}

const jumpIndexes = new WeakMap<NftTable, ReadonlyMap<string, readonly NftRule[]>>();

/** @returns a lookup: rules of a table that jump or go to a chain, also through a named verdict map. */
function nftJumps(table: NftTable): (chain: string) => readonly NftRule[] {
  let index = jumpIndexes.get(table);
  if (index === undefined) {
    const made = new Map<string, NftRule[]>();
    for (const chain of table.chains.values()) {
      for (const rule of chain.rules) {
        const named = rule.statements.flatMap((statement) => [
          ...chainsNamed(statement),
          ...mapNamed(statement).flatMap((name) => chainsOfMap(table, name)),
        ]);
        for (const name of new Set(named)) {
          const known = made.get(name);
          if (known === undefined) made.set(name, [rule]);
          else known.push(rule);
        }
      }
    }
    index = made;
    jumpIndexes.set(table, made);
  }
  const found = index;
  return (chain) => found.get(chain) ?? [];
}

function chainsNamed(statement: NftStatement): readonly string[] {
  if (statement.kind === 'verdict') return 'chain' in statement.verdict ? [statement.verdict.chain] : [];
  return statement.kind === 'vmap' ? elementChains(statement.data) : [];
}

function elementChains(data: NftExpression): readonly string[] {
  if (data.kind !== 'elements') return [];
  return data.elements.flatMap(({ verdict }) => (verdict !== null && 'chain' in verdict ? [verdict.chain] : []));
}

function mapNamed(statement: NftStatement): readonly string[] {
  return statement.kind === 'vmap' && statement.data.kind === 'set-reference' ? [statement.data.name] : [];
}

function chainsOfMap(table: NftTable, name: string): readonly string[] {
  const elements = table.sets.get(name.replace(/^@/, ''))?.elements ?? [];
  return elements.flatMap(({ verdict }) => (verdict !== null && 'chain' in verdict ? [verdict.chain] : []));
}
