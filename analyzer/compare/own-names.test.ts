import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { ownNames } from './own-names.ts';

const IP_ADDR = [
  '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000',
  '    inet 127.0.0.1/8 scope host lo',
  '2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000',
  '    link/ether 16:ef:0b:2e:a8:0d brd ff:ff:ff:ff:ff:ff',
  '    inet 192.168.10.17/24 scope global eth0',
  '    inet6 fd00:192:168:10::5/64 scope global nodad ',
  '3: kube-ipvs0: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN group default',
  '    inet 10.100.0.20/32 scope global kube-ipvs0',
  '',
].join('\n');

const names = ownNames(buildNodeFacts(memoryBundle({ 'networking/ip_addr.txt': IP_ADDR })), [
  'ip-192-168-10-17.ec2.internal',
]);

test.each([
  ['--node-ip=192.168.10.17', '--node-ip=<own address>'],
  ['to:192.168.10.17 random-fully', 'to:<own address> random-fully'],
  ['192.168.10.17:10250', '<own address>:10250'],
  ['192.168.10.170', '192.168.10.170'],
  ['1.192.168.10.17', '1.192.168.10.17'],
  ['listen 127.0.0.1', 'listen 127.0.0.1'],
  ['src fd00:192:168:10::5 dev eth0', 'src <own address> dev eth0'],
  ['name ip-192-168-10-17.ec2.internal', 'name <node>'],
  ['host ip-192-168-10-17 is', 'host <node> is'],
  ['16:ef:0b:2e:a8:0d', '<mac>'],
  ['eni-0abc12345678def90 on i-0123456789abcdef0', '<eni> on <i>'],
  ['uid 2975857d-fa3b-43f5-aa44-cf3be837b8f6', 'uid <uuid>'],
  ['cluster 10.100.0.10', 'cluster 10.100.0.10'],
  // Services of IPVS have the same addresses on every node.
  ['--cluster-dns=10.100.0.20', '--cluster-dns=10.100.0.20'],
])('%s', (text, expected) => {
  expect(names.mask(text)).toBe(expected);
});

test('any text has a mask, and a masked text stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      const once = names.mask(text);
      expect(names.mask(once)).toBe(once);
    }),
    { numRuns: 50 },
  );
});
