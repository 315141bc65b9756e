import { describe, expect, test } from 'vitest';
import { entityNames, FORMS, findingsOf, HEALTHY_SAVE, inserted, sampleFacts } from '../../test/support/sample-node.ts';
import { forwardReject } from './forward-reject.ts';

describe.each(FORMS)('forward-reject from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(forwardReject, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test('a rule on the address and port of an endpoint is found', () => {
    const rule =
      '[3:180] -A FORWARD -d 10.244.2.11/32 -p tcp -m tcp --dport 8080 -m comment --comment "quarantine" -j REJECT';
    const found = findingsOf(forwardReject, sampleFacts(inserted(HEALTHY_SAVE, '-A FORWARD', rule), form));
    expect(found).toHaveLength(1);
    expect(entityNames(found[0] as never, 'endpoint')).toEqual(['10.244.2.11:8080']);
    expect(found[0]?.claim).toContain('quarantine');
  });

  test.each([
    '-d 10.244.2.11/32 -p tcp -m tcp --dport 53',
    '-d 10.244.2.110/32',
    '-m conntrack --ctstate INVALID',
    '-d 10.96.10.20/32 -p tcp -m tcp --dport 80',
  ])('a rule for other packets is none: %s', (match) => {
    const text = inserted(HEALTHY_SAVE, '-A FORWARD', `[3:180] -A FORWARD ${match} -j REJECT`);
    expect(findingsOf(forwardReject, sampleFacts(text, form))).toEqual([]);
  });
});
