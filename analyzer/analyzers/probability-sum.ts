/**
 * kube-proxy draws endpoints with 1/n, 1/(n-1) ... and none for the last, which makes every share equal. Other
 * numbers give unequal shares, and when the last rule has one too, a share of the packets falls through un-NATed.
 */
import type { PacketRule } from '../core/packet-rule.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { kubeServices, type ServiceChain } from '../netfilter/kube-services.ts';
import { chainRef, type RuleTable, ruleRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  inTable,
  iptablesTables,
  outcomeOf,
  RESTART_KUBE_PROXY,
  serviceEntities,
  showChain,
} from './outcome.ts';

/** The kernel keeps probabilities as n/2^31, so printed values differ from 1/n by far less than this. */
const TOLERANCE = 1e-4;

export const probabilitySum: Analyzer = {
  id: 'probability-sum',
  title: 'The endpoints of a service share its traffic evenly and completely',
  area: 'chains',
  onlyIn: 'iptables',
  run(facts) {
    const nat = iptablesTables(facts, 'nat');
    if (nat.usable === 'no') return nat.skipped;
    const findings = nat.tables.flatMap((table) =>
      [...kubeServices(table).services.values()].flatMap((service) => check(table, service)),
    );
    return outcomeOf(findings, 'every service chain draws its endpoints with equal shares that add up to 1');
  },
};

/** @returns shares of the draws in order and what is left for none of them. */
export function shares(probabilities: readonly (number | null)[]): {
  readonly shares: readonly number[];
  readonly lost: number;
} {
  let left = 1;
  const each = probabilities.map((probability) => {
    const share = left * (probability ?? 1);
    left -= share;
    return share;
  });
  return { shares: each, lost: left };
}

function check(table: RuleTable, service: ServiceChain): readonly FindingDraft[] {
  const { draws } = service;
  if (!service.inService || draws.length === 0) return [];
  const drawn = shares(draws.map((jump) => jump.rule.probability));
  const even = drawn.shares.every((share) => Math.abs(share - 1 / draws.length) <= TOLERANCE);
  // A full probability before the end starves the endpoints behind it: told as unreachable-endpoints.
  const starved = drawn.shares.some((share) => share === 0);
  if (even || (starved && drawn.lost === 0)) return [];
  // The same rule a second time shifts the shares as well: told as duplicate-rules, unless packets are lost.
  const twice = draws.some((jump, at) => draws.slice(0, at).some((other) => sameDraw(jump.rule, other.rule)));
  if (twice && drawn.lost <= TOLERANCE) return [];
  return [finding(table, service, drawn)];
}

function sameDraw(left: PacketRule, right: PacketRule): boolean {
  return left.target === right.target && left.probability === right.probability && left.comment === right.comment;
}

function finding(table: RuleTable, service: ServiceChain, drawn: ReturnType<typeof shares>): FindingDraft {
  const name = service.service ?? service.chain.name;
  const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
  const lost = drawn.lost > TOLERANCE;
  const printed = drawn.shares.slice(0, 8).map(percent).join(', ') + (drawn.shares.length > 8 ? ' ...' : '');
  return chainFinding(chainRef(table, service.chain), {
    rule: 'probability-sum',
    title: lost
      ? `${percent(drawn.lost)} of the packets to ${name} reach no endpoint`
      : `Endpoints of ${name} get unequal shares`,
    claim: `The ${service.draws.length} endpoint rules of ${service.chain.name} (${name}) ${inTable(table)} take ${printed} of the packets${
      lost ? `; ${percent(drawn.lost)} fall through and leave the node with the service address as destination` : ''
    }. kube-proxy gives each ${percent(1 / service.draws.length)}.`,
    severity: lost ? 'high' : 'medium',
    confidence: certain('the shares are products of the captured probabilities'),
    owner: 'kube-proxy',
    entities: [chainEntity(service.chain.name), ...serviceEntities([service.service])],
    userNotices: lost
      ? `About ${percent(drawn.lost)} of the connections to ${name} from this node time out, the others work.`
      : `Some endpoints of ${name} get more connections from this node than others.`,
    now: [RESTART_KUBE_PROXY],
    longTerm: ['Find what else writes nat, or which sync failed half way: an endpoint rule is missing or was changed'],
    check: [`${showChain(table, service.chain.name)} shows 1/n, 1/(n-1) ... and no probability in the last rule`],
    evidence: service.draws.map((jump) => ruleRef(table, jump.rule)),
  });
}
