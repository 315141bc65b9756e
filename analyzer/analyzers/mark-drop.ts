/**
 * A rule in the path of a service that marks its packets for KUBE-FIREWALL to drop (0x8000). Up to 1.25 kube-proxy
 * did that for source ranges and for services without local endpoints, and nowhere else.
 */
import type { PacketRule } from '../core/packet-rule.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { kubeChainKind, serviceInComment } from '../netfilter/kube-names.ts';
import { kubeServices } from '../netfilter/kube-services.ts';
import { type RuleTable, ruleRef, rulesOf } from '../netfilter/rule-table.ts';
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

const DROP_BIT = 0x8000;

export const markDrop: Analyzer = {
  id: 'mark-drop',
  title: 'No service chain marks its packets to be dropped',
  area: 'chains',
  onlyIn: 'iptables',
  run(facts) {
    const nat = iptablesTables(facts, 'nat');
    if (nat.usable === 'no') return nat.skipped;
    const findings = nat.tables.flatMap((table) =>
      [...table.chains.values()].flatMap((chain) => {
        if (!inPath(chain.name)) return [];
        return chain.rules
          .filter((rule) => marksForDrop(table, rule) && !/ has no (local )?endpoints$/.test(rule.comment ?? ''))
          .flatMap((rule) => {
            const service = serviceOf(table, rule);
            // In a built-in chain the bit may be somebody else's; on the address of a service it is not.
            return service === null && BUILT_IN.has(rule.chain) ? [] : [finding(facts, table, rule, service)];
          });
      }),
    );
    return outcomeOf(findings, 'no rule of a service marks packets with 0x8000');
  },
};

const BUILT_IN = new Set(['PREROUTING', 'OUTPUT']);
const SHARED = new Set(['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-MARK-MASQ']);

/** Chains a service's packets pass in nat. KUBE-FW and KUBE-XLB marked so by design. */
function inPath(name: string): boolean {
  const kind = kubeChainKind(name);
  return (kind !== null && kind !== 'FW' && kind !== 'XLB') || SHARED.has(name) || BUILT_IN.has(name);
}

/** By the chain, by the comment, or by the address and port that KUBE-SERVICES knows. */
function serviceOf(table: RuleTable, rule: PacketRule): string | null {
  const kube = kubeServices(table);
  const told = kube.services.get(rule.chain)?.service ?? serviceInComment(rule.comment);
  if (told !== null) return told;
  const port = rule.destinationPorts === null ? null : Number(rule.destinationPorts.value);
  if (rule.destination !== null && !rule.destination.not) {
    const portal = kube.portals.find(
      (each) => each.address === rule.destination?.value && (port === null || each.port === port),
    );
    if (portal !== undefined) return kube.services.get(portal.target)?.service ?? portal.service;
  }
  if (port === null || rule.chain !== 'KUBE-NODEPORTS') return null;
  const nodePort = rulesOf(table, rule.chain).find(
    (each) => each !== rule && each.destinationPorts?.value === rule.destinationPorts?.value,
  );
  return serviceInComment(nodePort?.comment ?? null);
}

function marksForDrop(table: RuleTable, rule: PacketRule): boolean {
  const sets = (each: PacketRule): boolean => each.setMark !== null && (each.setMark.value & DROP_BIT) !== 0;
  return (
    sets(rule) ||
    (rule.target === 'KUBE-MARK-DROP' &&
      (rulesOf(table, 'KUBE-MARK-DROP').some(sets) || !table.chains.has('KUBE-MARK-DROP')))
  );
}

/** Rules of the same family's filter table that drop the mark; null when filter was not captured. */
function dropsOf(
  facts: NodeFacts,
  nat: RuleTable,
): { readonly table: RuleTable; readonly rules: readonly PacketRule[] } | null {
  const table = facts.tables.find((each) => each.family === nat.family && each.table === 'filter' && each.cut === null);
  if (table === undefined) return null;
  const rules = [...table.chains.values()].flatMap((chain) =>
    chain.rules.filter(
      (rule) => rule.target === 'DROP' && rule.mark !== null && !rule.mark.not && (rule.mark.value & DROP_BIT) !== 0,
    ),
  );
  return { table, rules };
}

function finding(facts: NodeFacts, table: RuleTable, rule: PacketRule, service: string | null): FindingDraft {
  const drops = dropsOf(facts, table);
  const harmless = drops !== null && drops.rules.length === 0;
  const called = service ?? 'the service';
  return chainFinding(ruleRef(table, rule, 'sets the mark 0x8000'), {
    rule: 'mark-drop',
    title: `${service ?? rule.chain} marks its packets to be dropped`,
    claim: `Rule ${rule.position} of ${rule.chain} ${inTable(table)} marks packets${service === null ? '' : ` to ${service}`} with 0x8000; ${
      harmless
        ? `no rule of ${drops.table.file} drops that mark`
        : drops === null
          ? 'where KUBE-FIREWALL drops that mark, in INPUT and OUTPUT, they end there'
          : `${drops.rules.map((each) => each.chain).join(' and ')} in filter drops that mark`
    }.`,
    severity: harmless || rule.chain === 'PREROUTING' ? 'medium' : 'high',
    confidence: certain('kube-proxy marks so for source ranges and missing local endpoints only, in other chains'),
    owner: 'another firewall',
    entities: [chainEntity(rule.chain), ...serviceEntities([service])],
    userNotices: harmless
      ? 'Nothing as captured: the mark has an effect only where a rule drops it.'
      : rule.chain === 'PREROUTING'
        ? `Pods and clients outside reach ${called} no more where its endpoint is this node itself; forwarded packets pass KUBE-FIREWALL by and still work.`
        : `Processes on the node reach ${called} no more; forwarded packets of pods pass KUBE-FIREWALL by and still work.`,
    now: [RESTART_KUBE_PROXY],
    longTerm: ['Find what else writes nat'],
    check: [`${showChain(table, rule.chain)} holds no rule that sets 0x8000`],
    evidence: drops === null ? [] : drops.rules.slice(0, 3).map((each) => ruleRef(drops.table, each, 'drops the mark')),
  });
}
