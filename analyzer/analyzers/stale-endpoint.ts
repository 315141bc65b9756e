/**
 * An endpoint that kube-proxy still draws although its pod is gone. With captured Endpoints or EndpointSlices: it is not
 * among them. By routes alone: this node has no way to it, because its address has no route of its own and falls into a
 * blackhole or unreachable prefix, as CNIs set for their pod range; one on another node cannot be seen that way.
 */
import type { FindingDraft } from '../core/vocabulary.ts';
import { capturedCluster } from '../facts/captured-cluster.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { nodeServices } from '../facts/services.ts';
import { type EndpointChain, kubeServices, type ServiceChain } from '../netfilter/kube-services.ts';
import { splitEndpoint } from '../netfilter/rule-match.ts';
import { chainRef, type RuleTable, ruleRef } from '../netfilter/rule-table.ts';
import type { Analyzer, AnalyzerResult } from './analyzer.ts';
import { COMPARE_ENDPOINTS, type DeadRoute, routeConfidence, usableRoutes } from './dead-route.ts';
import { endpointsCaptured, staleEndpoints, withObjects } from './endpoint-crosscheck.ts';
import { staleRealServers } from './ipvs-stale.ts';
import { nftStale } from './nft-endpoints.ts';
import {
  chainEntity,
  chainFinding,
  gathered,
  inTable,
  iptablesTables,
  outcomeOf,
  RESTART_KUBE_PROXY,
  serviceEntities,
  showChain,
} from './outcome.ts';

export const staleEndpoint: Analyzer = {
  id: 'stale-endpoint',
  title: 'Endpoints in the rules exist',
  area: 'chains',
  run(facts) {
    const byRoutes = staleByRoutes(facts);
    const cluster = capturedCluster(facts.state);
    if (!endpointsCaptured(cluster) || nodeServices(facts).length === 0) return byRoutes;
    const routed = byRoutes.outcome === 'finding' ? byRoutes.findings : [];
    // What no route leads to is gone for certain: the same endpoint is not told twice.
    const named = new Set(routed.flatMap((each) => each.entities.map((entity) => entity.name)));
    const byObjects = staleEndpoints(nodeServices(facts), cluster)
      .map(withObjects)
      .filter((each) => !each.entities.some((entity) => entity.kind === 'endpoint' && named.has(entity.name)));
    return outcomeOf(
      [...routed, ...gathered(byObjects, `${byObjects.length} endpoints in the rules are in no captured object`)],
      'every endpoint in the rules is among the captured Endpoints or EndpointSlices of its service',
    );
  },
};

function staleByRoutes(facts: NodeFacts): AnalyzerResult {
  if (facts.mode.mode === 'ipvs') return staleRealServers(facts);
  if (facts.mode.mode === 'nftables') return nftStale(facts);
  const nat = iptablesTables(facts, 'nat');
  if (nat.usable === 'no') return nat.skipped;
  const routes = usableRoutes(facts);
  if (routes.usable === 'no') return routes.skipped;
  return outcomeOf(
    nat.tables.flatMap((table) => check(facts, table, routes.deadRoute)),
    'no endpoint falls into a blackhole route of this node; endpoints on other nodes cannot be judged without Endpoints or EndpointSlices',
  );
}

function check(
  facts: NodeFacts,
  table: RuleTable,
  route: (address: string) => DeadRoute | null,
): readonly FindingDraft[] {
  const kube = kubeServices(table);
  const findings: FindingDraft[] = [];
  const seen = new Set<string>();
  for (const service of kube.services.values()) {
    if (!service.inService) continue;
    for (const { sep } of service.draws) {
      const endpoint = kube.endpoints.get(sep);
      const address = endpoint?.dnat?.toDestination == null ? null : splitEndpoint(endpoint.dnat.toDestination);
      if (endpoint === undefined || address === null || seen.has(sep)) continue;
      seen.add(sep);
      const dead = route(address.address);
      if (dead !== null) findings.push(finding(facts, table, service, endpoint, dead));
    }
  }
  return gathered(findings, `${findings.length} endpoints ${inTable(table)} cannot be reached from this node`);
}

function finding(
  facts: NodeFacts,
  table: RuleTable,
  service: ServiceChain,
  endpoint: EndpointChain,
  route: DeadRoute,
): FindingDraft {
  const name = service.service ?? service.chain.name;
  const target = endpoint.dnat?.toDestination ?? '';
  const first = endpoint.dnat === null ? chainRef(table, endpoint.chain) : ruleRef(table, endpoint.dnat);
  return chainFinding(first, {
    rule: 'stale-endpoint',
    title: `${name} still has the endpoint ${target}, which this node cannot reach`,
    claim: `${endpoint.chain.name} sends packets to ${target}, but the only route for it is "${route.entry.raw.trim()}": no pod with this address runs on this node, and its packets are dropped.`,
    severity: 'high',
    confidence: routeConfidence(facts),
    owner: 'kube-proxy',
    entities: [
      { kind: 'endpoint', name: target },
      ...serviceEntities([service.service]),
      chainEntity(endpoint.chain.name),
    ],
    userNotices: `One in ${service.draws.length} connections to ${name} from this node fails.`,
    now: [RESTART_KUBE_PROXY, COMPARE_ENDPOINTS],
    longTerm: [
      'Look in the log of kube-proxy for `Failed to watch` or `Failed to list *v1.EndpointSlice`: its rules stay old while it cannot reach the API server',
    ],
    check: [`${showChain(table, service.chain.name)} no longer names ${target}`],
    evidence: [
      route.ref,
      ...service.draws.filter((jump) => jump.sep === endpoint.chain.name).map((jump) => ruleRef(table, jump.rule)),
    ],
  });
}
