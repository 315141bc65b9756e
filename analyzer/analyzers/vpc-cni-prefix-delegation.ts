/**
 * Prefix delegation of the VPC CNI: with ENABLE_PREFIX_DELEGATION a network interface holds prefixes of 16 addresses.
 * It needs a Nitro instance and 16 free addresses in a row in the subnet, and only interfaces made since get prefixes
 * (amazon-vpc-cni-k8s, docs/prefix-and-ip-target.md). WARM_PREFIX_TARGET means nothing without it.
 */
import { cniSetting } from '../facts/agent-state.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { likely, outcomeOf } from './outcome.ts';
import { countText, stateFinding } from './state-finding.ts';

export const vpcCniPrefixDelegation: Analyzer = {
  id: 'vpc-cni-prefix-delegation',
  title: 'Prefix delegation works where it is turned on',
  area: 'node',
  run(facts) {
    const setting = cniSetting(facts.agents, 'ENABLE_PREFIX_DELEGATION');
    if (setting === null) return { outcome: 'skipped', missing: 'ENABLE_PREFIX_DELEGATION of the VPC CNI' };
    if (setting.value !== 'true')
      return { outcome: 'pass', because: 'prefix delegation of the VPC CNI is not turned on' };
    const [store] = facts.agents.ipamdStores;
    if (store === undefined) return { outcome: 'skipped', missing: 'the addresses of ipamd: /v1/enis' };
    if (store.value.prefixes > 0)
      return {
        outcome: 'pass',
        because: `ipamd has ${countText(store.value.prefixes, 'prefix', 'prefixes')} on ${countText(store.value.enis, 'network interface')}`,
      };
    return outcomeOf(
      [
        stateFinding(refAt(store, store.value.line), {
          rule: 'vpc-cni-prefix-delegation',
          area: 'vpc-cni',
          title: 'Prefix delegation is on, and no network interface has a prefix',
          claim: `ENABLE_PREFIX_DELEGATION is true, and ipamd holds ${store.value.totalIps} addresses on ${store.value.enis} network interfaces, none of them in a prefix.`,
          severity: 'low',
          confidence: likely('a node that is older than the setting, or that is starting, has none either'),
          owner: 'VPC CNI',
          entities: [],
          userNotices: 'The node takes fewer pods than maxPods promises: further ones stay in ContainerCreating.',
          now: [
            'See why: `grep -iE "prefix|InsufficientCidrBlocks" /var/log/aws-routed-eni/ipamd.log | tail -20`',
            'Keep whole blocks for prefixes: `aws ec2 create-subnet-cidr-reservation --reservation-type prefix ...`',
          ],
          longTerm: ['Replace nodes that were made before prefix delegation was turned on'],
          check: ['`curl -s http://localhost:61679/v1/enis | grep -c \'"IsPrefix":true\'` prints more than 0'],
          evidence: [setting.ref],
        }),
      ],
      '',
    );
  },
};
