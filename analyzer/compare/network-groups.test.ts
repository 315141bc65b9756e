import { expect, test } from 'vitest';
import { parseIpRoute } from '../parsers/ip-route.ts';
import { parseIpRule } from '../parsers/ip-rule.ts';
import { policyRuleShape, routeShape } from './network-groups.ts';

const shapeOf = (line: string) => parseIpRoute(`${line}\n`).routes.map(routeShape)[0] ?? null;

test.each([
  // Gateways and subnets differ between zones of one cluster.
  ['default via 192.168.10.1 dev eth0 ', { subject: 'IPv4 default', value: 'by a gateway, eth0' }],
  ['default via fd00:192:168:10::1 dev eth0 metric 1024', { subject: 'IPv6 default', value: 'by a gateway, eth0' }],
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
