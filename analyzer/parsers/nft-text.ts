/**
 * `nft list ruleset` (nft 0.9 to 1.1), also with `-a` (handles) and with tables that iptables-nft made:
 *
 *   # Warning: table ip nat is managed by iptables-nft, do not touch!
 *   table ip nat {
 *           chain POSTROUTING {
 *                   type nat hook postrouting priority srcnat; policy accept;
 *                    counter packets 3746 bytes 208497 jump KUBE-POSTROUTING
 *           }
 *           chain KUBE-SVC-TCOU7JCQXEZGVUNU {
 *                    meta random & 2147483647 < 1073741824 counter packets 61 bytes 2013 jump KUBE-SEP-QZ2RMBQRVUNY2HKV
 *           }
 *   }
 *   table ip kube-proxy {
 *           comment "rules for kube-proxy"
 *           set affinity-IZLFGQTZ-shop/sticky/tcp/http__10.244.2.20/8084 {
 *                   type ipv4_addr
 *                   size 65535
 *                   flags dynamic,timeout
 *                   timeout 3h
 *                   elements = { 203.0.113.2 expires 2h59m53s588ms }
 *           }
 *           map no-endpoint-nodeports {
 *                   type inet_proto . inet_service : verdict
 *                   elements = { tcp . 30082 comment "shop/lbnolocal:http" : drop,
 *                                tcp . 30090 comment "shop/empty:http" : goto reject-chain }
 *           }
 *           chain services {
 *                   ip daddr . meta l4proto . th dport vmap @service-ips
 *           }
 *   }
 *
 * What nft does not say there: comments of iptables rules (two blanks are left), options of modules that have no
 * translation (`xt match recent`), and the negation of `! --ctstate RELATED,ESTABLISHED,DNAT`.
 */
import type {
  NftChainDump,
  NftElement,
  NftFamily,
  NftRule,
  NftRuleset,
  NftSet,
  NftTable,
} from '../core/nft-ruleset.ts';
import { parseElements } from './nft-expressions.ts';
import { PlainRule, plainLine } from './nft-plain-rule.ts';
import { parseRule } from './nft-statements.ts';
import { NFT_THINGS_MAX, NftLexer } from './nft-tokens.ts';
import { NFT_JUNK_KEPT, nftFamily, nftPriority } from './nft-words.ts';

type Draft<T> = { -readonly [K in keyof T]: T[K] };
interface TableDraft extends Omit<Draft<NftTable>, 'chains' | 'sets'> {
  chains: Map<string, NftChainDump>;
  sets: Map<string, NftSet>;
}
interface Reading {
  readonly lex: NftLexer;
  readonly junk: { line: number; text: string }[];
  junkLines: number;
  cut: string | null;
}

/** Longest text of a junk line that is kept. */
const JUNK_CHARS = 200;
/** Objects of a table that hold no rules. */
const OBJECTS = new Set('flowtable counter quota limit secmark synproxy ct tunnel meter'.split(' '));

/** @returns every table with its chains, rules, sets and maps; a rule or element that the end cuts through is left out. */
export function parseNftText(text: string): NftRuleset {
  const reading: Reading = { lex: new NftLexer(text), junk: [], junkLines: 0, cut: null };
  const { lex } = reading;
  const tables: NftTable[] = [];
  for (;;) {
    lex.skipNewlines();
    const token = lex.peek();
    if (token.kind === 'end') break;
    const { line } = lex;
    if (token.text.startsWith('#') && token.kind === 'word') {
      lex.skipLine();
      continue;
    }
    lex.take('add');
    const table = lex.take('table') ? parseTable(reading, line) : null;
    if (table !== null) tables.push(table);
    else junkLine(reading, token.start, line);
  }
  return {
    source: 'text',
    tables,
    junkLines: reading.junkLines,
    junk: reading.junk,
    lines: text === '' ? 0 : text.endsWith('\n') ? lex.line - 1 : lex.line,
    cut: lex.exhausted ? `more than ${NFT_THINGS_MAX} rules, statements and elements are not read` : reading.cut,
  };
}

/** A line that is not understood, from its start. */
function junkLine(reading: Reading, start: number, line: number): void {
  const { lex } = reading;
  lex.seek(start, line);
  lex.skipLine();
  // `tab` at the very end is the start of a table that was cut off, not junk.
  const text = lex.text.slice(start, Math.min(lex.at, start + JUNK_CHARS)).trim();
  if (lex.at >= lex.text.length && 'table '.startsWith(text.split(/\s/, 1)[0] ?? '')) {
    reading.cut ??= 'the text ends inside the heading of a table';
    return;
  }
  reading.junkLines += 1;
  if (reading.junk.length < NFT_JUNK_KEPT) reading.junk.push({ line, text });
}

