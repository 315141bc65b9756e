import { describe, expect, test } from 'vitest';
import { FORMS, findingsOf, HEALTHY_SAVE, inserted, sampleFacts, without } from '../../test/support/sample-node.ts';
import { postroutingNoMasquerade } from './postrouting-no-masquerade.ts';

describe.each(FORMS)('postrouting-no-masquerade from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(postroutingNoMasquerade, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test.each([
    ['has no rules', without(HEALTHY_SAVE, '-A KUBE-POSTROUTING ')],
    ['has no MASQUERADE or SNAT rule', without(HEALTHY_SAVE, '-j MASQUERADE')],
    ['does not exist', without(HEALTHY_SAVE, 'KUBE-POSTROUTING')],
    ['ends every packet with RETURN', inserted(HEALTHY_SAVE, '-j MASQUERADE', '[1:60] -A KUBE-POSTROUTING -j RETURN')],
  ])('KUBE-POSTROUTING that %s is found', (what, text) => {
    const found = findingsOf(postroutingNoMasquerade, sampleFacts(text, form));
    expect(found).toHaveLength(1);
    expect(found[0]?.claim).toContain(what);
    expect(found[0]?.severity).toBe('high');
  });
});
