/**
 * Words that the text and the JSON form of an nft ruleset share. Names of priorities: `std_prios` and
 * `bridge_std_prios` of nftables' src/rule.c.
 */
import type { NftFamily, NftVerdict } from '../core/nft-ruleset.ts';
import type { Count } from '../core/packet-rule.ts';

/** Junk lines kept word for word; the rest is counted. */
export const NFT_JUNK_KEPT = 20;

/** Elements of one set that are read; kube-proxy's largest map has one an address and port of a service. */
export const NFT_ELEMENTS_MAX = 1_000_000;

/** Text of one rule that is read: a numgen map with 10,000 endpoints has about 1.2 million characters. */
export const NFT_RULE_CHARS_MAX = 4 * 1024 * 1024;

/** Nesting of expressions that is read; nft prints two or three levels. */
export const NFT_DEPTH_MAX = 16;

const FAMILIES: readonly NftFamily[] = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];

/** @returns the family of this name, or null. */
export function nftFamily(name: unknown): NftFamily | null {
  return FAMILIES.find((family) => family === name) ?? null;
}

const PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};
const BRIDGE_PRIORITIES: Readonly<Record<string, number>> = { dstnat: -300, filter: -200, out: 100, srcnat: 300 };

/** @param words `dstnat - 10`, `-110`, `srcnat`, `filter + 5`. @returns the number, or null for another spelling. */
export function nftPriority(words: string, family: NftFamily): number | null {
  const found = /^(?:([a-z]{1,20})|([+-]?\d{1,10}))(?: ?([+-]) ?(\d{1,10}))?$/.exec(words.trim());
  if (found === null) return null;
  const names = family === 'bridge' ? BRIDGE_PRIORITIES : PRIORITIES;
  const base = found[1] === undefined ? Number(found[2]) : Object.hasOwn(names, found[1]) ? names[found[1]] : undefined;
  if (base === undefined) return null;
  const offset = found[4] === undefined ? 0 : Number(found[4]);
  return found[3] === '-' ? base - offset : base + offset;
}

/** @returns a counter of nft, which prints whole numbers. */
export function nftCount(printed: string): Count | null {
  return /^\d{1,20}$/.test(printed) ? { printed, value: Number(printed), exact: true } : null;
}

/** @returns the verdict of this word; jump and goto need their chain. */
export function nftVerdict(word: string, chain: string | null): NftVerdict | null {
  switch (word) {
    case 'accept':
    case 'drop':
    case 'continue':
    case 'return':
    case 'queue':
      return { verdict: word };
    case 'jump':
    case 'goto':
      return chain === null ? null : { verdict: word, chain };
    default:
      return null;
  }
}

/** @returns true for the reject that nft prints without words. */
export function defaultReject(words: string): boolean {
  return /^icmp(?:v6|x)? (?:type )?port-unreachable$/.test(words);
}
