/**
 * A rule that asks for a set that is not among the captured ones. The kernel takes no such rule and deletes no set a
 * rule uses, so the two dumps do not belong together: what the rule takes cannot be known.
 */
import type { FindingDraft } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { type RuleTable, ruleRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { capturedSets } from './ipvs-view.ts';
import { chainEntity, chainFinding, likely, listed, outcomeOf } from './outcome.ts';

export const ipsetMissing: Analyzer = {
  id: 'ipset-missing',
  title: 'Sets that rules ask for were captured',
  area: 'chains',
  run(facts) {
    const asking = facts.tables.flatMap((table) => rulesWithSets(table).map((rule) => ({ table, rule })));
    if (facts.tables.length === 0) return { outcome: 'skipped', missing: 'iptables rules' };
    if (asking.length === 0) return { outcome: 'pass', because: 'no iptables rule asks for an ipset' };
    const sets = capturedSets(facts);
    if (sets.length === 0)
      return {
        outcome: 'skipped',
        missing: `the ipsets that ${asking.length === 1 ? 'a rule asks' : `${asking.length} rules ask`} for`,
      };
    const known = new Set(sets.map(({ value }) => value.name));
    const missing = asking.filter(({ rule }) => rule.sets.some((set) => !known.has(set.name)));
    return outcomeOf(
      missing.length === 0 ? [] : [finding(facts, missing, known)],
      `every ipset that ${asking.length === 1 ? 'a rule asks' : `${asking.length} rules ask`} for was captured`,
    );
  },
};

function rulesWithSets(table: RuleTable) {
  return [...table.chains.values()].flatMap((chain) => chain.rules.filter((rule) => rule.sets.length > 0));
}

type Asking = { readonly table: RuleTable; readonly rule: ReturnType<typeof rulesWithSets>[number] };

function finding(facts: NodeFacts, missing: readonly Asking[], known: ReadonlySet<string>): FindingDraft {
  const [first, ...rest] = missing as readonly [Asking, ...Asking[]];
  const names = [...new Set(missing.flatMap(({ rule }) => rule.sets.map((set) => set.name)))].filter(
    (name) => !known.has(name),
  );
  const one = names.length === 1;
  const files = [...new Set(facts.network.ipsets.map(({ file }) => file))];
  return chainFinding(ruleRef(first.table, first.rule), {
    rule: 'ipset-missing',
    title: `${one ? `The set ${names[0]}` : `${names.length} sets`} that rules ask for ${one ? 'was' : 'were'} not captured`,
    claim: `${missing.length} ${missing.length === 1 ? 'rule asks' : 'rules ask'} for ${listed(names, 5)}, which ${one ? 'is' : 'are'} not in ${listed(files)}.`,
    severity: 'low',
    confidence: likely(
      'the kernel deletes no set that a rule uses: the dumps were taken at different moments, or one is not whole',
    ),
    owner: 'node OS',
    count: names.length,
    entities: [...new Set(missing.map(({ rule }) => rule.chain))].slice(0, 50).map(chainEntity),
    userNotices: 'Nothing by itself; what these rules take cannot be told from the capture.',
    now: ['Capture rules and sets again, together: `iptables-save > iptables-save.txt; ipset list > ipset.txt`'],
    check: [`\`ipset list ${names[0]}\` prints the set`],
    evidence: rest.slice(0, 8).map(({ table, rule }) => ruleRef(table, rule)),
  });
}
