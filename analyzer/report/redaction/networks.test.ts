import { expect, test } from 'vitest';
import { learnNetworks, learnServiceNetworks } from './networks.ts';

test.each([
  ['-A AWS-SNAT-CHAIN-0 ! -d 10.0.0.0/16 -j X', ['10.0.0.0/16']],
  ['    inet 192.168.10.5/24 scope global eth0', ['192.168.10.0/24']],
  ['inet 10.0.17.2  netmask 255.255.240.0  broadcast 10.0.31.255', ['10.0.16.0/20']],
  ['10.0.16.0     0.0.0.0   255.255.240.0   U   0  0  0 eth0', ['10.0.16.0/20']],
  ['-d 10.3.0.0/255.255.0.0 -j X', ['10.3.0.0/16']],
  ['{"prefix": {"addr": "10.244.0.0", "len": 16}}', ['10.244.0.0/16']],
  ['fd00:10:244::/48 dev cni0', ['fd00:10:244::/48']],
  ['-d 10.0.0.1/32 0.0.0.0/0 endpoint__10.2.3.4/8080', []],
])('%s', (line, networks) => expect(learnNetworks([line])).toEqual(networks));

test('the service network of EKS is told by what only services have', () => {
  const rule = (address: string): string =>
    `-A KUBE-SERVICES -d ${address}/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -j X`;
  expect(learnServiceNetworks([rule('172.20.0.1')])).toEqual(['172.20.0.0/16']);
  expect(learnServiceNetworks(['--cluster-dns=10.100.0.10'])).toEqual(['10.100.0.0/16']);
  expect(learnServiceNetworks([rule('10.96.0.1'), 'inet 172.20.0.1/16'])).toEqual([]);
});
