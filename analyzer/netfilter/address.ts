/** Addresses and prefixes as numbers, so that different spellings compare as equal. */
import ipaddr from 'ipaddr.js';
import type { Family } from '../core/packet-rule.ts';

const canonical = new Map<string, string | null>();
const CACHED_MAX = 50_000;

/** @returns the address in RFC 5952 form (10.0.0.1, 2001:db8::1), or null when the text is no address. */
export function canonicalAddress(text: string): string | null {
  const known = canonical.get(text);
  if (known !== undefined) return known;
  let value: string | null = null;
  const bare = text.replace(/%.*$/, '');
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) value = ipaddr.IPv4.parse(bare).toString();
  else if (bare.includes(':') && ipaddr.IPv6.isValid(bare)) value = ipaddr.IPv6.parse(bare).toRFC5952String();
  if (canonical.size >= CACHED_MAX) canonical.clear();
  canonical.set(text, value);
  return value;
}

/** @returns the family of an address or prefix, or null when it is neither. */
export function addressFamily(text: string): Family | null {
  const address = canonicalAddress(text.split('/')[0] ?? '');
  if (address === null) return null;
  return address.includes(':') ? 'IPv6' : 'IPv4';
}

/** @returns `a.b.c.d:port` or `[v6]:port`; without port the address alone. */
export function endpointText(address: string, port: number | null): string {
  const bare = canonicalAddress(address) ?? address;
  if (port === null) return bare;
  return bare.includes(':') ? `[${bare}]:${port}` : `${bare}:${port}`;
}

/** @returns the address as one big number, or null when it is none. */
export function addressNumber(text: string): bigint | null {
  const address = canonicalAddress(text);
  if (address === null) return null;
  let value = 0n;
  for (const byte of ipaddr.parse(address).toByteArray()) value = (value << 8n) | BigInt(byte);
  return value;
}

/** @returns true for 127.0.0.0/8 and ::1. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
