/** The checks of chains that mean the same in IPVS mode, on a captured node and on edits of it. */
import { describe, expect, test } from 'vitest';
import { ipvsFacts, ipvsFiles } from '../../test/support/sample-ipvs.ts';
import { changed, findingsOf, without } from '../../test/support/sample-node.ts';
import type { Analyzer } from './analyzer.ts';
import { awsSnatNoVpcReturn } from './aws-snat-no-vpc-return.ts';
import { chainNotHooked } from './chain-not-hooked.ts';
import { ipsetMissing } from './ipset-missing.ts';
import { kubeServicesEmpty } from './kube-services-empty.ts';
import { markMasqEmpty } from './mark-masq-empty.ts';
import { postroutingNoMasquerade } from './postrouting-no-masquerade.ts';
import { ANALYZERS } from './registry.ts';
import { staleEndpoint } from './stale-endpoint.ts';

const SAVE = ipvsFiles()['iptables-save.txt'] ?? '';
const SET = '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE';

test.each(['i1-minimal', 'i3-rich-eks'])('%s has nothing at medium or above', (name) => {
  const facts = ipvsFacts({}, name);
  for (const analyzer of ANALYZERS) {
    const result = analyzer.run(facts);
    const severities = result.outcome === 'finding' ? result.findings.map((each) => each.severity) : [];
    for (const severity of severities) expect(['low', 'info'], analyzer.id).toContain(severity);
  }
});

test.each(Object.keys(ipvsFiles()))('%s cut inside a line gives nothing above low', (file) => {
  const text = ipvsFiles()[file] ?? '';
  for (let at = 100; at < text.length; at += Math.max(37, Math.floor(text.length / 25))) {
    const cut = text.slice(0, at);
    if (cut.endsWith('\n')) continue;
    // One output of ipvsadm alone: two of them fill each other in.
    const alone = file === 'ipvsadm.txt' ? { 'ipvsadm-Ln.txt': null } : { 'ipvsadm.txt': null };
    const facts = ipvsFacts({ ...alone, [file]: cut });
    for (const analyzer of ANALYZERS) {
      const result = analyzer.run(facts);
      const loud =
        result.outcome === 'finding' ? result.findings.filter((each) => !/low|info/.test(each.severity)) : [];
      expect({ at, said: loud.map((each) => each.claim) }).toEqual({ at, said: [] });
    }
  }
});

describe('an edit of the rules is found', () => {
  test.each<[string, Analyzer, string, string]>([
    ['the mark is not set', markMasqEmpty, without(SAVE, '-A KUBE-MARK-MASQ'), 'KUBE-MARK-MASQ'],
    [
      'another mark is set',
      markMasqEmpty,
      changed(
        SAVE,
        '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
        '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x2/0x2',
      ),
      'another mark',
    ],
    ['marked packets are not masqueraded', postroutingNoMasquerade, without(SAVE, SET), 'for marked packets'],
    ['KUBE-POSTROUTING is empty', postroutingNoMasquerade, without(SAVE, /^-A KUBE-POSTROUTING/), 'has no rules'],
    ['KUBE-SERVICES is empty', kubeServicesEmpty, without(SAVE, /^-A KUBE-SERVICES/), 'has no rules'],
    [
      'KUBE-SERVICES is gone',
      kubeServicesEmpty,
      without(without(SAVE, ':KUBE-SERVICES'), 'KUBE-SERVICES'),
      'does not exist',
    ],
    ['PREROUTING does not jump', chainNotHooked, without(SAVE, '-A PREROUTING'), 'nat PREROUTING does not lead to it'],
    ['OUTPUT does not jump', chainNotHooked, without(SAVE, /-A OUTPUT .*KUBE-SERVICES/), 'nat OUTPUT does not lead'],
    ['POSTROUTING does not jump', chainNotHooked, without(SAVE, '-A POSTROUTING'), 'nat POSTROUTING does not lead'],
    [
      'source ranges are not enforced',
      chainNotHooked,
      without(SAVE, /-A INPUT .*KUBE-PROXY-FIREWALL/),
      'filter INPUT does not lead',
    ],
    ['other ports are not refused', chainNotHooked, without(SAVE, /-A INPUT .*KUBE-IPVS-FILTER/), 'KUBE-IPVS-FILTER'],
    [
      'the VPC CNI translates sources inside the VPC',
      awsSnatNoVpcReturn,
      changed(
        SAVE,
        ':KUBE-LOAD-BALANCER - [0:0]\n',
        ':KUBE-LOAD-BALANCER - [0:0]\n:AWS-SNAT-CHAIN-0 - [0:0]\n-A POSTROUTING -j AWS-SNAT-CHAIN-0\n-A AWS-SNAT-CHAIN-0 -j SNAT --to-source 192.168.10.5\n',
      ),
      'no RETURN',
    ],
  ])('%s', (_what, analyzer, save, claim) => {
    const findings = findingsOf(analyzer, ipvsFacts({ 'iptables-save.txt': save }));
    expect(findings).toHaveLength(1);
    expect(findings[0]?.rule).toBe(analyzer.id);
    expect(findings[0]?.claim).toContain(claim);
    expect(['high', 'medium']).toContain(findings[0]?.severity);
  });
});

