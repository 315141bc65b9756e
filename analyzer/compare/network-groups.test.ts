import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { parseIpRoute } from '../parsers/ip-route.ts';
import { parseIpRule } from '../parsers/ip-rule.ts';
import { compareGroup } from './facts.ts';
import { NETWORK_GROUPS, policyRuleShape, routeShape } from './network-groups.ts';
import { ownNames } from './own-names.ts';

const shapeOf = (line: string) => parseIpRoute(`${line}\n`).routes.map(routeShape)[0] ?? null;

test.each([
  // Gateways and subnets differ between zones of one cluster.
  ['default via 192.168.10.1 dev eth0 ', { subject: 'default', value: 'by a gateway, eth0' }],
  ['default via fd00:192:168:10::1 dev eth0 metric 1024', { subject: 'default', value: 'by a gateway, eth0' }],
  ['10.0.0.0/8 via 192.168.10.1 dev eth0', { subject: '10.0.0.0/8', value: 'eth0' }],
  ['169.254.169.254 dev eth0 ', null],
  ['169.254.169.254 dev eth0 scope link', { subject: '169.254.169.254', value: 'eth0' }],
  ['unreachable 10.96.0.0/12', { subject: '10.96.0.0/12', value: 'unreachable' }],
  ['192.168.10.0/24 dev eth0 proto kernel scope link src 192.168.10.172 ', null],
  ['10.244.1.10 dev eni89e6e7ce2c9 scope link ', null],
  ['blackhole 10.244.1.0/24 ', null],
  ['10.244.2.0/24 via 192.168.10.9 dev eth0', null],
  ['default via 192.168.10.1 dev eth1 table 2', null],
  ['local 192.168.10.172 dev eth0 table local proto kernel scope host src 192.168.10.172 ', null],
  ['fe80::/64 dev eth0 proto kernel metric 256 pref medium', null],
])('%s', (line, expected) => {
  expect(shapeOf(line)).toEqual(expected);
});

test.each([
  ['0:\tfrom all lookup local', 'from all lookup local'],
  ['1024:\tfrom all fwmark 0x80/0x80 lookup main', 'from all fwmark 0x80/0x80 lookup main'],
  ['512:\tfrom all to 192.168.32.10 lookup main', null],
  ['1536:\tfrom 192.168.32.10 lookup 2', null],
  ['32765:\tfrom all to 10.0.0.0/8 lookup 100', 'from all to 10.0.0.0/8 lookup 100'],
])('%s', (line, expected) => {
  expect(parseIpRule(`${line}\n`).rules.map(policyRuleShape)).toEqual([expected]);
});

const LINK = '192.168.10.0/24 dev eth0 proto kernel scope link src 192.168.10.17';

function differing(id: string, ...listings: readonly Readonly<Record<string, string>>[]) {
  const group = NETWORK_GROUPS.find((one) => one.id === id);
  if (group === undefined) throw new Error(`no group ${id}`);
  const sides = listings.map((_, at) => ({ label: `n${at}`, isAffected: false }));
  const readings = listings.map((texts) => {
    const reader = memoryBundle(texts);
    const facts = buildNodeFacts(reader);
    return group.read({ facts, reader, own: ownNames(facts, []) });
  });
  return compareGroup(group, sides, readings);
}

test('a default route that is missing is known without any route of the other family', () => {
  const [with_, without] = [`default via 192.168.10.1 dev eth0\n${LINK}\n`, `${LINK}\n`].map((text) => ({
    'networking/iproute.txt': text,
  }));
  const { differences } = differing('route IPv4', with_ ?? {}, without ?? {});
  expect(differences.map(({ sentence, severity }) => [sentence, severity])).toEqual([
    ['route IPv4 default: by a gateway, eth0 on n0; no such route on n1.', 'high'],
  ]);
  expect(differing('route IPv6', with_ ?? {}, without ?? {})).toMatchObject({ differences: [], facts: 0 });
});

test('the interface of the default route is the same one, however it is called', () => {
  const of = (device: string, gateway: string) => ({
    'networking/iproute.txt': `default via ${gateway} dev ${device}\n10.0.0.0/8 via ${gateway} dev ${device}\n`,
  });
  expect(differing('route IPv4', of('eth0', '192.168.10.1'), of('ens5', '192.168.20.1'))).toMatchObject({
    ...{ differences: [], facts: 2, sameFacts: 2 },
  });
});
