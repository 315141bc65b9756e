/**
 * KUBE-SERVICES of nat is where every packet to a service is looked up. Empty or missing, no service of the node
 * works, although all KUBE-SVC chains may still be there.
 */
import type { ChainDump } from '../core/packet-rule.ts';
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { kubeChainKind } from '../netfilter/kube-names.ts';
import { kubeServices } from '../netfilter/kube-services.ts';
import { chainGraph, chainRef, type RuleTable, ruleRef, tableRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { ipvsServicesChain } from './ipvs-services-chain.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  inTable,
  iptablesTables,
  KUBE_PROXY_LOGS,
  likely,
  outcomeOf,
  RESTART_KUBE_PROXY,
  serviceEntities,
  showChain,
} from './outcome.ts';

const USER_NOTICES =
  'No ClusterIP, NodePort or load balancer address answers on this node: connections time out. DNS by the cluster IP of kube-dns fails, pod addresses still work.';

export const kubeServicesEmpty: Analyzer = {
  id: 'kube-services-empty',
  title: 'KUBE-SERVICES sends packets to the services of the node',
  area: 'chains',
  run(facts) {
    if (facts.mode.mode === 'ipvs') return ipvsServicesChain(facts);
    const nat = iptablesTables(facts, 'nat');
    if (nat.usable === 'no') return nat.skipped;
    const findings = nat.tables.flatMap((table) => check(facts, table));
    return outcomeOf(findings, 'KUBE-SERVICES in nat sends packets to service chains');
  },
};

/** @returns true when the nat table has this defect; its consequences are then not told one by one. */
export function servicesAreCutOff(facts: NodeFacts, nat: RuleTable): boolean {
  return check(facts, nat).length > 0;
}

function check(facts: NodeFacts, nat: RuleTable): readonly FindingDraft[] {
  const chain = nat.chains.get('KUBE-SERVICES');
  const serviceChains = [...nat.chains.values()].filter((each) => kubeChainKind(each.name) !== null);
  const leads = chain?.rules.some((rule) => rule.target !== null && kubeChainKind(rule.target) !== null) ?? false;
  if (leads) return [];
  const filter = facts.tables.find((table) => table.table === 'filter' && table.family === nat.family);
  const inFilter = filter?.chains.get('KUBE-SERVICES');
  if (chain === undefined) {
    const traces = serviceChains.length > 0 || inFilter !== undefined;
    return traces ? [missing(nat, serviceChains, filter, inFilter)] : [];
  }
  // A single-stack cluster has an empty twin in the other family: only the nodeports rule, no service chain.
  if (serviceChains.length === 0 && hasServices(facts, nat)) return [];
  return [empty(nat, chain, serviceChains)];
}

function hasServices(facts: NodeFacts, besides: RuleTable): boolean {
  return facts.tables.some(
    (table) => table !== besides && table.table === 'nat' && kubeServices(table).portals.length > 0,
  );
}

function empty(nat: RuleTable, chain: ChainDump, serviceChains: readonly ChainDump[]): FindingDraft {
  const what = chain.rules.length === 0 ? 'has no rules' : 'has no rule that leads to a service';
  const kept = serviceChains.length > 0;
  return chainFinding(chainRef(nat, chain, `KUBE-SERVICES ${what}`), {
    rule: 'kube-services-empty',
    title: `KUBE-SERVICES is empty ${inTable(nat)}`,
    claim: kept
      ? `KUBE-SERVICES ${inTable(nat)} ${what}, so none of the ${serviceChains.length} service and endpoint chains is ever reached.`
      : `KUBE-SERVICES ${inTable(nat)} ${what}, and no service chain exists: not even default/kubernetes has rules.`,
    severity: 'critical',
    confidence: kept
      ? certain(`the chain is captured whole in ${nat.file} and leads nowhere`)
      : likely(
          'every cluster has at least the Service default/kubernetes; a node that has just started may not have synced yet',
        ),
    owner: 'kube-proxy',
    count: Math.max(serviceChains.length, 1),
    ...shared(nat, serviceChains),
    evidence: [...entrances(nat), ...serviceChains.slice(0, 3).map((each) => chainRef(nat, each))],
  });
}

function missing(
  nat: RuleTable,
  serviceChains: readonly ChainDump[],
  filter: RuleTable | undefined,
  inFilter: ChainDump | undefined,
): FindingDraft {
  const [firstChain] = serviceChains;
  const filterRef =
    filter !== undefined && inFilter !== undefined
      ? [chainRef(filter, inFilter, 'KUBE-SERVICES exists in filter only')]
      : [];
  const first =
    entrances(nat)[0] ??
    (firstChain === undefined ? tableRef(nat, 'this table has no chain KUBE-SERVICES') : chainRef(nat, firstChain));
  return chainFinding(first, {
    rule: 'kube-services-empty',
    title: `KUBE-SERVICES is missing ${inTable(nat)}`,
    claim:
      serviceChains.length > 0
        ? `The chain KUBE-SERVICES does not exist ${inTable(nat)}, so none of the ${serviceChains.length} service and endpoint chains is ever reached.`
        : `The chain KUBE-SERVICES exists in filter but not ${inTable(nat)}: no packet to a service is sent to an endpoint.`,
    severity: 'critical',
    confidence: certain(`${nat.file} holds the whole table and no such chain`),
    owner: 'kube-proxy',
    count: Math.max(serviceChains.length, 1),
    ...shared(nat, serviceChains),
    evidence: [...filterRef, ...serviceChains.slice(0, 3).map((each) => chainRef(nat, each)), tableRef(nat)],
  });
}

function entrances(nat: RuleTable): readonly LineRef[] {
  return (chainGraph(nat).jumpsTo.get('KUBE-SERVICES') ?? []).slice(0, 4).map((rule) => ruleRef(nat, rule));
}

function shared(nat: RuleTable, serviceChains: readonly ChainDump[]) {
  const names = [...kubeServices(nat).services.values()].map((service) => service.service);
  return {
    entities: [chainEntity('KUBE-SERVICES'), ...serviceEntities(names)],
    userNotices: USER_NOTICES,
    now: [RESTART_KUBE_PROXY, KUBE_PROXY_LOGS],
    longTerm: [
      serviceChains.length > 0
        ? 'Find what emptied the chain: another firewall, a script that flushes nat, or a sync that failed half way'
        : 'Find what removed the chains: another firewall or a script that flushes nat',
    ],
    check: [`${showChain(nat, 'KUBE-SERVICES')} lists one rule a service port`],
    explains: [
      'svc-no-endpoints',
      'orphan-svc',
      'orphan-sep',
      'nodeports-jump-missing',
      'missing-service',
      'missing-endpoint',
    ],
  } as const;
}
