/** KUBE-MARK-MASQ sets the mark KUBE-POSTROUTING masquerades by. Without it no service traffic gets source NAT. */
import type { ChainDump, PacketRule } from '../core/packet-rule.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { chainGraph, chainRef, type RuleTable, ruleRef, rulesOf } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { nftMarkMasq } from './nft-chains.ts';
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

export const markMasqEmpty: Analyzer = {
  id: 'mark-masq-empty',
  title: 'KUBE-MARK-MASQ marks packets for masquerade',
  area: 'chains',
  run(facts) {
    if (facts.mode.mode === 'nftables') return nftMarkMasq(facts);
    const nat = iptablesTables(facts, 'nat', IPTABLES_AND_IPVS);
    if (nat.usable === 'no') return nat.skipped;
    return outcomeOf(
      nat.tables.flatMap((table) => check(facts, table)),
      'KUBE-MARK-MASQ sets the mark that KUBE-POSTROUTING looks for',
    );
  },
};

function check(facts: NodeFacts, nat: RuleTable): readonly FindingDraft[] {
  const chain = nat.chains.get('KUBE-MARK-MASQ');
  const jumps = chainGraph(nat).jumpsTo.get('KUBE-MARK-MASQ') ?? [];
  // A missing chain is a dangling jump; a chain nobody uses harms nobody.
  if (chain === undefined || jumps.length === 0) return [];
  const marks = chain.rules.filter((rule) => rule.target === 'MARK');
  const wanted = lookedFor(nat);
  if (marks.length === 0) {
    return [
      finding(
        facts,
        nat,
        chain,
        jumps,
        chain.rules.length === 0 ? 'has no rules' : 'has rules but none sets a mark',
        [],
      ),
    ];
  }
  const known = marks.filter((rule) => rule.setMark !== null);
  if (wanted?.mark == null || known.length < marks.length) return [];
  const { value, mask } = wanted.mark;
  if (known.some((rule) => ((rule.setMark?.value ?? 0) & mask) === value)) return [];
  const what = `sets another mark than KUBE-POSTROUTING looks for (0x${value.toString(16)}/0x${mask.toString(16)})`;
  return [finding(facts, nat, chain, jumps, what, [...known, wanted])];
}

/** The rule of KUBE-POSTROUTING that tells marked packets from others. */
function lookedFor(nat: RuleTable): PacketRule | undefined {
  return rulesOf(nat, 'KUBE-POSTROUTING').find(
    (rule) =>
      rule.mark !== null &&
      ((rule.mark.not && rule.target === 'RETURN') || (!rule.mark.not && rule.target === 'MASQUERADE')),
  );
}

function finding(
  facts: NodeFacts,
  nat: RuleTable,
  chain: ChainDump,
  jumps: readonly PacketRule[],
  what: string,
  rules: readonly PacketRule[],
): FindingDraft {
  return chainFinding(chainRef(nat, chain, `KUBE-MARK-MASQ ${what}`), {
    rule: 'mark-masq-empty',
    title: `KUBE-MARK-MASQ marks nothing ${inTable(nat)}`,
    claim: `KUBE-MARK-MASQ ${inTable(nat)} ${what}, while ${jumps.length} ${jumps.length === 1 ? 'rule sends' : 'rules send'} packets to it: none of them is masqueraded.`,
    severity: 'high',
    confidence: certain(`the chain is captured whole in ${nat.file}`),
    owner: 'kube-proxy',
    count: jumps.length,
    entities: [chainEntity('KUBE-MARK-MASQ')],
    userNotices: unmasqueraded(facts),
    now: [RESTART_KUBE_PROXY],
    longTerm: ['Find what emptied the chain: kubelet and kube-proxy both write it, and so may another firewall'],
    check: [`${showChain(nat, 'KUBE-MARK-MASQ')} shows one MARK rule`],
    evidence: [...rules.map((rule) => ruleRef(nat, rule)), ...jumps.slice(0, 6).map((rule) => ruleRef(nat, rule))],
  });
}
