import { expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { nftFacts, proxyTables } from './nft-facts.ts';
import { buildNodeFacts } from './node-facts.ts';
import { nodeProgram } from './node-program.ts';

const dump = (name: string, kind: 'txt' | 'json'): string =>
  caseDumps(name).get(`nft-ruleset.${kind}`)?.toString('utf8') ?? '';
const TEXT = dump('n2-rich', 'txt');
const CUT = TEXT.slice(0, TEXT.indexOf('\tchain filter-prerouting-pre-dnat'));

test('whole before cut, text before JSON; files without a table are none', () => {
  const files = { 'a.txt': CUT, 'b.json': dump('n2-rich', 'json'), 'c.txt': TEXT, 'd.txt': 'table ip kube-proxy\n' };
  const facts = nftFacts(memoryBundle(files));
  // The JSON says nothing that the whole text does not.
  expect(facts.map(({ file }) => file)).toEqual(['c.txt', 'a.txt']);
  const withoutText = nftFacts(memoryBundle({ 'a.txt': files['a.txt'], 'b.json': files['b.json'] }));
  expect(withoutText.map(({ file }) => file)).toEqual(['b.json', 'a.txt']);
  expect(proxyTables({ nft: facts }).map(({ file, table }) => [file, table.family])).toEqual([['c.txt', 'ip']]);
});

test("tables of iptables-nft are kept, and are not kube-proxy's own", () => {
  const facts = { nft: nftFacts(memoryBundle({ 'ruleset.txt': dump('h3-rich-kubeadm', 'txt') })) };
  expect(facts.nft[0]?.ruleset.tables.map(({ name }) => name)).toEqual(['mangle', 'filter', 'nat']);
  expect(proxyTables(facts)).toEqual([]);
});

test('a trace over a cut ruleset knows that chains may be missing', () => {
  const missing = (text: string) => nodeProgram(buildNodeFacts(memoryBundle({ 'ruleset.txt': text })), 'IPv4').missing;
  expect(missing(TEXT)).toEqual([]);
  expect(missing(CUT)).toEqual([
    { what: 'all', because: 'ruleset.txt is cut: the text ends inside table ip kube-proxy' },
  ]);
});
