import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseContainerdConfig } from './containerd-config.ts';

test('tables of both versions', () => {
  const text = `version = 2
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
    SystemdCgroup = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
  conf_dir = '/etc/cni/net.d'
`;
  expect(parseContainerdConfig(text)).toEqual([
    { table: '', key: 'version', value: '2', line: 1 },
    {
      table: 'plugins.io.containerd.grpc.v1.cri.containerd.runtimes.runc.options',
      key: 'SystemdCgroup',
      value: 'true',
      line: 3,
    },
    { table: 'plugins.io.containerd.cri.v1.runtime.cni', key: 'conf_dir', value: '/etc/cni/net.d', line: 5 },
  ]);
});

test('any text is taken', () => {
  fc.assert(fc.property(fc.string(), (text) => parseContainerdConfig(text).every(({ line }) => line > 0)));
});
