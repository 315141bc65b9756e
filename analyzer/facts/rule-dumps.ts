/**
 * Every dump of the iptables tables, read one file after the other. Parsed, a table takes ten times its text: only the
 * best dump of each table is kept, what else was captured is compared with it and forgotten.
 */
import type { BundleReader } from '../core/case-reader.ts';
import type { Family, RuleDump, TableDump } from '../core/packet-rule.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import type { RuleTable } from '../netfilter/rule-table.ts';
import { type ListDepth, parseIptablesList } from '../parsers/iptables-list.ts';
import { isRulePrint, parseIptablesRules } from '../parsers/iptables-rules.ts';
import { parseIptablesSave } from '../parsers/iptables-save.ts';
import { FilePieces } from './files.ts';
import { type Disagreement, disagreements } from './rule-disagreements.ts';
import { type CopiedTable, sameSave } from './same-save.ts';

/** A captured table without its chains. */
export type TableHead = Omit<RuleTable, 'chains'>;

/** All dumps of one table and family. */
export interface DumpedTable {
  readonly family: Family;
  readonly table: string;
  readonly chosen: RuleTable;
  /** The chosen one first. */
  readonly heads: readonly TableHead[];
  /** Further dumps with counters of rules for which the chosen one has none. */
  readonly counted: readonly RuleTable[];
  readonly disagreements: readonly Disagreement[];
}

/** What was read of one file. */
export interface RuleDumpFile {
  readonly file: SourceFile;
  readonly tables: number;
  readonly junkLines: number;
  /** First lines of tables that nothing names. */
  readonly unplacedLines: readonly number[];
}

/** Chains are declared at the start, 1,000 services have 3,000 of them; one is enough to tell. */
const HEAD_CHARS = 16_384;
const SAVE_ROLES = new Set(['iptables-save', 'ip6tables-save']);
const LIST_ROLES = new Set(['iptables-list', 'ip6tables-list']);

interface Dumped {
  readonly head: TableHead;
  readonly file: SourceFile;
  /** Place among the tables of its file. */
  readonly index: number;
  readonly rules: number;
  /** Forgotten when another dump is better and nobody will ask. */
  table: RuleTable | null;
  comparedWith: Dumped | null;
  differs: readonly Disagreement[];
}

/** @returns the files in the order of the bundle, and each table and family that any of them holds. */
export function ruleDumps(reader: BundleReader): {
  readonly files: readonly RuleDumpFile[];
  readonly tables: readonly DumpedTable[];
} {
  const files = reader
    .files()
    .filter((file) => (SAVE_ROLES.has(file.role) || LIST_ROLES.has(file.role)) && file.aliasOf === null);
  const read = new Map<SourceFile, RuleDumpFile>();
  const groups = new Map<string, Dumped[]>();
  for (const file of likelyBestFirst(files)) {
    const text = new FilePieces(reader, file);
    const copied = copyOfBest(groups, file, text);
    if (copied !== null) {
      for (const [index, head] of copied.entries()) addCopy(groups, file, index, head);
      read.set(file, { file, tables: copied.length, junkLines: 0, unplacedLines: [] });
      continue;
    }
    const dump = onlyCompared(groups, file, text) ?? dumpOf(file, text);
    const unplacedLines: number[] = [];
    for (const [index, table] of dump.tables.entries()) {
      if (table === null) unplacedLines.push(dump.parsed.tables[index]?.line ?? 1);
      else
        add(groups, { head: headOf(table), file, index, rules: size(table), table, comparedWith: null, differs: [] });
    }
    read.set(file, { file, tables: dump.tables.length, junkLines: dump.parsed.junkLines, unplacedLines });
  }
  const again = rereader(reader);
  return {
    files: files.map((file) => read.get(file) as RuleDumpFile),
    // In the order of the files, whatever order they were read in.
    tables: [...groups.values()]
      .map((group) => group.sort((left, right) => left.file.id - right.file.id || left.index - right.index))
      .sort(([left], [right]) => firstOf(left) - firstOf(right) || (left?.index ?? 0) - (right?.index ?? 0))
      .map((group) => dumpedTable(group, again)),
  };
}

