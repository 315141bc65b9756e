/**
 * DROP and REJECT rules in FORWARD that somebody else wrote, held against the captured endpoints. filter sees the
 * packet after DNAT, so only rules on pod addresses can take service traffic.
 */
import type { Family, PacketRule } from '../core/packet-rule.ts';
import type { FindingDraft, ProxyMode } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { nodeServices } from '../facts/services.ts';
import { acceptsPods, forwardRules } from '../netfilter/forward-path.ts';
import {
  addressTaken,
  matchesEverything,
  portTaken,
  protocolTaken,
  splitEndpoint,
  takesNewConnections,
} from '../netfilter/rule-match.ts';
import { chainRef, type RuleTable, reachedFrom, ruleRef, rulesOf } from '../netfilter/rule-table.ts';
import type { AnalyzerResult } from './analyzer.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  command,
  EVERY_MODE,
  inTable,
  iptablesTables,
  likely,
  listed,
  outcomeOf,
  serviceEntities,
  showChain,
} from './outcome.ts';

interface Taken {
  readonly endpoint: string;
  readonly service: string | null;
}

/** @returns one finding for each rule with this target that takes packets to a captured endpoint. */
export function forwardFindings(facts: NodeFacts, target: 'DROP' | 'REJECT'): AnalyzerResult {
  const filter = iptablesTables(facts, 'filter', EVERY_MODE);
  if (filter.usable === 'no') return filter.skipped;
  const nat = facts.mode.mode === 'iptables' ? iptablesTables(facts, 'nat') : null;
  if (nat?.usable === 'no') return nat.skipped;
  // With no service known there is no endpoint to hold rules against.
  if (nat === null && nodeServices(facts).length === 0)
    return { outcome: 'skipped', missing: 'service rules of the node' };
  const findings = filter.tables.flatMap((table) => check(facts, table, target));
  return outcomeOf(findings, `no ${target} rule in FORWARD matches an endpoint of this node's services`);
}

function check(facts: NodeFacts, filter: RuleTable, target: 'DROP' | 'REJECT'): readonly FindingDraft[] {
  const path = forwardRules(filter);
  // Behind a rule that accepts everything nothing is met.
  const end = path.findIndex((rule) => rule.target === 'ACCEPT' && matchesEverything(rule));
  const met = end < 0 ? path : path.slice(0, end);
  const everything = endOfAll(facts, filter, met, target);
  const rules = met.filter((rule) => rule.target === target && candidate(rule));
  if (rules.length === 0) return everything;
  const endpoints = endpointsOf(facts, filter.family);
  const byAddress = Map.groupBy(endpoints, (each) => each.address);
  const onPods = rules.flatMap((rule) => {
    const prefix = rule.destination ?? rule.source;
    // Block lists hold thousands of single addresses: look those up instead of trying every endpoint.
    const single = prefix !== null && !prefix.not && !prefix.value.includes('/');
    const near = single ? (byAddress.get(prefix.value) ?? []) : endpoints;
    const taken = near.filter((each) => takes(rule, each));
    return taken.length === 0 ? [] : [finding(facts, filter, rule, target, taken)];
  });
  return [...onPods, ...everything];
}

/** A rule that takes every new packet, unless something ahead of it may have accepted those of pods. */
function endOfAll(
  facts: NodeFacts,
  filter: RuleTable,
  met: readonly PacketRule[],
  target: 'DROP' | 'REJECT',
): readonly FindingDraft[] {
  const at = met.findIndex((rule) => ENDS.has(rule.target ?? '') && takesEveryNewPacket(rule));
  const rule = met[at];
  if (rule?.target !== target || !forwardsPods(facts, filter)) return [];
  const accepted = met.slice(0, at).some((earlier) => mayAcceptPods(filter, earlier));
  return accepted ? [] : [everyPacket(facts, filter, rule, target)];
}

/** What passes a FORWARD that ends everything else; nftables mode accepts nothing there. */
const STILL_PASSES: Readonly<Partial<Record<ProxyMode, string>>> = {
  iptables: ' Service traffic that is masqueraded may still pass.',
  ipvs: ' What IPVS sends on leaves through OUTPUT, so that service addresses may still work.',
};

/** @returns true when rules of kube-proxy say that pods are forwarded in this family. */
export function forwardsPods(facts: NodeFacts, filter: RuleTable): boolean {
  // A table that was flushed by somebody else has lost the chain, and nftables mode has none there.
  return filter.chains.has('KUBE-FORWARD') || nodeServices(facts).some((service) => service.family === filter.family);
}

const ENDS = new Set(['DROP', 'REJECT', 'ACCEPT']);

function takesEveryNewPacket(rule: PacketRule): boolean {
  return matchesEverything({ ...rule, ctstate: null }) && takesNewConnections(rule);
}

function mayAcceptPods(filter: RuleTable, rule: PacketRule): boolean {
  if (acceptsPods(rule)) return true;
  if (rule.target === null || !filter.chains.has(rule.target)) return false;
  return [...reachedFrom(filter, rule.target)].some((name) => rulesOf(filter, name).some(acceptsPods));
}

