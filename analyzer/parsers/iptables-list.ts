/**
 * `iptables -L` in every shape seen: -n, -v, -x, --line-numbers, several tables one after the other:
 *
 *   Chain KUBE-SERVICES (2 references)
 *    pkts bytes target     prot opt in     out     source               destination
 *   2675K  160M KUBE-SVC-67NZLRHBNDSAWJRO  6    --  *      *       0.0.0.0/0            10.96.10.20          /* shop/web:http cluster IP *\/ tcp dpt:80
 *       6   360            0    --  *      *       0.0.0.0/0            0.0.0.0/0            /* a rule without target *\/
 *   =======
 *   Total Number of Rules: 106
 *
 * A wide first counter starts in column 0. The protocol is a number since 1.8.9 with -n, a name before.
 * Legacy ip6tables leaves the opt column blank. The table is not printed: its built-in chains tell.
 */
import type { ChainDump, Family, PacketRule, RuleDump, TableDump } from '../core/packet-rule.ts';
import { readListMatches } from './iptables-list-matches.ts';
import {
  familyOf,
  JUNK_KEPT,
  newRule,
  parseCount,
  parseInterface,
  parsePrefix,
  parseProtocol,
  textLines,
} from './iptables-values.ts';

interface OpenChain extends Omit<ChainDump, 'rules'> {
  readonly rules: PacketRule[];
}

interface Columns {
  readonly numbers: boolean;
  readonly verbose: boolean;
}

interface OpenTable {
  readonly line: number;
  /** From a line such as `Table: nat`, which some collectors print. */
  readonly named: string | null;
  readonly chains: Map<string, OpenChain>;
  family: Family | null;
  counted: number;
  madeChains: number;
  rules: number;
  junk: number;
  /** N of the collector's footer `Total Number of Rules: N`. */
  footer: number | null;
}

const BUILT_IN = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);
const CHAIN = /^Chain (\S+) \((?:policy (\S+?)(?: \d+[KMGT]? packets, \d+[KMGT]? bytes)?|(\d+) references?)\)\s*$/;
const TITLES = /^\s*(num\s+)?(pkts\s+bytes\s+)?target\s+prot\s+opt\s+/;