function firstOf(dumped: Dumped | undefined): number {
  return dumped?.file.id ?? 0;
}

/** A guess that only saves time: saves before listings, and counters make a save longer. */
function likelyBestFirst(files: readonly SourceFile[]): readonly SourceFile[] {
  const save = (file: SourceFile): number => Number(SAVE_ROLES.has(file.role));
  return [...files].sort((left, right) => save(right) - save(left) || right.bytes - left.bytes || left.id - right.id);
}

/** @returns the tables of a save that repeats the best one so far, counters aside and no better than it; else null. */
function copyOfBest(
  groups: ReadonlyMap<string, Dumped[]>,
  file: SourceFile,
  text: FilePieces,
): readonly TableHead[] | null {
  if (!SAVE_ROLES.has(file.role) || file.coverage === 'truncated') return null;
  const best = [...groups.values()].map(bestOf);
  const [first] = best;
  const ofOneFile = best.every((one) => one.file === first?.file && one.table?.source === 'iptables-save');
  if (first === undefined || first.file.role !== file.role || !ofOneFile) return null;
  const known = best.sort((left, right) => left.index - right.index).flatMap((one) => one.table ?? []);
  // Tables that came twice in that file are more than the best ones.
  if (known.length !== best.length || best.some((one, index) => one.index !== index)) return null;
  if (known.some((table) => table.family !== 'IPv4')) return null;
  const copied = sameSave(text, known);
  if (copied === null || text.truncated) return null;
  const heads = known.map((table, index): TableHead => {
    const { line, endLine, counters } = copied[index] as CopiedTable;
    return { ...headOf(table), line, endLine, counters, fileId: file.id, file: file.path };
  });
  const worse = heads.every((head, index) => {
    const by = rank(head) - rank(known[index] as RuleTable);
    return by < 0 || (by === 0 && first.file.id < file.id);
  });
  return worse ? heads : null;
}

/**
 * A listing beside whole saves is compared with them and forgotten: it is not read further than that takes.
 * @returns null when it has to be read whole.
 */
function onlyCompared(groups: ReadonlyMap<string, Dumped[]>, file: SourceFile, text: FilePieces): ReadFile | null {
  if (!LIST_ROLES.has(file.role) || groups.size === 0) return null;
  const dump = dumpOf(file, text, 'compared');
  const compared = dump.tables.every((table) => {
    if (table === null) return true;
    const group = groups.get(`${table.family} ${table.table}`);
    const best = group === undefined ? null : bestOf(group);
    if (best === null || best.table === null || rank(best.head) <= rank(headOf(table))) return false;
    return !countsWhere(table, best.table);
  });
  return compared ? dump : null;
}

function addCopy(groups: ReadonlyMap<string, Dumped[]>, file: SourceFile, index: number, head: TableHead): void {
  const group = groups.get(`${head.family} ${head.table}`) ?? [];
  const best = bestOf(group);
  group.push({ head, file, index, rules: best.rules, table: null, comparedWith: best, differs: [] });
}

function add(groups: Map<string, Dumped[]>, one: Dumped): void {
  const key = `${one.head.family} ${one.head.table}`;
  const group = groups.get(key);
  if (group === undefined) {
    groups.set(key, [one]);
    return;
  }
  const before = bestOf(group);
  group.push(one);
  const best = bestOf(group);
  const worse = best === one ? before : one;
  if (best.table === null || worse.table === null) return;
  worse.differs = disagreements(best.table, worse.table);
  worse.comparedWith = best;
  if (!counts(worse, best.table)) worse.table = null;
}

