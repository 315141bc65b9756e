import { describe, expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { nodeState, proxySetting, resourcesOf, sysctlOf } from './node-state.ts';

const CONFIG =
  'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: iptables\nclusterCIDR: 10.0.0.0/8\n';

test('nothing captured is empty, not a value', () => {
  const state = nodeState(memoryBundle({ 'conntrack.txt': 'conntrack not installed\n', 'sysctl.txt': '' }));
  expect([state.sysctls, state.modules, state.conntrack, state.proxyConfig, state.resources]).toEqual([
    [],
    [],
    [],
    [],
    [],
  ]);
  expect(sysctlOf(state, 'net.ipv4.ip_forward')).toBeNull();
});

test('each kind of file is found by its content and read once', () => {
  const reader = memoryBundle({
    'a.txt': 'net.ipv4.ip_forward = 0\n',
    'b.txt': 'Module                  Size  Used by\nip_vs 155648 0\n',
    'c.txt': 'cpu=0 found=0 invalid=1 drop=4\n',
    'd.yaml': CONFIG,
    'e.json':
      '{"kind":"ServiceList","apiVersion":"v1","items":[{"metadata":{"name":"web","namespace":"shop"},"spec":{}}]}\n',
  });
  let reads = 0;
  const state = nodeState({
    ...reader,
    text: (...of) => {
      reads += 1;
      return reader.text(...of);
    },
    blocks: (...of) => {
      reads += 1;
      return reader.blocks(...of);
    },
  });
  expect(reads).toBe(0);
  expect(sysctlOf(state, 'net.ipv4.ip_forward')).toMatchObject({ value: '0', file: 'a.txt', ref: { line: 1 } });
  expect(state.sysctls).toBe(state.sysctls);
  expect(reads).toBe(1);
  expect(state.modules[0]).toMatchObject({ whole: true, modules: [{ name: 'ip_vs', line: 2 }] });
  expect(state.conntrack[0]?.dump.cpus[0]?.counters.get('drop')).toBe(4);
  expect(resourcesOf(state, 'Service')).toMatchObject([{ name: 'web', file: 'e.json', line: 1, cut: false }]);
});

describe('settings of kube-proxy', () => {
  test('a flag wins over the file, a ConfigMap in a list is found', () => {
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { kind: 'Node', apiVersion: 'v1', metadata: { name: 'n1' } },
        { kind: 'ConfigMap', metadata: { name: 'kube-proxy' }, data: { 'config.conf': CONFIG } },
      ],
    });
    const state = nodeState(
      memoryBundle({
        'objects.json': list,
        'ps.txt': 'USER         PID %CPU COMMAND\nroot 1 0 kube-proxy --proxy-mode=ipvs\n',
      }),
    );
    expect(state.proxyConfig.map((fact) => fact.config.source)).toEqual(['ConfigMap', 'command line']);
    expect(proxySetting(state, (config) => config.mode)).toMatchObject({
      value: 'ipvs',
      file: 'ps.txt',
      ref: { line: 2 },
    });
    expect(proxySetting(state, (config) => config.clusterCidr)).toMatchObject({
      value: '10.0.0.0/8',
      source: 'ConfigMap',
    });
    expect(proxySetting(state, (config) => config.ipvsScheduler)).toBeNull();
  });
});
