import { describe, expect, test } from 'vitest';
import { entityNames, FORMS, findingsOf, HEALTHY_SAVE, sampleFacts, without } from '../../test/support/sample-node.ts';
import { nodeportsJumpMissing } from './nodeports-jump-missing.ts';

describe.each(FORMS)('nodeports-jump-missing from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(nodeportsJumpMissing, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test('the last rule of KUBE-SERVICES gone is found', () => {
    const found = findingsOf(
      nodeportsJumpMissing,
      sampleFacts(without(HEALTHY_SAVE, 'kubernetes service nodeports'), form),
    );
    expect(found).toHaveLength(1);
    expect(entityNames(found[0] as never, 'service')).toEqual(['shop/np:http']);
  });

  test('a node without NodePorts needs no jump', () => {
    const text = without(without(HEALTHY_SAVE, 'kubernetes service nodeports'), '--dport 30080');
    expect(findingsOf(nodeportsJumpMissing, sampleFacts(text, form))).toEqual([]);
  });
});
