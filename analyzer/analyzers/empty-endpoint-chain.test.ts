import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { HEALTHY_NFT } from '../../test/support/sample-nft.ts';
import { entityNames, findingsOf } from '../../test/support/sample-node.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { emptyEndpointChain } from './empty-endpoint-chain.ts';

test.each([
  ['without dnat', HEALTHY_NFT.replace('\t\tmeta l4proto tcp dnat to 10.244.2.11:8080\n', '')],
  ['without rules', HEALTHY_NFT.replace(/(chain endpoint-KNW5FFQ5.*\{\n)[^}]*\t\}/, '$1\t}')],
])('an endpoint chain %s is found by service and endpoint', (_what, text) => {
  const [finding, ...more] = findingsOf(emptyEndpointChain, buildNodeFacts(memoryBundle({ 'nft-ruleset.txt': text })));
  expect(more).toEqual([]);
  expect(finding?.severity).toBe('high');
  expect(finding === undefined ? [] : entityNames(finding, 'service')).toEqual(['shop/web:http']);
  expect(finding === undefined ? [] : entityNames(finding, 'endpoint')).toEqual(['10.244.2.11:8080']);
});

test('a chain that nothing draws is no defect', () => {
  const text = HEALTHY_NFT.replace('\t\tmeta l4proto tcp dnat to 10.244.2.11:8080\n', '').replace(
    ', 1 : goto endpoint-KNW5FFQ5-shop/web/tcp/http__10.244.2.11/8080',
    '',
  );
  expect(findingsOf(emptyEndpointChain, buildNodeFacts(memoryBundle({ 'nft-ruleset.txt': text })))).toEqual([]);
});
