/** Endpoints behind a jump that takes every packet: a rule without (or with full) probability ends the draw. */
import type { FindingDraft } from '../core/vocabulary.ts';
import { endpointInComment } from '../netfilter/kube-names.ts';
import { type EndpointJump, kubeServices, type ServiceChain } from '../netfilter/kube-services.ts';
import { matchesEverything } from '../netfilter/rule-match.ts';
import { chainRef, type RuleTable, ruleRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  inTable,
  iptablesTables,
  listed,
  outcomeOf,
  RESTART_KUBE_PROXY,
  serviceEntities,
  showChain,
} from './outcome.ts';

export const unreachableEndpoints: Analyzer = {
  id: 'unreachable-endpoints',
  title: 'Every endpoint of a service can be drawn',
  area: 'chains',
  run(facts) {
    const nat = iptablesTables(facts, 'nat');
    if (nat.usable === 'no') return nat.skipped;
    const findings = nat.tables.flatMap((table) =>
      [...kubeServices(table).services.values()].flatMap((service) => {
        const at = firstTakingAll(table, service);
        const behind =
          at < 0
            ? []
            : service.draws
                .slice(at + 1)
                .filter((jump) => !service.draws.slice(0, at + 1).some((other) => other.sep === jump.sep));
        const taker = service.draws[at];
        return service.inService && taker !== undefined && behind.length > 0
          ? [finding(table, service, taker, behind)]
          : [];
      }),
    );
    return outcomeOf(findings, 'no endpoint stands behind a rule that takes every packet');
  },
};

/** An empty endpoint chain lets packets fall through, so it ends nothing. */
function firstTakingAll(table: RuleTable, service: ServiceChain): number {
  const endpoints = kubeServices(table).endpoints;
  return service.draws.findIndex(({ rule, sep }) => matchesEverything(rule) && endpoints.get(sep)?.dnat != null);
}

function finding(
  table: RuleTable,
  service: ServiceChain,
  taker: EndpointJump,
  behind: readonly EndpointJump[],
): FindingDraft {
  const endpoints = kubeServices(table).endpoints;
  const address = (jump: EndpointJump): string =>
    endpoints.get(jump.sep)?.endpoint ?? endpointInComment(jump.rule.comment) ?? jump.sep;
  const name = service.service ?? service.chain.name;
  return chainFinding(ruleRef(table, taker.rule, 'this rule takes every packet that comes to it'), {
    rule: 'unreachable-endpoints',
    title: `${behind.length} of ${service.draws.length} endpoints of ${name} get no traffic`,
    claim: `In ${service.chain.name} (${name}) ${inTable(table)}, rule ${taker.rule.position} sends every packet to ${address(taker)}, so ${listed(behind.map(address))} behind it ${behind.length === 1 ? 'is' : 'are'} never drawn.`,
    severity: 'medium',
    confidence: certain('the rule has no match, and the rules behind it lead nowhere else'),
    owner: 'kube-proxy',
    count: behind.length,
    entities: [
      chainEntity(service.chain.name),
      ...serviceEntities([service.service]),
      ...behind.map((jump) => ({ kind: 'endpoint' as const, name: address(jump) })),
    ],
    userNotices: `One endpoint of ${name} gets all connections from this node; if it fails, the service fails here although others are healthy.`,
    now: [RESTART_KUBE_PROXY],
    longTerm: ['Find what else writes nat: kube-proxy gives every endpoint but the last a probability'],
    check: [`${showChain(table, service.chain.name)} shows a probability in every rule but the last`],
    evidence: [...behind.map((jump) => ruleRef(table, jump.rule)), chainRef(table, service.chain)],
    explains: ['probability-sum'],
  });
}
