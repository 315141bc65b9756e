/**
 * The free text behind the columns of an `iptables -L` rule:
 *
 *   /* shop/web:http cluster IP *\/ tcp dpt:80
 *   ! ctstate RELATED,ESTABLISHED,DNAT
 *   mark match ! 0x4000/0x4000
 *   ADDRTYPE match dst-type !LOCAL limit-in to:192.168.10.5 random-fully
 *   statistic mode random probability 0.33333333349
 *   recent: CHECK seconds: 10800 reap name: KUBE-SEP-Z7OYBU3ROI4YALUD side: source mask: 255.255.255.255
 *   MARK or 0x4000
 *
 * Each module prints in its own way (its `print` in libxt_*.c, beside the `save` that iptables-save uses), so every
 * known form is recognised as a whole and kept in the spelling of iptables-save; what stays is kept as it is.
 */
import type { RuleDraft } from '../core/packet-rule.ts';
import { fillMark, fillMatch, fillProbability, fillRecent } from './iptables-fields.ts';
import { moduleOf, valuesOf } from './iptables-known.ts';
import { LIST_FORMS } from './iptables-list-forms.ts';
import { type ListForm, TARGET_FORMS } from './iptables-list-targets.ts';
import { portNumbers } from './iptables-values.ts';
import { spell, wordsOf } from './iptables-words.ts';

const MARK = '(0x[0-9a-fA-F]+(?:\\/0x[0-9a-fA-F]+)?|\\d+)';

/**
 * Forms that fill a field, by the word they begin with. Sticky: a comment can never be mistaken for a match. What a user
 * wrote may hold any character but a line feed, U+2028 too: its forms have the s flag.
 */
const FIELD_FORMS: Readonly<Record<string, readonly ListForm[]>> = {
  '/*': [[/\/\* (.*?) \*\/(?= |$)/sy, (rule, [, comment = '']) => addComment(rule, comment)]],
  // The protocol's module; its ports follow as words of their own.
  ...Object.fromEntries(['tcp', 'udp', 'sctp', 'dccp', 'udplite'].map((name) => [name, [[/\w+(?= |$)/y, () => {}]]])),
  spt: [[/spt:(!?)(\S+)/y, (rule, [, not, ports = '']) => addPorts(rule, '--sport', not, ports)]],
  spts: [[/spts:(!?)(\S+)/y, (rule, [, not, ports = '']) => addPorts(rule, '--sport', not, ports)]],
  dpt: [[/dpt:(!?)(\S+)/y, (rule, [, not, ports = '']) => addPorts(rule, '--dport', not, ports)]],
  dpts: [[/dpts:(!?)(\S+)/y, (rule, [, not, ports = '']) => addPorts(rule, '--dport', not, ports)]],
  multiport: [
    [
      /multiport (sports|dports|ports) +(!?) ?(\S+)/y,
      (rule, [, which, not, ports = '']) => addPorts(rule, `--${which}`, not, ports),
    ],
  ],
  ctstate: [
    [
      /(! )?ctstate (\S+)/y,
      (rule, [, not, value = '']) => fillMatch(rule, 'ctstate', { not: not !== undefined, value }, '--ctstate'),
    ],
  ],
  state: [
    [
      /(! )?state (! )?(\S+)/y,
      (rule, [, first, second, value = '']) =>
        fillMatch(rule, 'ctstate', { not: (first ?? second) !== undefined, value }, '--state'),
    ],
  ],
  mark: [
    [
      new RegExp(`mark match +(!?) ?${MARK}(?= |$)`, 'y'),
      (rule, [, not, value = '']) => fillMark(rule, 'mark', value, not === '!'),
    ],
  ],
  connmark: [
    [
      new RegExp(`connmark match +(!?) ?${MARK}(?= |$)`, 'y'),
      (rule, [, not, value = '']) => fillMark(rule, 'connmark', value, not === '!'),
    ],
  ],
  ADDRTYPE: [[/ADDRTYPE match(?= |$)/y, () => {}]],
  'src-type': [
    [
      /src-type (!?) ?(\S+)/y,
      (rule, [, not, value = '']) => fillMatch(rule, 'sourceType', { not: not === '!', value }, '--src-type'),
    ],
  ],
  'dst-type': [
    [
      /dst-type (!?) ?(\S+)/y,
      (rule, [, not, value = '']) => fillMatch(rule, 'destinationType', { not: not === '!', value }, '--dst-type'),
    ],
  ],
  statistic: [
    [
      /statistic mode random (! )?probability (\S+)/y,
      (rule, [, not, value = '']) => fillProbability(rule, value, not !== undefined),
    ],
    [
      /statistic mode nth (! )?every (\d+)(?: packet (\d+))?/y,
      (rule, [, not, every = '', packet = '0']) =>
        rule.otherMatches.push('--mode nth', spell('--every', [every], not !== undefined), `--packet ${packet}`),
    ],
  ],
  'recent:': [
    [
      /recent:( !)? (CHECK|SET|UPDATE|REMOVE)((?: (?:seconds|hit_count): \d+| reap| TTL-Match)*) name: (\S+) side: (source|dest)(?: mask: (\S+))?/y,
      readRecent,
    ],
  ],
  'match-set': [
    [
      /(! )?match-set (\S+) (\S+)/y,
      (rule, [, not, name = '', flags = '']) => rule.sets.push({ not: not !== undefined, name, flags }),
    ],
  ],
  '[goto]': [
    [
      /\[goto\]/y,
      (rule) => {
        rule.verb = 'goto';
      },
    ],
  ],
};

