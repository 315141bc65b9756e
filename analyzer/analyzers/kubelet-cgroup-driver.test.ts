import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { kubeletCgroupDriver } from './kubelet-cgroup-driver.ts';

const node = (driver: string | null, systemd: string, version?: string, table = 'runc') => ({
  'system/instance-id.txt': 'i-0abc\n',
  'kubelet/config.json': `{"kind":"KubeletConfiguration"${driver === null ? '' : `,"cgroupDriver":"${driver}"`}}\n`,
  'containerd/containerd-config.txt': `version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.${table}.options]\n  SystemdCgroup = ${systemd}\n`,
  ...(version === undefined
    ? {}
    : {
        'kubelet/kubelet.log': `May 01 12:00:00 n1 kubelet[812]: I0501 12:00:00.1 812 server.go:487] "Kubelet version" kubeletVersion="${version}"\n`,
      }),
});

test('both alike', () => {
  expect(check(kubeletCgroupDriver, node('systemd', 'true'))).toMatchObject({ outcome: 'pass' });
  expect(check(kubeletCgroupDriver, node('cgroupfs', 'false'))).toMatchObject({ outcome: 'pass' });
});

test('unlike: an old kubelet does not ask containerd', () => {
  expect(severities(kubeletCgroupDriver, node('cgroupfs', 'true', 'v1.30.6-eks-1'))).toEqual(['high']);
  expect(severities(kubeletCgroupDriver, node('systemd', 'false', 'v1.33.1'))).toEqual(['medium']);
  const [one] = found(kubeletCgroupDriver, node('systemd', 'false'));
  expect(one).toMatchObject({ severity: 'medium', evidence: [{ line: 1 }, { line: 3 }] });
});

test('what is not said is not judged, and only runc counts', () => {
  expect(check(kubeletCgroupDriver, node(null, 'true'))).toMatchObject({ outcome: 'skipped' });
  expect(check(kubeletCgroupDriver, node('systemd', 'false', undefined, 'nvidia'))).toMatchObject({
    outcome: 'skipped',
  });
});
