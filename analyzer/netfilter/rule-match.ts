/** What a single rule can match, as far as the printed text decides. */
import ipaddr from 'ipaddr.js';
import type { PacketRule, RuleMatch } from '../core/packet-rule.ts';
import { fourBytes } from './address.ts';

/** @returns true when the rule has no match at all: every packet that comes to it takes it. */
export function matchesEverything(rule: PacketRule): boolean {
  return (
    rule.protocol === null &&
    rule.source === null &&
    rule.destination === null &&
    rule.inInterface === null &&
    rule.outInterface === null &&
    rule.sourcePorts === null &&
    rule.destinationPorts === null &&
    rule.mark === null &&
    rule.connmark === null &&
    (rule.probability === null || rule.probability >= 1) &&
    rule.ctstate === null &&
    rule.sourceType === null &&
    rule.destinationType === null &&
    rule.sets.length === 0 &&
    (rule.recent === null || rule.recent.action === 'set') &&
    rule.otherMatches.length === 0
  );
}

/** @returns true when the conntrack state lets the first packet of a connection through. */
export function takesNewConnections(rule: PacketRule): boolean {
  if (rule.ctstate === null) return true;
  const names = rule.ctstate.value.toUpperCase().split(',').includes('NEW');
  return rule.ctstate.not ? !names : names;
}

interface ParsedPrefix {
  readonly bytes: readonly number[];
  readonly length: number;
}

const parsed = new Map<string, ParsedPrefix | null>();
const PARSED_MAX = 20_000;

function parsePrefix(text: string): ParsedPrefix | null {
  const four = fourBytes(text);
  if (four !== null) return { bytes: four, length: 32 };
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const [address = '', length] = text.split('/');
  let prefix: ParsedPrefix | null = null;
  if (ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address)) {
    const bytes = ipaddr.parse(address).toByteArray();
    const count = length === undefined ? bytes.length * 8 : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
    if (count <= bytes.length * 8) prefix = { bytes, length: count };
  }
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(text, prefix);
  return prefix;
}

/** @returns true when prefix `outer` (a.b.c.d, a.b.c.d/n or v6) holds every address of `inner`. */
export function prefixHolds(outer: string, inner: string): boolean {
  const wide = parsePrefix(outer);
  const narrow = parsePrefix(inner);
  if (wide === null || narrow === null || wide.bytes.length !== narrow.bytes.length || wide.length > narrow.length)
    return false;
  for (let bit = 0; bit < wide.length; bit += 8) {
    const left = wide.length - bit;
    const mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff;
    if (((wide.bytes[bit / 8] ?? 0) & mask) !== ((narrow.bytes[bit / 8] ?? 0) & mask)) return false;
  }
  return true;
}

/** @returns length of a prefix in bits, or -1 when the text is none. */
export function prefixLength(text: string): number {
  return parsePrefix(text)?.length ?? -1;
}

/** @returns true when the match certainly takes every address of `prefix`. */
export function addressTaken(match: RuleMatch | null, prefix: string): boolean {
  if (match === null) return true;
  if (!match.not) return prefixHolds(match.value, prefix);
  const excluded = parsePrefix(match.value);
  return excluded !== null && !prefixHolds(match.value, prefix) && !prefixHolds(prefix, match.value);
}

/** @returns true when the protocol match certainly takes `protocol`. */
export function protocolTaken(match: RuleMatch | null, protocol: string | null): boolean {
  if (match === null) return true;
  if (protocol === null) return false;
  return match.not ? match.value !== protocol : match.value === protocol;
}

/** @returns true when the port match (`80`, `1:1024`, `80,443`) certainly takes `port`. */
export function portTaken(match: RuleMatch | null, port: number | null): boolean {
  if (match === null) return true;
  if (port === null) return false;
  const listed = match.value.split(',').some((part) => {
    const [low = '', high] = part.split(/[:-]/);
    if (!/^\d{1,5}$/.test(low)) return false;
    return high === undefined
      ? Number(low) === port
      : Number(low) <= port && port <= (high === '' ? 65535 : Number(high));
  });
  return match.not ? !listed : listed;
}

/** @returns address and port of `a.b.c.d:port`, `[v6]:port` or a bare address; null for anything else (ranges). */
export function splitEndpoint(text: string): { readonly address: string; readonly port: number | null } | null {
  const found = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::(\d{1,5}))?$/.exec(text) ?? /^()([0-9a-fA-F:]+)()$/.exec(text);
  const address = found?.[1] || found?.[2];
  if (address === undefined || parsePrefix(address) === null) return null;
  return { address, port: found?.[3] ? Number(found[3]) : null };
}
