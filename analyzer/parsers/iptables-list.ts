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
 * Legacy ip6tables leaves the opt column blank. The table is not printed: its built-in chains tell. A last line
 * without its line ending may be cut, so it is no rule.
 */
import { type ChainDump, type Family, newRule, type RuleDump, type TableDump } from '../core/packet-rule.ts';
import { hasBuiltIn, headingOf, missingBuiltIn, type OpenChain, tableOfChains } from './iptables-chains.ts';
import { readListMatches } from './iptables-list-matches.ts';
import { familyOf, parseCount, parseInterface, parsePrefix, parseProtocol, sealRule } from './iptables-values.ts';
import { addJunk, type CapturedText, eachLine, type Junk, LINE_MAX } from './text-lines.ts';

interface Columns {
  readonly numbers: boolean;
  readonly verbose: boolean;
}

interface OpenTable {
  readonly line: number;
  /** From a line such as `Table: nat` or `# iptables -t nat -L`, which some collectors print. */
  readonly named: string | null;
  readonly chains: Map<string, OpenChain>;
  family: Family | null;
  counted: number;
  madeChains: number;
  rules: number;
  junk: number;
  tooLong: number | null;
  /** The chain whose line of column titles has not come yet. */
  untitled: string | null;
  /** N of the collector's footer `Total Number of Rules: N`. */
  footer: number | null;
}

const CHAIN = /^Chain (\S+) \((?:policy (\S+?)(?: \d+[KMGT]? packets, \d+[KMGT]? bytes)?|(\d{1,9}) references?)\)\s*$/;
const TITLES = /^\s*(num\s+)?(pkts\s+bytes\s+)?target\s+prot\s+opt\s+/;
const FOOTER = /^Total Number of Rules: (\d{1,9})\s*$/;

/**
 * `everything`, or only what two dumps of a table are compared by: target, destination and where DNAT leads. Matches,
 * source, protocol and interfaces of a rule are then as in a rule without any; all else is the same.
 */
export type ListDepth = 'everything' | 'compared';

/** @param text whole content of the file. @returns every table, chain and rule in it; never throws. */
export function parseIptablesList(text: CapturedText, depth: ListDepth = 'everything'): RuleDump {
  const tables: TableDump[] = [];
  const junk: Junk = { lines: 0, kept: [] };
  let open: OpenTable | null = null;
  let chain: OpenChain | null = null;
  let columns: Columns = { numbers: false, verbose: true };
  let named: string | null = null;
  let family: Family | null = null;
  let unfinished = false;

  const close = (endLine: number): void => {
    if (open !== null && open.chains.size > 0) tables.push(closed(open, endLine, unfinished));
    open = null;
    chain = null;
  };
  const lost = (line: string, number: number): void => {
    if (open !== null) open.junk += 1;
    addJunk(junk, number, line);
  };

  const lines = eachLine(text, (line, number, ended) => {
    if (line.length > LINE_MAX) {
      if (open !== null) open.tooLong ??= number;
      unfinished = !ended;
      lost(line, number);
      return;
    }
    if (line.trim() === '') return;
    if (line.startsWith('Chain ')) {
      const heading = CHAIN.exec(line);
      if (heading !== null) {
        const name = heading[1] as string;
        const policy = heading[2] ?? null;
        // Built-in chains come first in every table: one after another chain, or twice, begins the next table.
        if (open !== null && (open.chains.has(name) || (policy !== null && open.madeChains > 0))) close(number - 1);
        open ??= newTable(number, named, family);
        const references = heading[3] === undefined ? null : Number(heading[3]);
        chain = { name, line: number, declared: true, policy, references, rules: [] };
        if (policy === null) open.madeChains += 1;
        open.chains.set(name, chain);
        open.untitled = name;
        return;
      }
    }
    if (/^=+$/.test(line.trim())) return;
    const footer = line.startsWith('Total') ? FOOTER.exec(line) : null;
    if (footer !== null) {
      if (open !== null) open.footer = Number(footer[1]);
      close(number);
      named = null;
      return;
    }
    if (!ended) {
      unfinished = true;
      lost(line, number);
      return;
    }
    const titles = open?.untitled === null ? null : TITLES.exec(line);
    if (titles !== null) {
      columns = { numbers: titles[1] !== undefined, verbose: titles[2] !== undefined };
      if (open !== null) open.untitled = null;
      return;
    }
    if (open !== null && chain !== null && readRule(open, chain, columns, line, number, depth)) return;
    const heading = headingOf(line);
    if (heading !== null) {
      close(number - 1);
      ({ table: named, family } = heading);
      return;
    }
    lost(line, number);
  });
  close(lines);
  return { tables, junkLines: junk.lines, junk: junk.kept, lines };
}

