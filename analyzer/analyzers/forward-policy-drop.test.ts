import { describe, expect, test } from 'vitest';
import { changed, FORMS, findingsOf, HEALTHY_SAVE, inserted, sampleFacts } from '../../test/support/sample-node.ts';
import { forwardPolicyDrop } from './forward-policy-drop.ts';

const DROPPING = changed(HEALTHY_SAVE, ':FORWARD ACCEPT', ':FORWARD DROP');

describe.each(FORMS)('forward-policy-drop from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(forwardPolicyDrop, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test.each(['', '[1:60] -A FORWARD -i docker0 ! -o docker0 -j ACCEPT'])(
    'policy DROP without a rule for pods is found %s',
    (rule) => {
      const text = rule === '' ? DROPPING : inserted(DROPPING, '-A FORWARD', rule);
      expect(findingsOf(forwardPolicyDrop, sampleFacts(text, form))).toHaveLength(1);
    },
  );

  test('a CNI that accepts its pods makes the policy harmless', () => {
    const text = inserted(DROPPING, '-A FORWARD', '[1:60] -A FORWARD -s 10.244.0.0/16 -j ACCEPT');
    expect(findingsOf(forwardPolicyDrop, sampleFacts(text, form))).toEqual([]);
  });

  test('accepted echo requests do not make it harmless, accepted service traffic does', () => {
    const echo = inserted(DROPPING, '-A FORWARD', '[1:60] -A FORWARD -p icmp -j ACCEPT');
    expect(findingsOf(forwardPolicyDrop, sampleFacts(echo, form))).toHaveLength(1);
    const dnat = '[1:60] -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT';
    expect(findingsOf(forwardPolicyDrop, sampleFacts(inserted(DROPPING, '-A FORWARD', dnat), form))).toEqual([]);
  });
});
