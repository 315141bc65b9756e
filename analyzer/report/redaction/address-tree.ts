/**
 * Pseudonyms of addresses that keep who shares a prefix with whom. Every node of the binary tree of prefixes either
 * swaps its two halves or does not, as a keyed function of its prefix says. That is a permutation, and the common prefix of
 * two addresses stays as long as it was. Idea: Xu, Fan, Ammar, Moon, "Prefix-preserving IP address anonymization"
 * (Crypto-PAn, 2002), here with HMAC-SHA256: one digest of 256 bits decides the 255 nodes of eight levels.
 *
 * Some nodes never swap, so that a permutation remains and what readers know by heart stays true:
 * - those above ranges with a meaning: loopback stays loopback, private stays private;
 * - those on the way to the first and the last address of a known network: its address ends in zeros, its broadcast in ones;
 * - those on the way to a value that is to be kept.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import {
  type AddressBytes,
  asMapped,
  contains,
  hexOf,
  lastOf,
  mappedIPv4,
  type Network,
  printAddress,
  readNetwork,
} from './address-text.ts';

/** Ranges that stay as they are, each address of them. IANA special-purpose registries of IPv4 and IPv6, RFC 6890. */
const AS_THEY_ARE = [
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'],
  ...['192.0.0.0/24', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/96', 'ff00::/8', '2001:db8::/32', '64:ff9b::/96'],
];

/** Instance metadata, time and name servers of AWS on Nitro: the same for every customer. */
const AWS_LOCAL = ['fd00:ec2::/32'];

/** What is in these ranges stays in them. */
const STAY_INSIDE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fd00::/8'];

/** The interface id of a link-local address often is a MAC, so it is no value to keep; its prefix is. */
const LINK_LOCAL = 'fe80::/64';

/** Networks whose image meets networks of the case are tried again with another tweak; large ones can never be apart. */
const TWEAKS_MAX = 32;

/** A case names hundreds; those beyond it keep their members together as well, only their ends may not look like ends. */
const NETWORKS_MAX = 4096;

/** A node that does not swap; `whole`: nothing below it does. */
interface FixedNode {
  readonly children: [FixedNode | null, FixedNode | null];
  fixed: 'yes' | 'no';
  whole: 'yes' | 'no';
}

export interface AddressTree {
  /** @returns the pseudonym of an address, of the same family. The same bytes give the same answer. */
  map(bytes: AddressBytes): AddressBytes;
  /** @returns true when the range of the address or the plan says that it stays as it is. */
  kept(bytes: AddressBytes): boolean;
}

/**
 * @param key 32 bytes of the case.
 * @param networks CIDRs of the case; what does not read is left out.
 * @param keep addresses and CIDRs that stay as they are.
 */
export function addressTree(key: Uint8Array, networks: readonly string[], keep: readonly string[]): AddressTree {
  const known = networksOf(networks).slice(0, NETWORKS_MAX);
  const fixed = fixedNodes(known, keep);
  const top = topmost(known.filter(({ bytes }) => !staysAsItIs(fixed, bytes)));
  const secret = createSecretKey(key);
  let best = treeOf(secret, 0, fixed);
  let fewest = meetings(best, top);
  for (let tweak = 1; tweak < TWEAKS_MAX && fewest > 0; tweak++) {
    const next = treeOf(secret, tweak, fixed);
    const met = meetings(next, top);
    if (met < fewest) [best, fewest] = [next, met];
  }
  return best;
}

/** @returns readable networks that are smaller than the ranges in which they stay, and larger than one or two addresses. */
function networksOf(texts: readonly string[]): readonly Network[] {
  const inside = STAY_INSIDE.map(mustRead);
  return [...new Set(texts)]
    .flatMap((text) => readNetwork(text) ?? [])
    .filter(({ bytes, length }) => length > 0 && length < bytes.length * 8 - 1)
    .filter((network) => !inside.some((range) => covers(network, range)));
}

function mustRead(text: string): Network {
  const network = readNetwork(text);
  if (network === null) throw new Error(`${text} is no network`);
  return network;
}

function covers(outer: Network, inner: Network): boolean {
  return outer.length <= inner.length && contains(outer, inner.bytes);
}

function topmost(networks: readonly Network[]): readonly Network[] {
  const sorted = [...networks].sort((one, two) => Buffer.compare(one.bytes, two.bytes) || one.length - two.length);
  const top: Network[] = [];
  for (const network of sorted) {
    const last = top.at(-1);
    if (last === undefined || !covers(last, network)) top.push(network);
  }
  return top;
}

/** @returns how many of the networks become one that overlaps a network of the case. */
function meetings(tree: AddressTree, top: readonly Network[]): number {
  let met = 0;
  for (const { bytes, length } of top) {
    const image: Network = { bytes: tree.map(bytes), length };
    if (top.some((other) => covers(other, image) || covers(image, other))) met++;
  }
  return met;
}

type Roots = Readonly<Record<4 | 16, FixedNode>>;

function fixedNodes(known: readonly Network[], keep: readonly string[]): Roots {
  const roots: Roots = { 4: newNode(), 16: newNode() };
  const rootOf = ({ bytes }: Network): FixedNode => roots[bytes.length as 4 | 16];
  for (const text of [...AS_THEY_ARE, ...AWS_LOCAL, ...keep]) {
    const network = readNetwork(text);
    if (network !== null) fix(rootOf(network), network.bytes, 0, network.length).whole = 'yes';
  }
  for (const text of STAY_INSIDE) {
    const network = mustRead(text);
    fix(rootOf(network), network.bytes, 0, network.length);
  }
  const linkLocal = mustRead(LINK_LOCAL);
  fix(roots[16], linkLocal.bytes, 0, 128);
  for (const network of known) {
    fix(rootOf(network), network.bytes, network.length, network.bytes.length * 8);
    fix(rootOf(network), lastOf(network), network.length, network.bytes.length * 8);
  }
  return roots;
}

function newNode(): FixedNode {
  return { children: [null, null], fixed: 'no', whole: 'no' };
}

/** Nodes at the depths `from` to `to`, on the way to an address, do not swap. @returns the node at `to`. */
function fix(root: FixedNode, bytes: AddressBytes, from: number, to: number): FixedNode {
  let node = root;
  for (let depth = 0; depth < to; depth++) {
    if (depth >= from) node.fixed = 'yes';
    const bit = bitOf(bytes, depth);
    node.children[bit] ??= newNode();
    node = node.children[bit] as FixedNode;
  }
  return node;
}

function bitOf(bytes: AddressBytes, depth: number): 0 | 1 {
  return (((bytes[depth >> 3] as number) >> (7 - (depth & 7))) & 1) as 0 | 1;
}

function staysAsItIs(roots: Roots, bytes: AddressBytes): boolean {
  let node: FixedNode | null = roots[bytes.length as 4 | 16];
  for (let depth = 0; node !== null && depth < bytes.length * 8; depth++) {
    if (node.whole === 'yes') return true;
    node = node.children[bitOf(bytes, depth)];
  }
  return node?.whole === 'yes';
}

function treeOf(key: KeyObject, tweak: number, roots: Roots): AddressTree {
  const digests = new Map<number | string, Buffer>();
  /** Bit n of it decides node n of the eight levels below the first bytes, counted as in a heap from 1. */
  const swapsBelow = (bytes: AddressBytes, count: number): Buffer => {
    const prefix = prefixKey(bytes, count);
    let digest = digests.get(prefix);
    if (digest === undefined) {
      const name = `${bytes.length}/${tweak}/${hexOf(bytes.subarray(0, count))}`;
      digest = createHmac('sha256', key).update(`address tree ${name}`).digest();
      digests.set(prefix, digest);
      if (digests.size > DIGESTS_MAX) digests.clear();
    }
    return digest;
  };
  const map = (bytes: AddressBytes): AddressBytes => {
    const v4 = mappedIPv4(bytes);
    if (v4 !== null) return asMapped(map(v4));
    const mapped = new Uint8Array(bytes);
    let node: FixedNode | null = roots[bytes.length as 4 | 16];
    for (let at = 0; at < bytes.length; at++) {
      if (node?.whole === 'yes') return mapped;
      const swaps = swapsBelow(bytes, at);
      const byte = bytes[at] as number;
      let flips = 0;
      let place = 1;
      for (let bit = 7; bit >= 0; bit--) {
        const own = ((byte >> bit) & 1) as 0 | 1;
        const swap = ((swaps[place >> 3] as number) >> (place & 7)) & 1;
        if (node === null) flips |= swap << bit;
        else {
          if (node.whole === 'yes') break;
          if (node.fixed === 'no') flips |= swap << bit;
          node = node.children[own];
        }
        place = place * 2 + own;
      }
      mapped[at] = byte ^ flips;
    }
    return mapped;
  };
  return { map, kept: (bytes) => staysAsItIs(roots, mappedIPv4(bytes) ?? bytes) };
}

/** @returns what no other first bytes of an address have; of three bytes or less, which is all of IPv4, a small number. */
function prefixKey(bytes: AddressBytes, count: number): number | string {
  if (count > 3) return hexOf(bytes.subarray(0, count));
  let key = bytes.length === 4 ? 1 : 2;
  for (let at = 0; at < count; at++) key = (key << 8) | (bytes[at] as number);
  return key;
}

/** 32 bytes each and their name: some MB. */
const DIGESTS_MAX = 50_000;

/** What stays as it is for everyone, for the redaction statement. */
export const KEPT_RANGES: readonly string[] = [...AS_THEY_ARE, ...AWS_LOCAL].map((text) => {
  const { bytes, length } = mustRead(text);
  return `${printAddress(bytes)}/${length}`;
});