function newTable(line: number, named: string | null, family: Family | null): OpenTable {
  const counts = { counted: 0, madeChains: 0, rules: 0, junk: 0 };
  return { line, named, family, chains: new Map(), ...counts, tooLong: null, untitled: null, footer: null };
}

function closed(open: OpenTable, endLine: number, unfinished: boolean): TableDump {
  const table = open.named ?? tableOfChains(open.chains);
  // The collector counts every line it does not know as a rule, warnings of iptables included.
  const lost = open.footer === null ? 0 : Math.max(0, open.footer - open.rules - open.junk);
  const missing = table === null || open.footer !== null ? null : missingBuiltIn(table, open.chains);
  const lines =
    lost > 0
      ? `the footer counts ${open.footer} rules, ${open.rules} are there`
      : open.tooLong !== null
        ? `line ${open.tooLong} is longer than any rule`
        : null;
  const end = unfinished
    ? `the file ends inside line ${endLine}`
    : missing !== null
      ? `the listing ends before chain ${missing}`
      : open.untitled !== null
        ? `the listing ends with the heading of chain ${open.untitled}`
        : lostEnd(open);
  const because = lines ?? end;
  return {
    family: open.family,
    table,
    source: 'iptables-list',
    line: open.line,
    endLine,
    counters: open.counted > 0 ? 'packets' : 'none',
    cut: because === null ? null : { what: lines !== null ? 'lines' : 'end', line: endLine, because },
    chains: open.chains,
  };
}

/**
 * The kernel prints how many rules jump to a chain, and lists chains by name: when jumps lead to chains that would
 * come after the last one, or are fewer than the chains say, the end is not there. A hole before it is no lost end.
 */
function lostEnd(open: OpenTable): string | null {
  // A listing of single chains leaves the others out.
  if (!hasBuiltIn(open.chains)) return null;
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

/** Columns that are looked at: number, two counters, target, protocol, opt, two interfaces, two addresses, and room. */
const WORDS_MAX = 14;

function readRule(
  table: OpenTable,
  chain: OpenChain & Pick<ChainDump, 'name'>,
  columns: Columns,
  line: string,
  number: number,
  depth: ListDepth,
): boolean {
  const { words, ends } = columnsOf(line);
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
  const source = words[address] as string;
  const destination = words[address + 1] as string;
  rule.destination = parsePrefix(destination, false);
  table.family ??= familyOf(source) ?? familyOf(destination);
  if (depth === 'everything') {
    rule.protocol = parseProtocol(protocol, false);
    rule.inInterface = parseInterface(interfaces[0] ?? '*', false);
    rule.outInterface = parseInterface(interfaces[1] ?? '*', false);
    rule.source = parsePrefix(source, false);
  }
  // Of the texts behind the columns only DNAT's says where packets are sent.
  if (depth === 'everything' || rule.target === 'DNAT') readListMatches(rule, line.slice(ends[address + 1]).trim());
  if (rule.packets !== null) table.counted += 1;
  table.rules += 1;
  chain.rules.push(sealRule(rule));
  return true;
}

/** The first words of a line and where each ends. */
function columnsOf(line: string): { readonly words: readonly string[]; readonly ends: readonly number[] } {
  const words: string[] = [];
  const ends: number[] = [];
  let at = 0;
  while (words.length < WORDS_MAX && at < line.length) {
    if (isBlank(line.charCodeAt(at))) {
      at += 1;
      continue;
    }
    const start = at;
    while (at < line.length && !isBlank(line.charCodeAt(at))) at += 1;
    words.push(line.slice(start, at));
    ends.push(at);
  }
  return { words, ends };
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function isOpt(word: string | undefined): boolean {
  return word === '--' || word === '-f' || word === '!f';
}

/** Where the source column is: the first two neighbours that read as addresses, or what follows opt without -n. */
function addressColumn(words: readonly string[], from: number, least: number): number | null {
  const numeric = (word: string | undefined): boolean =>
    word !== undefined && (word === 'anywhere' || word === '!anywhere' || familyOf(word) !== null);
  for (let at = from + least; at <= from + 6; at += 1) {
    if (numeric(words[at]) && numeric(words[at + 1])) return at;
  }
  for (let at = from + 1; at <= from + 2; at += 1) {
    const source = at + least;
    if (isOpt(words[at]) && words[source + 1] !== undefined) return source;
  }
  return null;
}
