import { describe, expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { type StatedVersions, statedVersions } from './stated-versions.ts';

/** @returns each version that is stated, with its file and line. */
function stated(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const reader = memoryBundle({ 'system/instance-id.txt': 'i-0abc\n', ...texts });
  const path = new Map(reader.files().map((file) => [file.id, file.path]));
  const versions = statedVersions(reader);
  return Object.fromEntries(
    (['kubeProxy', 'kubelet', 'kernel', 'containerd'] satisfies (keyof StatedVersions)[]).flatMap((component) => {
      const one = versions[component];
      return one === null ? [] : [[component, `${one.version} ${path.get(one.ref.fileId)}:${one.ref.line}`]];
    }),
  );
}

const kubeProxy = (version: string, stamp = 'I0501 12:00:00.100000') =>
  `${stamp}       1 server.go:652] "Version info" version="${version}"\n`;
const KUBELET =
  'May 01 12:00:00 node kubelet[812]: I0501 12:00:00.123456     812 server.go:487] "Kubelet version" kubeletVersion="v1.29.0-eks-5e0fdde"\n';

describe('statedVersions', () => {
  test('reads each version where it is stated', () => {
    expect(
      stated({
        'var_log/kube-proxy.log': 'x\nI0501 12:00:00.123456       1 server.go:447] Version: v1.22.5\n',
        'kubelet/kubelet.log': KUBELET,
        'containerd/containerd-log.txt':
          'May 01 12:00:00 node containerd[5]: time="2024-05-01T12:00:00Z" level=info msg="starting containerd" revision=d0d56c1 version=1.7.11\n',
        'kernel/dmesg.current':
          '[    0.000000] Linux version 6.1.84-99.169.amzn2023.x86_64 (mockbuild@host) (gcc 11.4.1)\n',
      }),
    ).toEqual({
      kubeProxy: 'v1.22.5 var_log/kube-proxy.log:2',
      kubelet: 'v1.29.0-eks-5e0fdde kubelet/kubelet.log:1',
      containerd: '1.7.11 containerd/containerd-log.txt:1',
      kernel: '6.1.84-99.169.amzn2023.x86_64 kernel/dmesg.current:1',
    });
  });

  test('the system log says what the log of its own does not', () => {
    expect(stated({ 'var_log/messages': KUBELET })).toEqual({ kubelet: 'v1.29.0-eks-5e0fdde var_log/messages:1' });
    expect(stated({ 'var_log/messages': KUBELET, 'kubelet/kubelet.log': KUBELET.replace('29', '30') })).toEqual({
      kubelet: 'v1.30.0-eks-5e0fdde kubelet/kubelet.log:1',
    });
  });

  test('the newest file decides, whatever its role', () => {
    const own = memoryBundle({
      'system/instance-id.txt': 'i-0abc\n',
      'var_log/messages': KUBELET,
      'kubelet/kubelet.log': KUBELET.replace('29', '30'),
    });
    const ends: Readonly<Record<string, string>> = {
      'kubelet/kubelet.log': '2024-05-01T12:00:00.000Z',
      'var_log/messages': '2024-05-02T12:00:00.000Z',
    };
    const files = () => own.files().map((file) => ({ ...file, lastTime: ends[file.path] ?? null }));
    expect(statedVersions({ ...own, files }).kubelet?.version).toBe('v1.29.0-eks-5e0fdde');
  });

  test('the last statement counts: a log may span an upgrade', () => {
    const log = `${kubeProxy('v1.28.1')}noise version 3\n${kubeProxy('v1.29.0')}no version here\n`;
    expect(stated({ 'var_log/kube-proxy.log': log })).toEqual({ kubeProxy: 'v1.29.0 var_log/kube-proxy.log:3' });
  });

  test('what another component says, or a line that is cut, states nothing', () => {
    expect(stated({ 'var_log/kube-proxy.log': 'version v1.2 of something else\n' })).toEqual({});
    expect(stated({ 'var_log/kube-proxy.log': 'server.go:652] "Version info" version="v1' })).toEqual({});
  });

  test('major and minor are numbers, with and without v', () => {
    const reader = memoryBundle({
      'system/instance-id.txt': 'i-0abc\n',
      'var_log/kube-proxy.log': kubeProxy('v1.29.0-eks-5e0fdde'),
      'containerd/containerd-log.txt':
        'time="2024-05-01T12:00:00Z" level=info msg="starting containerd" revision=d0d56c1 version=2.0.1\n',
    });
    expect(statedVersions(reader)).toMatchObject({
      kubeProxy: { major: 1, minor: 29 },
      containerd: { major: 2, minor: 0 },
    });
  });
});