/** Takes `# handle 12` and other comments behind something; the newline stays. */
function parseHandle(lex: NftLexer): number | null {
  const token = lex.peek();
  if (token.kind !== 'word' || !token.text.startsWith('#')) return null;
  lex.next();
  const handle = lex.take('handle') && lex.peek().kind === 'word' ? Number(lex.next().text) : Number.NaN;
  lex.skipLine();
  return Number.isSafeInteger(handle) ? handle : null;
}

function nameOf(lex: NftLexer): string | null {
  const token = lex.peek();
  return token.kind === 'word' || token.kind === 'string' ? lex.next().text : null;
}

function parseTable(reading: Reading, line: number): NftTable | null {
  const { lex } = reading;
  let family: NftFamily = 'ip';
  let name = nameOf(lex);
  const named = nftFamily(name);
  if (named !== null && lex.peek().text !== '{') {
    family = named;
    name = nameOf(lex);
  }
  if (name === null || !lex.take('{')) return null;
  parseHandle(lex);
  const table: TableDraft = {
    family,
    name,
    line,
    endLine: line,
    comment: null,
    flags: [],
    chains: new Map(),
    sets: new Map(),
    complete: false,
  };
  for (;;) {
    lex.skipNewlines();
    const token = lex.peek();
    table.endLine = lex.line;
    if (token.kind === 'end') {
      reading.cut ??= `the text ends inside table ${family} ${name}`;
      return table;
    }
    const at = lex.line;
    if (lex.take('}')) {
      table.complete = true;
      return table;
    }
    if (lex.take(';')) continue;
    if (token.kind === 'word' && token.text.startsWith('#')) lex.skipLine();
    else if (!parseMember(reading, table, token.text, at)) junkLine(reading, token.start, at);
  }
}

/** One thing of a table; false when it is none that is known. */
function parseMember(reading: Reading, table: TableDraft, word: string, line: number): boolean {
  const { lex } = reading;
  lex.next();
  if (word === 'comment') {
    const text = lex.peek();
    if (text.kind !== 'string') return false;
    table.comment = lex.next().text;
    return true;
  }
  if (word === 'flags') {
    table.flags = flagWords(lex);
    return true;
  }
  if (word === 'chain' || word === 'set' || word === 'map') {
    const name = nameOf(lex);
    if (name === null || !lex.take('{')) return false;
    parseHandle(lex);
    if (word === 'chain') addChain(table, parseChain(reading, table.family, name, line));
    else table.sets.set(name, parseSet(reading, name, word, line));
    return true;
  }
  return OBJECTS.has(word) && skipObject(reading);
}

/** A chain may come twice in files made by hand: the rules add up. */
function addChain(table: TableDraft, chain: NftChainDump): void {
  const known = table.chains.get(chain.name);
  if (known === undefined) {
    table.chains.set(chain.name, chain);
    return;
  }
  const rules = chain.rules.map((rule, index) => {
    const { line, raw, chain: name, handle, comment, packets, bytes, statements } = rule;
    const position = known.rules.length + index + 1;
    return { line, raw, chain: name, position, handle, comment, packets, bytes, statements };
  });
  const complete = known.complete && chain.complete;
  table.chains.set(chain.name, { ...known, rules: [...known.rules, ...rules], complete });
}

function flagWords(lex: NftLexer): string[] {
  const flags: string[] = [];
  for (let token = lex.peek(); token.kind === 'word' || token.text === ','; token = lex.peek()) {
    if (token.text.startsWith('#')) break;
    if (lex.next().kind === 'word' && flags.length < 32) flags.push(token.text);
  }
  return flags;
}

/** Passes over `counter http { ... }`. */
function skipObject(reading: Reading): boolean {
  const { lex } = reading;
  let open = 0;
  for (;;) {
    const token = lex.peek();
    if (token.kind === 'end' || (open === 0 && token.kind === 'newline')) return token.kind === 'end';
    lex.next();
    if (token.kind !== 'punct') continue;
    if (token.text === '{') open += 1;
    if (token.text === '}') open -= 1;
    if (token.text === '}' && open <= 0) return true;
  }
}

