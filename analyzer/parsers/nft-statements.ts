/** Statements of one rule in nft's text output, also as iptables-nft's rules are translated there. */
import { nftLiteral } from '../core/nft-literal.ts';
import type { NftExpression, NftStatement } from '../core/nft-ruleset.ts';
import type { Count } from '../core/packet-rule.ts';
import { parseElements, parseExpression, parseRight, parseVerdict, startsExpression } from './nft-expressions.ts';
import type { NftLexer } from './nft-tokens.ts';
import { defaultReject, NFT_RULE_CHARS_MAX, nftCount } from './nft-words.ts';

/** What one rule line says. */
export interface ReadRule {
  readonly statements: readonly NftStatement[];
  readonly comment: string | null;
  readonly handle: number | null;
  readonly packets: Count | null;
  readonly bytes: Count | null;
  /** False when the text ends inside the rule. */
  readonly whole: boolean;
}

const VERDICTS = new Set('accept drop continue return jump goto'.split(' '));
/** Words a statement starts with; what is not understood ends before them. */
const STARTS = new Set([
  ...VERDICTS,
  ...'counter reject dnat snat masquerade redirect log notrack queue xt comment'.split(' '),
]);
const NAT_FLAGS = new Set(['random', 'fully-random', 'persistent', 'random-fully']);
const COMPARE = new Set(['==', '!=', '<', '>', '<=', '>=']);
/** Watched only: neither decides anything about the packet. */
const WATCH_META = new Set(['nftrace']);

/** Reads up to the newline, `;` or `}` that ends the rule, which stays. Linear; never throws. */
export function parseRule(lex: NftLexer): ReadRule {
  const begin = lex.peek().start;
  const statements: NftStatement[] = [];
  let comment: string | null = null;
  let handle: number | null = null;
  for (;;) {
    const token = lex.peek();
    if (ends(token.kind, token.text) || token.start - begin > NFT_RULE_CHARS_MAX) break;
    if (token.kind === 'word' && token.text === 'comment') {
      lex.next();
      if (lex.peek().kind === 'string') comment = lex.next().text;
      continue;
    }
    if (token.kind === 'word' && token.text.startsWith('#')) {
      const note = parseNote(lex);
      if (note.handle !== null) handle = note.handle;
      if (note.xt !== null) statements.push(note.xt);
      continue;
    }
    const { start } = token;
    const { line } = lex;
    lex.spend();
    statements.push(parseStatement(lex, token.kind, token.text) ?? other(lex, start, line));
  }
  if (lex.peek().start - begin > NFT_RULE_CHARS_MAX) {
    statements.length = 0;
    statements.push({
      kind: 'other',
      text: `${lex.text.slice(begin, begin + 200)} ... (a rule this long is not read)`,
    });
    lex.skipLine();
  }
  if (targetVanished(lex, statements)) statements.push({ kind: 'xt', type: 'target', name: '' });
  const counter = statements.find((each) => each.kind === 'counter');
  return {
    statements,
    comment,
    handle,
    packets: counter?.packets ?? null,
    bytes: counter?.bytes ?? null,
    whole: lex.peek().kind !== 'end',
  };
}

function ends(kind: string, text: string): boolean {
  return kind === 'newline' || kind === 'end' || (kind === 'punct' && (text === '}' || text === ';'));
}

/**
 * nft puts a blank between statements. A rule that ends in `bytes 3180 ` had one more, whose translation is empty:
 * nft 1.0.6 prints nothing for the DNAT and MASQUERADE of ip6tables (case h6-dualstack).
 */
function targetVanished(lex: NftLexer, statements: readonly NftStatement[]): boolean {
  const { start, kind } = lex.peek();
  return kind === 'newline' && lex.text.charCodeAt(start - 1) === 32 && statements.at(-1)?.kind === 'counter';
}

/** `# handle 12`, `# xt_recent` (nft before 1.0.3), or any other comment. */
function parseNote(lex: NftLexer): { readonly handle: number | null; readonly xt: NftStatement | null } {
  const nothing = { handle: null, xt: null };
  const hash = lex.next().text;
  const word = hash === '#' && lex.peek().kind === 'word' ? lex.next().text : hash.slice(1);
  if (word === 'handle' && lex.peek().kind === 'word') {
    const number = Number(lex.next().text);
    return { handle: Number.isSafeInteger(number) ? number : null, xt: null };
  }
  if (word.startsWith('xt_') && word.length > 3) {
    const name = word.slice(3);
    return { handle: null, xt: { kind: 'xt', type: /^[A-Z]/.test(name) ? 'target' : 'match', name } };
  }
  lex.skipLine();
  return nothing;
}

