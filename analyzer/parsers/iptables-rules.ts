/**
 * `iptables -S`, `iptables -t nat -S`, with -v also counters:
 *
 *   -P PREROUTING ACCEPT -c 81 4806
 *   -N KUBE-SERVICES
 *   -A PREROUTING -m comment --comment "kubernetes service portals" -c 1655 96573 -j KUBE-SERVICES
 *
 * The table is not printed: a heading tells, or the built-in chains and targets do. Nothing marks the end either, so
 * a print that lost whole lines at its end cannot be told from a whole one.
 */
import type { Family, RuleDump, TableDump } from '../core/packet-rule.ts';
import {
  appendRule,
  declareChain,
  headingOf,
  missingBuiltIn,
  type OpenRules,
  tableOfChains,
} from './iptables-chains.ts';
import { addJunk, type CapturedText, eachLine, type Junk, LINE_MAX } from './text-lines.ts';

interface OpenTable extends OpenRules {
  readonly named: string | null;
  /** Whether a rule or a chain somebody made came by: the kernel's chains stand before them. */
  past: boolean;
  tooLong: number | null;
}

const POLICY = /^-P (\S+) (\S+)(?: -c \d+ \d+)?$/;
const NEW_CHAIN = /^-N (\S+)$/;

/** @returns whether a text is a print of `iptables -S`: it declares chains with -P or -N and no table. */
export function isRulePrint(head: string): boolean {
  if (/^\*[a-z]+\s*$/m.test(head)) return false;
  return (
    /^-P [A-Z]+ (?:ACCEPT|DROP)(?: -c \d+ \d+)?\s*$/m.test(head) ||
    (/^-N [A-Za-z]\S*\s*$/m.test(head) && /^-A [A-Za-z]/m.test(head))
  );
}

/** @param text whole content of the file. @returns every table, chain and rule in it; never throws. */
export function parseIptablesRules(text: CapturedText): RuleDump {
  const tables: TableDump[] = [];
  const junk: Junk = { lines: 0, kept: [] };
  let open: OpenTable | null = null;
  let named: string | null = null;
  let family: Family | null = null;
  let unfinished = false;

  const close = (endLine: number): void => {
    if (open !== null && open.chains.size > 0) tables.push(closed(open, endLine, unfinished));
    open = null;
  };
  const opened = (line: number): OpenTable => {
    open ??= { line, named, family, counted: 0, chains: new Map(), past: false, tooLong: null };
    return open;
  };

  const lines = eachLine(text, (line, number, ended) => {
    if (line.length > LINE_MAX) {
      if (open !== null) open.tooLong ??= number;
      unfinished = !ended;
      addJunk(junk, number, line);
      return;
    }
    const trimmed = line.trim();
    if (trimmed === '') return;
    if (!ended) {
      unfinished = true;
      addJunk(junk, number, line);
      return;
    }
    const policy = POLICY.exec(trimmed);
    if (policy !== null) {
      const [, name = '', word = ''] = policy;
      if (open?.past || open?.chains.has(name)) close(number - 1);
      declareChain(opened(number), name, word, number);
      return;
    }
    const made = NEW_CHAIN.exec(trimmed)?.[1];
    if (made !== undefined) {
      if (open?.chains.get(made)?.declared) close(number - 1);
      const table = opened(number);
      declareChain(table, made, null, number);
      table.past = true;
      return;
    }
    if (trimmed.startsWith('-A ') || trimmed.startsWith('-I ')) {
      const table = opened(number);
      table.past = true;
      if (!appendRule(table, trimmed, line, number)) addJunk(junk, number, line);
      return;
    }
    const heading = headingOf(trimmed);
    if (heading !== null) {
      close(number - 1);
      ({ table: named, family } = heading);
    } else if (!trimmed.startsWith('#')) addJunk(junk, number, line);
  });
  close(lines);
  return { tables, junkLines: junk.lines, junk: junk.kept, lines };
}

function closed(open: OpenTable, endLine: number, unfinished: boolean): TableDump {
  const table = open.named ?? tableOfChains(open.chains);
  const missing = table === null ? null : missingBuiltIn(table, open.chains);
  const end = unfinished
    ? `the file ends inside line ${endLine}`
    : missing === null
      ? null
      : `chain ${missing} of the table is not there`;
  return {
    family: open.family,
    table,
    source: 'iptables-rules',
    line: open.line,
    endLine,
    counters: open.counted > 0 ? 'packets' : 'none',
    cut:
      end !== null
        ? { what: 'end', line: endLine, because: end }
        : open.tooLong === null
          ? null
          : { what: 'lines', line: endLine, because: `line ${open.tooLong} is longer than any rule` },
    chains: open.chains,
  };
}
