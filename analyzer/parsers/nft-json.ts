/**
 * `nft -j list ruleset` (libnftables-json(5)): one array with tables, sets, chains and rules, mostly on one line.
 *
 *   {"nftables": [{"metainfo": {"version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1}},
 *    {"table": {"family": "ip", "name": "kube-proxy", "handle": 1}},
 *    {"map": {"family": "ip", "name": "service-nodeports", "table": "kube-proxy", "type": ["inet_proto",
 *      "inet_service"], "handle": 7, "map": "verdict", "elem": [[{"concat": ["tcp", 30080]}, {"goto": {"target":
 *      "external-JNU7TPJB-shop/np/tcp/http"}}]]}},
 *    {"chain": {"family": "ip", "table": "kube-proxy", "name": "nat-output", "handle": 13, "type": "nat", "hook":
 *      "output", "prio": -100, "policy": "accept"}},
 *    {"rule": {"family": "ip", "table": "kube-proxy", "chain": "nat-output", "handle": 39, "expr": [{"jump":
 *      {"target": "services"}}]}}]}
 *
 * Rules of iptables-nft are opaque there: `{"xt": {"type": "match", "name": "conntrack"}}`.
 */
import type { NftChainDump, NftRule, NftRuleset, NftSet, NftTable } from '../core/nft-ruleset.ts';
import { asObject, asText, jsonElements, jsonStatement } from './nft-json-expressions.ts';
import { NFT_ELEMENTS_MAX, NFT_JUNK_KEPT, nftFamily } from './nft-words.ts';

type Json = Readonly<Record<string, unknown>>;
interface ChainDraft extends Omit<NftChainDump, 'rules' | 'complete'> {
  readonly rules: NftRule[];
  complete: boolean;
}
interface TableDraft extends Omit<NftTable, 'chains' | 'sets' | 'complete'> {
  readonly chains: Map<string, ChainDraft>;
  readonly sets: Map<string, NftSet>;
  complete: boolean;
  /** The chain of the last rule that was read. */
  lastChain: string | null;
}

const JUNK_CHARS = 200;
/** Objects that are read: 1,000 services make 30,000. */
const OBJECTS_MAX = 500_000;
/** Longest object that is read: a map with 100,000 elements has 15 million characters. */
const OBJECT_CHARS_MAX = 48 * 1024 * 1024;
/** Statements of one rule that are read. */
const STATEMENTS_MAX = 1000;

/** @returns what can be read; of a cut text every object that is there in full. Lines are 0: the text is one line. */
export function parseNftJson(text: string): NftRuleset {
  const tables = new Map<string, TableDraft>();
  const junk: { line: number; text: string }[] = [];
  let junkLines = 0;
  let last: TableDraft | null = null;
  const objects = topObjects(text);
  for (const slice of objects.slices) {
    const read = parsed(slice);
    const table = read === null ? null : addObject(tables, read, slice);
    if (table !== null && table !== 'none') last = table;
    if (table !== null) continue;
    junkLines += 1;
    if (junk.length < NFT_JUNK_KEPT) junk.push({ line: 1, text: slice.slice(0, JUNK_CHARS) });
  }
  if (objects.cut !== null && last !== null) openEnd(last);
  return {
    source: 'json',
    tables: [...tables.values()].map(({ lastChain, ...table }) => table),
    junkLines,
    junk,
    lines: text === '' ? 0 : lineCount(text),
    cut: objects.cut,
  };
}

/** Rules stand behind the chains of their table, chain by chain: the ones of the last chain and after may go on. */
function openEnd(table: TableDraft): void {
  table.complete = false;
  let open = table.lastChain === null;
  for (const chain of table.chains.values()) {
    open ||= chain.name === table.lastChain;
    if (open) chain.complete = false;
  }
}

function lineCount(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return text.endsWith('\n') ? lines : lines + 1;
}

function parsed(slice: string): Json | null {
  try {
    return asObject(JSON.parse(slice));
  } catch {
    return null;
  }
}

/** The objects of the array `nftables`, each as text, found without parsing: a cut end costs only the last one. */
function topObjects(text: string): { readonly slices: readonly string[]; readonly cut: string | null } {
  const slices: string[] = [];
  const name = text.indexOf('"nftables"');
  const start = name < 0 ? -1 : text.indexOf('[', name);
  if (start < 0) return { slices, cut: text.trim() === '' ? null : 'the array nftables is not there' };
  let at = start + 1;
  for (;;) {
    while (at < text.length && !'{]'.includes(text[at] as string)) at += 1;
    if (at >= text.length) return { slices, cut: 'the JSON ends inside the array nftables' };
    if (slices.length >= OBJECTS_MAX) return { slices, cut: `more than ${OBJECTS_MAX} objects are not read` };
    if (text[at] === ']')
      return { slices, cut: text.indexOf('}', at) < 0 ? 'the JSON ends before its last brace' : null };
    const end = objectEnd(text, at);
    if (end < 0) return { slices, cut: 'the JSON ends inside an object' };
    if (end - at <= OBJECT_CHARS_MAX) slices.push(text.slice(at, end));
    else return { slices, cut: `an object longer than ${OBJECT_CHARS_MAX} characters is not read` };
    at = end;
  }
}

