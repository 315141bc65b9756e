import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { entityNames, findingsOf } from '../../test/support/sample-node.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { conntrackFull } from './conntrack-full.ts';
import { conntrackStaleUdp } from './conntrack-stale-udp.ts';

const RULES = caseDumps('h3-rich-kubeadm').get('iptables-save.txt')?.toString() ?? '';
const facts = (files: Readonly<Record<string, string>>) => buildNodeFacts(memoryBundle(files));
const dns = (to: string, answered: boolean, protocol = 'udp      17') =>
  `${protocol} 28 src=10.244.1.13 dst=10.96.0.10 sport=40000 dport=53 ${answered ? '' : '[UNREPLIED] '}src=${to} dst=10.244.1.13 sport=53 dport=40000 mark=0 use=1\n`;

describe('conntrack-stale-udp', () => {
  const found = (entries: string) =>
    findingsOf(conntrackStaleUdp, facts({ 'iptables-save.txt': RULES, 'conntrack.txt': `${entries}\n` }));

  test('flows to living endpoints, other protocols and other destinations are none', () => {
    expect(found(dns('10.244.1.10', false))).toEqual([]);
    expect(found(`${dns('10.244.1.10', true)}${dns('10.244.9.9', false, 'tcp      6')}`)).toEqual([]);
    expect(found(dns('10.244.9.9', false).replaceAll('10.96.0.10', '8.8.8.8'))).toEqual([]);
  });

  test('an unanswered flow to a removed endpoint', () => {
    const [one, ...more] = found(`${dns('10.244.1.10', true)}${dns('10.244.9.9', true)}${dns('10.244.9.9', false)}`);
    expect(more).toEqual([]);
    expect(one).toMatchObject({ severity: 'medium', count: 2, evidence: [{ line: 3 }, { line: 2 }, {}] });
    expect(entityNames(one as never, 'service')).toEqual(['kube-system/kube-dns:dns']);
    expect(entityNames(one as never, 'endpoint')).toEqual(['10.244.9.9:53']);
  });

  test('one that was answered is low', () => {
    expect(found(dns('10.244.9.9', true)).map((each) => each.severity)).toEqual(['low']);
  });

  test('without entries or rules it is skipped', () => {
    expect(conntrackStaleUdp.run(facts({ 'iptables-save.txt': RULES }))).toMatchObject({ outcome: 'skipped' });
    expect(conntrackStaleUdp.run(facts({ 'conntrack.txt': dns('10.244.9.9', true) }))).toMatchObject({
      outcome: 'skipped',
    });
  });
});

describe('conntrack-full', () => {
  const sysctl = (count: number) =>
    facts({ 'sysctl.txt': `net.netfilter.nf_conntrack_count = ${count}\nnet.netfilter.nf_conntrack_max = 1000\n` });
  const stats = (counters: string) =>
    facts({ 'conntrack.txt': `*** Output of conntrack -S ***\ncpu=0 found=0 ${counters}\n` });

  test.each([
    [0, []],
    [799, []],
    [800, ['medium']],
    [949, ['medium']],
    [950, ['high']],
    [1200, ['high']],
  ] as const)('%i of 1000 entries: %o', (count, severities) => {
    expect(findingsOf(conntrackFull, sysctl(count)).map((each) => each.severity)).toEqual(severities);
  });

  test.each([
    ['insert_failed=0 drop=0 early_drop=0', []],
    ['invalid=900 search_restart=4', []],
    ['insert_failed=3 drop=0 early_drop=0', ['low']],
    ['insert_failed=0 drop=2 early_drop=0', ['low']],
    ['insert_failed=0 drop=2 early_drop=1', ['medium']],
  ] as const)('counters %s: %o', (counters, severities) => {
    expect(findingsOf(conntrackFull, stats(counters)).map((each) => each.severity)).toEqual(severities);
  });

  test('the entries of a listing count when sysctl has only the limit', () => {
    const node = facts({
      'sysctl.txt': 'net.netfilter.nf_conntrack_max = 2\n',
      'conntrack.txt': `${dns('10.244.1.10', true)}${dns('10.244.1.11', true)}`,
    });
    expect(findingsOf(conntrackFull, node).map((each) => each.severity)).toEqual(['high']);
  });

  test('large numbers are told in groups', () => {
    const node = facts({
      'sysctl.txt': 'net.netfilter.nf_conntrack_max = 131072\nnet.netfilter.nf_conntrack_count = 131071\n',
    });
    expect(findingsOf(conntrackFull, node)[0]?.claim).toContain('131,071 of 131,072 entries');
  });

  test('what was not captured is not judged', () => {
    expect(conntrackFull.run(facts({ 'sysctl.txt': 'net.netfilter.nf_conntrack_count = 7\n' }))).toMatchObject({
      outcome: 'skipped',
    });
  });
});
