/** KUBE-NODEPORTS has rules, but KUBE-SERVICES no longer ends with the jump to it. */
import type { FindingDraft } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { serviceInComment } from '../netfilter/kube-names.ts';
import { kubeServices } from '../netfilter/kube-services.ts';
import { chainRef, type RuleTable, reachedFrom, ruleRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { servicesAreCutOff } from './kube-services-empty.ts';
import { nftNodePorts } from './nft-endpoints.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  IPTABLES_AND_IPVS,
  inTable,
  iptablesTables,
  listed,
  outcomeOf,
  RESTART_KUBE_PROXY,
  serviceEntities,
  showChain,
} from './outcome.ts';

export const nodeportsJumpMissing: Analyzer = {
  id: 'nodeports-jump-missing',
  title: 'KUBE-SERVICES leads to KUBE-NODEPORTS',
  area: 'chains',
  run(facts) {
    if (facts.mode.mode === 'nftables') return nftNodePorts(facts);
    const nat = iptablesTables(facts, 'nat', IPTABLES_AND_IPVS);
    if (nat.usable === 'no') return nat.skipped;
    if (facts.mode.mode === 'ipvs')
      return outcomeOf(nat.tables.flatMap(checkIpvs), 'KUBE-NODE-PORT is reached from KUBE-SERVICES or has no rules');
    return outcomeOf(
      nat.tables.flatMap((table) => check(facts, table)),
      'KUBE-NODEPORTS is reached from KUBE-SERVICES or has no rules',
    );
  },
};

/** In IPVS mode the chain leads to no endpoint: it marks NodePort traffic that has to be masqueraded. */
function checkIpvs(nat: RuleTable): readonly FindingDraft[] {
  const nodePorts = nat.chains.get('KUBE-NODE-PORT');
  const services = nat.chains.get('KUBE-SERVICES');
  if (nodePorts === undefined || nodePorts.rules.length === 0) return [];
  // Without any rule KUBE-SERVICES itself is the defect.
  if (services === undefined || services.rules.length === 0) return [];
  if (reachedFrom(nat, 'KUBE-SERVICES').has('KUBE-NODE-PORT')) return [];
  return [
    chainFinding(chainRef(nat, nodePorts, 'nothing leads here from KUBE-SERVICES'), {
      rule: 'nodeports-jump-missing',
      title: `NodePort traffic is not masqueraded ${inTable(nat)}`,
      claim: `KUBE-NODE-PORT ${inTable(nat)} has ${nodePorts.rules.length} rules, but no rule of KUBE-SERVICES leads to it: in IPVS mode it marks NodePort traffic that has to be masqueraded, so none is.`,
      severity: 'high',
      confidence: certain(`both chains are captured whole in ${nat.file}`),
      owner: 'kube-proxy',
      entities: [chainEntity('KUBE-NODE-PORT')],
      userNotices:
        'NodePort clients of endpoints on other nodes get no answer; ClusterIPs, and endpoints on this node, work.',
      now: [RESTART_KUBE_PROXY],
      longTerm: ['Find what removed the rule of KUBE-SERVICES'],
      check: [`${showChain(nat, 'KUBE-SERVICES')} shows a jump to KUBE-NODE-PORT`],
      evidence: [...services.rules.slice(-3), ...nodePorts.rules.slice(0, 4)].map((rule) => ruleRef(nat, rule)),
    }),
  ];
}

function check(facts: NodeFacts, nat: RuleTable): readonly FindingDraft[] {
  const nodePorts = nat.chains.get('KUBE-NODEPORTS');
  const services = nat.chains.get('KUBE-SERVICES');
  if (nodePorts === undefined || services === undefined || nodePorts.rules.length === 0) return [];
  if (kubeServices(nat).reached.has('KUBE-NODEPORTS') || servicesAreCutOff(facts, nat)) return [];
  const names = [
    ...new Set(nodePorts.rules.map((rule) => serviceInComment(rule.comment) ?? rule.target ?? 'a service')),
  ];
  const last = services.rules.at(-1);
  return [
    chainFinding(chainRef(nat, nodePorts, 'nothing leads here from KUBE-SERVICES'), {
      rule: 'nodeports-jump-missing',
      title: `NodePorts are not served ${inTable(nat)}`,
      claim: `KUBE-NODEPORTS ${inTable(nat)} has ${nodePorts.rules.length} rules (${listed(names)}), but no rule of KUBE-SERVICES leads to it.`,
      severity: 'high',
      confidence: certain(`both chains are captured whole in ${nat.file}`),
      owner: 'kube-proxy',
      count: nodePorts.rules.length,
      entities: [chainEntity('KUBE-NODEPORTS'), ...serviceEntities(names)],
      userNotices:
        'Every NodePort of this node refuses connections, and load balancers that use NodePorts mark the node unhealthy; ClusterIPs work.',
      now: [RESTART_KUBE_PROXY],
      longTerm: ['Find what removed the last rule of KUBE-SERVICES'],
      check: [`${showChain(nat, 'KUBE-SERVICES')} ends with a jump to KUBE-NODEPORTS`],
      evidence: [
        ...(last === undefined ? [] : [ruleRef(nat, last, 'the last rule of KUBE-SERVICES')]),
        ...nodePorts.rules.slice(0, 5).map((rule) => ruleRef(nat, rule)),
      ],
    }),
  ];
}
