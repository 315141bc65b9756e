/**
 * A jump to a chain that the table does not have. A kernel refuses that, so it shows in edited or damaged dumps and
 * between two moments of one capture; iptables-restore would fail on it ("Couldn't load target").
 */
import type { PacketRule } from '../core/packet-rule.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { proxyTables } from '../facts/nft-facts.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { endpointInComment, kubeChainKind, serviceInComment } from '../netfilter/kube-names.ts';
import { kubeServices } from '../netfilter/kube-services.ts';
import { chainGraph, type RuleTable, ruleRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { nftDangling } from './nft-chains.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  gathered,
  inTable,
  likely,
  outcomeOf,
  RESTART_KUBE_PROXY,
  serviceEntities,
  showChain,
} from './outcome.ts';
import { countText } from './state-finding.ts';

export const danglingJump: Analyzer = {
  id: 'dangling-jump',
  title: 'Every jump leads to a chain that exists',
  area: 'chains',
  run(facts) {
    // Any mode: a chain that is not there is wrong whoever wrote the jump. Behind a cut end it may still be declared.
    const tables = facts.tables.filter((table) => table.cut?.what !== 'end');
    const nft = proxyTables(facts).filter(({ table }) => table.complete);
    const count = tables.length + nft.length;
    if (count === 0) return { outcome: 'skipped', missing: "a whole iptables table or kube-proxy's whole nft table" };
    const findings = [...tables.flatMap((table) => check(facts, table)), ...nft.flatMap(nftDangling)];
    return outcomeOf(findings, `every jump in ${countText(count, 'table')} leads to a chain that exists`);
  },
};

function check(facts: NodeFacts, table: RuleTable): readonly FindingDraft[] {
  const findings: FindingDraft[] = [];
  // A listing of single chains leaves the others out.
  if (![...table.chains.values()].some((chain) => chain.policy !== null)) return [];
  for (const [name, jumps] of chainGraph(table).jumpsTo) {
    const chain = table.chains.get(name);
    const [first] = jumps;
    if (first === undefined || chain?.declared) continue;
    // Told once, as kube-services-empty, which says what it means.
    if (name === 'KUBE-SERVICES' && table.table === 'nat' && facts.mode.mode === 'iptables') continue;
    findings.push(finding(table, name, first, jumps, chain === undefined ? 'absent' : 'undeclared'));
  }
  return gathered(findings, `${findings.length} chains that rules jump to do not exist ${inTable(table)}`);
}

function finding(
  table: RuleTable,
  name: string,
  first: PacketRule,
  jumps: readonly PacketRule[],
  state: 'absent' | 'undeclared',
): FindingDraft {
  const kind = kubeChainKind(name);
  const service =
    jumps
      .map((jump) => serviceInComment(jump.comment) ?? kubeServices(table).services.get(jump.chain)?.service ?? null)
      .find((found) => found !== null) ?? null;
  const endpoint = jumps.map((jump) => endpointInComment(jump.comment)).find((found) => found !== null) ?? null;
  const of = [service, endpoint].filter((part) => part !== null).join(' endpoint ');
  const inPath = kind !== null || name.startsWith('KUBE-') || name.startsWith('AWS-');
  const rules = table.chains.get(name)?.rules ?? [];
  return chainFinding(ruleRef(table, first, `${name} is not declared in this table`), {
    rule: 'dangling-jump',
    title: `Jump to ${name}, which does not exist ${inTable(table)}`,
    claim: `${jumps.length === 1 ? 'A rule' : `${jumps.length} rules`} of ${[...new Set(jumps.map((jump) => jump.chain))].slice(0, 3).join(', ')} ${
      jumps.length === 1 ? 'jumps' : 'jump'
    } to ${name}${of === '' ? '' : ` (${of})`}, which ${table.file} does not ${state === 'absent' ? 'contain' : 'declare'} ${inTable(table)}. What happens to these packets cannot be told from the dump.`,
    severity: inPath ? 'high' : 'medium',
    confidence:
      table.cut !== null
        ? likely(`lines are missing from ${table.file} (${table.cut.because}), the chain may be among them`)
        : state === 'absent'
          ? certain(`${table.file} holds the whole table and no such chain`)
          : likely(`rules are appended to ${name} but no line declares it`),
    owner: name.startsWith('KUBE-') ? 'kube-proxy' : name.startsWith('AWS-') ? 'VPC CNI' : 'another firewall',
    count: jumps.length,
    entities: [
      chainEntity(name),
      ...serviceEntities([service]),
      ...(endpoint === null ? [] : [{ kind: 'endpoint' as const, name: endpoint }]),
    ],
    userNotices:
      service === null
        ? 'iptables-restore fails on such a rule set, and with it every later sync of kube-proxy.'
        : `A share of the connections to ${service} may fail; iptables-restore fails on such a rule set, and with it every later sync of kube-proxy.`,
    now: [
      `Collect the table again to see whether the dump or the node is wrong: \`${table.family === 'IPv6' ? 'ip6tables' : 'iptables'}-save -c -t ${table.table}\``,
      RESTART_KUBE_PROXY,
    ],
    longTerm: ['If the node really lacks the chain, find what else writes this table'],
    check: [`${showChain(table, name)} lists the chain`],
    evidence: [
      ...jumps.slice(1, 8).map((jump) => ruleRef(table, jump)),
      ...rules.slice(0, 2).map((rule) => ruleRef(table, rule)),
    ],
  });
}
