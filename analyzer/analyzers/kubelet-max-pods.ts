/**
 * How many pods kubelet takes against how many addresses the VPC CNI can have on this instance. ipamd knows the limit of
 * the instance type (metric awscni_ip_max); pods of the host network need none. With prefix delegation the metric counts
 * addresses in prefixes.
 */
import { kubeletFile, kubeletSetting } from '../facts/agent-state.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

/** kubelet's own (config/v1beta1). */
const MAX_PODS_DEFAULT = 110;
/** aws-node and kube-proxy, as the formula of EKS adds them; other pods of the host network may be there. */
const HOST_NETWORK_PODS = 2;
const NEARLY_FULL = 0.9;

export const kubeletMaxPods: Analyzer = {
  id: 'kubelet-max-pods',
  title: 'kubelet takes no more pods than there can be addresses',
  area: 'node',
  run(facts) {
    const metrics = facts.agents.ipamdMetrics.find(({ value }) => value.has('awscni_ip_max'));
    const most = metrics?.value.get('awscni_ip_max');
    if (metrics === undefined || most === undefined || most.value === 0)
      return { outcome: 'skipped', missing: 'awscni_ip_max of the metrics of ipamd' };
    const setting = kubeletSetting(facts.agents, 'maxPods');
    const file = setting?.ref ?? kubeletFile(facts.agents);
    if (file === null) return { outcome: 'skipped', missing: 'maxPods of kubelet' };
    const maxPods = Number(setting?.value ?? MAX_PODS_DEFAULT);
    const room = most.value + HOST_NETWORK_PODS;
    if (!(maxPods > room))
      return {
        outcome: 'pass',
        because: `kubelet takes ${maxPods} pods, ipamd can have ${most.value} addresses for them`,
      };
    const assigned = metrics.value.get('awscni_assigned_ip_addresses');
    const nearlyFull = assigned !== undefined && assigned.value >= most.value * NEARLY_FULL;
    return outcomeOf(
      [
        stateFinding(file, {
          rule: 'kubelet-max-pods',
          area: 'vpc-cni',
          title: `kubelet takes ${maxPods} pods, the instance has ${most.value} addresses for them`,
          claim: `maxPods of kubelet is ${maxPods}${setting === null ? ' (not set: its default)' : ''}, and ipamd can have ${most.value} addresses on this instance${assigned === undefined ? '' : `, ${assigned.value} of them in use`}.`,
          severity: nearlyFull ? 'medium' : 'low',
          confidence: certain('ipamd knows the limit of the instance type'),
          owner: 'kubelet',
          entities: [],
          userNotices: `Pods beyond about ${room} are scheduled to this node and stay in ContainerCreating for want of an address.`,
          now: [`Set maxPods to ${room} or less: \`--max-pods\` of kubelet, \`maxPods\` of nodeadm or Karpenter`],
          longTerm: [
            'With prefix delegation (ENABLE_PREFIX_DELEGATION=true) a network interface holds 16 times as many addresses',
          ],
          check: ['`kubectl get node NODE -o jsonpath={.status.capacity.pods}` is no more than the addresses'],
          evidence: [refAt(metrics, most.line)],
          explains: nearlyFull ? ['ipamd-no-free-addresses'] : [],
        }),
      ],
      '',
    );
  },
};
