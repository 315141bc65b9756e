/**
 * `ip route show`, `ip route show table all`, `ip -6 route` (iproute2, ip/iproute.c print_route):
 *
 *   default via 192.168.10.1 dev eth0
 *   blackhole 10.244.1.0/24
 *   10.244.1.10 dev eni0abc0f scope link
 *   local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1
 *   default via 10.0.0.1 dev eth1 table 10001
 *   default proto bgp metric 20
 *   	nexthop via 10.0.0.2 dev eth0 weight 1
 *   	nexthop via 10.0.1.2 dev eth1 weight 1 dead linkdown
 *   unreachable default dev lo table unspec proto kernel metric 4294967295 error -101
 */
import type { RouteEntry } from '../core/node-network.ts';
import { textLines } from './iptables-values.ts';
import { asCount, asPrefix, lineWords, wordAfter } from './line-words.ts';

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

interface Hop {
  readonly device: string | null;
  readonly via: string | null;
  readonly dead: boolean;
}

interface Draft {
  readonly line: number;
  readonly raw: string;
  readonly type: string;
  /** Null: `default`, and the words do not tell of which family. */
  readonly prefix: string | null;
  readonly words: readonly string[];
  readonly hops: Hop[];
}

export interface RouteDump {
  readonly routes: readonly RouteEntry[];
  readonly junkLines: number;
  /** The text ends inside a line: routes may be missing. */
  readonly cut: boolean;
}

/** @returns the routes in order; lines that are none, or that end before they say where to, are counted. Never throws. */
export function parseIpRoute(text: string): RouteDump {
  const drafts: Draft[] = [];
  let open: Draft | null = null;
  let junkLines = 0;
  const cut = text !== '' && !text.endsWith('\n');
  const lines = textLines(text);
  for (const [index, raw] of lines.entries()) {
    const [words = [], ...hops] = segments(lineWords(raw));
    // Words of a cached route go on in a line of their own.
    if ((words.length === 0 && hops.length === 0) || words[0] === 'cache') continue;
    if (words.length === 0 && open !== null) {
      open.hops.push(...hops.map(hopOf));
      continue;
    }
    const typed = TYPES.has(words[0] ?? '');
    const printed = words[typed ? 1 : 0] ?? '';
    const prefix = printed === 'default' ? defaultPrefix(words) : asPrefix(printed);
    if (prefix === null && printed !== 'default') {
      junkLines += 1;
      open = null;
      continue;
    }
    const own = hopOf(words);
    const stated = own.device !== null || own.via !== null ? [own] : [];
    const type = typed ? (words[0] as string) : 'unicast';
    open = { line: index + 1, raw, type, prefix, words, hops: [...stated, ...hops.map(hopOf)] };
    drafts.push(open);
  }
  const whole = drafts.filter(
    (draft) =>
      (draft.type !== 'unicast' || draft.hops.length > 0 || draft.words.includes('nhid')) &&
      // `blackhole 10.0.0.0/2` may be the beginning of /24.
      !(cut && draft.line === lines.length && draft.hops.length === 0),
  );
  junkLines += drafts.length - whole.length;
  return { routes: whole.map((draft, index) => route(draft, whole, index)), junkLines, cut };
}

/** The route's own words, then those of each next hop printed on the same line (`ip -oneline`). */
function segments(words: readonly string[]): readonly (readonly string[])[] {
  const found: string[][] = [[]];
  for (const word of words) {
    if (word === 'nexthop') found.push([]);
    else if (word !== '\\') found.at(-1)?.push(word);
  }
  return found;
}

function hopOf(words: readonly string[]): Hop {
  const next = wordAfter(words, 'via');
  // `via inet6 fe80::1`: an IPv4 route through an IPv6 neighbour.
  const via = next === 'inet' || next === 'inet6' ? wordAfter(words, next) : next;
  return { device: wordAfter(words, 'dev'), via, dead: words.includes('dead') };
}

const DEFAULT_4 = '0.0.0.0/0';
const DEFAULT_6 = '::/0';

/** Only IPv6 routes print `pref` and `error`; only IPv4 ones a scope or a next hop of another family. */
function defaultPrefix(words: readonly string[]): string | null {
  const via = wordAfter(words, 'via');
  if (via === 'inet6' || words.includes('scope')) return DEFAULT_4;
  const hint = via ?? wordAfter(words, 'src');
  if (hint !== null) return hint.includes(':') ? DEFAULT_6 : DEFAULT_4;
  return words.includes('pref') || words.includes('error') ? DEFAULT_6 : null;
}

/** `table all` prints the families one after the other: a default route that does not tell is like its neighbours. */
function neighbourDefault(drafts: readonly Draft[], index: number): string {
  const via = drafts[index]?.hops.find((hop) => hop.via !== null)?.via;
  const near = via ?? drafts[index - 1]?.prefix ?? drafts[index + 1]?.prefix;
  return near?.includes(':') ? DEFAULT_6 : DEFAULT_4;
}

function route(draft: Draft, drafts: readonly Draft[], index: number): RouteEntry {
  const { words, hops } = draft;
  // The kernel does not choose a dead next hop.
  const first = hops.find((hop) => !hop.dead) ?? hops[0];
  const others = hops.filter((hop) => hop !== first && !hop.dead);
  return {
    line: draft.line,
    raw: draft.raw,
    type: draft.type,
    prefix: draft.prefix ?? neighbourDefault(drafts, index),
    device: first?.device ?? null,
    via: first?.via ?? null,
    table: wordAfter(words, 'table') ?? 'main',
    source: wordAfter(words, 'src'),
    metric: asCount(wordAfter(words, 'metric')) ?? 0,
    scope: wordAfter(words, 'scope'),
    ...(others.length > 0 ? { otherHops: others.map(({ device, via }) => ({ device, via })) } : {}),
    ...(first?.dead === true ? { dead: true as const } : {}),
  };
}
