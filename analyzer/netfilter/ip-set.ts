/**
 * Whether a packet is in an ipset, as the kernel's set match asks it (net/netfilter/ipset: ip_set_hash_*.c,
 * ip_set_bitmap_*.c, ip_set_list_set.c). Each flag of the match says which end of the packet one dimension takes.
 */
import type { IpSet } from '../core/node-network.ts';
import { protocolNamed } from '../core/protocols.ts';
import { addressNumber, canonicalAddress } from './address.ts';
import type { Truth } from './program.ts';

/** The part of a packet that sets look at. */
export interface SetPacket {
  readonly protocol: string;
  readonly source: string;
  /** Null: not known. */
  readonly sourcePort: number | null;
  readonly destination: string;
  readonly destinationPort: number | null;
}

type Dimension = 'ip' | 'net' | 'port';

interface Index {
  readonly dimensions: readonly Dimension[];
  /** One key an entry; the value is true for `nomatch`. */
  readonly keys: ReadonlyMap<string, boolean>;
  /** Prefix lengths of each net dimension, longest first. */
  readonly lengths: readonly (readonly number[])[];
  /** Entries with a range in them. */
  readonly ranges: readonly { readonly parts: readonly Part[]; readonly nomatch: boolean }[];
  readonly unreadable: number;
  /** Some entry names an ICMP type. */
  readonly icmp: boolean;
}

type Part =
  | { readonly is: 'key'; readonly key: string; readonly length: number }
  | { readonly is: 'addresses'; readonly low: bigint; readonly high: bigint }
  | { readonly is: 'ports'; readonly protocol: string; readonly low: number; readonly high: number };

const indexed = new WeakMap<IpSet, Index | null>();

/**
 * @param flags as the rule prints them, one a dimension. @param resolve finds the members of a list:set.
 * @returns true or false, or why it cannot be told.
 */
export function setHolds(
  set: IpSet,
  packet: SetPacket,
  flags: readonly ('src' | 'dst')[],
  resolve: (name: string) => IpSet | null,
): Truth {
  if (set.type === 'list:set') return anyMember(set, packet, flags, resolve);
  let index = indexed.get(set);
  if (index === undefined) {
    index = buildIndex(set);
    indexed.set(set, index);
  }
  if (index === null) return { unsure: `ipset ${set.name} is of type ${set.type}, which is not modelled` };
  // The kernel answers no when the rule names too few ends, or when the set is of the other family.
  if (flags.length < index.dimensions.length) return false;
  const six = packet.destination.includes(':');
  if (set.type !== 'bitmap:port' && (set.family === 'IPv6') !== six) return false;
  return look(set, index, packet, flags);
}

function anyMember(
  set: IpSet,
  packet: SetPacket,
  flags: readonly ('src' | 'dst')[],
  resolve: (name: string) => IpSet | null,
): Truth {
  let doubt: Truth = set.complete ? false : { unsure: `ipset ${set.name} was captured in part` };
  for (const entry of set.entries) {
    const member = resolve(entry.text);
    // The kernel takes no list into a list.
    const found: Truth =
      member === null || member.type === 'list:set'
        ? { unsure: `ipset ${entry.text}, a member of ${set.name}, was not captured` }
        : setHolds(member, packet, flags, resolve);
    if (found === true) return true;
    if (found !== false) doubt = found;
  }
  return doubt;
}

const DIMENSIONS: Readonly<Record<string, Dimension>> = { ip: 'ip', net: 'net', port: 'port' };
const TYPE = /^(?:hash|bitmap):([a-z,]{1,40})$/;

function dimensionsOf(type: string): readonly Dimension[] | null {
  const names = TYPE.exec(type)?.[1]?.split(',');
  const dimensions = names?.map((name) => DIMENSIONS[name]);
  return dimensions === undefined || dimensions.includes(undefined) ? null : (dimensions as readonly Dimension[]);
}

/** @returns null for a type that looks at more than addresses and ports. */
function buildIndex(set: IpSet): Index | null {
  const dimensions = dimensionsOf(set.type);
  if (dimensions === null) return null;
  const keys = new Map<string, boolean>();
  const lengths = dimensions.map(() => new Set<number>());
  const ranges: { parts: readonly Part[]; nomatch: boolean }[] = [];
  let unreadable = 0;
  for (const { text, nomatch } of set.entries) {
    const words = text.split(',', dimensions.length + 1);
    const parts = dimensions.map((dimension, at) => partOf(dimension, words[at] ?? '', set.type));
    if (words.length !== dimensions.length || parts.includes(null)) unreadable += 1;
    else if (parts.some((part) => part?.is !== 'key')) ranges.push({ parts: parts as readonly Part[], nomatch });
    else {
      const read = parts as readonly (Part & { is: 'key' })[];
      keys.set(read.map((part) => part.key).join(' '), nomatch);
      for (const [at, part] of read.entries()) lengths[at]?.add(part.length);
    }
  }
  const sorted = lengths.map((known) => [...known].sort((one, two) => two - one));
  const icmp = set.entries.some(({ text }) => text.includes('icmp'));
  return { dimensions, keys, lengths: sorted, ranges, unreadable, icmp };
}

function partOf(dimension: Dimension, text: string, type: string): Part | null {
  return dimension === 'port' ? portPart(text, type) : addressPart(dimension, text);
}

