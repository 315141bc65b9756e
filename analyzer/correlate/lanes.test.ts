import { expect, it } from 'vitest';
import { BundleId, FileId } from '../core/ids.ts';
import { LANE_KINDS } from '../core/timeline.ts';
import { componentLane, componentOf, laneOf, laneRank } from './lanes.ts';

it.each([
  ['kube-proxy-log', 'var_log/kube-proxy.log', 'kube-proxy'],
  ['kubelet-log', 'kubelet/kubelet.log', 'kubelet'],
  ['container-runtime-log', 'containerd/containerd-log.txt', 'containerd'],
  ['container-runtime-log', 'host_service_logs/masters/crio_service.log', 'cri-o'],
  ['container-runtime-log', 'docker/docker-log.txt', 'docker'],
  ['ipamd-log', 'var_log/aws-routed-eni/ipamd.log', 'ipamd'],
  ['cni-log', 'var_log/aws-routed-eni/plugin.log', 'cni'],
  ['container-log', 'var_log/pods/kube-system_coredns-7d5f8b-x2k_1f/coredns/0.log', 'coredns'],
  ['container-log', 'var_log/pods/kube-system_aws-node-abcde_1f/aws-node/0.log', 'aws-node'],
  ['container-log', 'var_log/pods/shop_coredns2-abc/app/0.log', 'pods'],
  ['container-log', 'var_log/pods/payments_api-abc_1f/api/0.log', 'pods'],
  ['kernel-log', 'kernel/dmesg.current', 'kernel'],
  ['system-log', 'var_log/messages', 'system'],
  ['other', 'networking/kubelet.txt', 'other'],
])('%s %s is of %s', (role, path, component) => {
  expect(componentOf({ role, path })).toBe(component);
});

it('lanes are told apart as their kind says, and components have one order', () => {
  const bundle = BundleId.parse('b'.repeat(64));
  const file = { bundle, node: 'n', id: FileId.parse(3), path: 'kubelet', role: 'kubelet-log' };
  const twin = { ...file, id: FileId.parse(4) };
  expect(LANE_KINDS.map((kind) => laneOf(file, kind).id === laneOf(twin, kind).id)).toEqual([true, true, true, false]);
  expect(laneOf(file, 'component').id).toBe(componentLane(bundle, 'kubelet'));
  expect(laneOf(file, 'file')).toMatchObject({ file: 'kubelet', component: 'kubelet', node: 'n' });
  const ranks = ['kube-proxy', 'kubelet', 'kernel', 'pods', 'other', 'never heard of'].map((component) =>
    laneRank({ component }),
  );
  expect(ranks).toEqual([...ranks].sort((one, other) => one - other));
});