/** The words from `start` up to the next statement that is known. At least one token is taken. */
function other(lex: NftLexer, start: number, line: number): NftStatement {
  let open = 0;
  // Read again from its start: braces may be open where the known grammar ended.
  lex.seek(start, line);
  let end = start;
  for (let taken = 0; ; taken += 1) {
    const token = lex.peek();
    if (token.kind === 'end' || (open === 0 && ends(token.kind, token.text))) break;
    if (token.start - start > NFT_RULE_CHARS_MAX) break;
    const known = token.kind === 'word' && (STARTS.has(token.text) || token.text.startsWith('#'));
    if (taken > 0 && open === 0 && known) break;
    if (token.text === '{' && token.kind === 'punct') open += 1;
    if (token.text === '}' && token.kind === 'punct') open -= 1;
    end = lex.next().end;
  }
  return { kind: 'other', text: clip(lex.text.slice(start, end)) };
}

function clip(text: string): string {
  const one = text.length > 2000 ? `${text.slice(0, 2000)} ...` : text;
  return one.replace(/\s+/g, ' ').trim();
}

function restText(lex: NftLexer): string {
  const { start } = lex.peek();
  const read = other(lex, start, lex.line);
  return read.kind === 'other' ? read.text : '';
}

function parseStatement(lex: NftLexer, kind: string, word: string): NftStatement | null {
  if (kind !== 'word') return null;
  if (VERDICTS.has(word)) {
    const verdict = parseVerdict(lex);
    return verdict === null ? null : { kind: 'verdict', verdict };
  }
  switch (word) {
    case 'counter':
      return parseCounter(lex);
    case 'queue':
      restText(lex);
      return { kind: 'verdict', verdict: { verdict: 'queue' } };
    case 'reject':
      return parseReject(lex);
    case 'dnat':
    case 'snat':
    case 'masquerade':
    case 'redirect':
      return parseNat(lex, word);
    case 'notrack':
      lex.next();
      return { kind: 'notrack' };
    case 'log':
      return { kind: 'log', text: restText(lex) };
    case 'limit':
    case 'quota':
      return { kind: 'limit', text: restText(lex) };
    case 'update':
    case 'add':
    case 'delete':
      return parseSetStatement(lex);
    case 'xt':
      return parseXt(lex);
    default:
      return startsExpression(word) ? parseLookStatement(lex) : null;
  }
}

function parseCounter(lex: NftLexer): NftStatement {
  lex.next();
  let packets: Count | null = null;
  let bytes: Count | null = null;
  if (lex.take('packets')) packets = nftCount(lex.next().text);
  if (lex.take('bytes')) bytes = nftCount(lex.next().text);
  // `counter name "x"`: a named counter whose numbers stand elsewhere.
  if (lex.take('name')) lex.next();
  return { kind: 'counter', packets, bytes };
}

function parseReject(lex: NftLexer): NftStatement {
  lex.next();
  if (!lex.take('with')) return { kind: 'reject', with: null };
  const protocol = lex.peek().kind === 'word' ? lex.next().text : '';
  lex.take('type');
  const code = lex.peek().kind === 'word' && !STARTS.has(lex.peek().text) ? lex.next().text : '';
  const text = `${protocol} ${code}`.trim();
  return { kind: 'reject', with: text === '' || defaultReject(text) ? null : text };
}

function parseNat(lex: NftLexer, type: 'dnat' | 'snat' | 'masquerade' | 'redirect'): NftStatement | null {
  lex.next();
  if (lex.peek().text === 'ip' || lex.peek().text === 'ip6') lex.next();
  // `dnat ip addr . port to ...`: the map behind it gives both.
  if (lex.take('addr')) {
    if (!lex.take('.') || !lex.take('port')) return null;
  }
  let address: NftExpression | null = null;
  let port: NftExpression | null = null;
  if (lex.take('to')) {
    const token = lex.peek();
    if (token.kind === 'word' && /^(?:\[|:|\d{1,3}\.\d{1,3}\.)/.test(token.text)) {
      const target = natTarget(lex.next().text);
      if (target === null) return null;
      ({ address, port } = target);
    } else {
      address = parseExpression(lex);
      if (address === null) return null;
      if (lex.peek().kind === 'word' && lex.peek().text.startsWith(':')) {
        const word = lex.next().text;
        port = word === ':' ? parseExpression(lex) : nftLiteral(word.slice(1));
      }
    }
  }
  const flags: string[] = [];
  while (NAT_FLAGS.has(lex.peek().text) && flags.length < 8) {
    flags.push(lex.next().text);
    lex.take(',');
  }
  // `dnat ip prefix to ...`, `snat ip interval to ...`: there is none without an address or a port.
  if ((type === 'dnat' || type === 'snat') && address === null && port === null) return null;
  return { kind: 'nat', type, address, port, flags };
}

/** `10.0.0.1`, `10.0.0.1:80`, `10.0.0.1-10.0.0.9:80-90`, `[fd00::1]:80`, `:80`. */
function natTarget(word: string): { address: NftExpression | null; port: NftExpression | null } | null {
  if (word.length > 200) return null;
  if (word.startsWith('[')) {
    const end = word.indexOf(']');
    const range = /^\[([^\]]{2,60})\](?:-\[([^\]]{2,60})\])?(?::(.{1,20}))?$/.exec(word);
    if (end < 0 || range === null) return null;
    const from = range[1] as string;
    return {
      address: nftLiteral(range[2] === undefined ? from : `${from}-${range[2]}`),
      port: range[3] === undefined ? null : nftLiteral(range[3]),
    };
  }
  const colon = word.indexOf(':');
  if (colon < 0) return { address: nftLiteral(word), port: null };
  const port = word.slice(colon + 1);
  return {
    address: colon === 0 ? null : nftLiteral(word.slice(0, colon)),
    port: port === '' ? null : nftLiteral(port),
  };
}

