/**
 * An endpoint chain in use without its DNAT. The packet returns to the service chain: before the last endpoint the
 * following ones take its share, at the last one it leaves un-NATed towards the service address.
 */
import type { FindingDraft } from '../core/vocabulary.ts';
import { kubeHash } from '../netfilter/kube-names.ts';
import { type EndpointChain, kubeServices, type ServiceChain } from '../netfilter/kube-services.ts';
import { chainGraph, chainRef, type RuleTable, ruleRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
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

export const emptySep: Analyzer = {
  id: 'empty-sep',
  title: 'Every endpoint chain in use rewrites the destination',
  area: 'chains',
  onlyIn: 'iptables',
  run(facts) {
    const nat = iptablesTables(facts, 'nat');
    if (nat.usable === 'no') return nat.skipped;
    let looked = 0;
    const budget: Budget = { hashes: HASHES_MAX };
    const findings = nat.tables.flatMap((table) => {
      const kube = kubeServices(table);
      const users = usersOf(table);
      const each = [...kube.endpoints.values()].flatMap((endpoint) => {
        const used = users.get(endpoint.chain.name) ?? [];
        if (used.length === 0) return [];
        looked += 1;
        // A DNAT whose destination was not printed still counts as one.
        if (endpoint.chain.rules.some((rule) => rule.target === 'DNAT')) return [];
        return [finding(table, endpoint, used, budget)];
      });
      return gathered(each, `${each.length} of ${kube.endpoints.size} endpoint chains ${inTable(table)} are empty`);
    });
    if (looked === 0) return { outcome: 'skipped', missing: 'an endpoint chain that packets reach' };
    return outcomeOf(
      findings,
      `${countText(looked, 'endpoint chain in use holds', 'endpoint chains in use hold')} a DNAT rule`,
    );
  },
};

/** Service chains that lead to each endpoint chain; only services a packet can come to. */
function usersOf(table: RuleTable): ReadonlyMap<string, readonly ServiceChain[]> {
  const users = new Map<string, ServiceChain[]>();
  for (const service of kubeServices(table).services.values()) {
    if (!service.inService) continue;
    for (const { sep } of service.draws) {
      const known = users.get(sep);
      if (known === undefined) users.set(sep, [service]);
      else known.push(service);
    }
  }
  return users;
}

function finding(
  table: RuleTable,
  endpoint: EndpointChain,
  users: readonly ServiceChain[],
  budget: Budget,
): FindingDraft {
  const name = endpoint.chain.name;
  const service = users.find((user) => user.service !== null)?.service ?? null;
  const address = endpoint.endpoint ?? addressByHash(table, endpoint, users, budget);
  const called = address === null ? name : `${name} (${address})`;
  const last = users.some((user) => user.draws.at(-1)?.sep === name);
  const jumps = chainGraph(table).jumpsTo.get(name) ?? [];
  return chainFinding(chainRef(table, endpoint.chain, `${name} has no DNAT rule`), {
    rule: 'empty-sep',
    title: `Endpoint chain of ${service ?? 'a service'} is empty`,
    claim: `${called} ${inTable(table)} has ${endpoint.chain.rules.length === 0 ? 'no rules' : 'rules but no DNAT'}, while ${users.map((user) => user.chain.name).join(' and ')}${
      service === null ? '' : ` (${service})`
    } sends packets to it. ${
      last
        ? 'It is the last endpoint of the chain, so these packets leave the node un-NATed, with the service address as destination.'
        : 'These packets fall through to the endpoints after it, so this endpoint gets no traffic and the others more.'
    }`,
    severity: last ? 'high' : 'medium',
    confidence: certain(
      `the chain is captured whole in ${table.file}; kube-proxy writes every endpoint chain with a DNAT rule`,
    ),
    owner: 'kube-proxy',
    entities: [
      chainEntity(name),
      ...serviceEntities(users.map((user) => user.service)),
      ...(address === null ? [] : [{ kind: 'endpoint' as const, name: address }]),
    ],
    userNotices: last
      ? `A share of the connections to ${service ?? 'the service'} from this node times out, the others work.`
      : `Connections to ${service ?? 'the service'} work, but one endpoint gets none of them from this node.`,
    now: [RESTART_KUBE_PROXY, KUBE_PROXY_LOGS],
    longTerm: ['Find what emptied the chain: a sync that failed half way, or another program that writes nat'],
    check: [`${showChain(table, name)} shows a DNAT rule`],
    evidence: [
      ...jumps.slice(0, 5).map((rule) => ruleRef(table, rule)),
      ...endpoint.chain.rules.slice(0, 3).map((rule) => ruleRef(table, rule)),
    ],
  });
}

/** A name is a nicety: a node with 100,000 endpoints must not spend seconds on hashes. Counts over one run. */
interface Budget {
  hashes: number;
}
const HASHES_MAX = 20_000;

/** Tries the endpoints of the other services' rules: the chain's name is a hash over service and endpoint. */
function addressByHash(
  table: RuleTable,
  endpoint: EndpointChain,
  users: readonly ServiceChain[],
  budget: Budget,
): string | null {
  const [user] = users;
  if (user?.service == null || user.protocol === null) return null;
  const wanted = endpoint.chain.name.slice('KUBE-SEP-'.length);
  for (const other of kubeServices(table).endpoints.values()) {
    if (other.endpoint === null) continue;
    budget.hashes -= 1;
    if (budget.hashes < 0) return null;
    if (kubeHash(user.service + user.protocol + other.endpoint) === wanted) return other.endpoint;
  }
  return null;
}
