import { describe, expect, test } from 'vitest';
import {
  changed,
  entityNames,
  FORMS,
  findingsOf,
  HEALTHY_SAVE,
  inserted,
  sampleFacts,
  without,
} from '../../test/support/sample-node.ts';
import { chainNotHooked } from './chain-not-hooked.ts';

const NAT_START = HEALTHY_SAVE.indexOf('*nat');
const FILTER = HEALTHY_SAVE.slice(0, NAT_START);
const NAT = HEALTHY_SAVE.slice(NAT_START);

describe.each(FORMS)('chain-not-hooked from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(chainNotHooked, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test.each([
    ['nat PREROUTING', FILTER + without(NAT, '-A PREROUTING '), 'KUBE-SERVICES', 'critical'],
    ['nat OUTPUT', FILTER + without(NAT, '-A OUTPUT '), 'KUBE-SERVICES', 'high'],
    ['nat POSTROUTING', FILTER + without(NAT, /-A POSTROUTING .*KUBE-POSTROUTING/), 'KUBE-POSTROUTING', 'high'],
    ['nat POSTROUTING', FILTER + without(NAT, /-A POSTROUTING .*AWS-SNAT-CHAIN-0/), 'AWS-SNAT-CHAIN-0', 'high'],
    ['filter FORWARD', without(FILTER, /-A FORWARD .*KUBE-FORWARD/) + NAT, 'KUBE-FORWARD', 'medium'],
    ['filter FORWARD', without(FILTER, /-A FORWARD .*KUBE-SERVICES/) + NAT, 'KUBE-SERVICES', 'medium'],
    ['filter OUTPUT', without(FILTER, /-A OUTPUT .*KUBE-SERVICES/) + NAT, 'KUBE-SERVICES', 'medium'],
  ])('a missing jump from %s is found', (hook, text, chain, severity) => {
    const found = findingsOf(chainNotHooked, sampleFacts(text, form));
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe(severity);
    expect(entityNames(found[0] as never, 'chain')).toEqual([chain, hook]);
  });

  test('a chain reached through another one is hooked', () => {
    const text = changed(
      NAT,
      '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      '-j EARLY-CHAIN',
    ).replace(':KUBE-SERVICES - [0:0]', ':EARLY-CHAIN - [0:0]\n:KUBE-SERVICES - [0:0]');
    const linked = text.replace(
      '[1135:63003] -A OUTPUT',
      '[1:60] -A EARLY-CHAIN -j KUBE-SERVICES\n[1135:63003] -A OUTPUT',
    );
    expect(findingsOf(chainNotHooked, sampleFacts(FILTER + linked, form))).toEqual([]);
  });

  test('an empty chain needs no jump', () => {
    const text = without(without(FILTER, /-A FORWARD .*KUBE-SERVICES/), '-A KUBE-SERVICES ') + NAT;
    expect(findingsOf(chainNotHooked, sampleFacts(text, form))).toEqual([]);
  });

  test('a rule that ends POSTROUTING ahead of the jump is as bad as no jump', () => {
    const text = FILTER + inserted(NAT, '-A POSTROUTING', '[5:300] -A POSTROUTING -j ACCEPT');
    const found = findingsOf(chainNotHooked, sampleFacts(text, form));
    expect(found.map((each) => entityNames(each, 'chain')[0])).toEqual(['KUBE-POSTROUTING', 'AWS-SNAT-CHAIN-0']);
    expect(found[0]?.claim).toContain('Rule 1 of POSTROUTING');
  });

  test('a rule for some packets ahead of the jump is none', () => {
    const text = FILTER + inserted(NAT, '-A POSTROUTING', '[5:300] -A POSTROUTING -s 172.17.0.0/16 -j ACCEPT');
    expect(findingsOf(chainNotHooked, sampleFacts(text, form))).toEqual([]);
  });
});

describe('filter that was flushed while nat was left', () => {
  const flushed = (policy: string) =>
    HEALTHY_SAVE.replace(
      /\*filter[\s\S]*?COMMIT/,
      `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ${policy} [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT`,
    );

  test.each([
    ['ACCEPT', 'medium'],
    ['DROP', 'high'],
  ])('policy %s', (policy, severity) => {
    const [found, ...more] = findingsOf(chainNotHooked, sampleFacts(flushed(policy)));
    expect(more).toEqual([]);
    expect([found?.severity, found?.owner]).toEqual([severity, 'another firewall']);
    expect(found?.evidence).toHaveLength(3);
  });

  test('a family without services has nothing to lose', () => {
    const v6 = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
    const facts = sampleFacts(HEALTHY_SAVE, 'save with counters', { 'ip6tables-save.txt': v6 });
    expect(findingsOf(chainNotHooked, facts)).toEqual([]);
  });
});
