import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { HEALTHY_NFT } from '../../test/support/sample-nft.ts';
import { findingsOf } from '../../test/support/sample-node.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { numgenHole } from './numgen-hole.ts';

test.each([
  ['a number without element', HEALTHY_NFT.replace('mod 2', 'mod 3'), '33.3%'],
  [
    'an element beyond the numbers',
    HEALTHY_NFT.replace('1 : goto endpoint-KNW5FFQ5', '5 : goto endpoint-KNW5FFQ5'),
    '50.0%',
  ],
])('%s loses a share', (_what, text, share) => {
  const findings = findingsOf(numgenHole, buildNodeFacts(memoryBundle({ 'nft-ruleset.txt': text })));
  expect(findings.map((finding) => finding.title)).toEqual([
    `${share} of the packets to shop/web:http reach no endpoint`,
  ]);
});
