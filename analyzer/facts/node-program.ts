/** The captured dumps of a node as one program for the tracer: which of them are used, what is missing, what is assumed. */
import type { NftTable } from '../core/nft-ruleset.ts';
import type { IpSet, NodeInterface } from '../core/node-network.ts';
import type { Family } from '../core/packet-rule.ts';
import { compileIptables } from '../netfilter/compile-iptables.ts';
import { compileNft, isTranslated } from '../netfilter/compile-nft.ts';
import type { BaseChain, NodeProgram } from '../netfilter/program.ts';
import { countersOf } from '../netfilter/rule-counters.ts';
import type { RuleTable } from '../netfilter/rule-table.ts';
import type { NftFact, NodeFacts, RouteFact } from './node-facts.ts';

const programs = new WeakMap<NodeFacts, Map<Family, NodeProgram>>();

/** @returns the program of one family, made once. */
export function nodeProgram(facts: NodeFacts, family: Family): NodeProgram {
  const known = programs.get(facts) ?? new Map<Family, NodeProgram>();
  programs.set(facts, known);
  const program = known.get(family) ?? makeProgram(facts, family);
  known.set(family, program);
  return program;
}

function makeProgram(facts: NodeFacts, family: Family): NodeProgram {
  const tables = facts.tables.filter((table) => table.family === family);
  const nft = nftBases(facts, tables, family);
  const counters = countersOf(facts.rules.counted);
  const bases = [...tables.flatMap((table) => compileIptables(table, counters).bases), ...nft.bases];
  const natFirst = natOrder(tables, bases);
  const routes = facts.routes.filter(({ routes: list }) => list.some(({ prefix }) => familyOf(prefix) === family));
  // `ip route` alone prints the main table; `ip route show table all` tells which addresses are the node's own.
  const reach = (fact: RouteFact): number =>
    (fact.routes.some(({ table }) => table !== 'main') ? 2 : 0) + (fact.cut === true ? 0 : 1);
  const [routeFile] = routes.sort((one, two) => reach(two) - reach(one));
  const rules = facts.network.policyRules.filter((one) => one.family === family || one.family === null);
  const ipvs = facts.network.ipvs[0] ?? null;
  const ipsets = new Map<string, IpSet>();
  for (const { value } of facts.network.ipsets)
    for (const set of value) if (!ipsets.has(set.name)) ipsets.set(set.name, set);
  const interfaces = facts.network.interfaces.find(({ cut }) => cut !== true)?.value ?? [];
  return {
    family,
    bases,
    routesCut: routeFile?.cut === true,
    routes: routeFile === undefined ? null : routeFile.routes.filter(({ prefix }) => familyOf(prefix) === family),
    policyRules: rules[0]?.value ?? null,
    interfaces: interfaces.filter((one) =>
      one.addresses.some(({ address }) => familyOf(address) === family),
    ) as readonly NodeInterface[],
    ipsets,
    ipvs: ipvs?.value ?? null,
    sysctls: new Map(facts.state.sysctls.flatMap(({ values }) => [...values].map(([key, { value }]) => [key, value]))),
    files: { routes: routeFile ?? null, policyRules: rules[0] ?? null, ipvs },
    missing: missingParts(facts, tables, nft, family),
    natFirst: natFirst?.backend ?? null,
    assumptions: [...nft.assumptions, ...notSeen(facts, tables), ...(natFirst === null ? [] : [natFirst.because])],
  };
}

/** Each backend's dump is blind for the other. */
function notSeen(facts: NodeFacts, tables: readonly RuleTable[]): readonly string[] {
  if (facts.nft.length === 0 && tables.length > 0) {
    return ['no nft ruleset was captured: rules that are not of iptables are taken not to exist'];
  }
  if (facts.nft.length > 0 && facts.rules.all.length === 0 && facts.rules.empty.length === 0) {
    return ['no iptables dump was captured: rules of iptables-legacy, which nft does not show, are taken not to exist'];
  }
  return [];
}

/**
 * Two backends may both change destinations at one priority; the one that was registered last is asked first, which no
 * dump says. The counters of iptables do: its rules count services only when nft did not take them before.
 */
function natOrder(
  tables: readonly RuleTable[],
  bases: readonly BaseChain[],
): { readonly backend: 'iptables' | 'nft'; readonly because: string } | null {
  const nat = tables.find((table) => table.table === 'nat');
  const beside = bases.some(({ type, table }) => type === 'nat' && table.backend === 'nft');
  if (nat === undefined || nat.counters !== 'packets' || !beside) return null;
  let entered = 0;
  let sentOn = 0;
  for (const chain of nat.chains.values()) {
    for (const rule of chain.rules) {
      if (rule.target === 'DNAT') sentOn += rule.packets?.value ?? 0;
      if (chain.policy !== null && rule.target === 'KUBE-SERVICES') entered += rule.packets?.value ?? 0;
    }
  }
  if (entered === 0) return null;
  if (sentOn > 0) {
    const because = `nat rules of iptables have counted ${sentOn} connections to endpoints: taken to run before those of nft`;
    return { backend: 'iptables', because };
  }
  return {
    backend: 'nft',
    because: 'nat rules of iptables see packets and count none to an endpoint: those of nft run first',
  };
}

