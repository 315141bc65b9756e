/**
 * Words that the text and the JSON form of an nft ruleset share. Names of priorities: `std_prios` and
 * `bridge_std_prios` of nftables' src/rule.c.
 */
import type { NftExpression, NftFamily, NftVerdict } from '../core/nft-ruleset.ts';
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

/** @returns why an ICMP reject is the default one that nft prints without words; null for every other. */
export function defaultReject(words: string): boolean {
  return /^icmp(?:v6|x)? (?:type )?port-unreachable$/.test(words);
}
