import { describe, expect, test } from 'vitest';
import { FORMS, findingsOf, HEALTHY_SAVE, sampleFacts, without } from '../../test/support/sample-node.ts';
import { orphanSvc } from './orphan-svc.ts';

describe.each(FORMS)('orphan-svc from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(orphanSvc, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test('an unreferenced service chain is severity low', () => {
    const found = findingsOf(orphanSvc, sampleFacts(without(HEALTHY_SAVE, '-j KUBE-SVC-67NZLRHBNDSAWJRO'), form));
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe('low');
    // Whether the service was deleted or lost its rule is not in the dump: both are said.
    expect(found[0]?.userNotices).toContain('lost its rule in KUBE-SERVICES');
  });

  test('when KUBE-SERVICES leads nowhere its chains are not told again', () => {
    const nat = HEALTHY_SAVE.indexOf('*nat');
    const text = HEALTHY_SAVE.slice(0, nat) + without(HEALTHY_SAVE.slice(nat), '-A KUBE-SERVICES ');
    expect(findingsOf(orphanSvc, sampleFacts(text, form))).toEqual([]);
  });
});
