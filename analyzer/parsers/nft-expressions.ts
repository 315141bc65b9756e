/** Expressions of nft's text output: what a rule looks at and what it is compared with. */
import { NFT_BINDING, nftLiteral } from '../core/nft-literal.ts';
import type { NftElement, NftExpression, NftVerdict } from '../core/nft-ruleset.ts';
import type { NftLexer, NftToken } from './nft-tokens.ts';
import { NFT_DEPTH_MAX, NFT_ELEMENTS_MAX, NFT_RULE_CHARS_MAX, nftVerdict } from './nft-words.ts';

const PAYLOADS = new Set(
  'ip ip6 tcp udp udplite sctp dccp th icmp icmpv6 igmp arp ether vlan ah esp comp gre gretap vxlan geneve'.split(' '),
);
/** meta keys that nft prints without `meta`, and `mark` as iptables' translations spell it. */
const BARE_META = new Set(
  'iif oif iifname oifname iiftype oiftype iifgroup oifgroup skuid skgid mark pkttype cpu rtclassid cgroup'.split(' '),
);
/** Parts of one concatenation, operands of one chain of operators: the kernel allows 16 parts (NFT_REG32_COUNT). */
const PARTS_MAX = 64;
const OPTION_FIELDS = new Set('kind length size left right count tsval tsecr'.split(' '));
const OPERATORS: Readonly<Record<string, '&' | '|' | '^' | '<<' | '>>'>> = {
  '&': '&',
  '|': '|',
  '^': '^',
  '<<': '<<',
  '>>': '>>',
  and: '&',
  or: '|',
  xor: '^',
  lshift: '<<',
  rshift: '>>',
};

/** @returns true when an expression that looks at a packet starts with this word. */
export function startsExpression(word: string): boolean {
  return (
    PAYLOADS.has(word) ||
    BARE_META.has(word) ||
    word === 'meta' ||
    word === 'ct' ||
    word === 'fib' ||
    word === 'numgen' ||
    word === 'jhash' ||
    word === 'symhash' ||
    /^@(?:ll|nh|th|ih)$/.test(word)
  );
}

/** @returns an expression with concatenations, or null when the words are none that is known. */
export function parseExpression(lex: NftLexer, depth = 0): NftExpression | null {
  const key = parseConcat(lex, depth);
  if (key === null || lex.peek().kind !== 'word' || lex.peek().text !== 'map') return key;
  lex.next();
  const data = parseAtom(lex, depth + 1);
  return data === null ? null : { kind: 'map', key, data };
}

function parseConcat(lex: NftLexer, depth: number): NftExpression | null {
  const first = parseBinary(lex, depth, 1);
  if (first === null || lex.peek().text !== '.') return first;
  const parts = [first];
  while (lex.peek().kind === 'word' && lex.take('.')) {
    const part = parseBinary(lex, depth, 1);
    if (part === null || parts.length >= PARTS_MAX) return null;
    parts.push(part);
  }
  return { kind: 'concat', parts };
}

function parseBinary(lex: NftLexer, depth: number, least: number): NftExpression | null {
  let left = parsePrimary(lex, depth);
  for (let count = 0; left !== null; count += 1) {
    const token = lex.peek();
    const operator = token.kind === 'word' && Object.hasOwn(OPERATORS, token.text) ? OPERATORS[token.text] : undefined;
    if (operator === undefined || NFT_BINDING[operator] < least) break;
    if (count >= PARTS_MAX) return null;
    lex.next();
    const right = parseBinary(lex, depth, NFT_BINDING[operator] + 1);
    if (right === null) return null;
    left = { kind: 'binary', operator, left, right };
  }
  return left;
}

function parsePrimary(lex: NftLexer, depth: number): NftExpression | null {
  if (depth > NFT_DEPTH_MAX) return null;
  const token = lex.peek();
  if (token.kind === 'punct' && token.text === '(') {
    lex.next();
    const inner = parseExpression(lex, depth + 1);
    return inner !== null && lex.take(')') ? inner : null;
  }
  return token.kind === 'word' && startsExpression(token.text) ? parseLook(lex) : parseAtom(lex, depth);
}

function wordOf(lex: NftLexer): string | null {
  const token = lex.peek();
  return token.kind === 'word' ? lex.next().text : null;
}

