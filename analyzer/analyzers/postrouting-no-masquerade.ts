/** KUBE-POSTROUTING gives marked service traffic the node's address. Without that rule replies never come back. */
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { kubeServices } from '../netfilter/kube-services.ts';
import { matchesEverything } from '../netfilter/rule-match.ts';
import { chainGraph, chainRef, type RuleTable, ruleRef, tableRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { nftMasquerade } from './nft-hooks.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  IPTABLES_AND_IPVS,
  inTable,
  iptablesTables,
  outcomeOf,
  RESTART_KUBE_PROXY,
  showChain,
  unmasqueraded,
} from './outcome.ts';

const SOURCE_NAT = new Set(['MASQUERADE', 'SNAT']);
const ENDS = new Set(['RETURN', 'ACCEPT', 'DROP']);

export const postroutingNoMasquerade: Analyzer = {
  id: 'postrouting-no-masquerade',
  title: 'KUBE-POSTROUTING masquerades marked packets',
  area: 'chains',
  run(facts) {
    if (facts.mode.mode === 'nftables') return nftMasquerade(facts);
    const nat = iptablesTables(facts, 'nat', IPTABLES_AND_IPVS);
    if (nat.usable === 'no') return nat.skipped;
    return outcomeOf(
      nat.tables.flatMap((table) => check(facts, table)),
      'KUBE-POSTROUTING holds a masquerade rule that packets reach',
    );
  },
};

function check(facts: NodeFacts, nat: RuleTable): readonly FindingDraft[] {
  const chain = nat.chains.get('KUBE-POSTROUTING');
  if (chain === undefined) {
    // A jump to a chain that is not there is told as dangling-jump.
    const graph = chainGraph(nat);
    const inUse =
      (kubeServices(nat).portals.length > 0 || (facts.mode.mode === 'ipvs' && graph.jumpsTo.has('KUBE-MARK-MASQ'))) &&
      !graph.jumpsTo.has('KUBE-POSTROUTING');
    return inUse
      ? [finding(facts, nat, tableRef(nat, 'this table has no chain KUBE-POSTROUTING'), 'does not exist', [])]
      : [];
  }
  // A rule with a set is IPVS mode's own for pods that reach themselves: it does not take marked packets.
  const at = chain.rules.findIndex(
    (rule) => rule.target !== null && SOURCE_NAT.has(rule.target) && rule.sets.length === 0,
  );
  const ref = chainRef(nat, chain);
  if (at < 0) {
    const what = chain.rules.length === 0 ? 'has no rules' : 'has no MASQUERADE or SNAT rule for marked packets';
    return [
      finding(
        facts,
        nat,
        ref,
        what,
        chain.rules.slice(0, 5).map((rule) => ruleRef(nat, rule)),
      ),
    ];
  }
  const ends = chain.rules
    .slice(0, at)
    .find((rule) => rule.target !== null && ENDS.has(rule.target) && matchesEverything(rule));
  if (ends === undefined) return [];
  const masquerade = chain.rules[at];
  return [
    finding(
      facts,
      nat,
      ruleRef(nat, ends),
      `ends every packet with ${ends.target} in rule ${ends.position}, before its ${masquerade?.target} rule`,
      [ref, ...(masquerade === undefined ? [] : [ruleRef(nat, masquerade)])],
    ),
  ];
}

function finding(
  facts: NodeFacts,
  nat: RuleTable,
  first: LineRef,
  what: string,
  evidence: readonly LineRef[],
): FindingDraft {
  const graph = chainGraph(nat);
  const marks = graph.jumpsTo.get('KUBE-MARK-MASQ') ?? [];
  const jumps = graph.jumpsTo.get('KUBE-POSTROUTING') ?? [];
  return chainFinding(first, {
    rule: 'postrouting-no-masquerade',
    title: `KUBE-POSTROUTING does not masquerade ${inTable(nat)}`,
    claim: `KUBE-POSTROUTING ${inTable(nat)} ${what}: packets that ${marks.length} rules send to KUBE-MARK-MASQ keep their source address.`,
    severity: 'high',
    confidence: certain(`the table is captured whole in ${nat.file}`),
    owner: 'kube-proxy',
    entities: [chainEntity('KUBE-POSTROUTING')],
    userNotices: unmasqueraded(facts),
    now: [RESTART_KUBE_PROXY],
    longTerm: ['Find what changed the chain: another firewall, or a script that rewrites nat POSTROUTING'],
    check: [`${showChain(nat, 'KUBE-POSTROUTING')} ends with a MASQUERADE rule`],
    evidence: [
      ...evidence,
      ...jumps.slice(0, 2).map((rule) => ruleRef(nat, rule)),
      ...marks.slice(0, 3).map((rule) => ruleRef(nat, rule)),
    ],
  });
}