/** @returns the offset behind the object that starts at `at`, or -1. */
function objectEnd(text: string, at: number): number {
  let open = 0;
  for (let index = at; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 34) {
      index = stringEnd(text, index);
      if (index < 0) return -1;
    } else if (code === 123) open += 1;
    else if (code === 125) {
      open -= 1;
      if (open === 0) return index + 1;
    }
  }
  return -1;
}

function stringEnd(text: string, at: number): number {
  for (let index = at + 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 92) index += 1;
    else if (code === 34) return index;
  }
  return -1;
}

/** @returns the table the object belongs to, `none` for one that is no part of a table, null when not understood. */
function addObject(tables: Map<string, TableDraft>, read: Json, raw: string): TableDraft | 'none' | null {
  const kind = Object.keys(read)[0];
  const body = kind === undefined ? null : asObject(read[kind]);
  if (kind === undefined || body === null) return null;
  if (kind === 'metainfo') return 'none';
  const family = nftFamily(body.family);
  const tableName = asText(kind === 'table' ? body.name : body.table);
  if (family === null || tableName === null) return null;
  const key = `${family} ${tableName}`;
  let table = tables.get(key);
  if (table === undefined) {
    table = {
      family,
      name: tableName,
      line: 0,
      endLine: 0,
      comment: null,
      flags: [],
      chains: new Map(),
      sets: new Map(),
      complete: true,
      lastChain: null,
    };
    tables.set(key, table);
  }
  if (kind === 'table') {
    table = { ...table, comment: asText(body.comment), flags: textList(body.flags) };
    tables.set(key, table);
  } else if (kind === 'chain') return addChain(table, body);
  else if (kind === 'rule') return addRule(table, body, raw);
  else if (kind === 'set' || kind === 'map') return addSet(table, kind, body);
  return table;
}

function textList(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.slice(0, 32).flatMap((item) => asText(item) ?? []);
}

function newChain(name: string, body: Json): ChainDraft {
  const { type, policy } = body;
  return {
    name,
    line: 0,
    type: type === 'filter' || type === 'nat' || type === 'route' ? type : null,
    hook: asText(body.hook),
    priority: typeof body.prio === 'number' ? body.prio : null,
    policy: policy === 'accept' || policy === 'drop' ? policy : null,
    comment: asText(body.comment),
    rules: [],
    complete: true,
  };
}

function addChain(table: TableDraft, body: Json): TableDraft | null {
  const name = asText(body.name);
  if (name === null) return null;
  if (!table.chains.has(name)) table.chains.set(name, newChain(name, body));
  return table;
}

function addRule(table: TableDraft, body: Json, raw: string): TableDraft | null {
  const name = asText(body.chain);
  if (name === null || !Array.isArray(body.expr)) return null;
  const chain = table.chains.get(name) ?? newChain(name, {});
  table.chains.set(name, chain);
  table.lastChain = name;
  const statements = body.expr.slice(0, STATEMENTS_MAX).map(jsonStatement);
  const counter = statements.find((each) => each.kind === 'counter');
  chain.rules.push({
    line: 0,
    raw,
    chain: name,
    position: chain.rules.length + 1,
    handle: typeof body.handle === 'number' ? body.handle : null,
    comment: asText(body.comment),
    packets: counter?.packets ?? null,
    bytes: counter?.bytes ?? null,
    statements,
  });
  return table;
}

function addSet(table: TableDraft, kind: 'set' | 'map', body: Json): TableDraft | null {
  const name = asText(body.name);
  if (name === null) return null;
  const type = typeText(body.type);
  const data = typeText(body.map);
  const timeout = asText(body.timeout);
  const elements = Array.isArray(body.elem) ? body.elem : [];
  table.sets.set(name, {
    name,
    kind,
    line: 0,
    type: type === null || kind === 'set' || data === null ? type : `${type} : ${data}`,
    flags: textList(body.flags),
    timeout: timeout === null ? null : `${timeout}s`,
    comment: asText(body.comment),
    elements: jsonElements(elements),
    complete: elements.length <= NFT_ELEMENTS_MAX,
  });
  return table;
}

/** `ipv4_addr`, or the parts of a concatenation; for `typeof` sets an expression, of which the text is not known. */
function typeText(value: unknown): string | null {
  if (Array.isArray(value)) {
    const parts = value.slice(0, 16).map(asText);
    return parts.includes(null) ? null : parts.join(' . ');
  }
  return asText(value);
}
