/**
 * Interfaces and their addresses, as `ip addr` prints them (also with -oneline and -brief) ...
 *
 *   2: eth0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP group default qlen 1000
 *       link/ether 46:2d:a1:b2:04:e5 brd ff:ff:ff:ff:ff:ff link-netnsid 0
 *       inet 192.168.10.5/24 brd 192.168.10.255 scope global secondary eth0
 *          valid_lft forever preferred_lft forever
 *       inet 172.30.0.1 peer 172.30.0.2/32 scope global tun0
 *   2: eth0    inet 192.168.10.5/24 scope global eth0\       valid_lft forever preferred_lft forever
 *   eth0@if2         UP             192.168.10.5/24 fe80::442d:a1ff:feb2:4e5/64
 *
 * ... and as the two layouts of net-tools' ifconfig do:
 *
 *   eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 9001
 *           inet 192.168.10.5  netmask 255.255.255.0  broadcast 192.168.10.255
 *           inet6 fe80::1  prefixlen 64  scopeid 0x20<link>
 *           ether 02:42:ac:11:00:02  txqueuelen 1000  (Ethernet)
 *
 *   eth0      Link encap:Ethernet  HWaddr 02:42:AC:11:00:02
 *             inet addr:192.168.10.5  Bcast:192.168.10.255  Mask:255.255.255.0
 *             inet6 addr: fe80::1/64 Scope:Link
 *             UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1
 */
import ipaddr from 'ipaddr.js';
import type { NodeInterface } from '../core/node-network.ts';
import { textLines } from './iptables-values.ts';
import { asCount, asPrefix, isAddress, lineWords, wordAfter } from './line-words.ts';

type Address = NodeInterface['addresses'][number];
type Draft = { -readonly [K in keyof NodeInterface]: NodeInterface[K] } & { flags: string[]; addresses: Address[] };

interface Reading {
  readonly interfaces: Map<string, Draft>;
  open: Draft | null;
  /** The open interface is an alias (`eth0:1`) of ifconfig. */
  alias: boolean;
}

/** @returns the interfaces in the order of the text; lines that belong to none are counted. Never throws. */
export function parseIpAddr(text: string): {
  readonly interfaces: readonly NodeInterface[];
  readonly junkLines: number;
} {
  const reading: Reading = { interfaces: new Map(), open: null, alias: false };
  let junkLines = 0;
  const lines = textLines(text);
  for (const [index, raw] of lines.entries()) {
    const words = lineWords(raw);
    if (words.length === 0) continue;
    // `inet 10.0.0.1` may be the beginning of 10.0.0.11: every form goes on behind the address.
    const half =
      index === lines.length - 1 && !text.endsWith('\n') && isAddress((words.at(-1) ?? '').split('/')[0] ?? '');
    if (half) {
      junkLines += 1;
      continue;
    }
    if (header(reading, raw, words, index + 1)) continue;
    if (reading.open === null || !/^\s/.test(raw)) {
      reading.open = null;
      junkLines += 1;
    } else detail(reading.open, words, index + 1, reading.alias);
  }
  return { interfaces: [...reading.interfaces.values()], junkLines };
}

const STATES = new Set(['UNKNOWN', 'UP', 'DOWN', 'LOWERLAYERDOWN', 'DORMANT', 'NOTPRESENT', 'TESTING']);

/** @returns false when the line begins no interface. */
function header(reading: Reading, raw: string, words: readonly string[], line: number): boolean {
  const first = words[0] as string;
  const second = words[1] ?? '';
  // A classic listing indents what follows a header, so a word at the left edge decides.
  if (/^\s/.test(raw) && !/^\s{0,3}\d/.test(raw)) return false;
  const index = asCount(/^(\d{1,9}):$/.exec(first)?.[1]);
  if (index !== null) {
    if (second.endsWith(':') && words[2]?.startsWith('<')) {
      const open = start(reading, second.slice(0, -1), index, line);
      open.flags = flagsOf(words[2]);
      open.mtu = asCount(wordAfter(words, 'mtu'));
      open.master = wordAfter(words, 'master');
      // -oneline goes on in the same line.
      const link = words.findIndex((word) => word.startsWith('link/'));
      if (link > 0) detail(open, words.slice(link), line, false);
      return true;
    }
    if (words[2] !== 'inet' && words[2] !== 'inet6') return false;
    detail(start(reading, second, index, line), words.slice(2), line, false);
    return true;
  }
  if (/^[^\s:]{1,32}(?::[^\s:]{1,16})?:$/.test(first) && second.startsWith('flags=')) {
    const open = start(reading, first.slice(0, -1), null, line);
    open.flags = flagsOf(second);
    open.mtu = asCount(wordAfter(words, 'mtu'));
    return true;
  }
  if (second === 'Link' && words[2]?.startsWith('encap:')) {
    const open = start(reading, first, null, line);
    open.mac = wordAfter(words, 'HWaddr')?.toLowerCase() ?? open.mac;
    return true;
  }
  if (STATES.has(second) && words.slice(2, 3).every((word) => /[.:/<]/.test(word))) {
    const open = start(reading, first, null, line);
    for (const word of words.slice(2)) {
      if (word.startsWith('<')) open.flags = flagsOf(word);
      else if (isMac(word)) open.mac = word.toLowerCase();
      else add(open, word, null, null, false, line);
    }
    return true;
  }
  return false;
}

