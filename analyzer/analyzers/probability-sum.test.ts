import { describe, expect, test } from 'vitest';
import {
  changed,
  FORMS,
  findingsOf,
  HEALTHY_SAVE,
  inserted,
  sampleFacts,
  without,
} from '../../test/support/sample-node.ts';
import { probabilitySum, shares } from './probability-sum.ts';

const LAST = '-> 10.244.2.12:8080" -j KUBE-SEP-MOGHLOVWQYX4X6CX';

describe.each(FORMS)('probability-sum from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(probabilitySum, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test('a last rule with a probability loses a share', () => {
    const text = changed(
      HEALTHY_SAVE,
      LAST,
      LAST.replace(' -j', ' -m statistic --mode random --probability 0.50000000000 -j'),
    );
    const found = findingsOf(probabilitySum, sampleFacts(text, form));
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe('high');
    expect(found[0]?.title).toContain('16.7%');
  });

  test('a rule that went missing makes the shares unequal', () => {
    const text = without(HEALTHY_SAVE, '-> 10.244.2.11:8080');
    const found = findingsOf(probabilitySum, sampleFacts(text, form));
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe('medium');
    expect(found[0]?.claim).toContain('33.3%, 66.7%');
  });

  test('a rule that stands twice is told as duplicate-rules, not here', () => {
    const rule =
      '[1:60] -A KUBE-SVC-67NZLRHBNDSAWJRO -m comment --comment "shop/web:http -> 10.244.2.11:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-BTZNBNILETY57XCS';
    const text = inserted(HEALTHY_SAVE, '[60:3600] -A KUBE-SVC-67N', rule);
    expect(findingsOf(probabilitySum, sampleFacts(text, form))).toEqual([]);
  });
});

test('shares multiply by path', () => {
  const drawn = shares([0.2, 0.2, 0.5]);
  expect(drawn.shares.map((share) => share.toFixed(2))).toEqual(['0.20', '0.16', '0.32']);
  expect(drawn.lost.toFixed(2)).toBe('0.32');
});