function familyOf(prefix: string): Family {
  return prefix.includes(':') ? 'IPv6' : 'IPv4';
}

interface NftPart {
  readonly bases: readonly BaseChain[];
  /** Tables of iptables-nft that stand in for dumps that were not captured. */
  readonly translated: ReadonlySet<string>;
  /** Why chains that the kernel calls may stand behind the end of the ruleset, or null. */
  readonly cut: string | null;
  readonly assumptions: readonly string[];
}

/** nft lists the tables of iptables-nft too; the same rules must not be met twice. */
function nftBases(facts: NodeFacts, tables: readonly RuleTable[], family: Family): NftPart {
  const bases: BaseChain[] = [];
  const translated = new Set<string>();
  const assumptions: string[] = [];
  const taken = new Set<string>();
  let cut: string | null = null;
  // Families may be listed in files of their own; a table that several hold is read from the best of them.
  for (const fact of facts.nft) {
    assumptions.push(...early(fact));
    const fresh = fact.ruleset.tables.filter((table) => covers(table, family) && !taken.has(idOf(table)));
    for (const table of fresh) taken.add(idOf(table));
    const wanted = fresh.filter((table) => !sameAsDump(table, tables));
    const stands = wanted.filter(isTranslated);
    for (const table of stands) translated.add(table.name);
    if (stands.length > 0) {
      assumptions.push(
        `iptables rules are read from ${fact.file}, where nft prints them without some of their matches`,
      );
    }
    const compiled = compileNft({ ...fact.ruleset, tables: wanted }, fact);
    bases.push(...compiled.bases.filter((base) => base.table.family === family));
    cut ??= compiled.cut.find((one) => one.family === family)?.because ?? null;
    // Without iptables dumps a table that decides may stand behind the end as a whole.
    if (fact.ruleset.cut !== null && tables.length === 0 && facts.nft[0] === fact) {
      cut ??= `${fact.file} is cut: ${fact.ruleset.cut}`;
    }
  }
  return { bases, translated, cut, assumptions };
}

/** Chains that see packets before connection tracking and routes do, or after all others. */
const EARLY_HOOKS = new Set(['ingress', 'egress']);

/** @returns a sentence for each chain of theirs that may stop packets. */
function early({ file, ruleset }: NftFact): readonly string[] {
  return ruleset.tables.flatMap(({ family, name, chains }) =>
    [...chains.values()].flatMap((chain) =>
      EARLY_HOOKS.has(chain.hook ?? '') && (chain.rules.length > 0 || chain.policy === 'drop')
        ? [
            `chain ${chain.name} of table ${family} ${name} (hook ${chain.hook}, ${file}) is taken to let the packet pass`,
          ]
        : [],
    ),
  );
}

function idOf(table: NftTable): string {
  return `${table.family} ${table.name}`;
}

function covers(table: NftTable, family: Family): boolean {
  return table.family === 'inet' || table.family === (family === 'IPv6' ? 'ip6' : 'ip');
}

/** @returns true when an iptables dump holds this table already: it has every chain with rules that nft lists. */
function sameAsDump(table: NftTable, dumps: readonly RuleTable[]): boolean {
  if (!isTranslated(table)) return false;
  const dump = dumps.find((one) => one.table === table.name);
  if (dump === undefined) return false;
  return [...table.chains.values()].every((chain) => chain.rules.length === 0 || dump.chains.has(chain.name));
}

function missingParts(
  facts: NodeFacts,
  tables: readonly RuleTable[],
  nft: NftPart,
  family: Family,
): NodeProgram['missing'] {
  const missing: NodeProgram['missing'][number][] = [];
  const { mode } = facts.mode;
  if (mode === 'replaced')
    missing.push({
      what: 'all',
      because: `eBPF programs decide on this node (${facts.mode.because}); they are in no dump`,
    });
  if (mode === 'ipvs' && facts.network.ipvs.length === 0) {
    missing.push({ what: 'ipvs', because: 'virtual servers (ipvsadm) were not captured' });
  } else if (facts.network.ipvs[0]?.value.cut === true) {
    missing.push({ what: 'ipvs', because: `the end of ${facts.network.ipvs[0].file} is missing` });
  }
  if (nft.cut !== null) missing.push({ what: 'all', because: nft.cut });
  const own = facts.nft.some((fact: NftFact) =>
    fact.ruleset.tables.some((table) => table.name === 'kube-proxy' && covers(table, family)),
  );
  const seen = (name: string): boolean => tables.some((table) => table.table === name) || nft.translated.has(name);
  // A file that is cut before its first chain holds no table, but its node has one.
  const unreadStart = facts.rules.empty.some(({ file }) => facts.rules.junk.some((one) => one.file === file));
  for (const what of ['nat', 'filter'] as const) {
    // A node without the table has no rules in it: nft prints every table there is.
    const noTable = tables.length === 0 && !unreadStart && facts.nft.some((fact) => fact.ruleset.tables.length > 0);
    if (seen(what) || own || noTable) continue;
    missing.push({ what, because: `the ${family} ${what} table was not captured` });
  }
  // What is in no captured dump may stand in an nft table of kube-proxy's own.
  if (mode === 'unknown' && missing.length === 0 && facts.nft.length === 0)
    missing.push({ what: 'all', because: facts.mode.because });
  return missing;
}
