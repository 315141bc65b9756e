/**
 * Whether a second iptables-save says what the first one said. Collectors save the tables with and without counters;
 * reading such a copy rule by rule would take as long as the first one, to learn nothing.
 */
import type { RuleTable } from '../netfilter/rule-table.ts';
import type { CapturedText } from '../parsers/text-lines.ts';

/** Where a table of the copy stands. */
export interface CopiedTable {
  readonly line: number;
  readonly endLine: number;
  readonly counters: 'packets' | 'none';
}

const COUNTERS = /^\[\d+:\d+\] /;
const DECLARED = /^:(\S+) (\S+)(?: \[\d+:\d+\])?$/;

/**
 * @param known the tables of one whole save, in the order of their file.
 * @returns the tables of `text` in the same order when they are whole and hold the same chains, policies and rules,
 * counters aside; null when anything differs or is not plainly the same: then the text has to be read.
 */
export function sameSave(text: CapturedText, known: readonly RuleTable[]): readonly CopiedTable[] | null {
  const found: CopiedTable[] = [];
  const next = new Map<string, number>();
  let open: {
    readonly table: RuleTable;
    readonly line: number;
    chains: number;
    rules: number;
    counted: boolean;
  } | null = null;
  let number = 0;
  for (const piece of typeof text === 'string' ? [text] : text) {
    let at = 0;
    while (at < piece.length) {
      number += 1;
      const end = piece.indexOf('\n', at);
      if (end < 0) return null;
      const first = piece[at];
      if (first === '*') {
        const table = known[found.length];
        if (open !== null || table?.cut !== null || piece.slice(at + 1, end) !== table.table) return null;
        open = { table, line: number, chains: 0, rules: 0, counted: false };
        next.clear();
      } else if (first === ':') {
        const [, name = '', policy = ''] = DECLARED.exec(piece.slice(at, end)) ?? [];
        const chain = open?.table.chains.get(name);
        if (open === null || chain?.declared !== true || next.has(name)) return null;
        if ((chain.policy ?? '-') !== policy) return null;
        next.set(name, 0);
        open.chains += 1;
      } else if (first === '-' || first === '[') {
        if (open === null || end - at > LINE_MAX) return null;
        const line = piece.slice(at, end);
        const counters = first === '[' ? (COUNTERS.exec(line)?.[0].length ?? 0) : 0;
        const name = line.startsWith('-A ', counters) ? line.slice(counters + 3, line.indexOf(' ', counters + 3)) : '';
        const index = next.get(name);
        const rule = index === undefined ? undefined : open.table.chains.get(name)?.rules[index];
        if (index === undefined || rule === undefined || !sameRule(line, counters, rule.raw)) return null;
        next.set(name, index + 1);
        open.rules += 1;
        if (counters > 0) open.counted = true;
      } else if (piece.startsWith('COMMIT', at) && end - at === 6) {
        if (open === null || open.chains !== open.table.chains.size || open.rules !== rulesOf(open.table)) return null;
        found.push({ line: open.line, endLine: number, counters: open.counted ? 'packets' : 'none' });
        open = null;
      } else if (first === '#') {
        // The heading may name the family; the file's role has to agree, as it does for the first save.
        if (piece.slice(at, end).includes('ip6tables')) return null;
      } else return null;
      at = end + 1;
    }
  }
  return open === null && found.length === known.length ? found : null;
}

/** No rule of a save is longer; the parser says so of such a line. */
const LINE_MAX = 65_536;

function sameRule(line: string, from: number, raw: string): boolean {
  const start = raw.startsWith('[') ? (COUNTERS.exec(raw)?.[0].length ?? 0) : 0;
  return line.length - from === raw.length - start && line.endsWith(start === 0 ? raw : raw.slice(start));
}

function rulesOf(table: RuleTable): number {
  let rules = 0;
  for (const chain of table.chains.values()) rules += chain.rules.length;
  return rules;
}