/** @param text whole content of the file. @returns every table, chain and rule in it; never throws. */
export function parseIptablesList(text: string): RuleDump {
  const lines = textLines(text);
  const tables: TableDump[] = [];
  const junk: { line: number; text: string }[] = [];
  let junkLines = 0;
  let open: OpenTable | null = null;
  let chain: OpenChain | null = null;
  let columns: Columns = { numbers: false, verbose: true };
  let named: string | null = null;

  const close = (endLine: number): void => {
    if (open !== null && open.chains.size > 0) tables.push(closed(open, endLine));
    open = null;
    chain = null;
  };

  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    if (line.trim() === '') continue;
    const heading = CHAIN.exec(line);
    if (heading !== null) {
      const name = heading[1] as string;
      const policy = heading[2] ?? null;
      // Built-in chains come first in every table: one after another chain, or twice, begins the next table.
      if (open !== null && (open.chains.has(name) || (policy !== null && open.madeChains > 0))) close(number - 1);
      open ??= {
        line: number,
        named,
        chains: new Map(),
        family: null,
        counted: 0,
        madeChains: 0,
        rules: 0,
        junk: 0,
        footer: null,
      };
      const references = heading[3] === undefined ? null : Number(heading[3]);
      chain = { name, line: number, declared: true, policy, references, rules: [] };
      if (policy === null) open.madeChains += 1;
      open.chains.set(name, chain);
      continue;
    }
    const titles = TITLES.exec(line);
    if (titles !== null) {
      columns = { numbers: titles[1] !== undefined, verbose: titles[2] !== undefined };
      continue;
    }
    if (/^=+$/.test(line.trim())) continue;
    const footer = /^Total Number of Rules: (\d{1,9})\s*$/.exec(line);
    if (footer !== null) {
      if (open !== null) open.footer = Number(footer[1]);
      close(number);
      named = null;
      continue;
    }
    const heading2 = /^\s*(?:[#*=-]*\s*)?[Tt]able:?\s+`?(filter|nat|mangle|raw|security)\b/.exec(line);
    if (heading2 !== null) {
      close(number - 1);
      named = heading2[1] as string;
      continue;
    }
    if (open === null || chain === null || !readRule(open, chain, columns, line, number)) {
      junkLines += 1;
      if (open !== null) open.junk += 1;
      if (junk.length < JUNK_KEPT) junk.push({ line: number, text: line });
    }
  }
  close(lines.length);
  return { tables, junkLines, junk, lines: lines.length };
}

function closed(open: OpenTable, endLine: number): TableDump {
  const table = open.named ?? tableOf(open.chains);
  // The collector counts every line it does not know as a rule, warnings of iptables included.
  const lost = open.footer === null ? 0 : Math.max(0, open.footer - open.rules - open.junk);
  const missing = table === null ? null : missingBuiltIn(table, open.chains);
  const because =
    lost > 0
      ? `the footer counts ${open.footer} rules, ${open.rules} are there`
      : open.footer === null && missing !== null
        ? `the listing ends before chain ${missing}`
        : lostEnd(open);
  return {
    family: open.family,
    table,
    source: 'iptables-list',
    line: open.line,
    endLine,
    counters: open.counted > 0 ? 'packets' : 'none',
    cut: because === null ? null : { what: lost > 0 ? 'lines' : 'end', line: endLine, because },
    chains: open.chains,
  };
}

/**
 * The kernel prints how many rules jump to a chain, and lists chains by name: when jumps lead to chains that would
 * come after the last one, or are fewer than the chains say, the end is not there. A hole before it is no lost end.
 */
function lostEnd(open: OpenTable): string | null {
  // A listing of single chains leaves the others out.
  if (![...open.chains.keys()].some((name) => BUILT_IN.has(name))) return null;
  const jumps = new Map<string, number>();
  for (const chain of open.chains.values()) {
    for (const { target } of chain.rules) if (target !== null) jumps.set(target, (jumps.get(target) ?? 0) + 1);
  }
  const made = [...open.chains.values()].filter((chain) => chain.policy === null);
  const last = made.at(-1)?.name ?? '';
  // Extension targets hold upper case letters and digits only.
  const absent = [...jumps.keys()].filter((name) => !open.chains.has(name) && /[-_a-z]/.test(name));
  if (absent.some((name) => name < last)) return null;
  const [first] = absent.sort();
  if (first !== undefined) return `the listing ends before chain ${first}, to which its rules jump`;
  const short = made.find((chain) => (chain.references ?? 0) > (jumps.get(chain.name) ?? 0));
  if (short === undefined || open.footer !== null) return null;
  return `${short.references} rules jump to ${short.name}, ${jumps.get(short.name) ?? 0} of them are there`;
}

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
};

function missingBuiltIn(table: string, chains: ReadonlyMap<string, ChainDump>): string | null {
  // `iptables -L KUBE-SERVICES` prints one chain only and is not cut.
  if (![...chains.keys()].some((name) => BUILT_IN.has(name))) return null;
  return EXPECTED[table]?.find((name) => !chains.has(name)) ?? null;
}

/** Which table has these built-in chains; by its rules when the listing shows none of them. */
function tableOf(chains: ReadonlyMap<string, ChainDump>): string | null {
  const builtIn = [...chains.keys()].filter((name) => BUILT_IN.has(name));
  const has = (name: string): boolean => chains.has(name);
  if (builtIn.length > 0) {
    if (has('FORWARD')) return has('PREROUTING') || has('POSTROUTING') ? 'mangle' : 'filter';
    if (has('POSTROUTING')) return 'nat';
    // Cut after the first chains: filter begins with INPUT; nat has kube-proxy's jumps in PREROUTING, raw never has.
    if (!has('PREROUTING')) return builtIn[0] === 'INPUT' ? 'filter' : tableByTargets(chains);
    return tableByTargets(chains) ?? (has('INPUT') ? 'nat' : has('OUTPUT') ? 'raw' : null);
  }
  return tableByTargets(chains);
}

