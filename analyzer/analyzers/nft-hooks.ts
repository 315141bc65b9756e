/** chain-not-hooked in nftables mode: base chains of kube-proxy's table that no longer lead to its lookup chains. */
import type { FindingDraft } from '../core/vocabulary.ts';
import type { NftFact, NodeFacts } from '../facts/node-facts.ts';
import { nftReached } from '../netfilter/nft-chain.ts';
import type { AnalyzerResult } from './analyzer.ts';
import { certain, chainEntity, chainFinding, outcomeOf, RESTART_KUBE_PROXY } from './outcome.ts';

const HOOKS = [
  {
    chain: 'services',
    base: 'nat-prerouting',
    hook: 'prerouting',
    severity: 'critical',
    userNotices:
      'Pods of this node and clients outside reach no ClusterIP, NodePort or load balancer address through it; the node itself still does.',
  },
  {
    chain: 'services',
    base: 'nat-output',
    hook: 'output',
    severity: 'high',
    userNotices: 'Processes on the node itself (kubelet, pods with hostNetwork) reach no service; pods still do.',
  },
  {
    chain: 'masquerading',
    base: 'nat-postrouting',
    hook: 'postrouting',
    severity: 'high',
    userNotices:
      'Marked service traffic leaves without source NAT: NodePort clients of endpoints on other nodes get no answer.',
  },
] as const;

/** @returns one finding for each base chain that does not lead where it should. */
export function nftHooks(facts: NodeFacts): AnalyzerResult {
  const whole = facts.nft.filter((fact) => fact.cutTable === null);
  if (whole.length === 0) return { outcome: 'skipped', missing: "kube-proxy's nft table as whole text" };
  return outcomeOf(whole.flatMap(check), 'services and masquerading are reached from their base chains');
}

/** @returns postrouting-no-masquerade of nftables mode: chain masquerading without a statement that masquerades. */
export function nftMasquerade(facts: NodeFacts): AnalyzerResult {
  const whole = facts.nft.filter((fact) => fact.cutTable === null);
  if (whole.length === 0) return { outcome: 'skipped', missing: "kube-proxy's nft table as whole text" };
  return outcomeOf(whole.flatMap(withoutMasquerade), 'chain masquerading holds a masquerade statement');
}

function withoutMasquerade(fact: NftFact): readonly FindingDraft[] {
  return fact.chains.flatMap((chain) => {
    if (chain.name !== 'masquerading') return [];
    if (chain.rules.some((rule) => /\bmasquerade\b|\bsnat\b/.test(rule.text))) return [];
    const marks = fact.chains
      .filter((each) => each.table === chain.table)
      .flatMap((each) => each.rules)
      .filter((rule) => /\bmark-for-masquerade\b/.test(rule.text));
    const at = (line: number) => ({ fileId: fact.fileId, line, endLine: line });
    return [
      chainFinding(
        { ...at(chain.line), note: 'no statement of this chain masquerades' },
        {
          rule: 'postrouting-no-masquerade',
          title: `Chain masquerading does not masquerade in table ${chain.table}`,
          claim: `Chain masquerading of table ${chain.table} ${chain.rules.length === 0 ? 'has no rules' : 'has no masquerade statement'}: packets that ${marks.length} rules send to mark-for-masquerade keep their source address.`,
          severity: 'high',
          confidence: certain(`the table is captured whole in ${fact.file}`),
          owner: 'kube-proxy',
          entities: [chainEntity('masquerading')],
          userNotices:
            'NodePort and load balancer clients of endpoints on other nodes get no answer, and neither do pods that reach themselves through a service; plain pod to ClusterIP traffic works.',
          now: [RESTART_KUBE_PROXY],
          longTerm: ['Find what else writes the nft ruleset: a firewall service that flushes or restores it'],
          check: [`\`nft list chain ${chain.table} masquerading\` ends with a masquerade statement`],
          evidence: [...chain.rules.slice(0, 3), ...marks.slice(0, 3)].map((rule) => at(rule.line)),
        },
      ),
    ];
  });
}

function check(fact: NftFact): readonly FindingDraft[] {
  return [...new Set(fact.chains.map((chain) => chain.table))].flatMap((table) => {
    const chains = fact.chains.filter((chain) => chain.table === table);
    return HOOKS.flatMap((hook): readonly FindingDraft[] => {
      const wanted = chains.find((chain) => chain.name === hook.chain);
      if (wanted === undefined || wanted.rules.length === 0) return [];
      const bases = chains.filter((chain) => chain.hook === hook.hook);
      if (nftReached(chains, bases).has(hook.chain)) return [];
      const base = chains.find((chain) => chain.name === hook.base);
      const ref = (line: number, note: string) => ({ fileId: fact.fileId, line, endLine: line, note });
      const declared = ref(wanted.line, `no ${hook.hook} hook leads to this chain`);
      return [
        chainFinding(base === undefined ? declared : ref(base.line, `does not lead to ${hook.chain}`), {
          rule: 'chain-not-hooked',
          title: `${hook.base} does not lead to ${hook.chain} in table ${table}`,
          claim: `Chain ${hook.chain} of table ${table} has ${wanted.rules.length} rules, but ${base === undefined ? `the base chain ${hook.base} does not exist` : `${hook.base} does not lead to it`}: packets of the ${hook.hook} hook never come to it.`,
          severity: hook.severity,
          confidence: certain(`the table is captured whole in ${fact.file}`),
          owner: 'kube-proxy',
          entities: [chainEntity(hook.chain), chainEntity(hook.base)],
          userNotices: hook.userNotices,
          now: [RESTART_KUBE_PROXY],
          longTerm: ['Find what else writes the nft ruleset: a firewall service that flushes or restores it'],
          check: [`\`nft list chain ${table} ${hook.base}\` shows a jump to ${hook.chain}`],
          evidence: [declared],
        }),
      ];
    });
  });
}
