import { describe, expect, test } from 'vitest';
import {
  changed,
  entityNames,
  FORMS,
  findingsOf,
  HEALTHY_SAVE,
  inserted,
  sampleFacts,
} from '../../test/support/sample-node.ts';
import { unreachableEndpoints } from './unreachable-endpoints.ts';

describe.each(FORMS)('unreachable-endpoints from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(unreachableEndpoints, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test('endpoints behind a rule without probability are named', () => {
    const text = changed(
      HEALTHY_SAVE,
      '-> 10.244.1.11:8080" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-EPV',
      '-> 10.244.1.11:8080" -j KUBE-SEP-EPV',
    );
    const found = findingsOf(unreachableEndpoints, sampleFacts(text, form));
    expect(found).toHaveLength(1);
    expect(entityNames(found[0] as never, 'endpoint')).toEqual(['10.244.2.11:8080', '10.244.2.12:8080']);
    expect(entityNames(found[0] as never, 'service')).toEqual(['shop/web:http']);
  });

  test('a RETURN ahead of the endpoints leaves none of them reachable', () => {
    const rule = '[1:60] -A KUBE-SVC-67NZLRHBNDSAWJRO -j RETURN';
    const found = findingsOf(
      unreachableEndpoints,
      sampleFacts(inserted(HEALTHY_SAVE, '-A KUBE-SVC-67NZLRHBNDSAWJRO', rule), form),
    );
    expect(found.map((each) => [each.severity, each.count])).toEqual([['high', 3]]);
    expect(found[0]?.claim).toContain('rule 1 ends every packet with RETURN');
  });
});
