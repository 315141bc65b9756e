import { expect, test } from 'vitest';
import { protocolNamed } from './protocols.ts';

test.each([
  ['6', 'tcp'],
  ['UDP', 'udp'],
  ['132', 'sctp'],
  ['icmpv6', 'ipv6-icmp'],
  // ipset, people and old listings say ipip, iptables-save prints ipencap: one protocol, 4.
  ['ipip', 'ipencap'],
  ['4', 'ipencap'],
  ['253', '253'],
])('%s is %s', (printed, name) => {
  expect(protocolNamed(printed)).toBe(name);
});
