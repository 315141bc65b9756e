import { describe, expect, test } from 'vitest';
import { caseDumps, caseNames } from '../../fixtures/lib/cases.ts';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { entityNames, FORMS, findingsOf, HEALTHY_SAVE, inserted, sampleFacts } from '../../test/support/sample-node.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { unexpectedRejectDrop, withAllowed } from './unexpected-reject-drop.ts';

const factsOf = (name: string) =>
  buildNodeFacts(
    memoryBundle(Object.fromEntries([...caseDumps(name)].map(([file, bytes]) => [file, bytes.toString()]))),
  );

test.each(caseNames().filter((name) => /^(h|s|i|n)\d/.test(name)))('%s: its own refusals are expected', (name) => {
  expect(findingsOf(unexpectedRejectDrop, factsOf(name)).map((each) => each.claim)).toEqual([]);
});

describe.each(FORMS)('iptables from %s', (form) => {
  const found = (rule: string, before: string) =>
    findingsOf(unexpectedRejectDrop, sampleFacts(inserted(HEALTHY_SAVE, before, `[3:180] ${rule}`), form));

  test.each([
    ['-A INPUT -p tcp -m tcp --dport 10255 -j DROP', '-A INPUT', 'info'],
    ['-A FORWARD -d 10.9.9.9/32 -j REJECT', '-A FORWARD', 'low'],
    ['-A FORWARD -m conntrack --ctstate INVALID -j DROP', '-A FORWARD', 'info'],
    // filter sees packets of the node behind their DNAT.
    ['-A OUTPUT -d 10.96.10.20/32 -p tcp -m tcp --dport 80 -j REJECT', '-A OUTPUT', 'info'],
    ['-A OUTPUT -d 10.244.2.11/32 -p tcp -m tcp --dport 8080 -j REJECT', '-A OUTPUT', 'medium'],
  ])('%s', (rule, before, severity) => {
    expect(found(rule, before).map((each) => each.severity)).toEqual([severity]);
  });

  test('what forward-drop says is not said again', () => {
    expect(found('-A FORWARD -d 10.244.2.11/32 -p tcp -m tcp --dport 8080 -j DROP', '-A FORWARD')).toEqual([]);
  });

  test('rules of one chain are one finding, a known comment or chain is none', () => {
    const list = '[1:60] -A INPUT -s 192.0.2.1/32 -m comment --comment "block list" -j DROP';
    const text = inserted(HEALTHY_SAVE, '-A INPUT', `${list}\n${list.replace('.1/', '.2/')}`);
    const [one, ...more] = findingsOf(unexpectedRejectDrop, sampleFacts(text, form));
    expect([one?.count, one?.severity, more]).toEqual([2, 'info', []]);
    expect(one?.claim).toContain('block list');
    expect(findingsOf(withAllowed(['block list']), sampleFacts(text, form))).toEqual([]);
    expect(findingsOf(withAllowed(['INPUT']), sampleFacts(text, form))).toEqual([]);
  });
});

test('raw and mangle see packets ahead of their DNAT', () => {
  const raw =
    '*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A PREROUTING -d 10.96.10.20/32 -p tcp -m tcp --dport 80 -j DROP\nCOMMIT\n';
  const [one] = findingsOf(unexpectedRejectDrop, sampleFacts(`${HEALTHY_SAVE}${raw}`));
  expect(one?.severity).toBe('medium');
  expect(entityNames(one as never, 'service')).toEqual(['shop/web:http']);
});

describe('nft', () => {
  const table = (chain: string, rest = '') => `table inet fw {\n\tchain c {\n\t\t${chain}\n${rest}\t}\n}\n`;
  const found = (text: string) =>
    findingsOf(unexpectedRejectDrop, buildNodeFacts(memoryBundle({ 'nft-ruleset.txt': text })));

  test.each([
    ['type filter hook forward priority filter; policy drop;', '', 'medium'],
    ['type filter hook forward priority filter; policy drop;', '\t\tct state established,related accept\n', 'medium'],
    ['type filter hook forward priority filter; policy drop;', '\t\tip saddr 10.244.0.0/16 accept\n', 'low'],
    ['type filter hook forward priority filter; policy accept;', '\t\tip daddr 10.0.0.9 reject\n', 'low'],
    ['type filter hook input priority filter; policy drop;', '', 'info'],
  ])('%s %s', (chain, rules, severity) => {
    expect(found(table(chain, rules)).map((each) => each.severity)).toEqual([severity]);
  });

  test('accepting tables, those of plugins and of iptables-nft are expected', () => {
    const accept = 'type filter hook forward priority filter; policy accept;';
    const drop = 'type filter hook forward priority filter; policy drop;';
    expect(found(table(accept))).toEqual([]);
    expect(found(table(drop).replace('inet fw', 'ip kube-proxy'))).toEqual([]);
    expect(found(table(drop).replace('inet fw', 'ip calico'))).toEqual([]);
    expect(found(table(drop).replace('inet fw', 'ip filter').replace('chain c', 'chain FORWARD'))).toEqual([]);
  });
});
