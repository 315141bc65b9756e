/**
 * iptables rules as an nft ruleset shows them (iptables-nft keeps its tables there). Comments are lost on the way and
 * options of `recent` as well (seen with nft 1.0.6), so this is read only where no iptables dump was captured.
 */
import type { NftExpression, NftRule, NftStatement } from '../core/nft-ruleset.ts';
import {
  type ChainDump,
  type Family,
  newRule,
  type PacketRule,
  type RuleDraft,
  type RuleMatch,
} from '../core/packet-rule.ts';
import { canonicalAddress, endpointText } from './address.ts';
import type { NftSource } from './node-service.ts';
import type { RuleTable } from './rule-table.ts';

const TABLES: ReadonlySet<string> = new Set(['nat', 'filter']);

/** @param tables iptables tables that were captured as such. @returns nat and filter of families that lack them. */
export function translatedTables(tables: readonly RuleTable[], nft: readonly NftSource[]): readonly RuleTable[] {
  const found: RuleTable[] = [];
  for (const source of nft) {
    const { table } = source;
    const family: Family | null = table.family === 'ip' ? 'IPv4' : table.family === 'ip6' ? 'IPv6' : null;
    if (family === null || !TABLES.has(table.name)) continue;
    const same = (each: RuleTable): boolean => each.family === family && each.table === table.name;
    if (tables.some(same) || found.some(same)) continue;
    if (![...table.chains.keys()].some((name) => name.startsWith('KUBE-'))) continue;
    const chains = new Map<string, ChainDump>();
    for (const chain of table.chains.values())
      chains.set(chain.name, {
        name: chain.name,
        line: Math.max(1, chain.line),
        declared: true,
        policy: chain.policy === null ? null : chain.policy.toUpperCase(),
        references: null,
        rules: chain.rules.map(packetRule),
      });
    found.push({
      family,
      table: table.name,
      source: 'iptables-list',
      line: Math.max(1, table.line),
      endLine: Math.max(1, table.endLine),
      counters: [...chains.values()].some((chain) => chain.rules.some((rule) => rule.packets !== null))
        ? 'packets'
        : 'none',
      cut: table.complete
        ? null
        : { what: 'end', line: Math.max(1, table.endLine), because: 'the ruleset ends before the table does' },
      chains,
      fileId: source.fileId,
      file: source.file,
    });
  }
  return found;
}

function packetRule(rule: NftRule): PacketRule {
  const draft = newRule(Math.max(1, rule.line), rule.raw, rule.chain, rule.position);
  draft.packets = rule.packets;
  draft.bytes = rule.bytes;
  draft.comment = rule.comment;
  for (const statement of rule.statements) apply(draft, statement, rule);
  return draft;
}

function apply(draft: RuleDraft, statement: NftStatement, rule: NftRule): void {
  switch (statement.kind) {
    case 'match':
      if (!applyMatch(draft, statement)) draft.otherMatches.push('a test that is not read');
      return;
    case 'verdict':
      if ('chain' in statement.verdict) {
        draft.target = statement.verdict.chain;
        draft.verb = statement.verdict.verdict;
      } else if (statement.verdict.verdict !== 'continue') draft.target = statement.verdict.verdict.toUpperCase();
      return;
    case 'nat':
      draft.target =
        statement.type === 'dnat' ? 'DNAT' : statement.type === 'snat' ? 'SNAT' : statement.type.toUpperCase();
      if (statement.type === 'dnat') draft.toDestination = natText(statement.address, statement.port);
      if (statement.type === 'snat') draft.toSource = natText(statement.address, statement.port);
      return;
    case 'reject':
      draft.target = 'REJECT';
      draft.rejectWith = statement.with;
      return;
    case 'mangle':
      draft.target = 'MARK';
      return;
    case 'xt':
      applyModule(draft, statement, rule);
      return;
    case 'limit':
    case 'other':
      draft.otherMatches.push(statement.text.slice(0, 200));
      return;
    default:
  }
}