function tableByTargets(chains: ReadonlyMap<string, ChainDump>): string | null {
  for (const chain of chains.values()) {
    for (const { target } of chain.rules) {
      if (target === null) continue;
      if (/^(DNAT|SNAT|MASQUERADE|REDIRECT|KUBE-(SVC|SVL|SEP|EXT|FW|XLB|MARK-MASQ|POSTROUTING))/.test(target))
        return 'nat';
      if (target === 'REJECT') return 'filter';
    }
  }
  return null;
}

function readRule(table: OpenTable, chain: OpenChain, columns: Columns, line: string, number: number): boolean {
  const words = line.trimStart().split(/\s+/, 16);
  let at = columns.numbers ? 1 : 0;
  const rule = newRule(number, line, chain.name, chain.rules.length + 1);
  if (columns.verbose) {
    rule.packets = parseCount(words[at] ?? '');
    rule.bytes = parseCount(words[at + 1] ?? '');
    if (rule.packets === null || rule.bytes === null) return false;
    at += 2;
  }
  const address = addressColumn(words, at, columns.verbose ? 3 : 1);
  if (address === null) return false;
  const before = words.slice(at, address);
  const interfaces = columns.verbose ? before.splice(-2) : [];
  // What is left is [target] prot [opt]; opt is always one of these three when it is printed.
  if (isOpt(before.at(-1))) {
    if (before.at(-1) === '-f') rule.otherMatches.push('-f');
    if (before.at(-1) === '!f') rule.otherMatches.push('! -f');
    before.pop();
  }
  const protocol = before.pop();
  if (protocol === undefined || before.length > 1) return false;
  rule.target = before[0] ?? null;
  rule.verb = rule.target === null ? null : 'jump';
  rule.protocol = parseProtocol(protocol, false);
  rule.inInterface = parseInterface(interfaces[0] ?? '*', false);
  rule.outInterface = parseInterface(interfaces[1] ?? '*', false);
  const source = words[address] as string;
  const destination = words[address + 1] as string;
  rule.source = parsePrefix(source, false);
  rule.destination = parsePrefix(destination, false);
  table.family ??= familyOf(source) ?? familyOf(destination);
  readListMatches(rule, afterWord(line, address + 2));
  if (rule.packets !== null) table.counted += 1;
  table.rules += 1;
  chain.rules.push(rule);
  return true;
}

function isOpt(word: string | undefined): boolean {
  return word === '--' || word === '-f' || word === '!f';
}

/** Where the source column is: the first two neighbours that read as addresses, or what follows opt without -n. */
function addressColumn(words: readonly string[], from: number, least: number): number | null {
  const numeric = (word: string | undefined): boolean =>
    word !== undefined && (word === 'anywhere' || word === '!anywhere' || familyOf(word) !== null);
  for (let at = from + 1; at <= from + 6; at += 1) {
    if (at - from >= least && numeric(words[at]) && numeric(words[at + 1])) return at;
  }
  for (let at = from + 1; at <= from + 2; at += 1) {
    const source = at + least;
    if (isOpt(words[at]) && words[source + 1] !== undefined) return source;
  }
  return null;
}

/** @returns the text after the first `count` words. */
function afterWord(line: string, count: number): string {
  const skipped = new RegExp(`^\\s*(?:\\S+\\s+){${count - 1}}\\S+`).exec(line);
  return skipped === null ? '' : line.slice(skipped[0].length).trim();
}
