/**
 * `sysctl -a`, `sysctl KEY ...`, and files of /proc/sys printed with their name (`grep . /proc/sys/...`):
 *
 *   net.ipv4.ip_forward = 1
 *   net.ipv4.conf.eth0/100.rp_filter = 1
 *   /proc/sys/net/ipv4/conf/all/rp_filter:2
 *   sysctl: permission denied on key 'net.ipv4.tcp_fastopen_key'
 */
import type { AtLine } from '../core/node-state.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

/** A node has a few thousand keys, a hundred for each interface. */
const SYSCTL_KEYS_MAX = 200_000;
/** Longer values are kernel lists that no question is about. */
const VALUE_CHARS_MAX = 400;
const KEY = /^[a-z0-9_][\w./@:-]{2,200}$/i;

/** A line as sysctl prints nearly every one, taken apart at once; what it leaves is read step by step, to the same effect. */
const USUAL = /^([a-z0-9_]\w{0,60}\.[\w./@:-]{1,130}) = ([^\s]|[^\s][^\n]{0,390}[^\s])$/i;

/** @returns values by key, with dots as separators; a dot inside an interface name is kept as `/`, as sysctl prints it. The last line of a key counts. */
export function parseSysctl(text: CapturedText): {
  readonly values: ReadonlyMap<string, AtLine<string>>;
  readonly junkLines: number;
} {
  const values = new Map<string, AtLine<string>>();
  let junkLines = 0;
  eachLine(text, (whole, number) => {
    const usual = USUAL.exec(whole);
    if (usual !== null && values.size < SYSCTL_KEYS_MAX) {
      values.set(usual[1] as string, { value: usual[2] as string, line: number });
      return;
    }
    const line = whole.slice(0, VALUE_CHARS_MAX + 300).trim();
    if (line === '' || line.startsWith('#')) return;
    const pair = keyAndValue(line);
    if (pair === null || (values.size >= SYSCTL_KEYS_MAX && !values.has(pair.key))) junkLines += 1;
    else values.set(pair.key, { value: pair.value.slice(0, VALUE_CHARS_MAX), line: number });
  });
  return { values, junkLines };
}

function keyAndValue(line: string): { readonly key: string; readonly value: string } | null {
  if (line.startsWith('/proc/sys/')) {
    const colon = line.search(/[:=]/);
    if (colon < 0) return null;
    // In a path the slash separates and a dot belongs to a name; sysctl prints it the other way round.
    const key = line
      .slice('/proc/sys/'.length, colon)
      .trim()
      .replace(/[./]/g, (char) => (char === '.' ? '/' : '.'));
    return KEY.test(key) ? { key, value: line.slice(colon + 1).trim() } : null;
  }
  const equals = line.indexOf('=');
  if (equals < 0) return null;
  const key = line.slice(0, equals).trim();
  return KEY.test(key) && key.includes('.') ? { key, value: line.slice(equals + 1).trim() } : null;
}
