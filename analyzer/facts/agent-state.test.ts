import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { agentState, cniSetting, kubeletSetting } from './agent-state.ts';

const config = (values: Readonly<Record<string, unknown>>) =>
  `${JSON.stringify({ kind: 'KubeletConfiguration', apiVersion: 'kubelet.config.k8s.io/v1beta1', ...values }, null, 2)}\n`;
const NODE = { 'system/instance-id.txt': 'i-0abc\n' };

test('drop-ins win over files by their names, flags win over both, in whatever order the files come', () => {
  const files = {
    'kubelet/config.json.d/40-nodeadm.conf': config({ maxPods: 40, clusterDomain: 'b' }),
    'kubelet/config.json.d/10-x.conf': config({ maxPods: 10, clusterDNS: ['10.0.0.10'] }),
    'kubelet/config.json': config({ maxPods: 1, cgroupDriver: 'systemd', clusterDomain: 'a' }),
    ...NODE,
  };
  for (const order of [Object.entries(files), Object.entries(files).reverse()]) {
    const state = agentState(memoryBundle(Object.fromEntries(order)));
    expect(kubeletSetting(state, 'maxPods')?.value).toBe('40');
    expect(kubeletSetting(state, 'clusterDomain')?.value).toBe('b');
    expect(kubeletSetting(state, 'clusterDNS')?.value).toBe('10.0.0.10');
    expect(kubeletSetting(state, 'cgroupDriver')).toMatchObject({ value: 'systemd', file: 'kubelet/config.json' });
  }
  const ps =
    'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nroot 1 0 0 0 0 ? S 0 0 kubelet --max-pods=58\n';
  const state = agentState(memoryBundle({ ...files, 'system/ps.txt': ps }));
  expect(kubeletSetting(state, 'maxPods')?.value).toBe('58');
  expect(kubeletSetting(state, 'failSwapOn')).toBeNull();
});

test('a file named by the command line wins over another', () => {
  const ps =
    'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nroot 1 0 0 0 0 ? S 0 0 kubelet --config=/etc/kubernetes/kubelet/config.json\n';
  const files = {
    'kubelet/config.json': config({ maxPods: 1 }),
    'kubelet/kubelet-config.json': config({ maxPods: 2 }),
  };
  expect(kubeletSetting(agentState(memoryBundle({ ...files, ...NODE })), 'maxPods')?.value).toBe('2');
  expect(kubeletSetting(agentState(memoryBundle({ ...files, ...NODE, 'system/ps.txt': ps })), 'maxPods')?.value).toBe(
    '1',
  );
});

test('settings are found by what files hold', () => {
  const state = agentState(
    memoryBundle({
      ...NODE,
      'containerd/containerd-config.txt': '[plugins."a".options]\n SystemdCgroup = true\n',
      'cni/10-aws.conflist': '{"cniVersion":"0.4.0","plugins":[{"type":"aws-cni"}]}\n',
      'cni/README': 'none\n',
      'ipamd/ipamd-env-settings.json': '{"WARM_ENI_TARGET":1}\n',
      'ipamd/networkutils-env-settings.json': '{"AWS_VPC_K8S_CNI_EXTERNALSNAT":true}\n',
      'ipamd/enis.json': '{"TotalIPs":2,"AssignedIPs":1,"ENIs":{}}\n',
      'ipamd/metrics.json': 'awscni_ip_max 58\n',
    }),
  );
  expect(state.containerd).toHaveLength(1);
  expect(state.cni).toMatchObject([{ file: 'cni/10-aws.conflist', value: { plugins: [{ type: 'aws-cni' }] } }]);
  expect(cniSetting(state, 'WARM_ENI_TARGET')?.value).toBe('1');
  expect(cniSetting(state, 'AWS_VPC_K8S_CNI_EXTERNALSNAT')?.value).toBe('true');
  expect(state.ipamdStores).toMatchObject([{ value: { totalIps: 2 } }]);
  expect(state.ipamdMetrics[0]?.value.get('awscni_ip_max')?.value).toBe(58);
});
