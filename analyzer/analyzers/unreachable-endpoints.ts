/** Endpoints behind a jump that takes every packet: a rule without (or with full) probability ends the draw. */
import type { PacketRule } from '../core/packet-rule.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { endpointInComment } from '../netfilter/kube-names.ts';
import { type EndpointJump, kubeServices, type ServiceChain } from '../netfilter/kube-services.ts';
import { matchesEverything } from '../netfilter/rule-match.ts';
import { chainRef, type RuleTable, ruleRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { nftUnreachable } from './nft-endpoints.ts';
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
  onlyIn: ['iptables', 'nftables'],
  run(facts) {
    if (facts.mode.mode === 'nftables') return nftUnreachable(facts);
    const nat = iptablesTables(facts, 'nat');
    if (nat.usable === 'no') return nat.skipped;
    const findings = nat.tables.flatMap((table) =>
      [...kubeServices(table).services.values()].flatMap((service) => {
        const taker = service.inService ? firstTakingAll(table, service) : undefined;
        if (taker === undefined) return [];
        const before = service.draws.filter((jump) => jump.rule.position <= taker.position).map((jump) => jump.sep);
        const behind = service.draws.filter(
          (jump) => jump.rule.position > taker.position && !before.includes(jump.sep),
        );
        return behind.length === 0 ? [] : [finding(table, service, taker, behind)];
      }),
    );
    return outcomeOf(findings, 'no endpoint stands behind a rule that takes every packet');
  },
};

const ENDS_CHAIN = new Set(['RETURN', 'ACCEPT', 'DROP', 'DNAT', 'REDIRECT']);

/** The first rule no packet gets past. An empty endpoint chain lets packets fall through, so it ends nothing. */
function firstTakingAll(table: RuleTable, service: ServiceChain): PacketRule | undefined {
  const endpoints = kubeServices(table).endpoints;
  return service.chain.rules.find(
    (rule) =>
      rule.target !== null &&
      matchesEverything(rule) &&
      (ENDS_CHAIN.has(rule.target) || endpoints.get(rule.target)?.dnat != null),
  );
}

function finding(
  table: RuleTable,
  service: ServiceChain,
  taker: PacketRule,
  behind: readonly EndpointJump[],
): FindingDraft {
  const endpoints = kubeServices(table).endpoints;
  const address = (jump: EndpointJump): string =>
    endpoints.get(jump.sep)?.endpoint ?? endpointInComment(jump.rule.comment) ?? jump.sep;
  const name = service.service ?? service.chain.name;
  const drawn = endpoints.has(taker.target ?? '');
  const where = drawn
    ? `sends every packet to ${endpoints.get(taker.target ?? '')?.endpoint ?? taker.target}`
    : `ends every packet with ${taker.target}`;
  const none = behind.length === service.draws.length;
  return chainFinding(ruleRef(table, taker, 'this rule takes every packet that comes to it'), {
    rule: 'unreachable-endpoints',
    title: `${behind.length} of ${service.draws.length} endpoints of ${name} get no traffic`,
    claim: `In ${service.chain.name} (${name}) ${inTable(table)}, rule ${taker.position} ${where}, so ${listed(behind.map(address))} behind it ${behind.length === 1 ? 'is' : 'are'} never drawn.`,
    severity: none ? 'high' : 'medium',
    confidence: certain('the rule has no match, so every packet that comes to it takes it'),
    owner: drawn ? 'kube-proxy' : 'another firewall',
    count: behind.length,
    entities: [
      chainEntity(service.chain.name),
      ...serviceEntities([service.service]),
      ...behind.map((jump) => ({ kind: 'endpoint' as const, name: address(jump) })),
    ],
    userNotices: none
      ? `Connections to ${name} fail on this node: no packet reaches an endpoint.`
      : drawn
        ? `${service.draws.length - behind.length === 1 ? 'One endpoint' : `${service.draws.length - behind.length} endpoints`} of ${name} ${service.draws.length - behind.length === 1 ? 'gets' : 'get'} all connections from this node; if ${service.draws.length - behind.length === 1 ? 'it fails' : 'they fail'}, the service fails here although others are healthy.`
        : `A share of the connections to ${name} from this node fails, the others work.`,
    now: [RESTART_KUBE_PROXY],
    longTerm: [
      drawn
        ? 'Find what else writes nat: kube-proxy gives every endpoint but the last a probability'
        : `Find what else writes nat: kube-proxy writes no ${taker.target} rule into a service chain`,
    ],
    check: [`${showChain(table, service.chain.name)} shows a probability in every rule but the last`],
    evidence: [...behind.map((jump) => ruleRef(table, jump.rule)), chainRef(table, service.chain)],
    explains: ['probability-sum'],
  });
}
