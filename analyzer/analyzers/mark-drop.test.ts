import { describe, expect, test } from 'vitest';
import { entityNames, FORMS, findingsOf, HEALTHY_SAVE, inserted, sampleFacts } from '../../test/support/sample-node.ts';
import { markDrop } from './mark-drop.ts';

describe.each(FORMS)('mark-drop from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(markDrop, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test('a service chain that sets 0x8000 is found', () => {
    const rule = '[1:60] -A KUBE-SVC-67NZLRHBNDSAWJRO -j MARK --set-xmark 0x8000/0x8000';
    const found = findingsOf(markDrop, sampleFacts(inserted(HEALTHY_SAVE, '-A KUBE-SVC-67NZLRHBNDSAWJRO', rule), form));
    expect(found).toHaveLength(1);
    expect(entityNames(found[0] as never, 'service')).toEqual(['shop/web:http']);
  });
});