/** What is looked at: the first word is known. */
function parseLook(lex: NftLexer): NftExpression | null {
  const first = lex.next().text;
  if (first === 'meta') {
    const key = wordOf(lex);
    return key === null ? null : { kind: 'meta', key };
  }
  if (BARE_META.has(first)) return { kind: 'meta', key: first };
  if (first === 'ct') return parseCt(lex);
  if (first === 'fib') return parseFib(lex);
  if (first === 'numgen') return parseNumgen(lex);
  if (first === 'jhash' || first === 'symhash') return parseHash(lex, first);
  if (first.startsWith('@')) return parseRawPayload(lex, first);
  const field = wordOf(lex);
  if (field === null) return null;
  if (field !== 'option' && field !== 'chunk') return { kind: 'payload', protocol: first, field };
  const words = [first, field, wordOf(lex) ?? ''];
  if (OPTION_FIELDS.has(lex.peek().text)) words.push(lex.next().text);
  return { kind: 'other', text: words.join(' ') };
}

function parseCt(lex: NftLexer): NftExpression | null {
  let key = wordOf(lex);
  let direction: string | null = null;
  if (key === 'original' || key === 'reply') {
    direction = key;
    key = wordOf(lex);
  }
  if (key === 'ip' || key === 'ip6') {
    const field = wordOf(lex);
    if (field === null) return null;
    key = `${key} ${field}`;
  }
  return key === null ? null : { kind: 'ct', key, direction };
}

function parseFib(lex: NftLexer): NftExpression | null {
  const flags: string[] = [];
  do {
    const flag = wordOf(lex);
    if (flag === null || flags.length > 8) return null;
    flags.push(flag);
  } while (lex.take('.'));
  const result = wordOf(lex);
  return result === null ? null : { kind: 'fib', flags, result };
}

function parseNumgen(lex: NftLexer): NftExpression | null {
  const mode = wordOf(lex);
  if (mode === null || !lex.take('mod')) return null;
  const mod = Number(wordOf(lex) ?? Number.NaN);
  const offset = lex.take('offset') ? Number(wordOf(lex) ?? Number.NaN) : 0;
  if (!Number.isSafeInteger(mod) || !Number.isSafeInteger(offset) || mod < 0 || offset < 0) return null;
  return { kind: 'numgen', mode, mod, offset };
}

/** `jhash ip saddr . tcp sport mod 4 seed 0xdeadbeef`: which number comes out is not modelled. */
function parseHash(lex: NftLexer, first: string): NftExpression | null {
  const words = [first];
  // Everything up to `mod N`, then its options.
  while (lex.peek().kind === 'word' && words.length < 24 && words.at(-2) !== 'mod') words.push(lex.next().text);
  while (lex.peek().text === 'seed' || lex.peek().text === 'offset') words.push(lex.next().text, wordOf(lex) ?? '');
  return { kind: 'other', text: words.join(' ') };
}

/** `@th,16,16`: base, offset and length in bits. */
function parseRawPayload(lex: NftLexer, base: string): NftExpression | null {
  const parts = [base];
  while (parts.length < 3 && lex.take(',')) parts.push(wordOf(lex) ?? '');
  return parts.length === 3 ? { kind: 'other', text: parts.join(',') } : null;
}

/** A literal, a reference or an anonymous set. */
function parseAtom(lex: NftLexer, depth: number): NftExpression | null {
  const token = lex.peek();
  if (token.kind === 'string') return { kind: 'value', value: lex.next().text };
  if (token.kind === 'word') return nftLiteral(lex.next().text);
  if (token.kind === 'punct' && token.text === '{') {
    lex.next();
    const read = parseElements(lex, depth + 1, 'anonymous');
    return read === null ? null : { kind: 'elements', elements: read.elements };
  }
  return null;
}

function joins(lex: NftLexer): boolean {
  return lex.peek().kind === 'word' && /^(?:\||or|&|and|\^|xor)$/.test(lex.peek().text);
}

/** A literal with concatenation and `|`, as it stands on the right of a comparison or in a set. */
function parseLiteral(lex: NftLexer, depth: number): NftExpression | null {
  const one = (): NftExpression | null => {
    let left = lex.peek().text === '(' ? parsePrimary(lex, depth) : parseAtom(lex, depth);
    for (let count = 0; left !== null && joins(lex); count += 1) {
      if (count >= PARTS_MAX) return null;
      const operator = OPERATORS[lex.next().text] ?? '|';
      const right = lex.peek().text === '(' ? parsePrimary(lex, depth) : parseAtom(lex, depth);
      left = right === null ? null : { kind: 'binary', operator, left, right };
    }
    return left;
  };
  const first = one();
  if (first === null || lex.peek().kind !== 'word' || lex.peek().text !== '.') return first;
  const parts = [first];
  while (lex.peek().kind === 'word' && lex.take('.')) {
    const part = one();
    if (part === null || parts.length >= PARTS_MAX) return null;
    parts.push(part);
  }
  return { kind: 'concat', parts };
}

