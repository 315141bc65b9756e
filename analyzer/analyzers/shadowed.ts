/** Rules that never see their packets because an earlier rule takes them: the first match wins. */
import type { PacketRule } from '../core/packet-rule.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { kubeChainKind, serviceInComment } from '../netfilter/kube-names.ts';
import { kubeServices, type Portal } from '../netfilter/kube-services.ts';
import { addressTaken, portTaken, protocolTaken, takesNewConnections } from '../netfilter/rule-match.ts';
import { leadingTo, type RuleTable, ruleRef, rulesOf } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  command,
  inTable,
  iptablesTables,
  listed,
  outcomeOf,
  serviceEntities,
  showChain,
} from './outcome.ts';

const ENDS_NAT = new Set(['ACCEPT', 'RETURN', 'DROP', 'DNAT', 'REDIRECT']);

export const shadowed: Analyzer = {
  id: 'shadowed',
  title: 'No rule takes the packets of a service before its own rule',
  area: 'chains',
  run(facts) {
    const nat = iptablesTables(facts, 'nat');
    if (nat.usable === 'no') return nat.skipped;
    const findings = nat.tables.flatMap((table) => [
      ...samePortal(table),
      ...insideServices(table),
      ...beforeServices(table, 'PREROUTING'),
      ...beforeServices(table, 'OUTPUT'),
    ]);
    return outcomeOf(findings, 'no rule of KUBE-SERVICES and no rule before it takes the packets of another service');
  },
};

/** Two rules of KUBE-SERVICES for one address and port. */
function samePortal(table: RuleTable): readonly FindingDraft[] {
  const first = new Map<string, Portal>();
  return kubeServices(table).portals.flatMap((portal) => {
    if (!plain(portal.rule)) return [];
    const key = `${portal.address} ${portal.protocol} ${portal.port}`;
    const taker = first.get(key);
    if (taker === undefined) first.set(key, portal);
    return taker === undefined || taker.target === portal.target ? [] : [twice(table, portal, taker)];
  });
}

function twice(table: RuleTable, portal: Portal, taker: Portal): FindingDraft {
  const name = portal.service ?? portal.target;
  const other = kubeServices(table).services.get(taker.target)?.service ?? taker.service ?? taker.target;
  return chainFinding(ruleRef(table, taker.rule, `takes the packets of ${name}`), {
    rule: 'shadowed',
    title: `${name} is shadowed by an earlier rule of KUBE-SERVICES`,
    claim: `Rule ${taker.rule.position} of KUBE-SERVICES ${inTable(table)} sends ${where(portal)} to ${taker.target} (${other}), so rule ${portal.rule.position}, which leads to ${portal.target} (${name}), is never reached.`,
    severity: 'high',
    confidence: certain('both rules match the same address, protocol and port, and the first match wins'),
    owner: 'kube-proxy',
    entities: [...serviceEntities([portal.service]), chainEntity(portal.target), chainEntity(taker.target)],
    userNotices: `Connections to ${name} reach the endpoints of ${other} instead.`,
    now: [
      `Remove the earlier rule: ${deletion(table, taker.rule)}`,
      'Restart kube-proxy on this node and see whether the rule comes back',
    ],
    longTerm: [
      'Check whether the address was given to another Service before: the rule of a deleted Service may have stayed',
    ],
    check: [`${showChain(table, 'KUBE-SERVICES')} has one rule for ${where(portal)}`],
    evidence: [ruleRef(table, portal.rule, 'this rule is never reached')],
  });
}

/** A rule of KUBE-SERVICES itself that ends the look-up before the rules of services behind it. */
function insideServices(table: RuleTable): readonly FindingDraft[] {
  const unseen = new Set(kubeServices(table).portals);
  return rulesOf(table, 'KUBE-SERVICES').flatMap((taker) => {
    if (taker.target === null || !ENDS_NAT.has(taker.target) || !plain(taker)) return [];
    const taken = [...unseen].filter((portal) => portal.rule.position > taker.position && takes(taker, portal));
    for (const portal of taken) unseen.delete(portal);
    return taken.length === 0 ? [] : [inside(table, taker, taken)];
  });
}

function inside(table: RuleTable, taker: PacketRule, taken: readonly Portal[]): FindingDraft {
  const names = [...new Set(taken.map(called))];
  const all = taken.length === kubeServices(table).portals.length;
  return chainFinding(ruleRef(table, taker, 'ends the look-up of services'), {
    rule: 'shadowed',
    title: all
      ? `${taker.target} in KUBE-SERVICES shadows every service ${inTable(table)}`
      : `${listed(names)} ${names.length === 1 ? 'is' : 'are'} shadowed by ${taker.target} in KUBE-SERVICES`,
    claim: `Rule ${taker.position} of KUBE-SERVICES ${inTable(table)} ends with ${taker.target} for ${listed(taken.map(where))}, so the ${taken.length} ${taken.length === 1 ? 'rule' : 'rules'} of ${listed(names)} behind it ${taken.length === 1 ? 'is' : 'are'} never reached.`,
    severity: all ? 'critical' : 'high',
    confidence: certain('the rule matches their address, protocol and port, and the first match wins'),
    owner: 'another firewall',
    count: taken.length,
    entities: [...serviceEntities(names), chainEntity('KUBE-SERVICES')],
    userNotices: `Packets to ${all ? 'every service' : listed(names)} keep the service address and reach no endpoint.`,
    now: [`Remove the rule: ${deletion(table, taker)}`],
    longTerm: [`Find who adds it${taker.comment === null ? '' : `: its comment is "${taker.comment}"`}`],
    check: [`${showChain(table, 'KUBE-SERVICES')} holds jumps to service chains only`],
    evidence: taken.slice(0, 6).map((portal) => ruleRef(table, portal.rule, 'this rule is never reached')),
  });
}

