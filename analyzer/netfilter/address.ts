/** Addresses and prefixes as numbers, so that different spellings compare as equal. */
import ipaddr from 'ipaddr.js';
import type { Family } from '../core/packet-rule.ts';

const DOT = 46;

/** @returns the bytes of `a.b.c.d` in its one usual form, else null; tables have tens of thousands of them. */
export function fourBytes(text: string): readonly number[] | null {
  const bytes: number[] = [];
  let byte = -1;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at === text.length ? DOT : text.charCodeAt(at);
    if (code === DOT) {
      if (byte < 0 || bytes.push(byte) > 4) return null;
      byte = -1;
    } else {
      // A leading zero is not decimal for everyone: ipaddr.js decides.
      if (code < 48 || code > 57 || byte === 0) return null;
      byte = Math.max(byte, 0) * 10 + code - 48;
      if (byte > 255) return null;
    }
  }
  return bytes.length === 4 ? bytes : null;
}

const canonical = new Map<string, string | null>();
const CACHED_MAX = 50_000;

/** Nearly every captured address is of this form, which is its own RFC 5952 form. */
const PLAIN_IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** @returns the address in RFC 5952 form (10.0.0.1, 2001:db8::1), or null when the text is no address. */
export function canonicalAddress(text: string): string | null {
  if (PLAIN_IPV4.test(text)) return text;
  if (fourBytes(text) !== null) return text;
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
