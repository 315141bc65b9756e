/** An endpoint chain of nftables mode that is drawn but holds no dnat: its packets keep the service address. */
import type { FindingDraft } from '../core/vocabulary.ts';
import { nftRef, type ProxyTable, proxyTables } from '../facts/nft-facts.ts';
import { nftNamed, nftNat, nftTargets } from '../netfilter/nft-chain.ts';
import type { Analyzer } from './analyzer.ts';
import { nftName } from './nft-tables.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  gathered,
  outcomeOf,
  RESTART_KUBE_PROXY,
  serviceEntities,
} from './outcome.ts';

export const emptyEndpointChain: Analyzer = {
  id: 'empty-endpoint-chain',
  title: 'Every nftables endpoint chain in use rewrites the destination',
  area: 'chains',
  onlyIn: 'nftables',
  run(facts) {
    if (facts.mode.mode !== 'nftables') return { outcome: 'skipped', missing: 'rules of nftables mode' };
    const tables = proxyTables(facts);
    if (tables.length === 0) return { outcome: 'skipped', missing: "kube-proxy's nft table" };
    return outcomeOf(
      tables.flatMap((place) => {
        const found = check(place);
        return gathered(found, `${found.length} endpoint chains in use of table ${nftName(place)} are empty`);
      }),
      'every endpoint chain in use holds a dnat',
    );
  },
};

function check(place: ProxyTable): readonly FindingDraft[] {
  const { table } = place;
  const users = new Map<string, { readonly line: number }>();
  for (const chain of table.chains.values()) {
    for (const rule of chain.rules) {
      for (const target of nftTargets(rule, table)) if (!users.has(target.chain)) users.set(target.chain, target);
    }
  }
  return [...table.chains.values()].flatMap((chain) => {
    const user = users.get(chain.name);
    if (!chain.name.startsWith('endpoint-') || user === undefined) return [];
    // The chain a cut file ends in may go on.
    if (!chain.complete || nftNat(chain, 'dnat') !== null) return [];
    const named = nftNamed(chain.name);
    const name = named?.service ?? chain.name;
    return [
      chainFinding(nftRef(place, chain, 'this chain has no dnat'), {
        rule: 'empty-endpoint-chain',
        title: `Endpoint chain of ${name} is empty`,
        claim: `Chain ${chain.name} of table ${table.family} ${table.name} is drawn for ${name} but holds no dnat: its share of the packets keeps the service address and reaches no endpoint.`,
        severity: 'high',
        confidence: certain(
          `the chain is captured whole in ${place.file}, and goto does not come back to another endpoint`,
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
        check: [`\`nft list table ${table.family} ${table.name}\` shows a dnat in the chain`],
        evidence: [nftRef(place, user, 'draws the empty chain')],
      }),
    ];
  });
}
