/**
 * Which dump of each table to believe. Several files of a bundle describe the same table (iptables-save with and
 * without counters, listings); the richest whole one is used, the others are compared with it.
 */
import type { BundleReader } from '../core/case-reader.ts';
import { PARSE_BYTES_MAX } from '../core/limits.ts';
import type { Family, RuleDump, TableDump } from '../core/packet-rule.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import type { RuleTable } from '../netfilter/rule-table.ts';
import { parseIptablesList } from '../parsers/iptables-list.ts';
import { isRulePrint, parseIptablesRules } from '../parsers/iptables-rules.ts';
import { parseIptablesSave } from '../parsers/iptables-save.ts';
import { unknownParts } from '../parsers/iptables-unknown.ts';
import { type Disagreement, disagreements } from './rule-disagreements.ts';

/** A dump file without a single table in it. */
export interface EmptyDump {
  readonly fileId: SourceFile['id'];
  readonly file: string;
  readonly role: string;
  readonly bytes: number;
}

export interface RuleSources {
  /** One dump a table and family: the one analyzers read. */
  readonly chosen: readonly RuleTable[];
  /** Every captured dump, best first inside its table. */
  readonly all: readonly RuleTable[];
  readonly empty: readonly EmptyDump[];
  /** How another dump of a table differs from the chosen one, one sentence each, with the chain's lines. */
  readonly disagreements: readonly Disagreement[];
  readonly junk: readonly { readonly file: string; readonly lines: number }[];
  readonly notLookedAt: readonly string[];
}

/** Chains are declared at the start, 1,000 services have 3,000 of them; one is enough to tell. */
const HEAD_CHARS = 16_384;
const SAVE_ROLES = new Set(['iptables-save', 'ip6tables-save']);
const LIST_ROLES = new Set(['iptables-list', 'ip6tables-list']);
const FAMILIES: readonly Family[] = ['IPv4', 'IPv6'];
const JUDGED = { nat: 'service rules and masquerading', filter: 'rules that reject or drop packets' } as const;
const TABLES: readonly string[] = ['raw', 'mangle', 'nat', 'filter', 'security'];

/** @returns every iptables table of the bundle and which dump of it is used. */
export function ruleSources(reader: BundleReader): RuleSources {
  const all: RuleTable[] = [];
  const empty: EmptyDump[] = [];
  const junk: { file: string; lines: number }[] = [];
  const notLookedAt: string[] = [];
  for (const file of reader.files()) {
    const save = SAVE_ROLES.has(file.role);
    if ((!save && !LIST_ROLES.has(file.role)) || file.aliasOf !== null) continue;
    const read = reader.text(file.id, PARSE_BYTES_MAX);
    const dump = save ? savedRules(read.text) : parseIptablesList(read.text);
    if (dump.tables.length === 0) empty.push({ fileId: file.id, file: file.path, role: file.role, bytes: file.bytes });
    if (dump.junkLines > 0) junk.push({ file: file.path, lines: dump.junkLines });
    for (const [index, table] of dump.tables.entries()) {
      // Only the last table can lack what was cut off with the end of the file.
      const shortened = (read.truncated || file.coverage === 'truncated') && index === dump.tables.length - 1;
      const placed = place(table, file, shortened);
      if (placed !== null) all.push(placed);
      else notLookedAt.push(`${file.path}: which table the chains from line ${table.line} on belong to is not printed`);
    }
  }
  const chosen: RuleTable[] = [];
  const differing: Disagreement[] = [];
  const ordered: RuleTable[] = [];
  for (const family of FAMILIES) {
    const names = [...new Set([...TABLES, ...all.map((table) => table.table)])];
    for (const name of names) {
      const same = all.filter((table) => table.family === family && table.table === name).sort(better);
      ordered.push(...same);
      const [best, ...others] = same;
      if (best === undefined) continue;
      chosen.push(best);
      for (const other of others) differing.push(...disagreements(best, other));
    }
  }
  for (const dump of empty) {
    notLookedAt.push(
      `${dump.file} is empty: the rules it should hold are not known (not collected, nftables mode, or the other iptables backend)`,
    );
  }
  // Silence about a table that nobody captured must not read as health.
  for (const family of FAMILIES) {
    const captured = chosen.filter((table) => table.family === family);
    if (captured.length === 0) continue;
    for (const [name, holds] of Object.entries(JUDGED)) {
      if (!captured.some((table) => table.table === name))
        notLookedAt.push(`no ${family} ${name} table is in the captured dumps: ${holds} are not known`);
    }
  }
  for (const table of chosen) {
    if (table.cut !== null)
      notLookedAt.push(
        `${table.file}: the ${table.family} ${table.table} table is incomplete at line ${table.cut.line} (${table.cut.because})`,
      );
  }
  for (const table of chosen) {
    for (const { kind, name, rules, line } of unknownParts({ tables: [table] })) {
      const many = rules === 1 ? '1 rule' : `${rules} rules`;
      notLookedAt.push(
        `${table.file}: ${many} of the ${table.family} ${table.table} table with the ${kind} ${name} (first on line ${line}): what ${rules === 1 ? 'it does' : 'they do'} is not known`,
      );
    }
  }
  return { chosen, all: ordered, empty, disagreements: differing, junk, notLookedAt };
}

/** Both commands print rules alike, so they share a role; only one of them names its tables. */
function savedRules(text: string): RuleDump {
  return isRulePrint(text.slice(0, HEAD_CHARS)) ? parseIptablesRules(text) : parseIptablesSave(text);
}

function place(table: TableDump, file: SourceFile, shortened: boolean): RuleTable | null {
  if (table.table === null) return null;
  const family = table.family ?? (file.role.startsWith('ip6') ? 'IPv6' : 'IPv4');
  const cut =
    table.cut ??
    (shortened ? { what: 'end' as const, line: table.endLine, because: 'the file is larger than what is read' } : null);
  return { ...table, cut, table: table.table, family, fileId: file.id, file: file.path };
}

function better(left: RuleTable, right: RuleTable): number {
  return rank(right) - rank(left) || size(right) - size(left) || left.fileId - right.fileId;
}

/**
 * Whole before cut; a save shows every option of a rule and where it ends, `iptables -S` the options only, a listing
 * neither; counters are worth more than none.
 */
function rank(table: RuleTable): number {
  const whole = table.cut === null ? 8 : 0;
  const form = { 'iptables-save': 4, 'iptables-rules': 2, 'iptables-list': 0 }[table.source];
  return whole + form + (table.counters === 'packets' ? 1 : 0);
}

function size(table: RuleTable): number {
  let rules = 0;
  for (const chain of table.chains.values()) rules += chain.rules.length;
  return rules;
}
