import { describe, expect, test } from 'vitest';
import { FORMS, findingsOf, HEALTHY_SAVE, sampleFacts, without } from '../../test/support/sample-node.ts';
import { orphanSep } from './orphan-sep.ts';

describe.each(FORMS)('orphan-sep from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(orphanSep, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test('unreferenced endpoint chains are one finding of severity low', () => {
    const found = findingsOf(orphanSep, sampleFacts(without(HEALTHY_SAVE, '-A KUBE-SVC-67NZLRHBNDSAWJRO '), form));
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe('low');
    expect(found[0]?.count).toBe(3);
  });
});
