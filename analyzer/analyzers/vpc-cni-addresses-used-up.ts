/**
 * Addresses that ipamd of the VPC CNI still has for pods. It keeps some warm; when all are assigned and it cannot get
 * more (the limit of the instance, a full subnet, EC2 refusing), new pods wait in ContainerCreating.
 */
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, likely, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

export const vpcCniAddressesUsedUp: Analyzer = {
  id: 'vpc-cni-addresses-used-up',
  title: 'ipamd has an address for the next pod',
  area: 'node',
  run(facts) {
    const [store] = facts.agents.ipamdStores;
    if (store === undefined) return { outcome: 'skipped', missing: 'the addresses of ipamd: /v1/enis' };
    const { totalIps, assignedIps, enis, line } = store.value;
    const metrics = facts.agents.ipamdMetrics[0];
    const ipMax = metrics?.value.get('awscni_ip_max');
    const eniMax = metrics?.value.get('awscni_eni_max');
    if (assignedIps < totalIps)
      return { outcome: 'pass', because: `${totalIps - assignedIps} of the ${totalIps} addresses of ipamd are free` };
    const full = ipMax !== undefined && ipMax.value > 0 && totalIps >= ipMax.value;
    const evidence =
      metrics === undefined
        ? []
        : [ipMax, eniMax].flatMap((one) => (one === undefined ? [] : [refAt(metrics, one.line)]));
    const limits = `${enis} network interfaces${eniMax === undefined ? '' : ` of at most ${eniMax.value}`}`;
    if (totalIps === 0)
      return outcomeOf(
        [
          stateFinding(refAt(store, line), {
            ...common('ipamd has no address at all'),
            claim: `ipamd answered that it holds no address (${limits}).`,
            severity: 'medium',
            confidence: likely('right after its start it has none yet; on an IPv6 cluster it counts prefixes only'),
            evidence,
          }),
        ],
        '',
      );
    return outcomeOf(
      [
        stateFinding(refAt(store, line), {
          ...common(full ? 'All addresses the instance can have are in use' : 'All addresses of ipamd are in use'),
          claim: `${assignedIps} of ${totalIps} addresses are assigned to pods (${limits})${full ? `, and the instance cannot have more than ${ipMax.value}` : ''}.`,
          severity: full ? 'low' : 'medium',
          confidence: full
            ? certain('a node that is full is no defect by itself')
            : likely('ipamd may have been about to get more'),
          count: assignedIps,
          evidence,
          explains: ['ipamd-no-free-addresses', 'cni-add-no-address'],
        }),
      ],
      '',
    );
  },
};

function common(title: string) {
  return {
    rule: 'vpc-cni-addresses-used-up',
    area: 'vpc-cni',
    title,
    owner: 'VPC CNI',
    entities: [],
    userNotices:
      'New pods on this node stay in ContainerCreating ("failed to assign an IP address to container"); running ones are well.',
    now: [
      'See why it gets no more: `grep -E "InsufficientFreeAddresses|error" /var/log/aws-routed-eni/ipamd.log | tail -20`',
      'See whether the subnet is full: `aws ec2 describe-subnets --subnet-ids SUBNET --query "Subnets[].AvailableIpAddressCount"`',
    ],
    longTerm: [
      'Let maxPods of kubelet be no more than the addresses of the instance',
      'Use prefix delegation (ENABLE_PREFIX_DELEGATION=true) or more subnets for pods',
    ],
    check: [
      '`curl -s http://localhost:61679/v1/enis | grep -oE "(Total|Assigned)IPs\\":[0-9]+"` shows more total than assigned',
    ],
  } as const;
}
