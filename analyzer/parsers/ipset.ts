/**
 * Sets as `ipset list` and `ipset save` print them; a file may hold both, one after the other:
 *
 *   Name: KUBE-CLUSTER-IP
 *   Type: hash:ip,port
 *   Revision: 7
 *   Header: family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x8d07f33f
 *   Size in memory: 984
 *   References: 3
 *   Number of entries: 2
 *   Members:
 *   172.20.11.11,sctp:3868
 *   172.20.0.10,udp:53 timeout 10 packets 0 bytes 0 comment "dns" nomatch
 *
 *   create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
 *   add KUBE-NODE-PORT-TCP 30080
 */
import type { IpSet } from '../core/node-network.ts';
import { textLines } from './iptables-values.ts';
import { asCount, lineWords, wordAfter } from './line-words.ts';

type Entry = IpSet['entries'][number];
type Draft = { -readonly [K in keyof IpSet]: IpSet[K] } & { entries: Entry[] };

const HEADER = /^(Name|Type|Revision|Header|Size in memory|References|Number of entries|Members):\s{0,8}(.{0,1000})/;

/** @returns one entry a set name, in the order of the text; lines that belong to no set are counted. Never throws. */
export function parseIpset(text: string): { readonly sets: readonly IpSet[]; readonly junkLines: number } {
  const listed: Draft[] = [];
  const saved = new Map<string, Draft>();
  let open: Draft | null = null;
  let members = false;
  let last: Draft | null = null;
  let junkLines = 0;
  const lines = textLines(text);
  for (const [index, raw] of lines.entries()) {
    const words = lineWords(raw);
    const [first, name] = words;
    if (first === undefined) {
      open = null;
      continue;
    }
    const field = HEADER.exec(raw);
    if (field?.[1] === 'Name') {
      open = newSet(field[2]?.trim() ?? '', index + 1, '');
      listed.push(open);
      last = open;
      members = false;
    } else if (open !== null && field !== null) {
      if (field[1] === 'Members') members = true;
      else describe(open, field[1] as string, field[2] as string);
    } else if (first === 'create' && name !== undefined && (words[2] ?? '').includes(':')) {
      open = null;
      last = newSet(name, index + 1, words[2] as string);
      setHeader(last, words.slice(3));
      saved.set(name, last);
    } else if (first === 'add' && name !== undefined && words[2] !== undefined && !(open !== null && members)) {
      last = saved.get(name) ?? null;
      if (last === null) junkLines += 1;
      else last.entries.push(entry(words.slice(2), index + 1));
    } else if (open !== null && members) open.entries.push(entry(words, index + 1));
    else junkLines += 1;
  }
  for (const set of listed) if (set.declaredEntries !== null) set.complete = set.entries.length >= set.declaredEntries;
  // Without a last line ending the text was cut somewhere, and `tcp:8` may be the beginning of `tcp:80`.
  if (last !== null && !text.endsWith('\n')) {
    last.complete = false;
    if (last.entries.at(-1)?.line === lines.length) last.entries.pop();
  }
  return { sets: best(listed, saved), junkLines };
}

function newSet(name: string, line: number, type: string): Draft {
  return { name, line, type, family: 'IPv4', entries: [], declaredEntries: null, complete: true };
}

function describe(set: Draft, field: string, value: string): void {
  if (field === 'Type') set.type = value.trim();
  else if (field === 'Header') setHeader(set, lineWords(value));
  else if (field === 'Number of entries') set.declaredEntries = asCount(value.trim());
}

/** A netmask changes what an entry stands for, so it is part of the type. */
function setHeader(set: Draft, words: readonly string[]): void {
  set.family = wordAfter(words, 'family') === 'inet6' ? 'IPv6' : 'IPv4';
  for (const option of ['netmask', 'bitmask']) {
    const mask = wordAfter(words, option);
    if (mask !== null) set.type += ` ${option} ${mask}`;
  }
}

function entry(words: readonly string[], line: number): Entry {
  // A comment is quoted text and may hold any word.
  const comment = words.indexOf('comment');
  const options = comment < 0 ? words : words.slice(0, comment);
  const closing = words.findLastIndex((word) => word.endsWith('"'));
  const nomatch = options.includes('nomatch') || (comment >= 0 && words.slice(closing + 1).includes('nomatch'));
  return { line, text: words[0] ?? '', nomatch };
}

/** A list says how many entries there should be, so it is taken when it is whole; else the form that holds more. */
function best(listed: readonly Draft[], saved: ReadonlyMap<string, Draft>): readonly IpSet[] {
  const found = new Map<string, IpSet>();
  for (const set of listed) {
    const other = saved.get(set.name);
    const better = !set.complete && other !== undefined && other.entries.length > set.entries.length;
    const { declaredEntries } = set;
    const complete = declaredEntries === null || (other?.entries.length ?? 0) >= declaredEntries;
    found.set(set.name, better ? { ...other, declaredEntries, complete: other.complete && complete } : set);
  }
  for (const set of saved.values()) if (!found.has(set.name)) found.set(set.name, set);
  return [...found.values()];
}
