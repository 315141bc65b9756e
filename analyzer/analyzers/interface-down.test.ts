import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { interfaceDown } from './interface-down.ts';

const addr = (header: string, address = '10.0.3.2/24') => ({
  'ip-addr.txt': `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n${header}\n    inet ${address} scope global x\n`,
});

test.each([
  ['2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001', []],
  ['2: eth0: <BROADCAST,MULTICAST> mtu 9001', ['medium']],
  ['2: ens5: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 9001', ['medium']],
  ['2: kube-ipvs0: <BROADCAST,NOARP> mtu 1500', []],
  ['2: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500', []],
  ['2: dummy0: <BROADCAST,NOARP> mtu 1500', []],
] as const)('%s: %o', (header, expected) => {
  expect(severities(interfaceDown, addr(header))).toEqual(expected);
});

test('a card without an address of its own waits to be used', () => {
  expect(severities(interfaceDown, addr('2: eth1: <BROADCAST,MULTICAST> mtu 9001', '169.254.0.1/16'))).toEqual([]);
});

test('ifconfig prints RUNNING', () => {
  const text = (flags: string) => ({
    'ifconfig.txt': `eth0: flags=4163<${flags}>  mtu 9001\n        inet 10.0.3.2  netmask 255.255.255.0  broadcast 10.0.3.255\n`,
  });
  expect(severities(interfaceDown, text('UP,BROADCAST,RUNNING,MULTICAST'))).toEqual([]);
  const [one] = found(interfaceDown, text('UP,BROADCAST,MULTICAST'));
  expect(one).toMatchObject({ title: 'eth0 has an address and has no carrier', evidence: [{ line: 1 }, { line: 2 }] });
});

test('without flags it is skipped', () => {
  expect(check(interfaceDown, { 'ip-addr.txt': '2: eth0    inet 10.0.3.2/24 scope global eth0\n' })).toMatchObject({
    outcome: 'skipped',
  });
});
