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

  test.each([
    [
      'KUBE-SERVICES',
      '-A KUBE-SERVICES -d 10.96.0.1/32',
      '-d 10.96.10.20/32 -p tcp -m tcp --dport 80',
      'shop/web:http',
    ],
    ['OUTPUT', '-A OUTPUT -m comment --comment "kubernetes service portals"', '-d 10.96.10.20/32', 'shop/web:http'],
    ['KUBE-NODEPORTS', '-A KUBE-NODEPORTS', '-p tcp -m tcp --dport 30080', 'shop/np:http'],
    ['KUBE-EXT-DCQOGJK4QZZOVIJ6', '-A KUBE-EXT-DCQOGJK4QZZOVIJ6 -j', '-p tcp', null],
  ])('a rule of %s that marks the packets of a service is found', (chain, before, match, service) => {
    const rule = `[1:60] -A ${chain} ${match} -j MARK --set-xmark 0x8000/0x8000`;
    const found = findingsOf(markDrop, sampleFacts(inserted(HEALTHY_SAVE, before, rule), form));
    expect(found).toHaveLength(1);
    expect(entityNames(found[0] as never, 'chain')).toEqual([chain]);
    expect(entityNames(found[0] as never, 'service')).toEqual(service === null ? [] : [service]);
  });

  test('the bit on other packets of OUTPUT is nobody of ours', () => {
    const rule = '[1:60] -A OUTPUT -d 192.0.2.1/32 -j MARK --set-xmark 0x8000/0x8000';
    const text = inserted(HEALTHY_SAVE, '-A OUTPUT -m comment --comment "kubernetes service portals"', rule);
    expect(findingsOf(markDrop, sampleFacts(text, form))).toEqual([]);
  });

  test('how loud it is depends on a rule of filter that drops the mark', () => {
    const marked = inserted(
      HEALTHY_SAVE,
      '-A KUBE-SVC-67NZLRHBNDSAWJRO',
      '[1:60] -A KUBE-SVC-67NZLRHBNDSAWJRO -j MARK --set-xmark 0x8000/0x8000',
    );
    const dropping = inserted(
      marked,
      '-A KUBE-FIREWALL',
      '[1:60] -A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP',
    );
    expect(findingsOf(markDrop, sampleFacts(marked, form))[0]?.severity).toBe('medium');
    const [found] = findingsOf(markDrop, sampleFacts(dropping, form));
    expect(found?.severity).toBe('high');
    expect(found?.evidence).toHaveLength(2);
  });
});
