/**
 * `ip route show`, `ip route show table all`, `ip -6 route`:
 *
 *   default via 192.168.10.1 dev eth0
 *   blackhole 10.244.1.0/24
 *   10.244.1.10 dev eni0abc0f scope link
 *   local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1
 */
import ipaddr from 'ipaddr.js';
import { textLines } from './iptables-values.ts';

export interface RouteEntry {
  readonly line: number;
  readonly raw: string;
  /** unicast, local, blackhole, unreachable, prohibit, broadcast, multicast, anycast, throw ... */
  readonly type: string;
  /** Prefix without /32 and /128; `default` as 0.0.0.0/0 or ::/0. */
  readonly prefix: string;
  readonly device: string | null;
  readonly via: string | null;
  /** `main` unless the line names another. */
  readonly table: string;
}

const TYPES = new Set([
  'unicast',
  'local',
  'broadcast',
  'multicast',
  'throw',
  'unreachable',
  'prohibit',
  'blackhole',
  'nat',
  'anycast',
]);

/** @returns the routes in order; lines that are none are counted. Never throws. */
export function parseIpRoute(text: string): { readonly routes: readonly RouteEntry[]; readonly junkLines: number } {
  const routes: RouteEntry[] = [];
  let junkLines = 0;
  for (const [index, raw] of textLines(text).entries()) {
    const words = raw.trim().split(/\s+/, 40);
    if (words[0] === '') continue;
    const typed = TYPES.has(words[0] as string);
    const type = typed ? (words[0] as string) : 'unicast';
    const printed = words[typed ? 1 : 0] ?? '';
    const after = (word: string): string | null => {
      const at = words.indexOf(word);
      return at < 0 ? null : (words[at + 1] ?? null);
    };
    const via = after('via');
    const prefix = routePrefix(printed, via ?? after('src'));
    // A next hop of a multipath route stands on a line of its own.
    if (prefix === null) {
      if (words[0] !== 'nexthop') junkLines += 1;
      continue;
    }
    routes.push({ line: index + 1, raw, type, prefix, device: after('dev'), via, table: after('table') ?? 'main' });
  }
  return { routes, junkLines };
}

function routePrefix(printed: string, hint: string | null): string | null {
  if (printed === 'default') return hint?.includes(':') ? '::/0' : '0.0.0.0/0';
  const address = printed.split('/')[0] ?? '';
  return ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address)
    ? printed.replace(/\/32$/, (mask) => (address.includes(':') ? mask : '')).replace(/\/128$/, '')
    : null;
}
