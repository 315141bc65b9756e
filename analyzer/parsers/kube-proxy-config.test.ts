import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseKubeProxyCommands, parseKubeProxyConfig, parseKubeProxyConfigValue } from './kube-proxy-config.ts';

const CONFIG = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
clusterCIDR: 10.244.0.0/16
conntrack:
  maxPerCore: 32768
  min: 131072
detectLocalMode: ""
hostnameOverride: n1
iptables:
  masqueradeAll: true
ipvs:
  scheduler: "lc"
kind: KubeProxyConfiguration
mode: ipvs
nodePortAddresses:
- 192.168.0.0/16
`;
const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: kube-proxy
data:
  kubeconfig.conf: |-
    apiVersion: v1
    kind: Config
  config.conf: |-
${CONFIG.replace(/^(?=.)/gm, '    ')}`;

describe('a configuration', () => {
  test('every setting with its line; an empty one is not set', () => {
    expect(parseKubeProxyConfig(CONFIG)).toEqual([
      {
        source: 'configuration file',
        mode: { value: 'ipvs', line: 14 },
        clusterCidr: { value: '10.244.0.0/16', line: 3 },
        masqueradeAll: { value: true, line: 10 },
        detectLocalMode: null,
        nodePortAddresses: { value: ['192.168.0.0/16'], line: 16 },
        ipvsScheduler: { value: 'lc', line: 12 },
        conntrackMaxPerCore: { value: 32768, line: 5 },
        conntrackMin: { value: 131072, line: 6 },
        hostnameOverride: { value: 'n1', line: 8 },
        configFile: null,
      },
    ]);
  });

  test('inside a ConfigMap, with the lines of the file', () => {
    const [config] = parseKubeProxyConfig(`# saved\n---\n${CONFIG_MAP}`);
    const lines = `# saved\n---\n${CONFIG_MAP}`.split('\n');
    expect(config).toMatchObject({ source: 'ConfigMap', mode: { value: 'ipvs' } });
    expect(lines[(config?.mode?.line ?? 0) - 1]).toBe('    mode: ipvs');
    expect(lines[(config?.clusterCidr?.line ?? 0) - 1]).toContain('clusterCIDR');
  });

  test('JSON of a ConfigMap', () => {
    const text = JSON.stringify({ kind: 'ConfigMap', data: { config: CONFIG } }, null, 2);
    expect(parseKubeProxyConfig(text)).toMatchObject([{ source: 'ConfigMap', mode: { value: 'ipvs', line: 4 } }]);
  });

  test('the value of a ConfigMap that was read elsewhere', () => {
    expect(parseKubeProxyConfigValue(CONFIG, 70)).toMatchObject({ mode: { value: 'ipvs', line: 70 } });
    expect(parseKubeProxyConfigValue('kind: Config\n', 70)).toBeNull();
  });

  test('other kinds, broken and deep texts hold none', () => {
    expect(parseKubeProxyConfig('kind: KubeletConfiguration\nmode: ipvs\n')).toEqual([]);
    expect(parseKubeProxyConfig('kind: "KubeProxyConfiguration\n')).toEqual([]);
    expect(parseKubeProxyConfig(`a: ${'['.repeat(50_000)}`)).toEqual([]);
    fc.assert(fc.property(fc.string(), (text) => parseKubeProxyConfig(text).length === 0));
  });
});

test('command lines in ps', () => {
  const ps = `USER         PID %CPU COMMAND
root        4021  0.3 kube-proxy --v=2 --config=/var/lib/kube-proxy-config/config --hostname-override=n1
root        4022  0.3 /usr/local/bin/kube-proxy --proxy-mode "ipvs" --cluster-cidr=10.0.0.0/8 --masquerade-all --nodeport-addresses=10.0.0.0/8,127.0.0.0/8 --conntrack-min=5
root        4023  0.0 grep kube-proxy
root        4024  0.0 vi kube-proxy.yaml --help
`;
  expect(parseKubeProxyCommands(ps)).toMatchObject([
    {
      source: 'command line',
      mode: null,
      configFile: { value: '/var/lib/kube-proxy-config/config', line: 2 },
      hostnameOverride: { value: 'n1', line: 2 },
    },
    {
      mode: { value: 'ipvs', line: 3 },
      clusterCidr: { value: '10.0.0.0/8' },
      masqueradeAll: { value: true },
      nodePortAddresses: { value: ['10.0.0.0/8', '127.0.0.0/8'] },
      conntrackMin: { value: 5 },
      configFile: null,
    },
  ]);
});