test('the rules of the other family are not judged when it has no services', () => {
  const twin = SAVE.replaceAll('iptables-nft-save', 'ip6tables-nft-save')
    .split('\n')
    .filter((line) => !/--match-set|127\.0\.0/.test(line))
    .join('\n');
  expect(findingsOf(kubeServicesEmpty, ipvsFacts({ 'ip6tables-save.txt': twin }))).toEqual([]);
});

describe('stale-endpoint', () => {
  const routes = (drop: string): string => without(ipvsFiles()['iproute.txt'] ?? '', drop);
  test('a real server whose route is gone falls into the blackhole of the pod range', () => {
    const findings = findingsOf(staleEndpoint, ipvsFacts({ 'iproute.txt': routes('192.168.32.13 dev eni3abc3f') }));
    const targets = findings.map((each) => each.entities[0]?.name).sort();
    expect(targets).toEqual(['192.168.32.13:7000', '192.168.32.13:8000', '192.168.32.13:8081']);
    const [finding] = findings.filter((each) => each.entities[0]?.name === '192.168.32.13:8081');
    expect(finding).toMatchObject({ severity: 'high', count: 3 });
    expect(finding?.claim).toContain('blackhole 192.168.32.0/19');
    expect(finding?.confidence.level).toBe('certain');
  });
  test('a real server that runs out is not stale', () => {
    const numeric = (ipvsFiles()['ipvsadm-Ln.txt'] ?? '').replace(/(192\.168\.32\.13:\d+ +Masq +)1/g, '$10');
    const change = { 'iproute.txt': routes('192.168.32.13 dev eni3abc3f'), 'ipvsadm-Ln.txt': numeric };
    expect(findingsOf(staleEndpoint, ipvsFacts(change))).toEqual([]);
  });
  test('without routes it is skipped', () => {
    expect(staleEndpoint.run(ipvsFacts({ 'iproute.txt': null }))).toMatchObject({ outcome: 'skipped' });
  });
});

describe('ipset-missing', () => {
  const withoutSet = (name: string): string => {
    const text = ipvsFiles()['ipset.txt'] ?? '';
    const start = text.indexOf(`Name: ${name}\n`);
    const listed = text.slice(0, start) + text.slice(text.indexOf('Name: ', start + 6));
    return listed
      .split('\n')
      .filter((line) => !new RegExp(`^(?:create|add) ${name} `).test(line))
      .join('\n');
  };
  test('a set that rules ask for and that no file holds', () => {
    const findings = findingsOf(ipsetMissing, ipvsFacts({ 'ipset.txt': withoutSet('KUBE-LOOP-BACK') }));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity: 'low', count: 1 });
    expect(findings[0]?.claim).toContain('KUBE-LOOP-BACK');
  });
  test('all sets are there; without ipset it is skipped', () => {
    expect(findingsOf(ipsetMissing, ipvsFacts())).toEqual([]);
    expect(ipsetMissing.run(ipvsFacts({ 'ipset.txt': null })).outcome).toBe('skipped');
  });
});
