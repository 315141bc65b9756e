/**
 * A rule in the path of a service that marks its packets for KUBE-FIREWALL to drop (0x8000). Up to 1.25 kube-proxy
 * did that for source ranges and for services without local endpoints, and nowhere else.
 */
import type { PacketRule } from '../core/packet-rule.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { kubeChain, serviceInComment } from '../netfilter/kube-names.ts';
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
  run(facts) {
    const nat = iptablesTables(facts, 'nat');
    if (nat.usable === 'no') return nat.skipped;
    const findings = nat.tables.flatMap((table) =>
      [...table.chains.values()].flatMap((chain) => {
        const kind = kubeChain(chain.name)?.kind;
        const inPath =
          kind === 'SVC' ||
          kind === 'SVL' ||
          kind === 'SEP' ||
          chain.name === 'KUBE-SERVICES' ||
          chain.name === 'KUBE-MARK-MASQ';
        if (!inPath) return [];
        return chain.rules
          .filter((rule) => marksForDrop(table, rule) && !/ has no (local )?endpoints$/.test(rule.comment ?? ''))
          .map((rule) => finding(table, rule));
      }),
    );
    return outcomeOf(findings, 'no rule of a service marks packets with 0x8000');
  },
};

function marksForDrop(table: RuleTable, rule: PacketRule): boolean {
  const sets = (each: PacketRule): boolean => each.setMark !== null && (each.setMark.value & DROP_BIT) !== 0;
  return (
    sets(rule) ||
    (rule.target === 'KUBE-MARK-DROP' &&
      (rulesOf(table, 'KUBE-MARK-DROP').some(sets) || !table.chains.has('KUBE-MARK-DROP')))
  );
}

function finding(table: RuleTable, rule: PacketRule): FindingDraft {
  const service = kubeServices(table).services.get(rule.chain)?.service ?? serviceInComment(rule.comment);
  return chainFinding(ruleRef(table, rule, 'sets the mark 0x8000'), {
    rule: 'mark-drop',
    title: `${service ?? rule.chain} marks its packets to be dropped`,
    claim: `Rule ${rule.position} of ${rule.chain} ${inTable(table)} marks packets${service === null ? '' : ` to ${service}`} with 0x8000; where KUBE-FIREWALL drops that mark, in INPUT and OUTPUT, they end there.`,
    severity: 'high',
    confidence: certain('kube-proxy marks so for source ranges and missing local endpoints only, in other chains'),
    owner: 'another firewall',
    entities: [chainEntity(rule.chain), ...serviceEntities([service])],
    userNotices: `Processes on the node reach ${service ?? 'the service'} no more; forwarded packets of pods pass KUBE-FIREWALL by and still work.`,
    now: [RESTART_KUBE_PROXY],
    longTerm: ['Find what else writes nat'],
    check: [`${showChain(table, rule.chain)} holds no rule that sets 0x8000`],
    evidence: [],
  });
}
