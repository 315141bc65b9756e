import { describe, expect, test } from 'vitest';
import { entityNames, FORMS, findingsOf, HEALTHY_SAVE, inserted, sampleFacts } from '../../test/support/sample-node.ts';
import { shadowed } from './shadowed.ts';

describe.each(FORMS)('shadowed from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(shadowed, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test('an earlier rule for the same address and port', () => {
    const rule =
      '[0:0] -A KUBE-SERVICES -d 10.96.10.20/32 -p tcp -m comment --comment "shop/oldweb:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-DCQOGJK4QZZOVIJ6';
    const found = findingsOf(
      shadowed,
      sampleFacts(inserted(HEALTHY_SAVE, '-A KUBE-SERVICES -d 10.96.0.1/32', rule), form),
    );
    expect(found).toHaveLength(1);
    expect(entityNames(found[0] as never, 'service')).toEqual(['shop/web:http']);
  });

  test.each([
    ['one address', '-d 10.96.11.1/32 -p tcp -j ACCEPT', ['shop/np:http']],
    [
      'the whole service range',
      '-d 10.96.0.0/12 -j RETURN',
      ['default/kubernetes:https', 'shop/web:http', 'shop/np:http'],
    ],
  ])('a rule ahead of KUBE-SERVICES for %s', (_what, rule, services) => {
    const text = inserted(HEALTHY_SAVE, '[2651:147894] -A PREROUTING', `[9:540] -A PREROUTING ${rule}`);
    const found = findingsOf(shadowed, sampleFacts(text, form));
    expect(found).toHaveLength(1);
    expect(entityNames(found[0] as never, 'service')).toEqual(services);
    expect(entityNames(found[0] as never, 'chain')).toEqual(['nat PREROUTING']);
  });

  test.each([
    '-d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.9:8181',
    '-d 10.96.11.1/32 -p tcp -m tcp --dport 8080 -j ACCEPT',
    '-d 10.96.11.1/32 -p udp -j ACCEPT',
  ])('a rule for other packets is no shadow: %s', (rule) => {
    const text = inserted(HEALTHY_SAVE, '[2651:147894] -A PREROUTING', `[9:540] -A PREROUTING ${rule}`);
    expect(findingsOf(shadowed, sampleFacts(text, form))).toEqual([]);
  });

  test.each([
    ['-j RETURN', 'critical', ['default/kubernetes:https', 'shop/web:http', 'shop/np:http']],
    ['-d 10.96.10.20/32 -p tcp -m tcp --dport 80 -j ACCEPT', 'high', ['shop/web:http']],
  ])('a rule at the head of KUBE-SERVICES ends the look-up: %s', (rule, severity, services) => {
    const text = inserted(HEALTHY_SAVE, '-A KUBE-SERVICES -d 10.96.0.1/32', `[9:540] -A KUBE-SERVICES ${rule}`);
    const found = findingsOf(shadowed, sampleFacts(text, form));
    expect(found.map((each) => each.severity)).toEqual([severity]);
    expect(entityNames(found[0] as never, 'service')).toEqual(services);
  });

  test('a RETURN for local sources, as IPVS mode writes it, shadows nothing', () => {
    const rule = '[9:540] -A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN';
    const text = inserted(HEALTHY_SAVE, '-A KUBE-SERVICES -d 10.96.0.1/32', rule);
    expect(findingsOf(shadowed, sampleFacts(text, form))).toEqual([]);
  });

  test('a rule for a NodePort ahead of KUBE-SERVICES shadows its service', () => {
    const rule = '[9:540] -A PREROUTING -p tcp -m tcp --dport 30080 -j ACCEPT';
    const found = findingsOf(shadowed, sampleFacts(inserted(HEALTHY_SAVE, '[2651:147894] -A PREROUTING', rule), form));
    expect(found.map((each) => entityNames(each, 'service'))).toEqual([['shop/np:http']]);
    expect(found[0]?.claim).toContain('NodePort:30080/tcp');
  });

  test('a rule for the port at another address does not', () => {
    const rule = '[9:540] -A PREROUTING ! -d 192.0.2.1/32 -p tcp -m tcp --dport 30080 -j ACCEPT';
    const text = inserted(HEALTHY_SAVE, '[2651:147894] -A PREROUTING', rule);
    expect(findingsOf(shadowed, sampleFacts(text, form))).toEqual([]);
  });
});