function parseChain(reading: Reading, family: NftFamily, name: string, line: number): NftChainDump {
  const { lex } = reading;
  const rules: NftRule[] = [];
  const chain: Draft<NftChainDump> = {
    name,
    line,
    type: null,
    hook: null,
    priority: null,
    policy: null,
    comment: null,
    rules,
    complete: false,
  };
  for (;;) {
    lex.skipNewlines();
    const token = lex.peek();
    if (token.kind === 'end') {
      reading.cut ??= `the text ends inside chain ${name}`;
      return chain;
    }
    if (lex.take('}')) {
      chain.complete = true;
      return chain;
    }
    if (lex.take(';')) continue;
    if (token.kind === 'word' && ['type', 'policy', 'comment', 'flags', 'devices', 'device'].includes(token.text)) {
      if (!parseProperty(lex, chain, family, token.text)) lex.skipLine();
      continue;
    }
    if (token.kind === 'word' && token.text.startsWith('#') && !lex.text.startsWith('# xt_', token.start)) {
      lex.skipLine();
      continue;
    }
    const at = lex.line;
    lex.spend();
    const plain = token.kind === 'word' ? plainLine(lex.text, token.start) : null;
    if (plain !== null) {
      lex.spend(plain.statements);
      const text = lex.text.slice(token.start, plain.end);
      lex.seek(plain.end, at);
      rules.push(new PlainRule(text, name, at, rules.length + 1));
      continue;
    }
    const read = parseRule(lex);
    if (!read.whole) continue;
    rules.push({
      line: at,
      raw: lex.text.slice(token.start, lex.at).trimEnd(),
      chain: name,
      position: rules.length + 1,
      handle: read.handle,
      comment: read.comment,
      packets: read.packets,
      bytes: read.bytes,
      statements: read.statements,
    });
  }
}

/** `type nat hook output priority dstnat - 10; policy accept;` */
function parseProperty(lex: NftLexer, chain: Draft<NftChainDump>, family: NftFamily, word: string): boolean {
  lex.next();
  const value = lex.peek();
  if (word === 'comment') {
    if (value.kind !== 'string') return false;
    chain.comment = lex.next().text;
    return true;
  }
  if (value.kind !== 'word') return false;
  if (word === 'policy') {
    const policy = lex.next().text;
    chain.policy = policy === 'accept' || policy === 'drop' ? policy : null;
    return true;
  }
  if (word !== 'type') return false;
  const type = lex.next().text;
  if (!lex.take('hook')) return false;
  const hook = nameOf(lex);
  if (hook === null) return false;
  // `device "eth0"` and `devices = { ... }` of ingress chains stand between hook and priority.
  while (lex.peek().kind !== 'end' && lex.peek().kind !== 'newline' && !lex.take('priority')) lex.next();
  const words: string[] = [];
  while (lex.peek().kind === 'word' && words.length < 4) words.push(lex.next().text);
  chain.type = type === 'filter' || type === 'nat' || type === 'route' ? type : null;
  chain.hook = hook;
  chain.priority = nftPriority(words.join(' '), family);
  return true;
}

function parseSet(reading: Reading, name: string, kind: 'set' | 'map', line: number): NftSet {
  const { lex } = reading;
  let elements: readonly NftElement[] = [];
  const set: Draft<NftSet> = {
    name,
    kind,
    line,
    type: null,
    flags: [],
    timeout: null,
    comment: null,
    elements,
    complete: false,
  };
  let whole = true;
  for (;;) {
    lex.skipNewlines();
    const token = lex.peek();
    if (token.kind === 'end') {
      reading.cut ??= `the text ends inside ${kind} ${name}`;
      return set;
    }
    if (lex.take('}')) {
      set.complete = whole;
      return set;
    }
    const word = lex.next().text;
    if (word === 'type' || word === 'typeof') set.type = restOfLine(lex);
    else if (word === 'flags') set.flags = flagWords(lex);
    else if (word === 'timeout') set.timeout = restOfLine(lex);
    else if (word === 'comment' && lex.peek().kind === 'string') set.comment = lex.next().text;
    else if (word === 'elements' && lex.take('=') && lex.take('{')) {
      const read = parseElements(lex, 0, 'named');
      whole = read?.complete ?? false;
      elements = read?.elements ?? [];
      set.elements = elements;
    } else if (word !== ';') lex.skipLine();
  }
}

/** Words up to the newline or `;`. */
function restOfLine(lex: NftLexer): string {
  const words: string[] = [];
  for (let token = lex.peek(); token.kind === 'word' || token.text === ','; token = lex.peek()) {
    if (words.length >= 64 || token.text.startsWith('#')) break;
    words.push(lex.next().text);
  }
  return words.join(' ');
}
