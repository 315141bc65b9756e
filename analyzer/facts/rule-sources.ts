/**
 * Which dump of each table to believe. Several files of a bundle describe the same table (iptables-save with and
 * without counters, listings); the richest whole one is used, the others are compared with it.
 */
import type { BundleReader } from '../core/case-reader.ts';
import type { Family } from '../core/packet-rule.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import type { RuleTable } from '../netfilter/rule-table.ts';
import { unknownParts } from '../parsers/iptables-unknown.ts';
import type { Disagreement } from './rule-disagreements.ts';
import { type RuleDumpFile, ruleDumps, type TableHead } from './rule-dumps.ts';

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
  /** Every captured dump without its chains, best first inside its table. */
  readonly all: readonly TableHead[];
  /** Dumps beside the chosen ones that count packets where the chosen one does not, best first inside their table. */
  readonly counted: readonly RuleTable[];
  readonly empty: readonly EmptyDump[];
  /** How another dump of a table differs from the chosen one, one sentence each, with the chain's lines. */
  readonly disagreements: readonly Disagreement[];
  readonly junk: readonly { readonly file: string; readonly lines: number }[];
  readonly notLookedAt: readonly string[];
}

const FAMILIES: readonly Family[] = ['IPv4', 'IPv6'];
const JUDGED = { nat: 'service rules and masquerading', filter: 'rules that reject or drop packets' } as const;
const TABLES: readonly string[] = ['raw', 'mangle', 'nat', 'filter', 'security'];

/** @returns every iptables table of the bundle and which dump of it is used. */
export function ruleSources(reader: BundleReader): RuleSources {
  const { files, tables } = ruleDumps(reader);
  const empty: EmptyDump[] = files
    .filter((dump) => dump.tables === 0)
    .map(({ file }) => ({ fileId: file.id, file: file.path, role: file.role, bytes: file.bytes }));
  const junk = files
    .filter((dump) => dump.junkLines > 0)
    .map((dump) => ({ file: dump.file.path, lines: dump.junkLines }));
  const notLookedAt = files.flatMap(unplaced);
  const ordered = FAMILIES.flatMap((family) => {
    const same = tables.filter((table) => table.family === family);
    const names = [...new Set([...TABLES, ...same.map((table) => table.table)])];
    return names.flatMap((name) => same.filter((table) => table.table === name));
  });
  const chosen = ordered.map((table) => table.chosen);
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
  return {
    chosen,
    all: ordered.flatMap((table) => table.heads),
    counted: ordered.flatMap((table) => table.counted),
    empty,
    disagreements: ordered.flatMap((table) => table.disagreements),
    junk,
    notLookedAt,
  };
}

function unplaced({ file, unplacedLines }: RuleDumpFile): readonly string[] {
  return unplacedLines.map(
    (line) => `${file.path}: which table the chains from line ${line} on belong to is not printed`,
  );
}
