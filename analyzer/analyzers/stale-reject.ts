/**
 * "has no endpoints" in filter for a service that nat sends to endpoints. The two tables contradict: kube-proxy
 * writes them together, so one of them is old. nat comes first, so the REJECT itself is not met.
 */
import type { FindingDraft } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { serviceInComment } from '../netfilter/kube-names.ts';
import { kubeServices } from '../netfilter/kube-services.ts';
import { type RuleTable, ruleRef, rulesOf } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import {
  certain,
  chainFinding,
  iptablesTables,
  outcomeOf,
  RESTART_KUBE_PROXY,
  serviceEntities,
  showChain,
} from './outcome.ts';

export const staleReject: Analyzer = {
  id: 'stale-reject',
  title: 'Services with endpoints are not refused as having none',
  area: 'chains',
  onlyIn: 'iptables',
  run(facts) {
    const filter = iptablesTables(facts, 'filter');
    if (filter.usable === 'no') return filter.skipped;
    const nat = iptablesTables(facts, 'nat');
    if (nat.usable === 'no') return nat.skipped;
    return outcomeOf(
      filter.tables.flatMap((table) => check(facts, table)),
      'no service is refused in filter and sent to endpoints in nat',
    );
  },
};

function check(facts: NodeFacts, filter: RuleTable): readonly FindingDraft[] {
  const nat = facts.tables.find((table) => table.family === filter.family && table.table === 'nat');
  if (nat === undefined) return [];
  const kube = kubeServices(nat);
  const portals = new Map(
    kube.portals.map((portal) => [`${portal.address} ${portal.protocol} ${portal.port}`, portal]),
  );
  return ['KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES'].flatMap((name) =>
    rulesOf(filter, name).flatMap((rule) => {
      // "no local endpoints" beside endpoints elsewhere is what a Local policy means.
      if (rule.comment === null || !/ has no endpoints$/.test(rule.comment) || rule.destination === null) return [];
      const portal = portals.get(
        `${rule.destination.value} ${rule.protocol?.value ?? null} ${Number(rule.destinationPorts?.value)}`,
      );
      const service = portal === undefined ? undefined : kube.services.get(portal.target);
      if (portal === undefined || (service !== undefined && service.draws.length === 0)) return [];
      const called = serviceInComment(rule.comment) ?? rule.destination.value;
      return [
        chainFinding(ruleRef(filter, rule, 'says that the service has no endpoints'), {
          rule: 'stale-reject',
          title: `${called} is refused in filter although nat has endpoints for it`,
          claim: `${name} in the filter table ends ${called} with ${rule.target} ("has no endpoints"), while KUBE-SERVICES in nat sends the same address to ${portal.target}${service === undefined ? '' : ` with ${service.draws.length} endpoints`}: one of the two is old. Packets that nat rewrites no longer match the refusal.`,
          severity: 'medium',
          confidence: certain('both rules name the same address, protocol and port'),
          owner: 'kube-proxy',
          entities: serviceEntities([called]),
          userNotices: `${called} works where nat rewrites its packets; anything that reaches filter with the service address is refused.`,
          now: [RESTART_KUBE_PROXY],
          longTerm: ['Look in the log of kube-proxy for a sync that failed half way'],
          check: [`${showChain(filter, name)} no longer names ${called}`],
          evidence: [
            ruleRef(nat, portal.rule, 'sends the same address to endpoints'),
            ...(service?.draws.slice(0, 4).map((jump) => ruleRef(nat, jump.rule)) ?? []),
          ],
        }),
      ];
    }),
  );
}
