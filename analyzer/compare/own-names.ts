/**
 * The names and addresses that only one node has. Where a setting holds one of them, it is the same setting on every
 * node, so they are masked before values are compared.
 */
import type { NodeFacts } from '../facts/node-facts.ts';

export interface OwnNames {
  /** @returns the text with the node's own names and addresses replaced by what they are. */
  mask(text: string): string;
}

/** Names of this many characters and more are replaced anywhere: shorter ones are also parts of words. */
const NAME_CHARS_MIN = 5;
/** A node with 250 pods has some 300 addresses of its own interfaces; more are no node's. */
const ADDRESSES_MAX = 4_000;

/** Interfaces that carry addresses of Services, the same on every node: of IPVS, of the node-local DNS cache. */
const SHARED_ADDRESSES = /^(?:kube-ipvs\d|nodelocaldns|kube-dummy|dummy)/;

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const MAC = /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi;
/** Of the EC2 API: instances, network interfaces, volumes. */
const CLOUD_ID = /\b(i|eni|vol)-[0-9a-f]{8,17}\b/g;
const IPV4 = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)/g;
const IPV6 = /(?<![\w.:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w.:])/gi;

/** @param names the node's name and others it goes by. */
export function ownNames(facts: Pick<NodeFacts, 'network' | 'podIp'>, names: readonly (string | null)[]): OwnNames {
  const addresses = new Set<string>();
  for (const { value } of facts.network.interfaces) {
    for (const one of value) {
      if (SHARED_ADDRESSES.test(one.name)) continue;
      for (const { address } of one.addresses) {
        if (addresses.size < ADDRESSES_MAX && !address.startsWith('127.') && address !== '::1') addresses.add(address);
      }
    }
  }
  if (facts.podIp !== null) addresses.add(facts.podIp.address);
  const known = names
    .flatMap((name) => (name === null ? [] : [name, name.split('.', 1)[0] ?? name]))
    .filter((name) => name.length >= NAME_CHARS_MIN)
    .sort((one, two) => two.length - one.length);
  return {
    mask: (text) => {
      const named = [...new Set(known)].reduce((all, name) => all.replaceAll(name, '<node>'), text);
      return named
        .replace(UUID, '<uuid>')
        .replace(MAC, '<mac>')
        .replace(CLOUD_ID, '<$1>')
        .replace(IPV4, (address) => (addresses.has(address) ? '<own address>' : address))
        .replace(IPV6, (address) => (addresses.has(address) ? '<own address>' : address));
    },
  };
}
