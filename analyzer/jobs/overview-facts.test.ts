import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { versionFacts } from './overview-facts.ts';

const facts = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    versionFacts(memoryBundle({ 'system/instance-id.txt': 'i-0abc\n', ...texts })).map((fact) => [
      fact.name,
      `${fact.value} ${fact.evidence[0]?.file}:${fact.evidence[0]?.line}`,
    ]),
  );

describe('versionFacts', () => {
  it('reads each version where it is stated', () => {
    expect(
      facts({
        'var_log/kube-proxy.log': 'x\nI0501 12:00:00.123456       1 server.go:447] Version: v1.22.5\n',
        'kubelet/kubelet.log':
          'May 01 12:00:00 node kubelet[812]: I0501 12:00:00.123456     812 server.go:487] "Kubelet version" kubeletVersion="v1.29.0-eks-5e0fdde"\n',
        'containerd/containerd-log.txt':
          'May 01 12:00:00 node containerd[5]: time="2024-05-01T12:00:00Z" level=info msg="starting containerd" revision=d0d56c1 version=1.7.11\n',
        'kernel/dmesg.current':
          '[    0.000000] Linux version 6.1.84-99.169.amzn2023.x86_64 (mockbuild@host) (gcc 11.4.1)\n',
      }),
    ).toEqual({
      'kube-proxy version': 'v1.22.5 var_log/kube-proxy.log:2',
      'kubelet version': 'v1.29.0-eks-5e0fdde kubelet/kubelet.log:1',
      'containerd version': '1.7.11 containerd/containerd-log.txt:1',
      'kernel version': '6.1.84-99.169.amzn2023.x86_64 kernel/dmesg.current:1',
    });
  });

  it('takes the last statement: a log may span an upgrade', () => {
    const line = (version: string): string =>
      `I0501 12:00:00.1       1 server.go:652] "Version info" version="${version}"\n`;
    expect(
      facts({ 'var_log/kube-proxy.log': `${line('v1.28.1')}noise version 3\n${line('v1.29.0')}no version here\n` }),
    ).toEqual({
      'kube-proxy version': 'v1.29.0 var_log/kube-proxy.log:3',
    });
  });

  it('states nothing that no file states', () => {
    expect(facts({ 'var_log/kube-proxy.log': 'version v1.2 of something else\n' })).toEqual({});
  });
});
