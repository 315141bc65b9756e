/** The same rule twice in one chain. kube-proxy never writes that: two writers, or a restore that appended. */
import type { ChainDump, PacketRule } from '../core/packet-rule.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { kubeServices } from '../netfilter/kube-services.ts';
import { type RuleTable, ruleRef } from '../netfilter/rule-table.ts';
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
  RESTART_KUBE_PROXY,
  serviceEntities,
} from './outcome.ts';

const BUILT_IN = /^(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/;

export const duplicateRules: Analyzer = {
  id: 'duplicate-rules',
  title: 'No chain of kube-proxy holds a rule twice',
  area: 'chains',
  run(facts) {
    const nat = iptablesTables(facts, 'nat');
    const filter = iptablesTables(facts, 'filter');
    if (nat.usable === 'no' && filter.usable === 'no') return nat.skipped;
    const tables = [nat, filter].flatMap((each) => (each.usable === 'yes' ? each.tables : []));
    return outcomeOf(
      tables.flatMap((table) => {
        const repeated = [...table.chains.values()].flatMap((chain) => twins(table, chain));
        return repeated.length === 0 ? [] : [finding(table, repeated)];
      }),
      'no rule of kube-proxy stands twice in a chain',
    );
  },
};

interface Twin {
  readonly first: PacketRule;
  readonly again: PacketRule;
}

function twins(table: RuleTable, chain: ChainDump): readonly Twin[] {
  const owned = chain.name.startsWith('KUBE-');
  if (chain.rules.length < 2 || (!owned && !BUILT_IN.test(chain.name))) return [];
  const seen = new Map<string, PacketRule>();
  return chain.rules.flatMap((rule) => {
    if (!owned && rule.target?.startsWith('KUBE-') !== true) return [];
    const key = content(rule, table);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, rule);
    return first === undefined ? [] : [{ first, again: rule }];
  });
}

/** The rule without its counters: what the text says for a save, its columns for a listing. */
function content(rule: PacketRule, table: RuleTable): string {
  return table.source !== 'iptables-list'
    ? rule.raw.replace(/^\[\d+:\d+\] | -c \d+ \d+(?= |$)/, '')
    : rule.raw.replace(/^\s*\d+\w?\s+\d+\w?\s+/, '').trim();
}

function finding(table: RuleTable, repeated: readonly Twin[]): FindingDraft {
  const kube = table.table === 'nat' ? kubeServices(table) : null;
  const draws = repeated.filter(({ again }) => kube?.services.has(again.chain));
  const owned = repeated.filter(({ again }) => again.chain.startsWith('KUBE-'));
  const chains = [...new Set(repeated.map(({ again }) => again.chain))];
  const [{ first, again }, ...rest] = repeated as readonly [Twin, ...Twin[]];
  return chainFinding(ruleRef(table, again, `the same as rule ${first.position} of ${first.chain}`), {
    rule: 'duplicate-rules',
    title: `${repeated.length} ${repeated.length === 1 ? 'rule stands' : 'rules stand'} twice ${inTable(table)}`,
    claim: `${listed(chains)} ${inTable(table)} ${chains.length === 1 ? 'holds' : 'hold'} ${repeated.length} ${repeated.length === 1 ? 'rule' : 'rules'} a second time${draws.length > 0 ? '; in service chains this changes the shares of the endpoints' : ''}.`,
    severity: owned.length > 0 ? 'medium' : 'low',
    confidence: certain('the rules are equal word for word, counters aside'),
    owner: 'kube-proxy',
    count: repeated.length,
    entities: [
      ...chains.slice(0, 20).map(chainEntity),
      ...serviceEntities(draws.map((twin) => kube?.services.get(twin.again.chain)?.service ?? null)),
    ],
    userNotices:
      draws.length > 0
        ? 'Some endpoints get more connections from this node than others.'
        : 'Nothing at once: the first of two equal rules decides.',
    now: [RESTART_KUBE_PROXY],
    longTerm: ['Find the second writer: another kube-proxy, a saved rule set that is restored at boot, or a script'],
    check: [
      `\`${command(table)}-save -t ${table.table} | grep -- '-A' | sort | uniq -d\` prints no rule of kube-proxy`,
    ],
    evidence: [
      ruleRef(table, first),
      ...rest.slice(0, 4).flatMap((twin) => [ruleRef(table, twin.first), ruleRef(table, twin.again)]),
    ],
  });
}
