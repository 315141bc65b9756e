import { describe, expect, test } from 'vitest';
import { FORMS, findingsOf, HEALTHY_SAVE, sampleFacts } from '../../test/support/sample-node.ts';
import { truncatedDump } from './truncated-dump.ts';

test.each(FORMS)('a whole dump passes: %s', (form) => {
  expect(findingsOf(truncatedDump, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
});

describe('truncated-dump', () => {
  test('a save that ends before COMMIT is severity low', () => {
    const found = findingsOf(
      truncatedDump,
      sampleFacts(HEALTHY_SAVE.slice(0, HEALTHY_SAVE.indexOf('[34:2040] -A KUBE-SVC-NPX46'))),
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe('low');
    expect(found[0]?.claim).toContain('before COMMIT');
  });
});
