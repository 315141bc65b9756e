/**
 * The options behind `-A CHAIN` of one rule, as iptables-save and `iptables -S` print them:
 *
 *   ! -s 10.244.0.0/16 -d 10.96.10.20/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ
 *   -i eth0 -m comment --comment "AWS, primary ENI" -m addrtype --dst-type LOCAL --limit-iface-in -j CONNMARK --set-xmark 0x80/0x80
 *   -m physdev ! --physdev-is-in -m limit --limit 3/min -j LOG --log-prefix "calico-packet: " --log-level 5
 *
 * An option belongs to the module named by the last -m, or to the target when -j came last. `!` precedes the option
 * today and followed it before 1.4.3.
 */
import type { RuleDraft } from '../core/packet-rule.ts';
import { fillMark, fillMatch, fillProbability, fillRecent, fillSetConnmark, fillSetMark } from './iptables-fields.ts';
import { isBareModule, isKnownMatch } from './iptables-known.ts';
import { parseCount, parseInterface, parseMark, parsePrefix, parseProtocol } from './iptables-values.ts';
import { quoteWord, spell, type Words } from './iptables-words.ts';

/** Printed without quotes even when the text begins with a dash: the word behind them is always theirs. */
const TAKES_ANY_WORD = new Set(['--comment', '--log-prefix', '--nflog-prefix', '--ulog-prefix', '--name', '--string']);

/** Whose options are read: the rule's own before any -m, a match module's, or the target's. */
interface Owner {
  readonly kind: 'rule' | 'match' | 'target';
  readonly module: string;
  /** For a module nobody knows: everything it says, as one text. */
  text: string | null;
  /** Whether the module said anything; one that did not is a match all the same (`-m socket`). */
  said: boolean;
}

/** Reads the words of one rule into `rule`; what no field holds is kept in otherMatches and targetOptions. */
export function readRuleText(rule: RuleDraft, words: Words): void {
  const { text, quoted } = words;
  let owner: Owner = { kind: 'rule', module: '', text: null, said: true };
  let at = 0;
  let not = false;
  while (at < text.length) {
    const first = at;
    const option = text[first] as string;
    at += 1;
    if (option === '!' && quoted[first] === false) {
      not = true;
      continue;
    }
    let values: string[] = [];
    if (TAKES_ANY_WORD.has(option)) {
      values.push(text[at] ?? '');
      at += 1;
    }
    while (at < text.length && !startsOption(words, at)) {
      values.push(text[at] as string);
      at += 1;
    }
    if (values[0] === '!' && values.length > 1 && quoted[at - values.length] === false) {
      not = !not;
      values = values.slice(1);
    }
    if (quoted[first] === true || !option.startsWith('-')) {
      // A value that no option takes: kept in the one form in which it reads back.
      rule.otherMatches.push(spell('-m', ['?', option, ...values], not));
    } else if (option === '-m' || option === '--match') {
      leave(rule, owner);
      const [module = '', ...more] = values;
      const unknown = isKnownMatch(module) && more.length === 0 ? null : spell('-m', [module, ...more], not);
      owner = { kind: 'match', module, text: unknown, said: false };
    } else if (option === '-j' || option === '-g' || option === '--jump' || option === '--goto') {
      leave(rule, owner);
      owner = { kind: values.length > 0 ? 'target' : 'rule', module: '', text: null, said: true };
      if (values[0] !== undefined) {
        rule.target = values[0];
        rule.verb = option === '-j' || option === '--jump' ? 'jump' : 'goto';
      }
      for (const value of values.slice(1)) rule.targetOptions.push(quoteWord(value));
    } else if (!applyBasic(rule, option, values, not)) {
      owner.said = true;
      if (owner.kind === 'target') applyTarget(rule, option, values, not);
      else if (owner.text !== null) owner.text += ` ${spell(option, values, not)}`;
      else applyMatch(rule, owner.module, option, values, not);
    }
    not = false;
  }
  leave(rule, owner);
}

/** Ends a module: what it said as a whole, or that it stood there without an option. */
function leave(rule: RuleDraft, owner: Owner): void {
  if (owner.text !== null) rule.otherMatches.push(owner.text);
  else if (!owner.said && !isBareModule(owner.module)) rule.otherMatches.push(spell('-m', [owner.module]));
}

/** A word starts the next option when it is one, or is the `!` before one. */
function startsOption(words: Words, at: number): boolean {
  if (words.quoted[at] === true) return false;
  const word = words.text[at] as string;
  if (word === '!') return words.quoted[at + 1] === false && words.text[at + 1]?.startsWith('-') === true;
  return word.charCodeAt(0) === 45 && /^--?[a-zA-Z]/.test(word);
}

