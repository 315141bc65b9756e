/** KUBE-SERVICES in IPVS mode: it leads to no endpoint, it marks what has to be masqueraded. */
import type { Family } from '../core/packet-rule.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { chainGraph, chainRef, leadingTo, type RuleTable, ruleRef, tableRef } from '../netfilter/rule-table.ts';
import type { AnalyzerResult } from './analyzer.ts';
import { capturedSets } from './ipvs-view.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  IPTABLES_AND_IPVS,
  inTable,
  iptablesTables,
  outcomeOf,
  RESTART_KUBE_PROXY,
  showChain,
  unmasqueraded,
} from './outcome.ts';

/** @returns what kube-services-empty means in IPVS mode. */
export function ipvsServicesChain(facts: NodeFacts): AnalyzerResult {
  const nat = iptablesTables(facts, 'nat', IPTABLES_AND_IPVS);
  if (nat.usable === 'no') return nat.skipped;
  const tables = nat.tables.filter((table) => servesFamily(facts, table.family));
  if (tables.length === 0)
    return { outcome: 'skipped', missing: 'a nat table of a family with service addresses was not collected' };
  return outcomeOf(
    tables.flatMap((table) => check(facts, table)),
    'KUBE-SERVICES in nat marks service traffic for masquerade',
  );
}

/** kube-proxy writes rules for a set only while it has entries: a family without services has almost none. */
function servesFamily(facts: NodeFacts, family: Family): boolean {
  const servers = facts.network.ipvs.flatMap(({ value }) => value.services);
  const sets = capturedSets(facts).filter(({ value }) => value.family === family);
  if (servers.some(({ address }) => address !== null && address.includes(':') === (family === 'IPv6'))) return true;
  if (sets.some(({ value }) => /^KUBE-(?:6-)?CLUSTER-IP$/.test(value.name) && value.entries.length > 0)) return true;
  return family === 'IPv4' && servers.length === 0 && sets.length === 0;
}

function check(facts: NodeFacts, nat: RuleTable): readonly FindingDraft[] {
  const chain = nat.chains.get('KUBE-SERVICES');
  const marks = leadingTo(nat, 'KUBE-MARK-MASQ');
  if (chain?.rules.some((rule) => rule.target !== null && marks.has(rule.target))) return [];
  // A jump to a chain that is not there is told as dangling-jump.
  const entrances = chainGraph(nat).jumpsTo.get('KUBE-SERVICES') ?? [];
  const what =
    chain === undefined
      ? 'does not exist'
      : chain.rules.length === 0
        ? 'has no rules'
        : 'has no rule that leads to KUBE-MARK-MASQ';
  return [
    chainFinding(chain === undefined ? tableRef(nat, 'this table has no chain KUBE-SERVICES') : chainRef(nat, chain), {
      rule: 'kube-services-empty',
      title: `KUBE-SERVICES ${chain === undefined ? 'is missing' : 'marks nothing'} ${inTable(nat)}`,
      claim: `KUBE-SERVICES ${inTable(nat)} ${what}: in IPVS mode it marks the traffic that has to be masqueraded, so none is.`,
      severity: 'high',
      confidence: certain(`the table is captured whole in ${nat.file}`),
      owner: 'kube-proxy',
      entities: [chainEntity('KUBE-SERVICES')],
      userNotices: unmasqueraded(facts),
      now: [RESTART_KUBE_PROXY],
      longTerm: [
        'Find what emptied the chain: another firewall, a script that flushes nat, or a sync that failed half way',
      ],
      check: [`${showChain(nat, 'KUBE-SERVICES')} lists rules with match-set KUBE-CLUSTER-IP`],
      evidence: [
        ...(chain?.rules ?? []).slice(0, 5).map((rule) => ruleRef(nat, rule)),
        ...entrances.slice(0, 3).map((rule) => ruleRef(nat, rule)),
      ],
      explains: [],
    }),
  ];
}
