import { describe, expect, test } from 'vitest';
import { changed, entityNames, FORMS, findingsOf, HEALTHY_SAVE, sampleFacts } from '../../test/support/sample-node.ts';
import { sepMismatch } from './sep-mismatch.ts';

describe.each(FORMS)('sep-mismatch from %s', (form) => {
  test('names of a healthy node verify', () => {
    const result = sepMismatch.run(sampleFacts(HEALTHY_SAVE, form));
    expect(result).toEqual({
      outcome: 'pass',
      because: '7 endpoint chains carry the name of their service and endpoint',
    });
  });

  test('a changed DNAT is found', () => {
    const found = findingsOf(
      sepMismatch,
      sampleFacts(changed(HEALTHY_SAVE, 'to-destination 10.244.2.11:8080', 'to-destination 10.244.2.99:8080'), form),
    );
    expect(found).toHaveLength(1);
    expect(entityNames(found[0] as never, 'endpoint')).toEqual(['10.244.2.99:8080']);
  });

  test('a consistent change still shows in the hash of the name', () => {
    const found = findingsOf(sepMismatch, sampleFacts(HEALTHY_SAVE.replaceAll('10.244.2.12', '10.244.2.99'), form));
    expect(found).toHaveLength(1);
    expect(found[0]?.confidence.level).toBe('likely');
  });
});
