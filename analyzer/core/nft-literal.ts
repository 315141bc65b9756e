/** Literals of nft rules as printed, and how tight its operators bind: shared by parsers and printer. */
import type { NftExpression } from './nft-ruleset.ts';

/** How tight each operator binds, as in nftables' src/parser_bison.y. */
export const NFT_BINDING = { '<<': 4, '>>': 4, '&': 3, '^': 2, '|': 1 } as const;

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?:\.\d{1,3}){0,3})$/;
const NUMBER = /^(?:0x[0-9a-fA-F]{1,16}|\d{1,20})$/;

function isAddress(word: string): boolean {
  return word.length <= 50 && ADDRESS.test(word);
}

/**
 * @param word a literal as nft prints it, without quotes.
 * @returns `10.0.0.0/8` as prefix, `80-90` and `10.0.0.1-10.0.0.9` as range, all else as value.
 */
export function nftLiteral(word: string): NftExpression {
  if (word.length > 120) return { kind: 'value', value: word };
  if (word.startsWith('@') && word.length > 1) return { kind: 'set-reference', name: word.slice(1) };
  const slash = word.indexOf('/');
  if (slash > 0) {
    const address = word.slice(0, slash);
    const length = word.slice(slash + 1);
    if (isAddress(address) && /^\d{1,3}$/.test(length)) return { kind: 'prefix', address, length: Number(length) };
  }
  const dash = word.indexOf('-');
  if (dash > 0) {
    const from = word.slice(0, dash);
    const to = word.slice(dash + 1);
    if ((NUMBER.test(from) && NUMBER.test(to)) || (isAddress(from) && isAddress(to)))
      return { kind: 'range', from: { kind: 'value', value: from }, to: { kind: 'value', value: to } };
  }
  return { kind: 'value', value: word };
}
