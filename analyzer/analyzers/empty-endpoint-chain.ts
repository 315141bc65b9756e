/** An endpoint chain of nftables mode that is drawn but holds no dnat: its packets keep the service address. */
import type { FindingDraft } from '../core/vocabulary.ts';
import type { NftFact } from '../facts/node-facts.ts';
import { nftNamed, nftTargets } from '../netfilter/nft-chain.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, chainEntity, chainFinding, outcomeOf, RESTART_KUBE_PROXY, serviceEntities } from './outcome.ts';

export const emptyEndpointChain: Analyzer = {
  id: 'empty-endpoint-chain',
  title: 'Every nftables endpoint chain in use rewrites the destination',
  area: 'chains',
  onlyIn: 'nftables',
  run(facts) {
    if (facts.mode.mode !== 'nftables') return { outcome: 'skipped', missing: 'rules of nftables mode' };
    if (facts.nft.length === 0) return { outcome: 'skipped', missing: "kube-proxy's nft table as text" };
    return outcomeOf(facts.nft.flatMap(check), 'every endpoint chain in use holds a dnat');
  },
};

function check(fact: NftFact): readonly FindingDraft[] {
  const users = new Map<string, { readonly line: number }>();
  for (const chain of fact.chains) {
    for (const rule of chain.rules) {
      for (const target of nftTargets(rule.text))
        if (!users.has(`${chain.table} ${target}`)) users.set(`${chain.table} ${target}`, rule);
    }
  }
  const last = fact.chains.at(-1);
  return fact.chains.flatMap((chain) => {
    const user = users.get(`${chain.table} ${chain.name}`);
    if (!chain.name.startsWith('endpoint-') || user === undefined) return [];
    // The chain a cut file ends in may go on.
    if (fact.cutTable !== null && chain === last) return [];
    if (chain.rules.some((rule) => /\bdnat\b/.test(rule.text))) return [];
    const named = nftNamed(chain.name);
    const name = named?.service ?? chain.name;
    const ref = (line: number, note: string) => ({ fileId: fact.fileId, line, endLine: line, note });
    return [
      chainFinding(ref(chain.line, 'this chain has no dnat'), {
        rule: 'empty-endpoint-chain',
        title: `Endpoint chain of ${name} is empty`,
        claim: `Chain ${chain.name} of table ${chain.table} is drawn for ${name} but holds no dnat: its share of the packets keeps the service address and reaches no endpoint.`,
        severity: 'high',
        confidence: certain(
          `the chain is captured whole in ${fact.file}, and goto does not come back to another endpoint`,
        ),
        owner: 'kube-proxy',
        entities: [
          chainEntity(chain.name),
          ...serviceEntities([named?.service ?? null]),
          ...(named?.endpoint == null ? [] : [{ kind: 'endpoint' as const, name: named.endpoint }]),
        ],
        userNotices: `A share of the connections to ${name} from this node fails, the others work.`,
        now: [RESTART_KUBE_PROXY],
        longTerm: ['Find what else writes the nft ruleset'],
        check: [`\`nft list table ${chain.table}\` shows a dnat in the chain`],
        evidence: [ref(user.line, 'draws the empty chain')],
      }),
    ];
  });
}
