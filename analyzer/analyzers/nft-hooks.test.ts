import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { HEALTHY_NFT } from '../../test/support/sample-nft.ts';
import { entityNames, findingsOf } from '../../test/support/sample-node.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import type { Analyzer } from './analyzer.ts';
import { chainNotHooked } from './chain-not-hooked.ts';
import { emptyEndpointChain } from './empty-endpoint-chain.ts';
import { numgenHole } from './numgen-hole.ts';
import { postroutingNoMasquerade } from './postrouting-no-masquerade.ts';

const found = (analyzer: Analyzer, text: string): readonly FindingDraft[] =>
  findingsOf(analyzer, buildNodeFacts(memoryBundle({ 'iptables-save.txt': '', 'nft-ruleset.txt': text })));

test.each([chainNotHooked, emptyEndpointChain, numgenHole, postroutingNoMasquerade])(
  'a healthy ruleset passes $id',
  (analyzer) => {
    expect(found(analyzer, HEALTHY_NFT)).toEqual([]);
  },
);

test.each([
  ['without its jump', HEALTHY_NFT.replace(/(prerouting priority.*\n)\t\tjump services\n/, '$1')],
  ['gone', HEALTHY_NFT.replace(/\tchain nat-prerouting \{[^}]*\}\n/, '')],
])('nat-prerouting %s is chain-not-hooked', (_what, text) => {
  const findings = found(chainNotHooked, text);
  expect(findings.map((finding) => [finding.rule, finding.severity, entityNames(finding, 'chain')])).toEqual([
    ['chain-not-hooked', 'critical', ['services', 'nat-prerouting']],
  ]);
});

test('a cut table proves no absence', () => {
  const facts = buildNodeFacts(memoryBundle({ 'nft-ruleset.txt': HEALTHY_NFT.slice(0, HEALTHY_NFT.lastIndexOf('}')) }));
  expect(chainNotHooked.run(facts).outcome).toBe('skipped');
});

test.each([
  ['empty', HEALTHY_NFT.replace(/(chain masquerading \{\n)[^}]*/, '$1\t')],
  ['without masquerade', HEALTHY_NFT.replace('\t\tmasquerade fully-random\n', '')],
])('chain masquerading %s is postrouting-no-masquerade', (_what, text) => {
  const findings = found(postroutingNoMasquerade, text);
  expect(findings.map((finding) => [finding.severity, entityNames(finding, 'chain')])).toEqual([
    ['high', ['masquerading']],
  ]);
  expect(findings[0]?.claim).toContain('that 2 rules send');
});