/** `eth0@if2` is eth0; `eth0:1` of ifconfig is a second address of eth0. */
function start(reading: Reading, printed: string, index: number | null, line: number): Draft {
  const at = printed.lastIndexOf('@');
  const whole = at > 0 ? printed.slice(0, at) : printed;
  const [name = whole, label] = index === null ? whole.split(':', 2) : [whole];
  reading.alias = label !== undefined;
  const known = reading.interfaces.get(name);
  const open: Draft = known ?? {
    name,
    index,
    line,
    flags: [],
    master: null,
    mtu: null,
    mac: null,
    addresses: [],
  };
  reading.interfaces.set(name, open);
  reading.open = open;
  return open;
}

function flagsOf(printed: string): string[] {
  const inner = printed.slice(printed.indexOf('<') + 1).replace(/>$/, '');
  return inner === '' ? [] : inner.split(',');
}

function isMac(word: string): boolean {
  return /^[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5,19}$/.test(word);
}

function detail(open: Draft, words: readonly string[], line: number, alias: boolean): void {
  const [first = '', second = ''] = words;
  if ((first.startsWith('link/') || first === 'ether') && isMac(second)) open.mac = second.toLowerCase();
  else if (first === 'inet' || first === 'inet6') address(open, words, line, alias);
  else if (words.some((word) => word.startsWith('MTU:'))) {
    open.mtu = asCount(words.find((word) => word.startsWith('MTU:'))?.slice(4)) ?? open.mtu;
    if (open.flags.length === 0) open.flags = words.filter((word) => /^[A-Z]{2,}$/.test(word));
  }
}

function address(open: Draft, words: readonly string[], line: number, alias: boolean): void {
  const [, second = '', third = ''] = words;
  if (second.startsWith('addr:')) {
    const printed = second === 'addr:' ? third : second.slice(5);
    const mask = words.find((word) => word.startsWith('Mask:'))?.slice(5) ?? null;
    add(open, printed, maskLength(mask), null, alias, line);
    return;
  }
  const length = maskLength(wordAfter(words, 'netmask')) ?? asCount(wordAfter(words, 'prefixlen'));
  const scope = wordAfter(words, 'scope');
  // The length belongs to the peer: the address itself is one alone.
  const single = words.includes('peer') ? (second.includes(':') ? 128 : 32) : null;
  const secondary = alias || words.indexOf('secondary') > 0;
  add(open, second.replace(/\\$/, ''), single ?? length, scope?.replace(/\\$/, '') ?? null, secondary, line);
}

function maskLength(mask: string | null): number | null {
  if (mask === null || !ipaddr.IPv4.isValidFourPartDecimal(mask)) return null;
  return ipaddr.IPv4.parse(mask).prefixLengthFromSubnetMask();
}

function add(
  open: Draft,
  printed: string,
  length: number | null,
  scope: string | null,
  secondary: boolean,
  line: number,
): void {
  const [text = '', own] = printed.split('/', 2);
  // A classic listing may print the zone: fe80::1%eth0.
  const bare = text.split('%', 1)[0] ?? '';
  if (!isAddress(bare) || (own !== undefined && asPrefix(`${bare}/${own}`) === null)) return;
  if (open.addresses.some((each) => each.address === bare)) return;
  open.addresses.push({ address: bare, length: asCount(own) ?? length, scope, secondary, line });
}
