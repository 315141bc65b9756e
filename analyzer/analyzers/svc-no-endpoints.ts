/**
 * A service chain in use that draws no endpoint. kube-proxy never writes that: a service without endpoints has no
 * chain but a REJECT in filter. Packets fall through un-NATed and leave the node towards the ClusterIP.
 */
import type { ChainDump } from '../core/packet-rule.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { kubeServices, type ServiceChain } from '../netfilter/kube-services.ts';
import { chainGraph, chainRef, type RuleTable, ruleRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { nftNoEndpoints } from './nft-chains.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  gathered,
  inTable,
  iptablesTables,
  KUBE_PROXY_LOGS,
  outcomeOf,
  RESTART_KUBE_PROXY,
  serviceEntities,
  showChain,
} from './outcome.ts';
import { countText } from './state-finding.ts';

export const svcNoEndpoints: Analyzer = {
  id: 'svc-no-endpoints',
  title: 'Every service chain in use leads to an endpoint',
  area: 'chains',
  onlyIn: ['iptables', 'nftables'],
  run(facts) {
    if (facts.mode.mode === 'nftables') return nftNoEndpoints(facts);
    const nat = iptablesTables(facts, 'nat');
    if (nat.usable === 'no') return nat.skipped;
    let looked = 0;
    const findings = nat.tables.flatMap((table) => {
      // Chains of deleted services linger in large clusters: only those a packet can come to count.
      const inUse = [...kubeServices(table).services.values()].filter((service) => service.inService);
      looked += inUse.length;
      const empty = inUse.filter((service) => service.draws.length === 0);
      const orphans = empty.length > 0 ? orphansByService(table) : new Map<string, readonly ChainDump[]>();
      const each = empty.map((service) => finding(table, service, orphans.get(service.service ?? '') ?? []));
      return gathered(
        each,
        `${each.length} of ${inUse.length} service chains in use ${inTable(table)} have no endpoint`,
      );
    });
    return outcomeOf(
      findings,
      looked === 0
        ? 'packets reach no service chain'
        : `${countText(looked, 'service chain in use leads', 'service chains in use lead')} to endpoints`,
    );
  },
};

function finding(table: RuleTable, service: ServiceChain, orphans: readonly ChainDump[]): FindingDraft {
  const name = service.chain.name;
  const jumps = chainGraph(table).jumpsTo.get(name) ?? [];
  const called = service.service ?? 'a service whose name is not in the rules';
  return chainFinding(chainRef(table, service.chain, `${name} has no jump to a KUBE-SEP chain`), {
    rule: 'svc-no-endpoints',
    title: `${service.service ?? name} has no endpoint in its chain`,
    claim: `${name} (${called}) ${inTable(table)} has ${service.chain.rules.length} rules and none leads to an endpoint, while ${jumps.length} ${jumps.length === 1 ? 'rule sends' : 'rules send'} packets to it${
      orphans.length > 0
        ? `; ${orphans.length} endpoint chains of the service still exist and nothing leads to them`
        : ''
    }.`,
    severity: 'high',
    confidence: certain(
      `the chain is captured whole in ${table.file}; kube-proxy writes no service chain without endpoints`,
    ),
    owner: 'kube-proxy',
    entities: [chainEntity(name), ...serviceEntities([service.service])],
    userNotices: `Connections to ${called} time out on this node: their packets leave it with the service address as destination.`,
    now: [RESTART_KUBE_PROXY, KUBE_PROXY_LOGS],
    longTerm: ['Find what emptied the chain: a sync that failed half way, or another program that writes nat'],
    check: [`${showChain(table, name)} lists one jump an endpoint`],
    evidence: [
      ...jumps.slice(0, 5).map((rule) => ruleRef(table, rule)),
      ...service.chain.rules.slice(0, 3).map((rule) => ruleRef(table, rule)),
      ...orphans
        .slice(0, 3)
        .map((chain) => chainRef(table, chain, 'an endpoint chain of this service that nothing leads to')),
    ],
    explains: ['orphan-sep', 'missing-endpoint'],
  });
}

/** Endpoint chains that nothing leads to, by the service their DNAT rule names. */
function orphansByService(table: RuleTable): ReadonlyMap<string, readonly ChainDump[]> {
  const graph = chainGraph(table);
  const orphans = new Map<string, ChainDump[]>();
  for (const endpoint of kubeServices(table).endpoints.values()) {
    const name = endpoint.dnat?.comment;
    if (name == null || graph.jumpsTo.has(endpoint.chain.name)) continue;
    const known = orphans.get(name);
    if (known === undefined) orphans.set(name, [endpoint.chain]);
    else known.push(endpoint.chain);
  }
  return orphans;
}
