import { describe, expect, test } from 'vitest';
import { entityNames, FORMS, findingsOf, HEALTHY_SAVE, inserted, sampleFacts } from '../../test/support/sample-node.ts';
import { ipvsLeftovers } from './ipvs-leftovers.ts';

const DECLARED = inserted(HEALTHY_SAVE, ':KUBE-KUBELET-CANARY', ':KUBE-IPVS-FILTER - [0:0]');
const RULES = inserted(
  DECLARED,
  '[0:0] -A KUBE-FIREWALL',
  '[0:0] -A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT --reject-with icmp-port-unreachable',
);

describe.each(FORMS)('ipvs-leftovers from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(ipvsLeftovers, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test('chains that packets meet are severity medium', () => {
    const text = inserted(
      RULES,
      '-A INPUT',
      '[5:300] -A INPUT -m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-FILTER',
    );
    const found = findingsOf(ipvsLeftovers, sampleFacts(text, form));
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe('medium');
    expect(entityNames(found[0] as never, 'chain')).toEqual(['KUBE-IPVS-FILTER']);
  });

  test('chains that nothing leads to are severity low', () => {
    expect(findingsOf(ipvsLeftovers, sampleFacts(RULES, form))[0]?.severity).toBe('low');
  });
});