function addressPart(dimension: Dimension, text: string): Part | null {
  const [low = '', high] = text.split('-', 2);
  if (high !== undefined) {
    const from = addressNumber(low);
    const to = addressNumber(high);
    return from === null || to === null ? null : { is: 'addresses', low: from, high: to };
  }
  const [address = '', printed] = text.split('/', 2);
  const known = canonicalAddress(address);
  if (known === null) return null;
  const bits = known.includes(':') ? 128 : 32;
  const length = printed === undefined ? bits : /^\d{1,3}$/.test(printed) ? Number(printed) : bits + 1;
  if (length > bits) return null;
  if (dimension === 'net') return { is: 'key', key: networkKey(known, length), length };
  if (length === bits) return { is: 'key', key: known, length };
  // A set of single addresses stores a prefix as its addresses.
  const low_ = masked(known, length);
  return { is: 'addresses', low: low_, high: low_ | ((1n << BigInt(bits - length)) - 1n) };
}

function masked(address: string, length: number): bigint {
  const bits = address.includes(':') ? 128 : 32;
  const host = BigInt(bits - length);
  return ((addressNumber(address) ?? 0n) >> host) << host;
}

function networkKey(address: string, length: number): string {
  return `${masked(address, length)}/${length}`;
}

function portPart(text: string, type: string): Part | null {
  const found = /^(?:([a-z0-9-]{1,20}):)?(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (found === null) return /^icmp(?:v6)?:/.test(text) ? { is: 'key', key: text, length: 0 } : null;
  const printed = found[1] ?? 'tcp';
  // bitmap:port keeps ports only, whatever the protocol.
  const protocol = type === 'bitmap:port' ? '' : protocolNamed(printed);
  const low = Number(found[2]);
  if (found[3] === undefined) return { is: 'key', key: `${protocol}:${low}`, length: 0 };
  return { is: 'ports', protocol, low, high: Number(found[3]) };
}

/** Protocols whose ports the kernel reads (ip_set_getport.c). */
const WITH_PORTS = new Set(['tcp', 'udp', 'sctp', 'udplite']);

/** What one dimension takes from the packet. */
interface Asked {
  readonly dimension: Dimension;
  /** RFC 5952 form. */
  readonly address: string;
  readonly protocol: string;
  readonly port: number;
}

function look(set: IpSet, index: Index, packet: SetPacket, flags: readonly ('src' | 'dst')[]): Truth {
  const asked: Asked[] = [];
  for (const [at, dimension] of index.dimensions.entries()) {
    const source = flags[at] === 'src';
    const address = canonicalAddress(source ? packet.source : packet.destination);
    if (address === null) return { unsure: `the ${source ? 'source' : 'destination'} address is not known` };
    let port = 0;
    let protocol = packet.protocol;
    if (dimension === 'port') {
      if (set.type === 'bitmap:port') {
        if (protocol !== 'tcp' && protocol !== 'udp') return false;
        protocol = '';
      }
      const stated = source ? packet.sourcePort : packet.destinationPort;
      if (WITH_PORTS.has(packet.protocol)) {
        if (stated === null)
          return unknownPort(
            set,
            `the ${source ? 'source' : 'destination'} port is not known, and ipset ${set.name} asks for it`,
          );
        port = stated;
      } else if (/^(?:icmp|ipv6-icmp|icmpv6)$/.test(packet.protocol) && index.icmp)
        return { unsure: `ipset ${set.name} asks for an ICMP type` };
    }
    asked.push({ dimension, address, protocol, port });
  }
  const exact = lookUp(index, asked, 0, '');
  const ranged = exact ?? inRanges(index, asked);
  if (ranged !== null) return !ranged;
  if (index.unreadable > 0) return { unsure: `${index.unreadable} entries of ipset ${set.name} could not be read` };
  return set.complete ? false : { unsure: `ipset ${set.name} was captured in part` };
}

function unknownPort(set: IpSet, because: string): Truth {
  return set.entries.length === 0 && set.complete ? false : { unsure: because };
}

/** Longest prefixes first, dimension by dimension, as the kernel walks them. @returns nomatch of the entry, or null. */
function lookUp(index: Index, asked: readonly Asked[], at: number, key: string): boolean | null {
  const one = asked[at];
  if (one === undefined) return index.keys.get(key) ?? null;
  const next = (part: string): boolean | null => lookUp(index, asked, at + 1, at === 0 ? part : `${key} ${part}`);
  if (one.dimension === 'port') return next(`${one.protocol}:${one.port}`);
  if (one.dimension === 'ip') return next(one.address);
  for (const length of index.lengths[at] ?? []) {
    const found = next(networkKey(one.address, length));
    if (found !== null) return found;
  }
  return null;
}

function inRanges(index: Index, asked: readonly Asked[]): boolean | null {
  for (const { parts, nomatch } of index.ranges) {
    const all = parts.every((part, at) => {
      const one = asked[at];
      if (one === undefined) return false;
      if (part.is === 'ports') return part.protocol === one.protocol && part.low <= one.port && one.port <= part.high;
      if (part.is === 'key') {
        if (one.dimension === 'port') return part.key === `${one.protocol}:${one.port}`;
        return part.key === (one.dimension === 'net' ? networkKey(one.address, part.length) : one.address);
      }
      const number = addressNumber(one.address);
      return number !== null && part.low <= number && number <= part.high;
    });
    if (all) return nomatch;
  }
  return null;
}
