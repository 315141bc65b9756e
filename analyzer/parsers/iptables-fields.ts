/** What the readers of both text forms do alike when they fill a rule: a second match of one kind is never lost. */
import type { RuleDraft, RuleMatch } from '../core/packet-rule.ts';
import { parseMark } from './iptables-values.ts';
import { spell } from './iptables-words.ts';

type MatchField = 'sourcePorts' | 'destinationPorts' | 'ctstate' | 'sourceType' | 'destinationType';

/** Fills the field, or keeps the match among the others when the rule has one of its kind already. */
export function fillMatch(rule: RuleDraft, field: MatchField, match: RuleMatch, option: string): void {
  if (rule[field] === null && match.value !== '') rule[field] = match;
  else rule.otherMatches.push(spell(option, match.value === '' ? [] : [match.value], match.not));
}

/** @param module `mark` or `connmark`: both call their option --mark. */
export function fillMark(rule: RuleDraft, module: 'mark' | 'connmark', value: string, not: boolean): void {
  const mark = parseMark(value, not);
  if (mark !== null && rule[module] === null) rule[module] = mark;
  else
    rule.otherMatches.push(
      module === 'mark' ? spell('--mark', [value], not) : `-m connmark ${spell('--mark', [value], not)}`,
    );
}

/** A share that is negated, none or the second one is no `probability`. */
export function fillProbability(rule: RuleDraft, value: string, not: boolean): void {
  const share = Number(value);
  if (!not && rule.probability === null && value !== '' && share >= 0 && share <= 1) rule.probability = share;
  else rule.otherMatches.push(spell('--probability', [value], not));
}

/** `MARK`, as value and mask of --set-xmark. @returns false when the value is no mark. */
export function fillSetMark(rule: RuleDraft, operation: string, value: string): boolean {
  const mark = parseMark(value, false);
  if (mark === null || rule.setMark !== null) return false;
  rule.setMark = { not: false, ...xmark(operation, mark.value, mark.mask, value.includes('/')) };
  return true;
}

/** `CONNMARK` that sets a value. @returns false when the value is no mark. */
export function fillSetConnmark(rule: RuleDraft, operation: string, value: string): boolean {
  const mark = parseMark(value, false);
  if (mark === null || rule.setConnmark !== null) return false;
  rule.setConnmark = { operation: 'set', ...xmark(operation, mark.value, mark.mask, value.includes('/')) };
  return true;
}

/**
 * Value and mask of --set-xmark (`(mark & ~mask) ^ value`) for every way to write it, as libxt_MARK.c computes them:
 * iptables-save prints only --set-xmark, listings print the others.
 */
function xmark(operation: string, value: number, mask: number, masked: boolean): { value: number; mask: number } {
  if (operation === 'or') return { value, mask: value };
  if (operation === 'xor') return { value, mask: 0 };
  if (operation === 'and') return { value: 0, mask: ~value >>> 0 };
  // --set-mark value/mask clears the bits of the mask and ors the value in.
  return { value, mask: operation === 'set' && masked ? (mask | value) >>> 0 : mask };
}

/** `recent` with its name; its other options decide nothing that a dump could tell. */
export function fillRecent(rule: RuleDraft, option: string): void {
  rule.recent = { action: option === '--rcheck' ? 'check' : option === '--set' ? 'set' : 'other', name: null };
}
