/**
 * REJECT and DROP rules that neither Kubernetes nor a known network policy engine wrote: block lists, host firewalls,
 * hardening scripts. What forward-drop and forward-reject say of a rule is not said again here.
 */
import type { PacketRule } from '../core/packet-rule.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { nodeServices } from '../facts/services.ts';
import { addressText } from '../netfilter/node-service.ts';
import { addressTaken, portTaken, protocolTaken, splitEndpoint, takesNewConnections } from '../netfilter/rule-match.ts';
import { chainGraph, chainRef, type RuleTable, ruleRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { forwardFindings } from './forward-rules.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  command,
  gathered,
  inTable,
  likely,
  listed,
  outcomeOf,
  showChain,
} from './outcome.ts';
import { nftDrops } from './unexpected-nft-drop.ts';

/** Chains whose owners are known and expected on a node: kube-proxy, kubelet, CNIs, Docker, fail2ban. */
const EXPECTED = /^(?:KUBE-|cali-|cali:|CILIUM_|OLD_CILIUM_|OVN-|AWS-|WEAVE|FLANNEL-|DOCKER|CNI-|ISTIO_|f2b-|fail2ban)/;
/** Comments of rules that kube-proxy writes outside its own chains in some versions. */
const EXPECTED_COMMENT = /has no (?:local )?endpoints$|^block incoming localnet connections$/;

export const unexpectedRejectDrop: Analyzer = withAllowed([]);

/**
 * @param allowed names of chains, or comments of rules, that the engineer knows and does not want to see.
 * @returns the analyzer with this list.
 */
export function withAllowed(allowed: readonly string[]): Analyzer {
  const known = new Set(allowed);
  return {
    id: 'unexpected-reject-drop',
    title: 'Only Kubernetes and its network plugins refuse packets',
    area: 'chains',
    run(facts) {
      if (facts.tables.length === 0 && facts.nft.length === 0)
        return { outcome: 'skipped', missing: 'iptables tables and nft rulesets' };
      const said = alreadySaid(facts);
      const targets = targetsOf(facts);
      const findings = facts.tables.flatMap((table) =>
        ofTable(
          facts,
          table,
          targets,
          (rule) =>
            said.has(`${table.fileId}:${rule.line}`) ||
            known.has(rule.chain) ||
            (rule.comment !== null && known.has(rule.comment)),
        ),
      );
      return outcomeOf(
        [...findings, ...nftDrops(facts, known)],
        'every REJECT and DROP rule belongs to Kubernetes or to a known plugin',
      );
    },
  };
}

/** Rules that forward-drop and forward-reject name. */
function alreadySaid(facts: NodeFacts): ReadonlySet<string> {
  const results = [forwardFindings(facts, 'DROP'), forwardFindings(facts, 'REJECT')];
  return new Set(
    results.flatMap((result) =>
      result.outcome === 'finding'
        ? result.findings.map(({ evidence: [first] }) => `${first.fileId}:${first.line}`)
        : [],
    ),
  );
}

interface Target {
  readonly what: string;
  readonly address: string;
  readonly port: number | null;
  readonly protocol: string;
}

interface TargetList {
  readonly all: readonly Target[];
  /** Block lists hold thousands of single addresses: those are looked up instead of tried. */
  readonly byAddress: ReadonlyMap<string, readonly Target[]>;
}

interface Targets {
  /** Addresses of services, as packets have them before DNAT. */
  readonly services: TargetList;
  readonly endpoints: TargetList;
}

function targetsOf(facts: NodeFacts): Targets {
  const services: Target[] = [];
  const endpoints: Target[] = [];
  for (const service of nodeServices(facts)) {
    const { protocol } = service;
    for (const entry of service.entries)
      if (entry.address !== null)
        services.push({ what: service.id, address: entry.address, port: entry.port, protocol });
    for (const each of service.endpoints) {
      const parts = splitEndpoint(each.address);
      if (parts !== null) endpoints.push({ what: service.id, ...parts, protocol });
    }
  }
  return { services: indexed(services), endpoints: indexed(endpoints) };
}

function indexed(all: readonly Target[]): TargetList {
  return { all, byAddress: Map.groupBy(all, (each) => each.address) };
}

function ofTable(
  facts: NodeFacts,
  table: RuleTable,
  targets: Targets,
  skip: (rule: PacketRule) => boolean,
): readonly FindingDraft[] {
  const { hooksOf } = chainGraph(table);
  const hits: FindingDraft[] = [];
  const others: FindingDraft[] = [];
  for (const chain of table.chains.values()) {
    const hooks = [...(hooksOf.get(chain.name) ?? [])];
    if (hooks.length === 0 || EXPECTED.test(chain.name)) continue;
    const rules = chain.rules.filter(
      (rule) =>
        (rule.target === 'DROP' || rule.target === 'REJECT') &&
        !skip(rule) &&
        !(rule.comment !== null && EXPECTED_COMMENT.test(rule.comment)),
    );
    const taking = rules.flatMap((rule) => {
      if (rule.destination === null) return [];
      const single = rule.destination.value.includes('/') ? null : rule.destination.value;
      const taken = hooks
        .flatMap((hook) => near(facts, table, hook, targets))
        .flatMap((list) => (single === null ? list.all : (list.byAddress.get(addressText(single)) ?? [])))
        .filter((each) => takes(rule, each));
      return taken.length === 0 ? [] : [{ rule, taken }];
    });
    hits.push(...taking.map(({ rule, taken }) => hitting(table, rule, hooks, taken)));
    const rest = rules.filter((rule) => !taking.some((each) => each.rule === rule));
    if (rest.length > 0) others.push(harmless(table, rest, hooks));
  }
  return [
    ...gathered(
      hits,
      `${hits.length} rules of somebody else refuse packets to services or endpoints ${inTable(table)}`,
    ),
    ...gathered(others, `${others.length} chains of somebody else refuse packets ${inTable(table)}`),
  ];
}

