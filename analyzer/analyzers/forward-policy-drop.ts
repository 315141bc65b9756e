/**
 * FORWARD with policy DROP (Docker sets it) and no rule that accepts new packets to pods: only masqueraded service
 * traffic lives, because KUBE-FORWARD accepts its mark.
 */
import type { FindingDraft, ProxyMode } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { acceptsPods } from '../netfilter/forward-path.ts';
import { chainRef, type RuleTable, reachedFrom, ruleRef, rulesOf } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { forwardsPods } from './forward-rules.ts';
import {
  chainEntity,
  chainFinding,
  command,
  EVERY_MODE,
  inTable,
  iptablesTables,
  likely,
  outcomeOf,
} from './outcome.ts';

export const forwardPolicyDrop: Analyzer = {
  id: 'forward-policy-drop',
  title: 'FORWARD lets new pod traffic through',
  area: 'chains',
  run(facts) {
    const filter = iptablesTables(facts, 'filter', EVERY_MODE);
    if (filter.usable === 'no') return filter.skipped;
    return outcomeOf(
      filter.tables.flatMap((table) => check(facts, table)),
      'FORWARD accepts packets of pods by its policy or by a rule',
    );
  },
};

const UNFORWARDED = 'Pods of this node reach neither other pods nor ClusterIPs across nodes, and cannot be reached';

const NOTICES: Readonly<Partial<Record<ProxyMode, string>>> = {
  iptables: `${UNFORWARDED}; NodePort traffic that is masqueraded works.`,
  // Nothing of kube-proxy accepts marked packets there.
  nftables: `${UNFORWARDED}, neither through NodePorts.`,
  ipvs: 'Pods of this node reach no other pods by address, and cannot be reached; what IPVS sends on leaves through OUTPUT, so that service addresses may work.',
};

function check(facts: NodeFacts, filter: RuleTable): readonly FindingDraft[] {
  const forward = filter.chains.get('FORWARD');
  if (forward?.policy !== 'DROP' || !forwardsPods(facts, filter)) return [];
  const accepts = [...reachedFrom(filter, 'FORWARD')].flatMap((name) => rulesOf(filter, name)).filter(acceptsPods);
  if (accepts.length > 0) return [];
  const rules = rulesOf(filter, 'FORWARD');
  return [
    chainFinding(chainRef(filter, forward, 'policy DROP'), {
      rule: 'forward-policy-drop',
      title: `FORWARD drops new pod traffic ${inTable(filter)}`,
      claim: `The policy of FORWARD ${inTable(filter)} is DROP and no rule reached from it accepts new packets to pods${facts.mode.mode === 'nftables' ? '' : '; only packets with the masquerade mark and replies pass'}.`,
      severity: 'high',
      confidence: likely(
        'every rule reached from FORWARD was looked at; ACCEPT rules bound to bridges of other software do not count',
      ),
      owner: 'another firewall',
      entities: [chainEntity('filter FORWARD')],
      userNotices: NOTICES[facts.mode.mode] ?? UNFORWARDED,
      now: [`Accept forwarded traffic: \`${command(filter)} -P FORWARD ACCEPT\``],
      longTerm: [
        'Docker sets the policy to DROP when it starts; the CNI has to add its own ACCEPT rules, or Docker needs `"ip-forward-no-drop": true`',
      ],
      check: [`\`${command(filter)} -L FORWARD -n -v\` shows policy ACCEPT or a rule that accepts the pod range`],
      evidence: rules.slice(0, 8).map((rule) => ruleRef(filter, rule)),
    }),
  ];
}