/** Names of modules stay, their options do not. */
function applyModule(draft: RuleDraft, statement: Extract<NftStatement, { kind: 'xt' }>, rule: NftRule): void {
  if (statement.name === 'comment') return;
  // `-m sctp` without options says no more than the protocol, which stands beside it.
  if (/^(?:tcp|udp|sctp)$/.test(statement.name) && rule.statements.some((each) => each.kind === 'nat')) return;
  if (statement.name === 'recent') {
    // kube-proxy sets the entry where it translates the address, and asks for it where it jumps there.
    const sets = rule.statements.some((each) => each.kind === 'nat');
    draft.recent = { action: sets ? 'set' : 'check', name: null };
  } else if (statement.type === 'target') {
    // nft 1.0.6 shows nothing of an IPv6 DNAT, which is all that these chains of kube-proxy hold.
    draft.target = statement.name === '' ? (rule.chain.startsWith('KUBE-SEP-') ? 'DNAT' : 'UNKNOWN') : statement.name;
  } else draft.otherMatches.push(statement.name);
}

function applyMatch(draft: RuleDraft, { left, right, operator }: Extract<NftStatement, { kind: 'match' }>): boolean {
  if (left.kind === 'binary' && left.operator === '&' && left.left.kind === 'meta' && left.left.key === 'random') {
    const limit = right.kind === 'value' ? Number(right.value) : Number.NaN;
    if (operator !== '<' || !(limit >= 0)) return false;
    draft.probability = Math.min(1, limit / 2 ** 31);
    return true;
  }
  if (operator !== '==' && operator !== '!=') return false;
  const not = operator === '!=';
  const value = valueText(right);
  if (value === null) return false;
  const match: RuleMatch = { not, value };
  if (left.kind === 'meta' && left.key === 'l4proto') draft.protocol = match;
  else if (left.kind === 'meta' && left.key === 'iifname')
    draft.inInterface = { not, value: value.replace(/\*$/, '+') };
  else if (left.kind === 'meta' && left.key === 'oifname')
    draft.outInterface = { not, value: value.replace(/\*$/, '+') };
  else if (left.kind === 'ct' && left.key === 'state') draft.ctstate = { not, value: value.toUpperCase() };
  else if (left.kind === 'fib' && left.result === 'type' && left.flags.includes('daddr'))
    draft.destinationType = { not, value: value.toUpperCase() };
  else if (left.kind === 'fib' && left.result === 'type' && left.flags.includes('saddr'))
    draft.sourceType = { not, value: value.toUpperCase() };
  else if (left.kind === 'payload') return applyPayload(draft, left.protocol, left.field, match);
  else return false;
  return true;
}

function applyPayload(draft: RuleDraft, protocol: string, field: string, match: RuleMatch): boolean {
  if (field === 'saddr') draft.source = match;
  else if (field === 'daddr') draft.destination = match;
  else if (field === 'dport') draft.destinationPorts = { ...match, value: match.value.replaceAll('-', ':') };
  else if (field === 'sport') draft.sourcePorts = { ...match, value: match.value.replaceAll('-', ':') };
  else return false;
  if (field.endsWith('port') && protocol !== 'th') draft.protocol ??= { not: false, value: protocol };
  return true;
}

function valueText(expression: NftExpression): string | null {
  if (expression.kind === 'value') return canonicalAddress(expression.value) ?? expression.value;
  if (expression.kind === 'prefix')
    return `${canonicalAddress(expression.address) ?? expression.address}/${expression.length}`;
  if (expression.kind === 'range') {
    const ends = [valueText(expression.from), valueText(expression.to)];
    return ends.includes(null) ? null : ends.join('-');
  }
  if (expression.kind !== 'elements') return null;
  const parts = expression.elements.map(({ key }) => valueText(key));
  return parts.includes(null) ? null : parts.join(',');
}

function natText(address: NftExpression | null, port: NftExpression | null): string | null {
  if (address?.kind !== 'value') return null;
  const number = port?.kind === 'value' ? Number(port.value) : null;
  return number === null || !Number.isInteger(number) ? address.value : endpointText(address.value, number);
}
