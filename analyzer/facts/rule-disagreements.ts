/**
 * How two dumps of one table differ. Files of a bundle are written seconds apart, so a difference is a hint that rules
 * changed meanwhile, not an error. Only what every form prints is compared: targets, destinations and where DNAT leads.
 */
import type { ChainDump, PacketRule } from '../core/packet-rule.ts';
import type { LineRef } from '../core/vocabulary.ts';
import type { RuleTable } from '../netfilter/rule-table.ts';

export interface Disagreement {
  readonly sentence: string;
  readonly evidence: readonly LineRef[];
}

const CHAINS_NAMED = 3;
const CHAINS_CITED = 2;

/** @returns one sentence for all chains that differ, or nothing. A cut dump is not compared: its rest is not known. */
export function disagreements(used: RuleTable, other: RuleTable): readonly Disagreement[] {
  if (used.cut !== null || other.cut !== null) return [];
  const found: { readonly name: string; readonly how: string }[] = [];
  const evidence: LineRef[] = [];
  for (const chain of used.chains.values()) {
    const twin = other.chains.get(chain.name);
    // A chain without rules is missing from some listings.
    if (twin === undefined && chain.rules.length === 0) continue;
    const differs = difference(chain, twin);
    if (differs === null) continue;
    found.push({ name: chain.name, how: differs.how });
    if (found.length > CHAINS_CITED) continue;
    evidence.push(lineOf(used, differs.line));
    if (differs.twinLine !== null) evidence.push(lineOf(other, differs.twinLine));
  }
  for (const chain of other.chains.values()) {
    if (chain.rules.length === 0 || used.chains.has(chain.name)) continue;
    found.push({ name: chain.name, how: `only in ${other.file}` });
    if (found.length <= CHAINS_CITED) evidence.push(lineOf(other, chain.line));
  }
  if (found.length === 0) return [];
  const named = found.slice(0, CHAINS_NAMED).map(({ name, how }) => `${name} (${how})`);
  if (found.length > CHAINS_NAMED) named.push(`${found.length - CHAINS_NAMED} more`);
  const list = named.length === 1 ? named[0] : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
  return [
    {
      sentence: `${used.file} and ${other.file} disagree on the ${used.family} ${used.table} table: ${list}; ${used.file} is used; the rules may have changed between the two captures`,
      evidence,
    },
  ];
}

function lineOf(table: RuleTable, line: number): LineRef {
  return { fileId: table.fileId, line, endLine: line };
}

function difference(
  chain: ChainDump,
  twin: ChainDump | undefined,
): { readonly how: string; readonly line: number; readonly twinLine: number | null } | null {
  if (twin === undefined) return { how: 'not in the other', line: chain.line, twinLine: null };
  if (chain.rules.length !== twin.rules.length) {
    const how = `${chain.rules.length} ${chain.rules.length === 1 ? 'rule' : 'rules'} and ${twin.rules.length}`;
    return { how, line: chain.line, twinLine: twin.line };
  }
  for (const [index, rule] of chain.rules.entries()) {
    const other = twin.rules[index];
    if (other !== undefined && !alike(rule, other))
      return { how: `rule ${rule.position} differs`, line: rule.line, twinLine: other.line };
  }
  if (chain.policy !== twin.policy) return { how: 'policy differs', line: chain.line, twinLine: twin.line };
  return null;
}

function alike(one: PacketRule, other: PacketRule): boolean {
  if (one.target !== other.target || one.toDestination !== other.toDestination) return false;
  const [left, right] = [one.destination, other.destination];
  // A listing without -n prints names, which say nothing against an address.
  if (left !== null && right !== null && (isName(left.value) || isName(right.value))) return left.not === right.not;
  return left?.value === right?.value && left?.not === right?.not;
}

function isName(value: string): boolean {
  return !/^[0-9.]+(\/|$)/.test(value) && !value.includes(':');
}