/** The right side of a comparison; `new,established` is a set of both. */
export function parseRight(lex: NftLexer): NftExpression | null {
  const first = parseLiteral(lex, 0);
  if (first === null || lex.peek().text !== ',') return first;
  const elements = [element(0, first)];
  while (lex.take(',')) {
    const next = parseLiteral(lex, 0);
    if (next === null || elements.length >= NFT_ELEMENTS_MAX) return null;
    lex.spend();
    elements.push(element(0, next));
  }
  return { kind: 'elements', elements };
}

function element(line: number, key: NftExpression): NftElement {
  return { line, key, verdict: null, data: null, comment: null, expires: null };
}

export interface ReadElements {
  readonly elements: readonly NftElement[];
  /** False when the text ends before the closing brace, or more elements come than are read. */
  readonly complete: boolean;
}

/**
 * Elements behind `{`, the closing brace taken. An element counts only when the comma or brace behind it was read.
 * @returns null for an anonymous set that does not end.
 */
export function parseElements(lex: NftLexer, depth: number, where: 'named' | 'anonymous'): ReadElements | null {
  const elements: NftElement[] = [];
  const begin = lex.at;
  let complete = true;
  for (;;) {
    lex.skipNewlines();
    // The rule is longer than what is read of one.
    if (where === 'anonymous' && lex.at - begin > NFT_RULE_CHARS_MAX) return null;
    lex.spend();
    if (lex.take('}')) return { elements, complete };
    const token = lex.peek();
    if (token.kind === 'end') return where === 'named' ? { elements, complete: false } : null;
    const start = token.start;
    const line = where === 'named' ? lex.line : 0;
    const read = parseElement(lex, depth, line);
    lex.skipNewlines();
    const after = lex.peek();
    if (after.kind === 'end') return where === 'named' ? { elements, complete: false } : null;
    const well = read !== null && (after.text === ',' || after.text === '}') && after.kind === 'punct';
    if (!well && !skipElement(lex)) return where === 'named' ? { elements, complete: false } : null;
    if (elements.length >= NFT_ELEMENTS_MAX) complete = false;
    else if (well) elements.push(read);
    // Kept as what it is: an element that is there but not understood.
    else
      elements.push(
        element(line, { kind: 'other', text: lex.text.slice(start, Math.min(lex.at, start + 200)).trim() }),
      );
    lex.take(',');
  }
}

/** @returns false when the text ends first. */
function skipElement(lex: NftLexer): boolean {
  let open = 0;
  for (;;) {
    const token = lex.peek();
    if (token.kind === 'end') return false;
    if (token.kind === 'punct') {
      if (open === 0 && (token.text === ',' || token.text === '}')) return true;
      if (token.text === '{') open += 1;
      if (token.text === '}') open -= 1;
    }
    lex.next();
  }
}

function parseElement(lex: NftLexer, depth: number, line: number): NftElement | null {
  if (depth > NFT_DEPTH_MAX) return null;
  const key = parseLiteral(lex, depth);
  if (key === null) return null;
  let comment: string | null = null;
  let expires: string | null = null;
  let token = lex.peek();
  // Words about one element: timeout, counter, limit ... only those that tell something of rules are kept.
  while ((token.kind === 'word' && token.text !== ':') || token.kind === 'string') {
    const word = lex.next().text;
    if (word === 'comment' && lex.peek().kind === 'string') comment = lex.next().text;
    else if (word === 'expires') expires = wordOf(lex);
    token = lex.peek();
  }
  if (token.text !== ':') return { ...element(line, key), comment, expires };
  lex.next();
  lex.skipNewlines();
  const verdict = parseVerdict(lex);
  const data = verdict === null ? parseLiteral(lex, depth) : null;
  if (verdict === null && data === null) return null;
  return { line, key, verdict, data, comment, expires };
}

/** @returns the verdict that stands next, or null with nothing taken. */
export function parseVerdict(lex: NftLexer): NftVerdict | null {
  const token: NftToken = lex.peek();
  if (token.kind !== 'word' || !/^(?:accept|drop|continue|return|queue|jump|goto)$/.test(token.text)) return null;
  lex.next();
  if (token.text !== 'jump' && token.text !== 'goto') return nftVerdict(token.text, null);
  const chain = lex.peek();
  return chain.kind === 'word' || chain.kind === 'string' ? nftVerdict(token.text, lex.next().text) : null;
}
