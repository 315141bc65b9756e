import { describe, expect, test } from 'vitest';
import { changed, FORMS, findingsOf, HEALTHY_SAVE, sampleFacts, without } from '../../test/support/sample-node.ts';
import { markMasqEmpty } from './mark-masq-empty.ts';

describe.each(FORMS)('mark-masq-empty from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(markMasqEmpty, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test.each([
    ['has no rules', without(HEALTHY_SAVE, '-A KUBE-MARK-MASQ ')],
    [
      'has rules but none sets a mark',
      changed(HEALTHY_SAVE, '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000', '-A KUBE-MARK-MASQ -j RETURN'),
    ],
    [
      'sets another mark',
      changed(
        HEALTHY_SAVE,
        '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
        '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x2000/0x2000',
      ),
    ],
  ])('KUBE-MARK-MASQ that %s is found', (what, text) => {
    const found = findingsOf(markMasqEmpty, sampleFacts(text, form));
    expect(found).toHaveLength(1);
    expect(found[0]?.claim).toContain(what);
    expect(found[0]?.severity).toBe('high');
  });

  test('another bit is right when KUBE-POSTROUTING looks for it', () => {
    const text = HEALTHY_SAVE.replaceAll('0x4000', '0x2000');
    expect(findingsOf(markMasqEmpty, sampleFacts(text, form))).toEqual([]);
  });
});
