import { describe, expect, test } from 'vitest';
import { entityNames, FORMS, findingsOf, HEALTHY_SAVE, sampleFacts, without } from '../../test/support/sample-node.ts';
import { svcNoEndpoints } from './svc-no-endpoints.ts';

describe.each(FORMS)('svc-no-endpoints from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(svcNoEndpoints, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test.each([
    ['empty', '-A KUBE-SVC-67NZLRHBNDSAWJRO '],
    ['left with its masquerade rule', /-A KUBE-SVC-67NZLRHBNDSAWJRO .*KUBE-SEP/],
  ])('a service chain that is %s is found by name', (_what, needle) => {
    const found = findingsOf(svcNoEndpoints, sampleFacts(without(HEALTHY_SAVE, needle), form));
    expect(found).toHaveLength(1);
    expect(entityNames(found[0] as never, 'chain')).toEqual(['KUBE-SVC-67NZLRHBNDSAWJRO']);
    expect(entityNames(found[0] as never, 'service')).toEqual(['shop/web:http']);
    expect(found[0]?.claim).toContain('3 endpoint chains of the service still exist');
  });

  test('an empty chain that nothing leads to lingers and is no defect', () => {
    const text = without(without(HEALTHY_SAVE, '-A KUBE-SVC-67NZLRHBNDSAWJRO '), /-j KUBE-SVC-67NZLRHBNDSAWJRO/);
    expect(findingsOf(svcNoEndpoints, sampleFacts(text, form))).toEqual([]);
  });
});
