/** A ruleset as plain data, for comparing what two texts say: places in the text left out. */
import type { NftRuleset } from '../../analyzer/core/nft-ruleset.ts';

const PLACES = new Set(['line', 'endLine', 'raw', 'lines', 'source']);

/** @param without more keys that do not matter. */
export function plainNft(value: NftRuleset | NftRuleset['tables'], without: readonly string[] = []): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, each: unknown) =>
      PLACES.has(key) || without.includes(key) ? undefined : each instanceof Map ? [...each] : each,
    ),
  ) as unknown;
}
