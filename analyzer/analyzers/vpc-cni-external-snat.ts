/**
 * Who gives packets of pods a source address that the internet can answer: the node (AWS-SNAT-CHAIN-0, the default), or
 * a NAT gateway when AWS_VPC_K8S_CNI_EXTERNALSNAT is true. With that setting there is no such chain, and none is missed.
 */
import { cniSetting } from '../facts/agent-state.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, EVERY_MODE, iptablesTables, likely, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

const NAME = 'AWS_VPC_K8S_CNI_EXTERNALSNAT';
const CHAIN = /^AWS-SNAT-CHAIN-\d+$/;

export const vpcCniExternalSnat: Analyzer = {
  id: 'vpc-cni-external-snat',
  title: 'Source NAT of the VPC CNI is as its setting says',
  area: 'network',
  run(facts) {
    const setting = cniSetting(facts.agents, NAME);
    if (setting === null) return { outcome: 'skipped', missing: `${NAME} of the VPC CNI` };
    if (setting.value === 'true') return outcomeOf([external(setting.ref)], '');
    if (cniSetting(facts.agents, 'ENABLE_IPv6')?.value === 'true' || !usesVpcAddresses(facts))
      return { outcome: 'pass', because: `${NAME} is false, and pods have no IPv4 addresses of the VPC here` };
    const nat = iptablesTables(facts, 'nat', EVERY_MODE);
    if (nat.usable === 'no') return nat.skipped;
    const [table] = nat.tables.filter(({ family }) => family === 'IPv4');
    if (table === undefined) return { outcome: 'skipped', missing: 'the nat table of IPv4' };
    if ([...table.chains.keys()].some((chain) => CHAIN.test(chain)))
      return { outcome: 'pass', because: `${NAME} is false, and the node has AWS-SNAT-CHAIN-0` };
    return outcomeOf(
      [
        stateFinding(setting.ref, {
          rule: 'vpc-cni-external-snat',
          area: 'vpc-cni',
          title: 'The node should give pods its address for the internet, and has no rule for it',
          claim: `${NAME} is ${setting.value}, so that the VPC CNI makes AWS-SNAT-CHAIN-0; the captured nat table has no such chain.`,
          severity: 'medium',
          confidence: likely(
            'ipamd makes the chain when it starts; something removed it since, or ipamd did not get that far',
          ),
          owner: 'VPC CNI',
          entities: [{ kind: 'chain', name: 'AWS-SNAT-CHAIN-0' }],
          userNotices:
            'Pods reach the VPC and nothing outside it: packets leave with their own address, which an internet gateway does not translate.',
          now: [
            'Let the CNI write it again: `kubectl -n kube-system delete pod -l k8s-app=aws-node --field-selector spec.nodeName=NODE`',
            'See what removed it: another program that restores or flushes iptables',
          ],
          check: ['`sudo iptables -t nat -S | grep AWS-SNAT-CHAIN` prints the chain'],
          evidence: [],
        }),
      ],
      '',
    );
  },
};

/** Policy rules or routes to single pods: what the VPC CNI makes for pods with an address of the VPC. */
function usesVpcAddresses(facts: NodeFacts): boolean {
  return facts.routes.some(({ routes }) =>
    routes.some(({ device, prefix }) => device?.startsWith('eni') && prefix.includes('.')),
  );
}

function external(ref: Parameters<typeof stateFinding>[0]) {
  return stateFinding(ref, {
    rule: 'vpc-cni-external-snat',
    area: 'vpc-cni',
    title: 'Pods keep their own address outside the VPC',
    claim: `${NAME} is true: the VPC CNI makes no source NAT, and AWS-SNAT-CHAIN-0 is not missing. A NAT gateway must translate what pods send to the internet.`,
    severity: 'info',
    confidence: certain('ipamd says so'),
    owner: 'VPC CNI',
    entities: [],
    userNotices:
      "Nothing, where the route table of the pods' subnets leads to a NAT gateway; else pods do not reach the internet.",
    now: [
      'See where the subnet leads: `aws ec2 describe-route-tables --filters Name=association.subnet-id,Values=SUBNET`',
    ],
    check: ['The default route of the subnets of pods is a NAT gateway, not an internet gateway'],
    evidence: [],
  });
}