function dumpedTable(group: readonly Dumped[], again: (one: Dumped) => RuleTable): DumpedTable {
  const best = bestOf(group);
  const chosen = best.table ?? again(best);
  const others = group.filter((one) => one !== best).sort(better);
  for (const one of others) {
    // A better dump came after it was compared.
    if (one.comparedWith !== best) one.differs = disagreements(chosen, one.table ?? again(one));
  }
  return {
    family: chosen.family,
    table: chosen.table,
    chosen,
    heads: [best.head, ...others.map((one) => one.head)],
    counted: others.filter((one) => counts(one, chosen)).map((one) => one.table ?? again(one)),
    disagreements: others.flatMap((one) => one.differs),
  };
}

function counts(one: Dumped, chosen: RuleTable): boolean {
  return countsWhere(one.head, chosen);
}

/** @returns whether it has counters, and the chosen dump has rules without any. */
function countsWhere(head: TableHead, chosen: RuleTable): boolean {
  if (head.counters !== 'packets') return false;
  for (const chain of chosen.chains.values()) if (chain.rules.some((rule) => rule.packets === null)) return true;
  return false;
}

/** @returns a function that reads the tables of a file again; those of the last file are kept. */
function rereader(reader: BundleReader): (one: Dumped) => RuleTable {
  let last: { readonly file: SourceFile; readonly tables: readonly (RuleTable | null)[] } | null = null;
  return ({ file, index }) => {
    if (last?.file !== file) last = { file, tables: dumpOf(file, new FilePieces(reader, file)).tables };
    return last.tables[index] as RuleTable;
  };
}

interface ReadFile {
  readonly parsed: RuleDump;
  readonly tables: readonly (RuleTable | null)[];
}

function dumpOf(file: SourceFile, text: FilePieces, depth: ListDepth = 'everything'): ReadFile {
  const parsed = SAVE_ROLES.has(file.role) ? savedRules(text) : parseIptablesList(text, depth);
  const tables = parsed.tables.map((table, index) => {
    // Only the last table can lack what was cut off with the end of the file.
    const shortened = (text.truncated || file.coverage === 'truncated') && index === parsed.tables.length - 1;
    return place(table, file, shortened);
  });
  return { parsed, tables };
}

/** Both commands print rules alike, so they share a role; only one of them names its tables. */
function savedRules(text: FilePieces): RuleDump {
  return isRulePrint(text.head(HEAD_CHARS)) ? parseIptablesRules(text) : parseIptablesSave(text);
}

function place(table: TableDump, file: SourceFile, shortened: boolean): RuleTable | null {
  if (table.table === null) return null;
  const family = table.family ?? (file.role.startsWith('ip6') ? 'IPv6' : 'IPv4');
  const cut =
    table.cut ??
    (shortened ? { what: 'end' as const, line: table.endLine, because: 'the file is larger than what is read' } : null);
  return { ...table, cut, table: table.table, family, fileId: file.id, file: file.path };
}

function headOf({ chains: _chains, ...head }: RuleTable): TableHead {
  return head;
}

function bestOf(group: readonly Dumped[]): Dumped {
  return group.reduce((best, one) => (better(one, best) < 0 ? one : best));
}

function better(left: Dumped, right: Dumped): number {
  return (
    rank(right.head) - rank(left.head) ||
    right.rules - left.rules ||
    left.file.id - right.file.id ||
    left.index - right.index
  );
}

/**
 * Whole before cut; a save shows every option of a rule and where it ends, `iptables -S` the options only, a listing
 * neither; counters are worth more than none.
 */
function rank(table: TableHead): number {
  const whole = table.cut === null ? 8 : 0;
  const form = { 'iptables-save': 4, 'iptables-rules': 2, 'iptables-list': 0 }[table.source];
  return whole + form + (table.counters === 'packets' ? 1 : 0);
}

function size(table: RuleTable): number {
  let rules = 0;
  for (const chain of table.chains.values()) rules += chain.rules.length;
  return rules;
}
