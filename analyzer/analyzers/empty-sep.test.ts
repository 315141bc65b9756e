import { describe, expect, test } from 'vitest';
import { entityNames, FORMS, findingsOf, HEALTHY_SAVE, sampleFacts, without } from '../../test/support/sample-node.ts';
import { emptySep } from './empty-sep.ts';

describe.each(FORMS)('empty-sep from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(emptySep, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test.each([
    [
      'first, without rules',
      /-A KUBE-SEP-EPVTA2RHFPHQF37H /,
      'KUBE-SEP-EPVTA2RHFPHQF37H',
      '10.244.1.11:8080',
      'medium',
    ],
    [
      'middle, without DNAT',
      /-A KUBE-SEP-BTZNBNILETY57XCS .*DNAT/,
      'KUBE-SEP-BTZNBNILETY57XCS',
      '10.244.2.11:8080',
      'medium',
    ],
    ['last, without rules', /-A KUBE-SEP-MOGHLOVWQYX4X6CX /, 'KUBE-SEP-MOGHLOVWQYX4X6CX', '10.244.2.12:8080', 'high'],
  ])('the endpoint chain %s is found', (_what, needle, chain, endpoint, severity) => {
    const found = findingsOf(emptySep, sampleFacts(without(HEALTHY_SAVE, needle), form));
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe(severity);
    expect(entityNames(found[0] as never, 'chain')).toEqual([chain]);
    expect(entityNames(found[0] as never, 'endpoint')).toEqual([endpoint]);
    expect(entityNames(found[0] as never, 'service')).toEqual(['shop/web:http']);
  });

  test('an empty chain that nothing leads to is no defect', () => {
    const text = without(without(HEALTHY_SAVE, '-A KUBE-SEP-6V3CQTXM5REJKJUQ '), '-j KUBE-SEP-6V3CQTXM5REJKJUQ');
    expect(findingsOf(emptySep, sampleFacts(text, form))).toEqual([]);
  });
});