/** Options of the rule itself; they may stand anywhere. */
function applyBasic(rule: RuleDraft, option: string, values: readonly string[], not: boolean): boolean {
  const value = values[0] ?? '';
  switch (option) {
    case '-p':
    case '--protocol':
      rule.protocol = parseProtocol(value, not);
      return true;
    case '-s':
    case '--source':
      rule.source = parsePrefix(value, not);
      return true;
    case '-d':
    case '--destination':
      rule.destination = parsePrefix(value, not);
      return true;
    case '-i':
    case '--in-interface':
      rule.inInterface = parseInterface(value, not);
      return true;
    case '-o':
    case '--out-interface':
      rule.outInterface = parseInterface(value, not);
      return true;
    case '-f':
    case '--fragment':
      rule.otherMatches.unshift(spell('-f', values, not));
      return true;
    case '-c':
    case '--set-counters':
      rule.packets = parseCount(value);
      rule.bytes = parseCount(values[1] ?? '');
      return true;
    default:
      return false;
  }
}

function applyMatch(rule: RuleDraft, module: string, option: string, values: readonly string[], not: boolean): void {
  const value = values[0] ?? '';
  switch (option) {
    case '--dport':
    case '--destination-port':
    case '--dports':
    case '--destination-ports':
      fillMatch(rule, 'destinationPorts', { not, value }, option);
      return;
    case '--sport':
    case '--source-port':
    case '--sports':
    case '--source-ports':
      fillMatch(rule, 'sourcePorts', { not, value }, option);
      return;
    case '--syn':
      rule.otherMatches.push(spell('--tcp-flags', ['FIN,SYN,RST,ACK', 'SYN'], not));
      return;
    case '--comment':
      rule.comment = rule.comment === null ? value : `${rule.comment} ${value}`;
      return;
    case '--mark':
      fillMark(rule, module === 'connmark' ? 'connmark' : 'mark', value, not);
      return;
    case '--mode':
      if (value === 'random' && values.length === 1 && !not) return;
      break;
    case '--probability':
      fillProbability(rule, value, not);
      return;
    case '--ctstate':
    case '--state':
      fillMatch(rule, 'ctstate', { not, value }, option);
      return;
    case '--src-type':
      fillMatch(rule, 'sourceType', { not, value }, option);
      return;
    case '--dst-type':
      fillMatch(rule, 'destinationType', { not, value }, option);
      return;
    case '--match-set':
      rule.sets.push({ not, name: value, flags: values[1] ?? '' });
      return;
    case '--rcheck':
    case '--set':
    case '--update':
    case '--remove':
      if (not || rule.recent !== null) break;
      fillRecent(rule, option);
      return;
    case '--name':
      if (rule.recent === null || rule.recent.name !== null) break;
      rule.recent = { ...rule.recent, name: value };
      return;
    case '--seconds':
    case '--hitcount':
    case '--reap':
    case '--rttl':
    case '--mask':
    case '--rsource':
    case '--rdest':
      if (rule.recent === null) break;
      return;
  }
  rule.otherMatches.push(spell(option, values, not));
}

function applyTarget(rule: RuleDraft, option: string, values: readonly string[], not: boolean): void {
  const value = values[0] ?? '';
  const plain = !not && values.length === 1;
  switch (option) {
    case '--to-destination':
      if (!plain || rule.toDestination !== null) break;
      rule.toDestination = value;
      return;
    case '--to-source':
      if (!plain || rule.toSource !== null) break;
      rule.toSource = value;
      return;
    case '--reject-with':
      if (!plain || rule.rejectWith !== null) break;
      rule.rejectWith = value;
      return;
    case '--set-xmark':
    case '--set-mark':
    case '--or-mark':
    case '--xor-mark':
    case '--and-mark': {
      const operation = option === '--set-xmark' ? 'xset' : option.slice(2, -5);
      if (plain && rule.target === 'MARK' && fillSetMark(rule, operation, value)) return;
      if (plain && rule.target === 'CONNMARK' && fillSetConnmark(rule, operation, value)) return;
      break;
    }
    case '--save-mark':
    case '--restore-mark':
      if (rule.target !== 'CONNMARK' || values.length > 0 || rule.setConnmark !== null) break;
      rule.setConnmark = {
        operation: option === '--save-mark' ? 'save' : 'restore',
        packetMask: 0xffffffff,
        connectionMask: 0xffffffff,
      };
      return;
    case '--nfmask':
    case '--ctmask':
    case '--mask': {
      const mask = parseMark(value, false);
      if (rule.setConnmark === null || rule.setConnmark.operation === 'set' || mask === null) break;
      rule.setConnmark = {
        ...rule.setConnmark,
        ...(option === '--ctmask' ? {} : { packetMask: mask.value }),
        ...(option === '--nfmask' ? {} : { connectionMask: mask.value }),
      };
      return;
    }
  }
  rule.targetOptions.push(spell(option, values, not));
}
