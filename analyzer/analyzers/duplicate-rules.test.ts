import { describe, expect, test } from 'vitest';
import { entityNames, FORMS, findingsOf, HEALTHY_SAVE, inserted, sampleFacts } from '../../test/support/sample-node.ts';
import { duplicateRules } from './duplicate-rules.ts';

describe.each(FORMS)('duplicate-rules from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(duplicateRules, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test('a rule of a service chain twice is found whatever its counters', () => {
    const rule =
      '[1:60] -A KUBE-SVC-67NZLRHBNDSAWJRO -m comment --comment "shop/web:http -> 10.244.2.11:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-BTZNBNILETY57XCS';
    const found = findingsOf(
      duplicateRules,
      sampleFacts(inserted(HEALTHY_SAVE, '[60:3600] -A KUBE-SVC-67N', rule), form),
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe('medium');
    expect(entityNames(found[0] as never, 'service')).toEqual(['shop/web:http']);
  });

  test('a jump twice in a built-in chain is severity low', () => {
    const rule = '[1:60] -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES';
    const found = findingsOf(
      duplicateRules,
      sampleFacts(inserted(HEALTHY_SAVE, '[2651:147894] -A PREROUTING', rule), form),
    );
    expect(found.map((finding) => finding.severity)).toEqual(['low']);
  });
});
