/**
 * AWS-SNAT-CHAIN-0 of the VPC CNI returns packets to the VPC before it gives the others the node's address.
 * Without those RETURN rules pod to pod traffic across nodes is source-NATed.
 */
import type { FindingDraft } from '../core/vocabulary.ts';
import { chainRef, type RuleTable, ruleRef, rulesOf } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  EVERY_MODE,
  inTable,
  iptablesTables,
  outcomeOf,
  showChain,
} from './outcome.ts';

const CHAIN = 'AWS-SNAT-CHAIN-0';

export const awsSnatNoVpcReturn: Analyzer = {
  id: 'aws-snat-no-vpc-return',
  title: 'AWS-SNAT-CHAIN-0 spares traffic inside the VPC',
  area: 'chains',
  run(facts) {
    const nat = iptablesTables(facts, 'nat', EVERY_MODE);
    if (nat.usable === 'no') return nat.skipped;
    if (!nat.tables.some((table) => table.chains.has(CHAIN)))
      return { outcome: 'pass', because: `no table has ${CHAIN}: the VPC CNI does no source NAT here` };
    return outcomeOf(nat.tables.flatMap(check), `${CHAIN} returns or jumps by destination before it source-NATs`);
  },
};

function check(table: RuleTable): readonly FindingDraft[] {
  const chain = table.chains.get(CHAIN);
  const rules = rulesOf(table, CHAIN);
  const at = rules.findIndex((rule) => rule.target === 'SNAT' || rule.target === 'MASQUERADE');
  const snat = rules[at];
  if (chain === undefined || snat === undefined || snat.destination !== null || snat.sets.length > 0) return [];
  const spared = rules
    .slice(0, at)
    .some(
      (rule) =>
        (rule.target === 'RETURN' || rule.target === 'ACCEPT') && (rule.destination !== null || rule.sets.length > 0),
    );
  if (spared) return [];
  return [
    chainFinding(ruleRef(table, snat, 'applies to destinations inside the VPC as well'), {
      rule: 'aws-snat-no-vpc-return',
      title: `${CHAIN} source-NATs traffic inside the VPC`,
      claim: `${CHAIN} ${inTable(table)} has no RETURN for the VPC's addresses before its ${snat.target} rule${snat.toSource === null ? '' : ` to ${snat.toSource}`}: pod to pod traffic that leaves this node gets the node's address as source.`,
      severity: 'high',
      confidence: certain(`the chain is captured whole in ${table.file}`),
      owner: 'VPC CNI',
      entities: [chainEntity(CHAIN)],
      userNotices:
        'Pods on other nodes see the node as the client: network policies and security groups for pods refuse traffic they should allow, and client addresses in logs are wrong.',
      now: [
        'Restart the VPC CNI pod of this node so that it writes the chain again: `kubectl -n kube-system delete pod -l k8s-app=aws-node --field-selector spec.nodeName=NODE`',
      ],
      longTerm: ['Look in ipamd.log for failures to read the VPC CIDRs, and check AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS'],
      check: [`${showChain(table, CHAIN)} shows one RETURN for every VPC CIDR before SNAT`],
      evidence: [
        chainRef(table, chain),
        ...rules
          .filter((rule) => rule !== snat)
          .slice(0, 5)
          .map((rule) => ruleRef(table, rule)),
      ],
    }),
  ];
}
