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
 * Each module prints in its own way, so every known form is recognised as a whole and taken out;
 * what stays is kept as an unknown match rather than dropped.
 */
import { fillMark, fillSetConnmark, fillSetMark } from './iptables-fields.ts';
import { parseMark, type RuleDraft } from './iptables-values.ts';

type Reader = (rule: RuleDraft, found: RegExpExecArray) => void;

const PORTS = '(!?[0-9A-Za-z:,_-]+)';

// Anchored at the start of what is left: linear, and a comment can never be mistaken for a match.
const FORMS: readonly (readonly [RegExp, Reader])[] = [
  [/^\/\* (.*?) \*\/(?: |$)/, (rule, found) => addComment(rule, found[1] ?? '')],
  [
    new RegExp(`^(?:tcp|udp|sctp|dccp|udplite) (spt|spts|dpt|dpts):${PORTS}`),
    (rule, found) => setPorts(rule, found[1] ?? '', found[2] ?? ''),
  ],
  [new RegExp(`^(spt|spts|dpt|dpts):${PORTS}`), (rule, found) => setPorts(rule, found[1] ?? '', found[2] ?? '')],
  [
    new RegExp(`^multiport (sports|dports) ((?:! ?)?${PORTS})`),
    (rule, found) => setPorts(rule, found[1] ?? '', found[2] ?? ''),
  ],
  [
    /^(! )?(?:ctstate|state) (\S+)/,
    (rule, found) => {
      rule.ctstate = { not: found[1] !== undefined, value: found[2] ?? '' };
    },
  ],
  [
    /^mark match (! ?)?(0x[0-9a-fA-F]+(?:\/0x[0-9a-fA-F]+)?)/,
    (rule, found) => {
      rule.mark = parseMark(found[2] ?? '', found[1] !== undefined);
    },
  ],
  // The protocol's module without an option, as kube-proxy's DNAT rules have it.
  [/^(?:tcp|udp|sctp|dccp|udplite)(?= |$)/, () => {}],
  [/^ADDRTYPE match/, () => {}],
  [
    /^(src|dst)-type (!)? ?(\S+)/,
    (rule, found) => {
      const match = { not: found[2] !== undefined, value: found[3] ?? '' };
      if (found[1] === 'src') rule.sourceType = match;
      else rule.destinationType = match;
    },
  ],
  [
    /^(limit-in|limit-out)/,
    (rule, found) => {
      rule.otherMatches.push(found[1] === 'limit-in' ? '--limit-iface-in' : '--limit-iface-out');
    },
  ],
  [
    /^(?:statistic )?mode random (! )?probability ([0-9.]+)/,
    (rule, found) => {
      rule.probability = Number(found[2]);
      if (found[1] !== undefined) rule.otherMatches.push(found[0]);
    },
  ],
  [
    /^recent: (CHECK|SET|UPDATE|REMOVE)(?: (?:seconds|hit_count): \d+| reap| TTL-Match)* name: (\S+) side: \S+(?: mask: \S+)?/,
    (rule, found) => {
      rule.recent = {
        action: found[1] === 'CHECK' ? 'check' : found[1] === 'SET' ? 'set' : 'other',
        name: found[2] ?? null,
      };
    },
  ],
  [
    /^(! )?match-set (\S+) (\S+)/,
    (rule, found) => {
      rule.sets.push({ not: found[1] !== undefined, name: found[2] ?? '', flags: found[3] ?? '' });
    },
  ],
  [
    /^to:(\S+)/,
    (rule, found) => {
      if (rule.target === 'SNAT') rule.toSource = found[1] ?? '';
      else rule.toDestination = found[1] ?? '';
    },
  ],
  [
    /^MARK (or|xor|and|set|xset) (0x[0-9a-fA-F]+(?:\/0x[0-9a-fA-F]+)?)/,
    (rule, found) => {
      fillSetMark(rule, found[1] ?? '', found[2] ?? '');
    },
  ],
  [
    /^reject-with (\S+)/,
    (rule, found) => {
      rule.rejectWith = found[1] ?? null;
    },
  ],
  [
    /^(?:random-fully|random|persistent)(?= |$)/,
    (rule, found) => {
      rule.targetOptions.push(`--${found[0]}`);
    },
  ],
  [
    /^connmark match\s+(!)?\s*(0x[0-9a-fA-F]+(?:\/0x[0-9a-fA-F]+)?)/,
    (rule, found) => fillMark(rule, 'connmark', found[2] ?? '', found[1] !== undefined),
  ],
  [
    /^CONNMARK (or|xor|and|set|xset) (0x[0-9a-fA-F]+(?:\/0x[0-9a-fA-F]+)?)/,
    (rule, found) => {
      fillSetConnmark(rule, found[1] ?? '', found[2] ?? '');
    },
  ],
  [
    // The tilde is printed before the plain mask: connmark_tg_print in libxt_CONNMARK.c.
    /^CONNMARK (save|restore)(?: mask (0x[0-9a-fA-F]+)| (nf|ct)mask (0x[0-9a-fA-F]+) (?:nf|ct)mask ~(0x[0-9a-fA-F]+))?/,
    (rule, found) => {
      const both = found[2];
      const packet = both ?? (found[3] === 'nf' ? found[4] : found[5]);
      const connection = both ?? (found[3] === 'nf' ? found[5] : found[4]);
      rule.setConnmark = {
        operation: found[1] === 'save' ? 'save' : 'restore',
        packetMask: packet === undefined ? 0xffffffff : Number(packet) >>> 0,
        connectionMask: connection === undefined ? 0xffffffff : Number(connection) >>> 0,
      };
    },
  ],
  [
    /^\[goto\]/,
    (rule) => {
      rule.verb = 'goto';
    },
  ],
];

/** No rule prints more: a comment holds at most 255 characters. Longer text is kept as unknown, unread. */
const RULE_TEXT_MAX = 8192;

/** Reads the matches and target options of one listed rule into `rule`; keeps what it does not know. */
export function readListMatches(rule: RuleDraft, text: string): void {
  let rest = text.slice(0, RULE_TEXT_MAX);
  let unknown = text.slice(RULE_TEXT_MAX);
  while (rest !== '') {
    const known = FORMS.find(([form]) => form.test(rest));
    if (known === undefined) {
      const word = /^\S+/.exec(rest)?.[0] ?? rest;
      unknown = unknown === '' ? word : `${unknown} ${word}`;
      rest = rest.slice(word.length).trimStart();
      continue;
    }
    const found = known[0].exec(rest) as RegExpExecArray;
    known[1](rule, found);
    rest = rest.slice(Math.max(found[0].length, 1)).trimStart();
  }
  if (unknown !== '') rule.otherMatches.push(unknown);
}

function addComment(rule: RuleDraft, comment: string): void {
  rule.comment = rule.comment === null ? comment : `${rule.comment} ${comment}`;
}

function setPorts(rule: RuleDraft, which: string, printed: string): void {
  const match = { not: printed.startsWith('!'), value: printed.replace(/^! ?/, '') };
  if (which.startsWith('s')) rule.sourcePorts = match;
  else rule.destinationPorts = match;
}
