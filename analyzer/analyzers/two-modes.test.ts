import { describe, expect, test } from 'vitest';
import { FORMS, findingsOf, HEALTHY_SAVE, sampleFacts } from '../../test/support/sample-node.ts';
import { twoModes } from './two-modes.ts';

const NFT = `table ip kube-proxy {
	chain services {
		ip daddr . meta l4proto . th dport vmap @service-ips
	}
}
`;

describe.each(FORMS)('two-modes from %s', (form) => {
  test('iptables mode alone passes', () => {
    expect(findingsOf(twoModes, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test("kube-proxy's nft table beside service chains of iptables mode is found", () => {
    const found = findingsOf(twoModes, sampleFacts(HEALTHY_SAVE, form, { 'nft-ruleset.txt': NFT }));
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe('high');
  });
});
