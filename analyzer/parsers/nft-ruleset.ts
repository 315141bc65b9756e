/** The one entry for captured nft rulesets: text or JSON is told by the content. */
import type { NftRuleset } from '../core/nft-ruleset.ts';
import { parseNftJson } from './nft-json.ts';
import { parseNftText } from './nft-text.ts';

/** @returns the ruleset of `nft list ruleset` or `nft -j list ruleset`; never throws. */
export function parseNftRuleset(text: string): NftRuleset {
  return /^\s{0,1000}\uFEFF?\s{0,1000}\{/.test(text.slice(0, 2100)) ? parseNftJson(text) : parseNftText(text);
}
