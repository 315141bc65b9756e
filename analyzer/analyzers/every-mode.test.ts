/** What iptables holds beside kube-proxy's own look-up matters in every mode: FORWARD, the VPC CNI, NodePort marks. */
import { expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { changed, entityNames, findingsOf, inserted, without } from '../../test/support/sample-node.ts';
import { buildNodeFacts, type NodeFacts } from '../facts/node-facts.ts';
import type { Analyzer } from './analyzer.ts';
import { awsSnatNoVpcReturn } from './aws-snat-no-vpc-return.ts';
import { chainNotHooked } from './chain-not-hooked.ts';
import { forwardDrop } from './forward-drop.ts';
import { forwardPolicyDrop } from './forward-policy-drop.ts';
import { forwardReject } from './forward-reject.ts';
import { nodeportsJumpMissing } from './nodeports-jump-missing.ts';
import { unexpectedRejectDrop } from './unexpected-reject-drop.ts';

const FILTER =
  '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A FORWARD -o docker0 -j ACCEPT\nCOMMIT\n';

function factsOf(name: string, edit: (save: string) => string): NodeFacts {
  const dumps = caseDumps(name);
  const texts = ['nft-ruleset.txt', 'ipvsadm-Ln.txt', 'ipset.txt', 'iproute.txt'].flatMap((file) => {
    const text = dumps.get(file)?.toString() ?? '';
    // The case's own iptables tables in nft's words would say the same twice.
    return file === 'nft-ruleset.txt' && name.startsWith('i') ? [] : [[file, text] as const];
  });
  const save = dumps.get('iptables-save.txt')?.toString() || FILTER;
  return buildNodeFacts(memoryBundle({ ...Object.fromEntries(texts), 'iptables-save.txt': edit(save) }));
}

const only = (analyzer: Analyzer, facts: NodeFacts) => {
  const found = findingsOf(analyzer, facts);
  expect(found).toHaveLength(1);
  return found[0] as (typeof found)[number];
};

test.each([
  ['DROP', forwardDrop],
  ['REJECT', forwardReject],
] as const)('nftables mode: %s of an endpoint is found, and told once', (target, analyzer) => {
  const facts = factsOf('n2-rich', (save) =>
    inserted(save, '-A FORWARD', `-A FORWARD -d 10.244.2.11/32 -m comment --comment "quarantine" -j ${target}`),
  );
  expect(facts.mode.mode).toBe('nftables');
  const found = only(analyzer, facts);
  expect(found.severity).toBe('high');
  expect(entityNames(found, 'endpoint')).toEqual(['10.244.2.11:8080']);
  expect(findingsOf(unexpectedRejectDrop, facts)).toEqual([]);
});

test.each([
  ['n2-rich', 'nftables', 'neither through NodePorts'],
  ['i1-minimal', 'ipvs', 'IPVS'],
])('%s: policy DROP without a rule for pods is found', (name, mode, words) => {
  const facts = factsOf(name, (save) => save.replaceAll(':FORWARD ACCEPT', ':FORWARD DROP'));
  expect(facts.mode.mode).toBe(mode);
  const found = only(forwardPolicyDrop, facts);
  expect(found.severity).toBe('high');
  expect(found.userNotices).toContain(words);
  expect(
    findingsOf(
      forwardPolicyDrop,
      factsOf(name, (save) => save),
    ),
  ).toEqual([]);
});

test('nftables mode: a rule that takes every new packet is found', () => {
  const facts = factsOf('n2-rich', (save) => changed(save, 'COMMIT', '-A FORWARD -j DROP\nCOMMIT'));
  expect(only(forwardDrop, facts).userNotices).not.toContain('masqueraded');
});

test('IPVS mode: a rule on an endpoint takes direct traffic only', () => {
  const facts = factsOf('i1-minimal', (save) =>
    inserted(save, '-A FORWARD', '-A FORWARD -d 10.244.2.11/32 -p tcp -m tcp --dport 8080 -j DROP'),
  );
  const found = only(forwardDrop, facts);
  expect(found.severity).toBe('medium');
  expect(found.userNotices).toContain('by pod address; what IPVS sends on');
});

test('nftables mode: the VPC CNI still works in nat of iptables', () => {
  const nat = (rules: string) =>
    `${FILTER}*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n:AWS-SNAT-CHAIN-0 - [0:0]\n${rules}-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source 192.168.10.5 --random-fully\nCOMMIT\n`;
  const jump = '-A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0\n';
  const spare = '-A AWS-SNAT-CHAIN-0 -d 10.244.0.0/16 -m comment --comment "AWS SNAT CHAIN" -j RETURN\n';
  const rulesOf = (rules: string): readonly string[] => {
    const facts = factsOf('n2-rich', () => nat(rules));
    return [chainNotHooked, awsSnatNoVpcReturn].flatMap((each) => findingsOf(each, facts)).map(({ rule }) => rule);
  };
  expect(rulesOf(jump + spare)).toEqual([]);
  expect(rulesOf(spare)).toEqual(['chain-not-hooked']);
  expect(rulesOf(jump)).toEqual(['aws-snat-no-vpc-return']);
});

test('IPVS mode: NodePort traffic that no rule leads to its masquerade mark', () => {
  const facts = factsOf('i3-rich-eks', (save) => without(save, /-A KUBE-SERVICES .*-j KUBE-NODE-PORT$/));
  const found = only(nodeportsJumpMissing, facts);
  expect(found.severity).toBe('high');
  expect(entityNames(found, 'chain')).toEqual(['KUBE-NODE-PORT']);
  expect(
    findingsOf(
      nodeportsJumpMissing,
      factsOf('i3-rich-eks', (save) => save),
    ),
  ).toEqual([]);
});