function everyPacket(facts: NodeFacts, filter: RuleTable, rule: PacketRule, target: 'DROP' | 'REJECT'): FindingDraft {
  const forward = filter.chains.get('FORWARD');
  const named = rule.comment === null ? '' : ` ("${rule.comment}")`;
  return chainFinding(ruleRef(filter, rule, 'takes every new packet'), {
    rule: target === 'DROP' ? 'forward-drop' : 'forward-reject',
    title: `${rule.chain} ${target === 'DROP' ? 'drops' : 'refuses'} every new packet ${inTable(filter)}`,
    claim: `Rule ${rule.position} of ${rule.chain} ${inTable(filter)}${named} ends every new forwarded packet with ${target}, and no rule ahead of it accepts new packets to pods.`,
    severity: 'high',
    confidence: likely(
      'every rule ahead of it was looked at; ACCEPT rules bound to bridges of other software do not count',
    ),
    owner: 'another firewall',
    entities: [chainEntity(`filter ${rule.chain}`)],
    userNotices: `Pods of this node reach neither other pods nor services through it: new connections ${target === 'DROP' ? 'time out' : 'are refused'}.${STILL_PASSES[facts.mode.mode] ?? ''}`,
    now: [
      `Find who owns the rule${named} and remove it: \`${command(filter)} -t filter -D ${rule.chain} ${rule.position}\` (check the number with --line-numbers first)`,
    ],
    longTerm: [
      'Let the firewall of the node accept the pod range, or switch it off: Kubernetes does not expect a second one',
    ],
    check: [`${showChain(filter, rule.chain)} shows an ACCEPT for the pod range ahead of the rule, or no such rule`],
    evidence: forward === undefined ? [] : [chainRef(filter, forward)],
  });
}

/** A rule about all destinations is a policy, not a rule on pods; marks, sets and states cannot be decided here. */
function candidate(rule: PacketRule): boolean {
  return (
    (rule.destination !== null || rule.source !== null) &&
    takesNewConnections(rule) &&
    rule.mark === null &&
    rule.connmark === null &&
    rule.sets.length === 0 &&
    rule.sourceType === null &&
    rule.destinationType === null &&
    rule.otherMatches.length === 0
  );
}

interface KnownEndpoint extends Taken {
  readonly address: string;
  readonly port: number | null;
  readonly protocol: string | null;
}

function endpointsOf(facts: NodeFacts, family: Family): readonly KnownEndpoint[] {
  return nodeServices(facts)
    .filter((service) => service.family === family)
    .flatMap(({ id, protocol, endpoints }) =>
      endpoints.flatMap(({ address }) => {
        const parts = splitEndpoint(address);
        return parts === null ? [] : [{ endpoint: address, service: id, protocol, ...parts }];
      }),
    );
}

function takes(rule: PacketRule, endpoint: KnownEndpoint): boolean {
  // Without a destination the rule is about senders: it takes the packets that pods in its range send.
  const prefix = rule.destination ?? rule.source;
  return (
    addressTaken(prefix, endpoint.address) &&
    protocolTaken(rule.protocol, endpoint.protocol) &&
    portTaken(rule.destinationPorts, endpoint.port)
  );
}

function finding(
  facts: NodeFacts,
  filter: RuleTable,
  rule: PacketRule,
  target: 'DROP' | 'REJECT',
  taken: readonly Taken[],
): FindingDraft {
  const named = rule.comment === null ? '' : ` ("${rule.comment}")`;
  const endpoints = [...new Set(taken.map((each) => each.endpoint))];
  const limited =
    rule.source !== null || rule.inInterface !== null || rule.outInterface !== null || (rule.probability ?? 1) < 1;
  const from = rule.source === null ? '' : ` from ${rule.source.not ? 'outside ' : ''}${rule.source.value}`;
  const counted = `${endpoints.length} of the captured endpoints (${listed(endpoints)})`;
  // Without a destination the endpoints are the senders.
  const concerned = rule.destination === null ? `new packets sent by ${counted}` : `packets${from} to ${counted}`;
  const builtIn = filter.chains.get(rule.chain);
  const ipvs = facts.mode.mode === 'ipvs';
  return chainFinding(ruleRef(filter, rule), {
    rule: target === 'DROP' ? 'forward-drop' : 'forward-reject',
    title: `${target === 'DROP' ? 'Drops' : 'Refuses'} traffic ${rule.destination === null ? 'from' : 'to'} ${listed(endpoints, 2)}${named}`,
    claim: `Rule ${rule.position} of ${rule.chain} ${inTable(filter)}${named} ends ${concerned} with ${target}.`,
    severity: ipvs ? 'medium' : 'high',
    confidence: limited
      ? likely(`the destination matches; which senders or interfaces are concerned depends on the packet`)
      : certain('destination, protocol and port of the rule match the endpoint'),
    owner: 'another firewall',
    count: taken.length,
    entities: [
      ...endpoints.slice(0, 20).map((name) => ({ kind: 'endpoint' as const, name })),
      ...serviceEntities(taken.map((each) => each.service)),
      chainEntity(`filter ${rule.chain}`),
    ],
    userNotices: `Connections${rule.destination === null ? '' : from} through this node ${rule.destination === null ? 'made by' : 'to'} ${listed(endpoints, 2)} ${target === 'DROP' ? 'time out' : 'are refused'}, ${ipvs ? 'by pod address; what IPVS sends on leaves through OUTPUT and does not meet the rule' : 'by service address and by pod address'}.`,
    now: [
      `Find who owns the rule${named} and remove it: \`${command(filter)} -t filter -D ${rule.chain} ${rule.position}\` (check the number with --line-numbers first)`,
    ],
    longTerm: ['Express the restriction as a NetworkPolicy, which Kubernetes tools show'],
    check: [`${showChain(filter, rule.chain)} no longer shows the rule`],
    evidence: builtIn === undefined ? [] : [chainRef(filter, builtIn)],
  });
}
