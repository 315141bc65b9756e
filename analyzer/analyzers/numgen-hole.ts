/** `numgen random mod N vmap { ... }` with fewer than N elements: some draws find none and fall through. */
import type { FindingDraft } from '../core/vocabulary.ts';
import type { NftFact } from '../facts/node-facts.ts';
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
    if (facts.nft.length === 0) return { outcome: 'skipped', missing: "kube-proxy's nft table as text" };
    return outcomeOf(facts.nft.flatMap(check), 'every number that is drawn has an endpoint');
  },
};

function check(fact: NftFact): readonly FindingDraft[] {
  return fact.chains.flatMap((chain) =>
    chain.rules.flatMap((rule) => {
      const drawn = /\bnumgen random mod (\d{1,6}) vmap \{(.*)\}/.exec(rule.text);
      if (drawn === null) return [];
      const size = Number(drawn[1]);
      const numbers = new Set(
        [...(drawn[2] ?? '').matchAll(/(?:^|,)\s*(\d+) : (?:goto|jump) /g)].map((found) => Number(found[1])),
      );
      const held = [...numbers].filter((number) => number < size).length;
      if (held >= size) return [];
      const name = nftNamed(chain.name)?.service ?? chain.name;
      const lost = `${(((size - held) / size) * 100).toFixed(1)}%`;
      return [
        chainFinding(
          {
            fileId: fact.fileId,
            line: rule.line,
            endLine: rule.line,
            note: `${held} of ${size} numbers lead to an endpoint`,
          },
          {
            rule: 'numgen-hole',
            title: `${lost} of the packets to ${name} reach no endpoint`,
            claim: `Chain ${chain.name} draws one of ${size} numbers, but only ${held} lead to an endpoint: ${lost} of the packets to ${name} are not rewritten.`,
            severity: 'high',
            confidence: certain('the elements of the map are captured in one line and counted'),
            owner: 'kube-proxy',
            entities: [chainEntity(chain.name), ...serviceEntities([nftNamed(chain.name)?.service ?? null])],
            userNotices: `About ${lost} of the connections to ${name} from this node are refused, the others work.`,
            now: [RESTART_KUBE_PROXY],
            longTerm: ['Find what else writes the nft ruleset'],
            check: ['The map of the chain holds every number from 0 to N-1'],
            evidence: [],
          },
        ),
      ];
    }),
  );
}