/** No rule prints more: a comment holds at most 255 characters. Longer text is kept as unknown, unread. */
const RULE_TEXT_MAX = 8192;
const WORD = /"(?:[^"\\]|\\.)*"(?= |$)|\S+/sy;
const OPTION = /(?:! )?--[a-z][a-z0-9-]*(?= |$)/y;

/** Reads the matches and target options of one listed rule into `rule`; keeps what it does not know. */
export function readListMatches(rule: RuleDraft, whole: string): void {
  const text = whole.length > RULE_TEXT_MAX ? whole.slice(0, RULE_TEXT_MAX) : whole;
  const targetForms = rule.target === null ? undefined : own(TARGET_FORMS, rule.target);
  let inTarget = false;
  /** Start of the words that nobody knows, up to here. */
  let unknown = -1;
  /** How many other matches there are while the last of them is unknown text. */
  let joinable = -1;
  let at = 0;
  const flush = (end: number): void => {
    if (unknown < 0) return;
    const words = text.slice(unknown, end).trimEnd();
    const kept = inTarget ? rule.targetOptions : rule.otherMatches;
    unknown = -1;
    // One unknown text, even where a known one stood between: nothing tells where one match ends.
    if (!inTarget && kept.length > 0 && kept.length === joinable && !words.startsWith('-m ')) {
      kept[kept.length - 1] += ` ${words}`;
      return;
    }
    kept.push(words);
    if (!inTarget) joinable = kept.length;
  };
  const take = (forms: readonly ListForm[] | undefined): boolean => {
    for (const [form, read] of forms ?? []) {
      form.lastIndex = at;
      const found = form.exec(text);
      if (found === null) continue;
      flush(at);
      read(rule, found);
      at += Math.max(found[0].length, 1);
      return true;
    }
    return false;
  };
  while (at < text.length) {
    if (text.charCodeAt(at) === 32) {
      at += 1;
      continue;
    }
    if (take(targetForms)) {
      inTarget = true;
      continue;
    }
    const key = keyAt(text, at);
    if (take(own(FIELD_FORMS, key)) || take(own(LIST_FORMS, key))) continue;
    const option = optionAt(text, at);
    if (option !== null) {
      flush(at);
      rule.otherMatches.push(option.spelt);
      at = option.end;
      continue;
    }
    // What -m begins is an unknown module in the spelling of iptables-save.
    if (text.startsWith('-m ', at)) {
      flush(at);
      unknown = at;
      at += 3;
    } else if (unknown < 0 || inTarget) {
      // An option that no match has belongs to the target.
      OPTION.lastIndex = at;
      if (OPTION.test(text) && isExtension(rule.target)) {
        flush(at);
        inTarget = true;
      }
    }
    if (unknown < 0) unknown = at;
    WORD.lastIndex = at;
    at += WORD.exec(text)?.[0].length ?? 1;
  }
  flush(text.length);
  if (whole.length > RULE_TEXT_MAX) rule.otherMatches.push(whole.slice(RULE_TEXT_MAX));
}

