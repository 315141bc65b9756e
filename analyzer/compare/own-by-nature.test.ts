import { expect, test } from 'vitest';
import { isPodDevice, LEFT_OUT, OWN_BY_NATURE, ownByNature } from './own-by-nature.ts';
import { FACT_GROUPS } from './side.ts';

test.each(OWN_BY_NATURE)('$group $example is the node’s own', ({ group, example, because, subject }) => {
  expect(subject.test(example)).toBe(true);
  expect(ownByNature(group, example)).toBe(because);
  expect(FACT_GROUPS.map(({ id }) => id)).toContain(group);
});

test.each([
  ['sysctl', 'net.ipv4.ip_forward'],
  ['sysctl', 'net.ipv4.conf.all.rp_filter'],
  ['sysctl', 'net.ipv4.conf.eth0.rp_filter'],
  ['sysctl', 'net.netfilter.nf_conntrack_max'],
  ['sysctl', 'kernel.pid_max'],
  ['sysctl', 'vm.overcommit_memory'],
  ['interface', 'eth0'],
  ['interface', 'flannel.1'],
  ['interface', 'kube-ipvs0'],
  ['unit', 'kubelet.service'],
  ['unit', 'firewalld.service'],
  ['mount', '/'],
  ['mount', '/var/lib/kubelet'],
  ['mount', '/sys/fs/cgroup'],
  ['kubelet', 'clusterDNS'],
  ['ipset', 'KUBE-CLUSTER-IP'],
  // The same name means another thing in another group.
  ['module', 'veth'],
] as const)('%s %s may differ', (group, subject) => {
  expect(ownByNature(group, subject)).toBeNull();
});

test('pods’ interfaces are told by their names, as the plugins make them', () => {
  for (const name of ['eni89e6e7ce2c9', 'veth1a2b3c4d', 'cali0123456789a', 'lxc_health', 'eni89e6e7ce2c9@if2']) {
    expect(isPodDevice(name), name).toBe(true);
  }
  for (const name of ['eth0', 'ens5', 'lo', 'cni0', 'docker0', 'kube-ipvs0', 'tunl0']) {
    expect(isPodDevice(name), name).toBe(false);
  }
});

test('every thing that is left out has its reason', () => {
  for (const { what, because } of LEFT_OUT) expect(Math.min(what.length, because.length)).toBeGreaterThan(10);
});
