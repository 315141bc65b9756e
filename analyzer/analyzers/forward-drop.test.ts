import { describe, expect, test } from 'vitest';
import { entityNames, FORMS, findingsOf, HEALTHY_SAVE, inserted, sampleFacts } from '../../test/support/sample-node.ts';
import { forwardDrop } from './forward-drop.ts';

describe.each(FORMS)('forward-drop from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(forwardDrop, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test('a rule on the address and port of an endpoint is found', () => {
    const rule =
      '[3:180] -A FORWARD -d 10.244.2.11/32 -p tcp -m tcp --dport 8080 -m comment --comment "quarantine" -j DROP';
    const found = findingsOf(forwardDrop, sampleFacts(inserted(HEALTHY_SAVE, '-A FORWARD', rule), form));
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
    const text = inserted(HEALTHY_SAVE, '-A FORWARD', `[3:180] -A FORWARD ${match} -j DROP`);
    expect(findingsOf(forwardDrop, sampleFacts(text, form))).toEqual([]);
  });

  test.each(['', '-m conntrack --ctstate NEW '])('a rule that takes every new packet is found: %s', (match) => {
    const text = inserted(HEALTHY_SAVE, '-A FORWARD', `[3:180] -A FORWARD ${match}-j DROP`);
    const found = findingsOf(forwardDrop, sampleFacts(text, form));
    expect(found.map((each) => each.severity)).toEqual(['high']);
    expect(found[0]?.claim).toContain('Rule 1 of FORWARD');
  });

  test.each([
    '-A FORWARD -s 10.244.0.0/16 -j ACCEPT',
    '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT',
    '-A FORWARD -j ACCEPT',
  ])('a rule that takes the rest behind an ACCEPT for pods is none: %s', (accept) => {
    const text = inserted(HEALTHY_SAVE, '-A FORWARD', `[3:180] ${accept}\n[3:180] -A FORWARD -j DROP`);
    expect(findingsOf(forwardDrop, sampleFacts(text, form))).toEqual([]);
  });
});
