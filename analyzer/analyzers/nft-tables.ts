/** What the analyzers of nftables mode share: which tables can be judged, and the parts of their findings. */
import type { Entity, FindingDraft } from '../core/vocabulary.ts';
import { type ProxyTable, proxyTables } from '../facts/nft-facts.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { nftNamed } from '../netfilter/nft-chain.ts';
import type { AnalyzerResult } from './analyzer.ts';
import { chainEntity, outcomeOf, serviceEntities } from './outcome.ts';

/** Who else may have changed kube-proxy's table. */
export const OTHER_NFT_WRITER = 'Find what else writes the nft ruleset: a firewall service that flushes or restores it';

/**
 * Asks `check` of every table of kube-proxy that is captured whole: no absence is told of one whose end is missing.
 * @returns its findings, a pass, or what was missing.
 */
export function judgeNft(
  facts: NodeFacts,
  check: (place: ProxyTable) => readonly FindingDraft[],
  because: string,
): AnalyzerResult {
  const whole = proxyTables(facts).filter(({ table }) => table.complete);
  if (whole.length === 0) return { outcome: 'skipped', missing: "kube-proxy's nft table, captured whole" };
  return outcomeOf(whole.flatMap(check), because);
}

/** @returns `ip kube-proxy`. */
export function nftName({ table }: ProxyTable): string {
  return `${table.family} ${table.name}`;
}

/** @returns the chain and, where its name tells them, service and endpoint. */
export function nftEntities(chain: string): readonly Entity[] {
  const named = nftNamed(chain);
  return [
    chainEntity(chain),
    ...serviceEntities([named?.service ?? null]),
    ...(named?.endpoint == null ? [] : [{ kind: 'endpoint' as const, name: named.endpoint }]),
  ];
}
