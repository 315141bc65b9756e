/** `numgen random mod N vmap { ... }` with fewer than N elements: some draws find none and fall through. */

import type { NftStatement } from '../core/nft-ruleset.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { nftRef, type ProxyTable, proxyTables } from '../facts/nft-facts.ts';
import { nftNamed } from '../netfilter/nft-chain.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, chainEntity, chainFinding, outcomeOf, RESTART_KUBE_PROXY, serviceEntities } from './outcome.ts';

export const numgenHole: Analyzer = {
  id: 'numgen-hole',
  title: 'Every draw of an nftables service finds an endpoint',
  area: 'chains',
  onlyIn: 'nftables',
  run(facts) {
    if (facts.mode.mode !== 'nftables') return { outcome: 'skipped', missing: 'rules of nftables mode' };
    const tables = proxyTables(facts);
    if (tables.length === 0) return { outcome: 'skipped', missing: "kube-proxy's nft table" };
    return outcomeOf(tables.flatMap(check), 'every number that a service draws has an endpoint');
  },
};

/** @returns how many numbers are drawn and how many of them lead somewhere; null for a rule that draws none. */
function drawnBy(statement: NftStatement): { readonly size: number; readonly held: number } | null {
  if (statement.kind !== 'vmap' || statement.key.kind !== 'numgen' || statement.data.kind !== 'elements') return null;
  const { mod, offset } = statement.key;
  const numbers = new Set(
    statement.data.elements.flatMap(({ key, verdict }) =>
      key.kind === 'value' && verdict !== null && 'chain' in verdict ? [Number(key.value) - offset] : [],
    ),
  );
  return { size: mod, held: [...numbers].filter((number) => number >= 0 && number < mod).length };
}

function check(place: ProxyTable): readonly FindingDraft[] {
  return [...place.table.chains.values()].flatMap((chain) =>
    chain.rules.flatMap((rule) => {
      const drawn = rule.statements.map(drawnBy).find((each) => each !== null);
      if (drawn == null || drawn.held >= drawn.size) return [];
      const { size, held } = drawn;
      const name = nftNamed(chain.name)?.service ?? chain.name;
      const lost = `${(((size - held) / size) * 100).toFixed(1)}%`;
      return [
        chainFinding(nftRef(place, rule, `${held} of ${size} numbers lead to an endpoint`), {
          rule: 'numgen-hole',
          title: `${lost} of the packets to ${name} reach no endpoint`,
          claim: `Chain ${chain.name} draws one of ${size} numbers, but only ${held} lead to an endpoint: ${lost} of the packets to ${name} are not rewritten.`,
          severity: 'high',
          confidence: certain('the elements of the map are captured with their rule and counted'),
          owner: 'kube-proxy',
          entities: [chainEntity(chain.name), ...serviceEntities([nftNamed(chain.name)?.service ?? null])],
          userNotices: `About ${lost} of the connections to ${name} from this node are refused, the others work.`,
          now: [RESTART_KUBE_PROXY],
          longTerm: ['Find what else writes the nft ruleset'],
          check: ['The map of the chain holds every number from 0 to N-1'],
          evidence: [],
        }),
      ];
    }),
  );
}
