/** Service and endpoint chains without a jump to them, told once with their number. */
import type { ChainDump } from '../core/packet-rule.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { type KubeChainKind, kubeChainKind, serviceInComment } from '../netfilter/kube-names.ts';
import { kubeServices } from '../netfilter/kube-services.ts';
import { chainGraph, chainRef, type RuleTable } from '../netfilter/rule-table.ts';
import type { AnalyzerResult } from './analyzer.ts';
import { servicesAreCutOff } from './kube-services-empty.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  inTable,
  iptablesTables,
  listed,
  outcomeOf,
  serviceEntities,
  showChain,
} from './outcome.ts';

/** Above this many endpoints kube-proxy leaves the chains of deleted services until the next cleanup. */
const LARGE_CLUSTER_ENDPOINTS = 1000;

type OrphanId = 'orphan-sep' | 'orphan-svc';
const whatOf = (id: OrphanId): string => (id === 'orphan-sep' ? 'endpoint' : 'service');

/** @returns one finding of severity low or info for all unreferenced chains of these kinds. */
export function orphanFindings(facts: NodeFacts, id: OrphanId, kinds: readonly KubeChainKind[]): AnalyzerResult {
  const nat = iptablesTables(facts, 'nat');
  if (nat.usable === 'no') return nat.skipped;
  const findings = nat.tables.flatMap((table) => {
    // When KUBE-SERVICES leads nowhere every chain is an orphan; that cause is told on its own.
    if (servicesAreCutOff(facts, table)) return [];
    const orphans = [...table.chains.values()].filter((chain) => isOrphan(table, chain, kinds));
    return orphans.length === 0 ? [] : [finding(table, id, orphans)];
  });
  return outcomeOf(findings, `every ${whatOf(id)} chain is jumped to`);
}

function isOrphan(table: RuleTable, chain: ChainDump, kinds: readonly KubeChainKind[]): boolean {
  const kind = kubeChainKind(chain.name);
  return kind !== null && kinds.includes(kind) && chain.declared && !chainGraph(table).jumpsTo.has(chain.name);
}

function finding(table: RuleTable, id: OrphanId, orphans: readonly ChainDump[]): FindingDraft {
  const large = kubeServices(table).endpoints.size > LARGE_CLUSTER_ENDPOINTS;
  const what = whatOf(id);
  const [first, ...rest] = orphans;
  const names = orphans.map((chain) => chain.name);
  return chainFinding(chainRef(table, first as ChainDump, 'no rule jumps to this chain'), {
    rule: id,
    title: `${orphans.length} ${what} ${orphans.length === 1 ? 'chain' : 'chains'} that nothing leads to`,
    claim: `No rule ${inTable(table)} jumps to ${listed(names)}.${large ? ' With more than 1,000 endpoints kube-proxy removes such chains late.' : ''}`,
    severity: large ? 'info' : 'low',
    confidence: certain(`the table is captured whole in ${table.file}`),
    owner: 'kube-proxy',
    count: orphans.length,
    entities: [
      ...names.slice(0, 20).map(chainEntity),
      ...serviceEntities(orphans.slice(0, 20).map((chain) => firstService(chain))),
    ],
    userNotices:
      id === 'orphan-svc'
        ? 'Nothing when these services were deleted. A service that still exists and lost its rule in KUBE-SERVICES is not reached from this node.'
        : 'Nothing when these endpoints are gone. An endpoint that still exists gets no connections from this node.',
    now: large
      ? []
      : [
          id === 'orphan-svc'
            ? 'See whether the services still exist: `kubectl get services -A`'
            : 'See whether the endpoints still exist: `kubectl get endpointslices -A -o wide`',
        ],
    longTerm: ['If they stay for hours, look in the log of kube-proxy for syncs that fail half way'],
    check: [`${showChain(table, names[0] ?? '')} fails once the chain is gone`],
    evidence: rest.slice(0, 8).map((chain) => chainRef(table, chain)),
  });
}

function firstService(chain: ChainDump): string | null {
  return chain.rules.map((rule) => serviceInComment(rule.comment)).find((name) => name !== null) ?? null;
}
