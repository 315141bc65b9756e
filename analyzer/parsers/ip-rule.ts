/**
 * `ip rule show` and `ip -6 rule show` (iproute2, ip/iprule.c print_rule):
 *
 *   0:	from all lookup local
 *   512:	from all to 192.168.32.10 lookup main
 *   1024:	from all fwmark 0x80/0x80 lookup main
 *   1536:	from 10.0.1.7 to 10.0.0.0/16 iif eni0abc0f [detached] lookup 2
 *   32764:	from all lookup main suppress_prefixlength 0
 *   32765:	not from all fwmark 0xca6c ipproto udp dport 53-54 lookup 51820
 *   32766:	from all blackhole
 */
import type { PolicyRule } from '../core/node-network.ts';
import { parseMark, textLines } from './iptables-values.ts';
import { asCount, asPrefix, lineWords } from './line-words.ts';

type Draft = { -readonly [K in keyof PolicyRule]: PolicyRule[K] } & { other: string[] };

/** Words that say nothing about which packets a rule takes. */
const NO_SELECTOR = new Set(['realms', 'proto', 'protocol']);
const ACTIONS = new Set(['blackhole', 'unreachable', 'prohibit']);
const KEYWORDS = new Set([
  ...['not', 'from', 'to', 'fwmark', 'iif', 'oif', 'dev', 'lookup', 'table', 'goto', 'nop', 'suppress_prefixlength'],
  ...NO_SELECTOR,
  ...ACTIONS,
]);

/** @returns the rules in order; lines that are none are counted. Never throws. */
export function parseIpRule(text: string): { readonly rules: readonly PolicyRule[]; readonly junkLines: number } {
  const rules: PolicyRule[] = [];
  let junkLines = 0;
  for (const [index, raw] of textLines(text).entries()) {
    const words = lineWords(raw);
    if (words.length === 0) continue;
    const rule = policyRule(words, index + 1, raw);
    if (rule === null) junkLines += 1;
    else rules.push(rule);
  }
  return { rules, junkLines };
}

function policyRule(words: readonly string[], line: number, raw: string): PolicyRule | null {
  const priority = asCount(/^(\d{1,10}):$/.exec(words[0] ?? '')?.[1]);
  if (priority === null || !words.includes('from')) return null;
  const rule: Draft = {
    line,
    raw,
    priority,
    not: false,
    from: null,
    to: null,
    mark: null,
    inInterface: null,
    outInterface: null,
    action: 'other',
    table: null,
    suppressPrefix: null,
    other: [],
  };
  for (let at = 1; at < words.length; ) at += take(rule, words[at] as string, words[at + 1] ?? null);
  return rule;
}

/** @returns how many words were used. */
function take(rule: Draft, word: string, value: string | null): number {
  if (word === 'not') {
    rule.not = true;
    return 1;
  }
  if (ACTIONS.has(word)) {
    rule.action = word as PolicyRule['action'];
    return 1;
  }
  // `[detached]`: the interface is not there now; `[unresolved]`: the goto has no target.
  if (word === 'nop' || word === '[detached]' || word === '[unresolved]') return 1;
  if (value === null || KEYWORDS.has(value)) {
    rule.other.push(word);
    return 1;
  }
  if (NO_SELECTOR.has(word) || word === 'goto') return 2;
  if (!known(rule, word, value)) rule.other.push(`${word} ${value}`);
  return 2;
}

/** @returns false for a selector that is not modelled, or whose value makes no sense. */
function known(rule: Draft, word: string, value: string): boolean {
  if (word === 'from' || word === 'to') {
    if (value === 'all' || value === 'any') return true;
    rule[word] = asPrefix(value);
    return rule[word] !== null;
  }
  if (word === 'fwmark') {
    rule.mark = parseMark(value, false);
    return rule.mark !== null;
  }
  if (word === 'iif' || word === 'dev') rule.inInterface = value;
  else if (word === 'oif') rule.outInterface = value;
  else if (word === 'lookup' || word === 'table') {
    rule.action = 'lookup';
    rule.table = value;
  } else if (word === 'suppress_prefixlength') {
    rule.suppressPrefix = asCount(value);
    return rule.suppressPrefix !== null;
  } else return false;
  return true;
}
