import { describe, expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { componentSkew } from './component-skew.ts';

const kubelet = (version: string) => ({
  'kubelet.log': `May 01 12:00:00 n1 kubelet[812]: I0501 12:00:00.1 812 server.go:487] "Kubelet version" kubeletVersion="${version}"\n`,
});
const containerd = (version: string) => ({
  'containerd-log.txt': `May 01 12:00:00 n1 containerd[9]: time="2024-05-01T12:00:00Z" level=info msg="starting containerd" revision=d0d56c1 version=${version}\n`,
});
const kernel = (version: string) => ({
  'uname.txt': `Linux n1 ${version} #1 SMP Wed Oct 23 17:17:00 UTC 2024 x86_64 x86_64 x86_64 GNU/Linux\n`,
});

test.each([
  ['v1.30.6-eks-1', '1.7.11', []],
  ['v1.30.6-eks-1', '2.0.1', []],
  ['v1.26.0', '1.5.18', ['high']],
  ['v1.25.9', '1.5.18', []],
] as const)('kubelet %s, containerd %s: %o', (one, two, expected) => {
  expect(severities(componentSkew, { ...kubelet(one), ...containerd(two) })).toEqual(expected);
});

describe('control groups', () => {
  const V1 = {
    'mounts.txt': 'tmpfs on /sys/fs/cgroup type tmpfs (ro)\ncgroup on /sys/fs/cgroup/memory type cgroup (rw,memory)\n',
  };
  const V2 = { 'mounts.txt': 'cgroup2 on /sys/fs/cgroup type cgroup2 (rw)\n' };
  const allowed = { 'kubelet-config.json': '{"kind":"KubeletConfiguration","failCgroupV1":false}\n' };
  test('of version 1 are refused from 1.35 on', () => {
    expect(severities(componentSkew, { ...kubelet('v1.34.1'), ...V1 })).toEqual([]);
    expect(severities(componentSkew, { ...kubelet('v1.35.0'), ...V2 })).toEqual([]);
    expect(severities(componentSkew, { ...kubelet('v1.35.0'), ...V1, ...allowed })).toEqual([]);
    expect(found(componentSkew, { ...kubelet('v1.35.0'), ...V1 })).toMatchObject([
      { severity: 'medium', evidence: [{ line: 2 }, { line: 1 }] },
    ]);
  });
});

describe('nftables mode', () => {
  const config = {
    'kube-proxy-config.yaml':
      'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n',
  };
  test('wants a kernel', () => {
    expect(severities(componentSkew, { ...config, ...kernel('5.10.228-219.884.amzn2.x86_64') })).toEqual(['medium']);
    expect(severities(componentSkew, { ...config, ...kernel('6.1.102-111.182.amzn2023.x86_64') })).toEqual([]);
    expect(severities(componentSkew, kernel('5.10.228-219.884.amzn2.x86_64'))).toEqual([]);
  });
});

test('without versions it is skipped', () => {
  expect(check(componentSkew, {})).toMatchObject({ outcome: 'skipped' });
  expect(check(componentSkew, kubelet('v1.30.6'))).toMatchObject({ outcome: 'skipped' });
});