/** What an element of a set may count. */
const COUNTED = /\b(?:limit rate|ct count|quota) .*/;

/** `update @affinity-... { ip saddr timeout 1m : accept }`; of what stands behind the element only limits are kept. */
function parseSetStatement(lex: NftLexer): NftStatement | null {
  const operation = lex.next().text;
  const reference = lex.peek();
  if (reference.kind !== 'word' || !reference.text.startsWith('@')) return null;
  lex.next();
  if (!lex.take('{')) return null;
  const element = parseExpression(lex);
  if (element === null) return null;
  const { start } = lex.peek();
  if (!lex.take('}') && parseElements(lex, 1, 'anonymous') === null) return null;
  const limit = COUNTED.exec(clip(lex.text.slice(start, lex.at)).replace(/ ?\}$/, ''))?.[0];
  const set = { kind: 'set', operation, element, set: reference.text.slice(1) } as const;
  return limit === undefined ? set : { ...set, limit };
}

function parseXt(lex: NftLexer): NftStatement | null {
  lex.next();
  const type = lex.peek().text;
  if (type !== 'match' && type !== 'target' && type !== 'watcher') return null;
  lex.next();
  const name = lex.peek();
  if (name.kind !== 'word' && name.kind !== 'string') return null;
  lex.next();
  return { kind: 'xt', type, name: name.text };
}

function parseLookStatement(lex: NftLexer): NftStatement | null {
  const { start } = lex.peek();
  const left = parseExpression(lex);
  if (left === null) return null;
  const token = lex.peek();
  // `ct count over 20`: how many connections there are is not in a dump.
  if (left.kind === 'ct' && left.key === 'count') return { kind: 'limit', text: `ct count ${restText(lex)}` };
  if (token.kind === 'word' && token.text === 'vmap') {
    lex.next();
    const data = parseRight(lex);
    if (data?.kind !== 'elements' && data?.kind !== 'set-reference') return null;
    return { kind: 'vmap', key: left, data };
  }
  if (token.kind === 'word' && token.text === 'set') {
    lex.next();
    const value = parseExpression(lex);
    if (value === null) return null;
    const watch = left.kind === 'meta' && WATCH_META.has(left.key);
    return watch ? { kind: 'log', text: clip(lex.text.slice(start, lex.at)) } : { kind: 'mangle', key: left, value };
  }
  return parseMatch(lex, left);
}

function parseMatch(lex: NftLexer, left: NftExpression): NftStatement | null {
  const token = lex.peek();
  // `tcp flags ! syn`: none of the bits.
  if (token.kind === 'word' && token.text === '!') {
    lex.next();
    const bits = parseRight(lex);
    const none: NftExpression = { kind: 'value', value: '0' };
    return bits === null
      ? null
      : { kind: 'match', operator: '==', left: { kind: 'binary', operator: '&', left, right: bits }, right: none };
  }
  const compared = token.kind === 'word' && COMPARE.has(token.text);
  const operator = (compared ? lex.next().text : '==') as '==' | '!=' | '<' | '>' | '<=' | '>=';
  const right = parseRight(lex);
  if (right === null) return null;
  // `tcp flags syn / fin,syn,rst`: the value, then the bits that are looked at.
  if (lex.peek().kind === 'word' && lex.take('/')) {
    const mask = parseRight(lex);
    return mask === null
      ? null
      : { kind: 'match', operator, left: { kind: 'binary', operator: '&', left, right: mask }, right };
  }
  return { kind: 'match', operator, left, right };
}
