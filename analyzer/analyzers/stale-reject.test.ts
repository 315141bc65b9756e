import { describe, expect, test } from 'vitest';
import { entityNames, FORMS, findingsOf, HEALTHY_SAVE, inserted, sampleFacts } from '../../test/support/sample-node.ts';
import { staleReject } from './stale-reject.ts';

describe.each(FORMS)('stale-reject from %s', (form) => {
  test('a service that truly has no endpoints is normal', () => {
    expect(findingsOf(staleReject, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test('a refusal of a service that nat sends to endpoints is found', () => {
    const rule =
      '[0:0] -A KUBE-SERVICES -d 10.96.10.20/32 -p tcp -m comment --comment "shop/web:http has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable';
    const found = findingsOf(
      staleReject,
      sampleFacts(inserted(HEALTHY_SAVE, 'shop/empty:http has no endpoints', rule), form),
    );
    expect(found).toHaveLength(1);
    expect(entityNames(found[0] as never, 'service')).toEqual(['shop/web:http']);
  });
});
