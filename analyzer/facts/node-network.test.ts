import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { nodeNetwork, otherTableRules } from './node-network.ts';

const RULES_4 = '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n';
const RULES_6 = '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n';
const network = (files: Readonly<Record<string, string>>) => nodeNetwork(memoryBundle(files));
const families = (files: Readonly<Record<string, string>>) =>
  network(files).policyRules.map(({ file, family, value }) => [file, family, value.length]);

test('nothing captured is empty lists', () => {
  const found = network({ 'notes.txt': 'hello\n', 'networking/ipvsadm.txt': 'ipvsadm not installed\n' });
  expect(found).toEqual({ policyRules: [], interfaces: [], ipsets: [], ipvs: [] });
  expect(otherTableRules(found)).toBeNull();
});

test('the family of policy rules: by address, by the default table, by name, or not known', () => {
  expect(families({ 'networking/iprule.txt': RULES_4, 'networking/ip6rule.txt': RULES_6 })).toEqual([
    ['networking/iprule.txt', 'IPv4', 3],
    ['networking/ip6rule.txt', 'IPv6', 2],
  ]);
  expect(families({ 'a.txt': '0:\tfrom fd00::/64 lookup local\n' })).toEqual([['a.txt', 'IPv6', 1]]);
  expect(families({ 'networking/iprule.txt': RULES_6 })).toEqual([['networking/iprule.txt', 'IPv4', 2]]);
  expect(families({ 'b.txt': RULES_6 })).toEqual([['b.txt', null, 2]]);
});

test('two listings in one file are told apart', () => {
  expect(families({ 'iprule.txt': RULES_4 + RULES_6 })).toEqual([
    ['iprule.txt', 'IPv4', 3],
    ['iprule.txt', null, 2],
  ]);
  expect(families({ 'iprule.txt': `${RULES_6}100:\tfrom fd00::1 lookup 7\n` })).toEqual([
    ['iprule.txt', 'IPv4', 2],
    ['iprule.txt', 'IPv6', 1],
  ]);
});

test('rules that select another table are counted', () => {
  expect(otherTableRules(network({ 'iprule.txt': RULES_4 }))).toBe(0);
  expect(otherTableRules(network({ 'iprule.txt': `1536:\tfrom 10.0.0.7 lookup 2\n${RULES_4}` }))).toBe(1);
});

test('a listing of links without addresses says nothing of addresses', () => {
  const link = '1: lo: <LOOPBACK,UP> mtu 65536\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n';
  expect(network({ 'ip-addr.txt': link }).interfaces).toEqual([]);
  expect(network({ 'ip-addr.txt': `${link}    inet 127.0.0.1/8 scope host lo\n` }).interfaces).toHaveLength(1);
});

test('the output that tells most of virtual servers comes first; a lone header says that there is none', () => {
  const header = 'IP Virtual Server version 1.2.1 (size=4096)\n';
  const found = network({
    'networking/ipvsadm.txt': '-A -t 10.0.0.1:https -s rr\n-a -t 10.0.0.1:https -r 10.1.0.1:6443 -m -w 1\n',
    'other/ipvsadm.txt': header,
    'ipvsadm-Ln.txt': `${header}Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.0.0.1:443 rr
  -> 10.1.0.1:6443                Masq    1      0          0
`,
  });
  expect(found.ipvs.map(({ file, value }) => [file, value.services.length])).toEqual([
    ['ipvsadm-Ln.txt', 1],
    ['networking/ipvsadm.txt', 1],
    ['other/ipvsadm.txt', 0],
  ]);
});
