/**
 * Captured nft rulesets of a node: every table, kube-proxy's own and those of iptables-nft. The text says more of
 * translated tables than the JSON, which keeps only names of iptables modules there; kube-proxy's table is the same in both.
 */
import type { BundleReader } from '../core/case-reader.ts';
import { PARSE_BYTES_MAX } from '../core/limits.ts';
import type { NftRuleset, NftTable } from '../core/nft-ruleset.ts';
import type { LineRef, SourceFile } from '../core/vocabulary.ts';
import { parseNftRuleset } from '../parsers/nft-ruleset.ts';
import { filesOf } from './files.ts';

/** Blanks before the first word of a ruleset are not expected at all. */
const HEAD_BYTES = 4_096;

/** One captured ruleset with its file. */
export interface NftFact {
  readonly fileId: SourceFile['id'];
  readonly file: string;
  readonly ruleset: NftRuleset;
}

/** kube-proxy's own table of one family, from the best file that has it. */
export interface ProxyTable {
  readonly fileId: SourceFile['id'];
  readonly file: string;
  readonly table: NftTable;
}

/**
 * @returns rulesets that hold a table, the best one first: whole before cut, text before JSON, more rules before fewer.
 * JSON is read only where no whole text was captured: it says the same with less.
 */
export function nftFacts(reader: BundleReader): readonly NftFact[] {
  const files = filesOf(reader, 'nft-ruleset');
  const json = new Set(files.filter((file) => isJson(reader, file)));
  const factsOf = (file: SourceFile): readonly NftFact[] => factOf(file, reader.text(file.id, PARSE_BYTES_MAX));
  const texts = files.filter((file) => !json.has(file)).flatMap(factsOf);
  const whole = texts.some(({ ruleset }) => ruleset.cut === null);
  const rest = whole ? [] : [...json].flatMap(factsOf);
  return [...texts, ...rest].sort(
    (left, right) => rank(right) - rank(left) || rules(right) - rules(left) || left.fileId - right.fileId,
  );
}

/** @returns whether a file begins as JSON does; reads its beginning only, JSON of a large node is several times its text. */
function isJson(reader: BundleReader, file: SourceFile): boolean {
  for (const { bytes } of reader.blocks(file.id)) {
    const head = new TextDecoder('utf-8').decode(bytes.subarray(0, HEAD_BYTES));
    if (head.trim() !== '') return /^\s*\{/.test(head);
  }
  return false;
}

function factOf(file: SourceFile, read: ReturnType<BundleReader['text']>): readonly NftFact[] {
  const parsed = parseNftRuleset(read.text);
  if (parsed.tables.length === 0) return [];
  const cut = parsed.cut ?? (read.truncated ? 'the file is larger than what is read' : null);
  const ruleset = cut === parsed.cut ? parsed : { ...parsed, cut };
  return [{ fileId: file.id, file: file.path, ruleset }];
}

function rank(fact: NftFact): number {
  return (fact.ruleset.cut === null ? 2 : 0) + (fact.ruleset.source === 'text' ? 1 : 0);
}

function rules(fact: NftFact): number {
  let count = 0;
  for (const table of fact.ruleset.tables) for (const chain of table.chains.values()) count += chain.rules.length;
  return count;
}

/** @returns kube-proxy's own tables (`ip kube-proxy`, `ip6 kube-proxy`), one a family. */
export function proxyTables(facts: { readonly nft: readonly NftFact[] }): readonly ProxyTable[] {
  return (['ip', 'ip6'] as const).flatMap((family) => {
    const held = facts.nft.flatMap(({ fileId, file, ruleset }) =>
      ruleset.tables
        .filter((table) => table.family === family && table.name === 'kube-proxy')
        .map((table) => ({ fileId, file, table })),
    );
    const best = held.find(({ table }) => table.complete) ?? held[0];
    return best === undefined ? [] : [best];
  });
}

/** @returns a reference to something of a ruleset; JSON is one line, whose parts have no line of their own. */
export function nftRef(place: Pick<ProxyTable, 'fileId'>, at: { readonly line: number }, note?: string): LineRef {
  const line = Math.max(at.line, 1);
  return { fileId: place.fileId, line, endLine: line, ...(note === undefined ? {} : { note }) };
}