function called(portal: Portal): string {
  return portal.service ?? portal.target;
}

/** A rule ahead of the jump to KUBE-SERVICES that ends the hook for a service's packets. */
function beforeServices(table: RuleTable, hook: string): readonly FindingDraft[] {
  const rules = rulesOf(table, hook);
  const leading = leadingTo(table, 'KUBE-SERVICES');
  const jump = rules.findIndex((rule) => rule.target !== null && leading.has(rule.target));
  if (jump < 0) return [];
  const takers = rules
    .slice(0, jump)
    .filter((rule) => rule.target !== null && ENDS_NAT.has(rule.target) && plain(rule));
  const unseen = new Set([...kubeServices(table).portals, ...nodePorts(table)]);
  return takers.flatMap((taker) => {
    const taken = [...unseen].filter((portal) => takes(taker, portal));
    for (const portal of taken) unseen.delete(portal);
    return taken.length === 0 ? [] : [ahead(table, hook, taker, rules[jump] as PacketRule, taken)];
  });
}

function ahead(
  table: RuleTable,
  hook: string,
  taker: PacketRule,
  jump: PacketRule,
  taken: readonly Portal[],
): FindingDraft {
  const names = [...new Set(taken.map(called))];
  return chainFinding(ruleRef(table, taker, `takes the packets before KUBE-SERVICES`), {
    rule: 'shadowed',
    title: `${listed(names)} ${names.length === 1 ? 'is' : 'are'} shadowed by ${taker.target} in ${hook}`,
    claim: `Rule ${taker.position} of ${hook} ${inTable(table)}${taker.comment === null ? '' : ` ("${taker.comment}")`} ends with ${taker.target} for ${listed(taken.map(where))} before KUBE-SERVICES (rule ${jump.position}) is reached, so ${listed(names)} ${names.length === 1 ? 'is' : 'are'} bypassed there.`,
    severity: 'high',
    confidence: certain(
      `the rule matches the service's address, protocol and port, and ${taker.target} ends nat ${hook}`,
    ),
    owner: 'another firewall',
    count: taken.length,
    entities: [...serviceEntities(names), chainEntity(`nat ${hook}`)],
    userNotices: `Packets to ${listed(names)} that enter through ${hook === 'OUTPUT' ? 'the node itself' : 'PREROUTING (pods and clients outside)'} keep the service address and reach no endpoint.`,
    now: [`Remove the rule: ${deletion(table, taker)}`],
    longTerm: [`Find who adds it${taker.comment === null ? '' : `: its comment is "${taker.comment}"`}`],
    check: [
      `${showChain(table, hook)} begins with the jump to KUBE-SERVICES, or with rules that spare service addresses`,
    ],
    evidence: [ruleRef(table, jump), ...taken.slice(0, 6).map((portal) => ruleRef(table, portal.rule))],
  });
}

/** Stands for every address of the node, which the rules do not name. */
const NODE = 'NodePort';

function nodePorts(table: RuleTable): readonly Portal[] {
  return rulesOf(table, 'KUBE-NODEPORTS').flatMap((rule) => {
    const port = Number(rule.destinationPorts?.value);
    if (rule.target === null || kubeChainKind(rule.target) === null || !Number.isInteger(port)) return [];
    const service = serviceInComment(rule.comment);
    return [{ rule, address: NODE, port, protocol: rule.protocol?.value ?? null, target: rule.target, service }];
  });
}

function takes(rule: PacketRule, portal: Portal): boolean {
  return (
    (portal.address === NODE ? rule.destination === null : addressTaken(rule.destination, portal.address)) &&
    protocolTaken(rule.protocol, portal.protocol) &&
    portTaken(rule.destinationPorts, portal.port)
  );
}

/** Only address, protocol and port decide: nothing that some packets would pass by. */
function plain(rule: PacketRule): boolean {
  return (
    rule.source === null &&
    rule.inInterface === null &&
    rule.outInterface === null &&
    rule.sourcePorts === null &&
    rule.mark === null &&
    rule.connmark === null &&
    (rule.probability === null || rule.probability >= 1) &&
    takesNewConnections(rule) &&
    rule.sourceType === null &&
    rule.destinationType === null &&
    rule.sets.length === 0 &&
    rule.recent === null &&
    rule.otherMatches.length === 0
  );
}

function where(portal: Portal): string {
  const address = portal.address.includes(':') ? `[${portal.address}]` : portal.address;
  return `${address}:${portal.port ?? '*'}/${portal.protocol ?? 'any'}`;
}

function deletion(table: RuleTable, rule: PacketRule): string {
  return `\`${command(table)} -t ${table.table} -D ${rule.chain} ${rule.position}\` (check the number with --line-numbers first)`;
}