/** What packets of services look like at a hook of a table: before or behind DNAT. */
function near(facts: NodeFacts, table: RuleTable, hook: string, targets: Targets): readonly TargetList[] {
  if (hook === 'PREROUTING' && table.table !== 'nat') return [targets.services, targets.endpoints];
  // raw and mangle of node-made packets come ahead of nat, filter behind it.
  if (hook === 'OUTPUT' && (table.table === 'raw' || table.table === 'mangle')) return [targets.services];
  if (hook === 'OUTPUT' || hook === 'FORWARD') return table.table === 'nat' ? [] : [targets.endpoints];
  // The addresses of IPVS services are the node's own: their packets come through INPUT.
  if (hook === 'INPUT' && facts.mode.mode === 'ipvs') return [targets.services];
  return [];
}

/** Only rules that name a destination and whose other matches can be decided from a service's address. */
function takes(rule: PacketRule, target: Target): boolean {
  const decidable =
    rule.destination !== null &&
    !rule.destination.not &&
    takesNewConnections(rule) &&
    rule.mark === null &&
    rule.connmark === null &&
    rule.sets.length === 0 &&
    rule.sourceType === null &&
    rule.destinationType === null &&
    rule.recent === null &&
    rule.otherMatches.length === 0;
  return (
    decidable &&
    addressTaken(rule.destination, target.address) &&
    protocolTaken(rule.protocol, target.protocol) &&
    portTaken(rule.destinationPorts, target.port)
  );
}

function hitting(table: RuleTable, rule: PacketRule, hooks: readonly string[], taken: readonly Target[]): FindingDraft {
  const named = rule.comment === null ? '' : ` ("${rule.comment}")`;
  const services = [...new Set(taken.map((each) => each.what))];
  const limited = rule.source !== null || rule.inInterface !== null || rule.outInterface !== null;
  return chainFinding(ruleRef(table, rule), {
    rule: 'unexpected-reject-drop',
    title: `${rule.chain} ${rule.target === 'DROP' ? 'drops' : 'refuses'} packets of ${listed(services, 2)}${named}`,
    claim: `Rule ${rule.position} of ${rule.chain} ${inTable(table)}${named}, met from ${hooks.join(' and ')}, ends packets to ${listed([...new Set(taken.map((each) => each.address))])} with ${rule.target}: ${services.length === 1 ? 'an address' : 'addresses'} of ${listed(services)}.`,
    severity: 'medium',
    confidence: limited
      ? likely('the destination matches; which senders or interfaces are concerned depends on the packet')
      : certain('destination, protocol and port of the rule match'),
    owner: 'another firewall',
    entities: [
      ...services.slice(0, 20).map((name) => ({ kind: 'service' as const, name })),
      chainEntity(`${table.table} ${rule.chain}`),
    ],
    userNotices: `Connections to ${listed(services, 2)} ${hooks.includes('OUTPUT') && hooks.length === 1 ? 'made on this node' : 'through this node'} ${rule.target === 'DROP' ? 'time out' : 'are refused'}.`,
    now: [
      `Find who owns the rule${named} and remove it: \`${command(table)} -t ${table.table} -D ${rule.chain} ${rule.position}\` (check the number with --line-numbers first)`,
    ],
    longTerm: ['Express the restriction as a NetworkPolicy, which Kubernetes tools show'],
    check: [`${showChain(table, rule.chain)} no longer shows the rule`],
    evidence: [],
  });
}

function harmless(table: RuleTable, rules: readonly PacketRule[], hooks: readonly string[]): FindingDraft {
  const [first, ...rest] = rules as readonly [PacketRule, ...PacketRule[]];
  const chain = table.chains.get(first.chain);
  const forwards = hooks.some((hook) => hook !== 'INPUT' && hook !== 'OUTPUT') && !rules.every(onlyInvalid);
  const targets = [...new Set(rules.map((rule) => rule.target))].sort().join(' and ');
  const comments = [...new Set(rules.flatMap((rule) => rule.comment ?? []))];
  const counted = rules.length === 1 ? `a ${targets} rule` : `${rules.length} ${targets} rules`;
  return chainFinding(ruleRef(table, first), {
    rule: 'unexpected-reject-drop',
    title: `${first.chain} holds ${counted} that Kubernetes did not write`,
    claim: `${first.chain} ${inTable(table)}, met from ${hooks.join(' and ')}, holds ${counted}${comments.length === 0 ? '' : ` ("${listed(comments)}")`} that neither Kubernetes nor a known network plugin wrote. None names an address of a captured service or endpoint.`,
    severity: forwards ? 'low' : 'info',
    confidence: likely('who wrote a rule is told by the name of its chain and its comment alone'),
    owner: 'another firewall',
    count: rules.length,
    entities: [chainEntity(`${table.table} ${first.chain}`)],
    userNotices: forwards
      ? 'Packets that match are lost, also those of pods when the rule takes them.'
      : 'Packets to or from the node itself that match are lost; traffic between pods does not come here.',
    now: [`See what the rules take: ${showChain(table, first.chain)}`],
    check: [`The owner of ${first.chain} is known, or the rules are gone`],
    evidence: [
      ...(chain === undefined ? [] : [chainRef(table, chain)]),
      ...rest.slice(0, 8).map((rule) => ruleRef(table, rule)),
    ],
  });
}

function onlyInvalid(rule: PacketRule): boolean {
  return rule.ctstate !== null && !rule.ctstate.not && rule.ctstate.value.toUpperCase() === 'INVALID';
}