/** The first word without the `!` before it; up to its colon, which is kept when a blank follows. */
function keyAt(text: string, from: number): string {
  const start = text.startsWith('! ', from) ? from + 2 : from;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 32) return text.slice(start, at);
    if (code === 58 && text.charCodeAt(at + 1) !== 32) return text.slice(start, at);
  }
  return text.slice(start);
}

/** Some modules print their options in a listing too (`PHYSDEV match ! --physdev-is-in`). */
function optionAt(text: string, at: number): { readonly spelt: string; readonly end: number } | null {
  OPTION.lastIndex = at;
  const found = OPTION.exec(text);
  if (found === null) return null;
  const not = found[0].startsWith('! ');
  const option = not ? found[0].slice(2) : found[0];
  if (moduleOf(option) === null) return null;
  let end = at + found[0].length;
  for (let values = valuesOf(option); values > 0; values -= 1) {
    WORD.lastIndex = end + 1;
    const value = WORD.exec(text);
    if (value === null) break;
    end = WORD.lastIndex;
  }
  const values = wordsOf(text.slice(at + found[0].length, end), 0).text;
  return { spelt: spell(option, values, not), end };
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function addComment(rule: RuleDraft, comment: string): void {
  rule.comment = rule.comment === null ? comment : `${rule.comment} ${comment}`;
}

function addPorts(rule: RuleDraft, option: string, not: string | undefined, printed: string): void {
  const match = { not: not === '!', value: portNumbers(printed) };
  if (option === '--ports') rule.otherMatches.push(spell(option, [match.value], match.not));
  else fillMatch(rule, option.startsWith('--s') ? 'sourcePorts' : 'destinationPorts', match, option);
}

const RECENT_OPTION = { CHECK: '--rcheck', SET: '--set', UPDATE: '--update', REMOVE: '--remove' } as const;

function readRecent(rule: RuleDraft, found: RegExpExecArray): void {
  const [, not, action, details = '', name = '', side, mask] = found;
  const option = RECENT_OPTION[action as keyof typeof RECENT_OPTION];
  if (not === undefined && rule.recent === null) {
    fillRecent(rule, option);
    if (rule.recent !== null) rule.recent = { ...(rule.recent as NonNullable<RuleDraft['recent']>), name };
    return;
  }
  rule.otherMatches.push(spell(option, [], not !== undefined));
  for (const [, word, number] of details.matchAll(/ (seconds|hit_count|reap|TTL-Match)(?:: (\d+))?/g)) {
    const spelt = word === 'hit_count' ? '--hitcount' : word === 'TTL-Match' ? '--rttl' : `--${word}`;
    rule.otherMatches.push(spell(spelt, number === undefined ? [] : [number]));
  }
  rule.otherMatches.push(spell('--name', [name]));
  if (mask !== undefined) rule.otherMatches.push(`--mask ${mask}`);
  rule.otherMatches.push(side === 'source' ? '--rsource' : '--rdest');
}

/** Whether a target may print options: chains and plain verdicts do not. */
function isExtension(target: string | null): boolean {
  return target !== null && /^[A-Z][A-Z0-9]*$/.test(target) && !['ACCEPT', 'DROP', 'RETURN', 'QUEUE'].includes(target);
}
