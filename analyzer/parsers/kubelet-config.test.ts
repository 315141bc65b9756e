import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseKubeletCommands, parseKubeletConfig } from './kubelet-config.ts';

test('JSON and YAML, levels joined', () => {
  const json =
    '{\n  "kind": "KubeletConfiguration",\n  "clusterDNS": ["172.20.0.10", "x"],\n  "evictionHard": {\n    "memory.available": "100Mi"\n  },\n  "maxPods": 29\n}\n';
  const config = parseKubeletConfig(json);
  expect(config).toMatchObject({ source: 'configuration file', line: 1 });
  expect(config?.values.get('clusterDNS')).toEqual({ value: '172.20.0.10,x', line: 3 });
  expect(config?.values.get('evictionHard/memory.available')).toEqual({ value: '100Mi', line: 5 });
  expect(config?.values.get('maxPods')).toEqual({ value: '29', line: 7 });
  const yaml = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfailSwapOn: false\n';
  expect(parseKubeletConfig(yaml)?.values.get('failSwapOn')).toEqual({ value: 'false', line: 3 });
});

test('a command line of ps', () => {
  const ps = `USER PID COMMAND
root 9 grep kubelet
root 3127 /usr/bin/kubelet --config /etc/kubernetes/kubelet/config.json --max-pods=58 --eviction-hard=memory.available<5%,nodefs.available<10% --fail-swap-on --v 2
`;
  const [config, ...more] = parseKubeletCommands(ps);
  expect(more).toEqual([]);
  expect(config).toMatchObject({ source: 'command line', configFile: '/etc/kubernetes/kubelet/config.json', line: 3 });
  expect(Object.fromEntries([...(config?.values ?? [])].map(([key, { value }]) => [key, value]))).toEqual({
    maxPods: '58',
    evictionHard: '',
    'evictionHard/memory.available': '5%',
    'evictionHard/nodefs.available': '10%',
    failSwapOn: 'true',
  });
});

test('other objects and broken ones are none', () => {
  expect(parseKubeletConfig('kind: KubeProxyConfiguration\n')).toBeNull();
  expect(parseKubeletConfig('kind: KubeletConfiguration\n\tx: [\n')).toBeNull();
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseKubeletConfig(`kind: KubeletConfiguration\nx: ${text}`)?.line ?? 1).toBe(1);
      expect(parseKubeletCommands(`kubelet --${text}`).length).toBeLessThanOrEqual(10);
    }),
  );
});
