/** The small values both iptables printers share: counters, addresses, protocols, mark bits. */
import type { Count, Family, MarkBits, PacketRule, RuleDraft, RuleMatch } from '../core/packet-rule.ts';
import { protocolNamed } from '../core/protocols.ts';

const SUFFIX: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Most rules of a large table have never been met. */
const ZERO: Count = Object.freeze({ printed: '0', value: 0, exact: true });

/** @returns the counter `2675K` or `1655`, or null when the text is none. iptables shortens in steps of 1000. */
export function parseCount(printed: string): Count | null {
  if (printed === '0') return ZERO;
  const found = /^(\d{1,20})([KMGT])?$/.exec(printed);
  if (found === null) return null;
  const suffix = found[2];
  return {
    printed,
    value: Number(found[1]) * (suffix === undefined ? 1 : (SUFFIX[suffix] ?? 1)),
    exact: suffix === undefined,
  };
}

// One for all rules: a large table would hold tens of thousands of each.
const COMMON_PROTOCOLS: ReadonlyMap<string, RuleMatch> = new Map(
  ['tcp', 'udp', 'sctp'].map((value) => [value, Object.freeze({ not: false, value })]),
);

/** @returns the protocol in lower case by name, or null for `all`, `0` and `any`. */
export function parseProtocol(printed: string, not: boolean): RuleMatch | null {
  const bare = splitNot(printed, not);
  const name = bare.value.toLowerCase();
  if (name === 'all' || name === '0' || name === 'any' || name === '') return null;
  // Numbers with -n since iptables 1.8.9, names before.
  const known = protocolNamed(name);
  return (bare.not ? undefined : COMMON_PROTOCOLS.get(known)) ?? { not: bare.not, value: known };
}

/** @returns the prefix without /32 or /128, or null for "any address". */
export function parsePrefix(printed: string, not: boolean): RuleMatch | null {
  const bare = splitNot(printed, not);
  const value = bare.value;
  if (!bare.not && (value === '0.0.0.0/0' || value === '::/0' || value === 'anywhere' || value === 'default'))
    return null;
  return { not: bare.not, value: trimHostMask(value) };
}

function trimHostMask(value: string): string {
  if (value.endsWith('/255.255.255.255')) return value.slice(0, -16);
  if (value.endsWith('/32') && !value.includes(':')) return value.slice(0, -3);
  if (value.endsWith('/128')) return value.slice(0, -4);
  return value;
}

/** @returns the interface pattern, or null for `*` and `any`. */
export function parseInterface(printed: string, not: boolean): RuleMatch | null {
  const bare = splitNot(printed, not);
  return bare.value === '*' || bare.value === 'any' || bare.value === '' ? null : bare;
}

function splitNot(printed: string, not: boolean): RuleMatch {
  return printed.startsWith('!') ? { not: !not, value: printed.slice(1).trim() } : { not, value: printed };
}

function bits(text: string | undefined): number | null {
  if (text === undefined || !/^(0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(text)) return null;
  return Number(text) >>> 0;
}

/** @returns `0x4000/0x4000` (mask defaults to all bits), or null when it is no mark. */
export function parseMark(printed: string, not: boolean): MarkBits | null {
  const bare = splitNot(printed, not);
  const [value, mask] = bare.value.split('/');
  const parsed = bits(value);
  const parsedMask = mask === undefined ? 0xffffffff : bits(mask);
  return parsed === null || parsedMask === null ? null : { not: bare.not, value: parsed, mask: parsedMask };
}

// Printed without -n. Only names that /etc/services of Debian, Red Hat and Amazon Linux agree on.
const SERVICES: Readonly<Record<string, string>> = {
  'ftp-data': '20',
  ftp: '21',
  ssh: '22',
  telnet: '23',
  smtp: '25',
  domain: '53',
  bootps: '67',
  bootpc: '68',
  tftp: '69',
  http: '80',
  sunrpc: '111',
  ntp: '123',
  snmp: '161',
  bgp: '179',
  ldap: '389',
  https: '443',
  'microsoft-ds': '445',
  ldaps: '636',
  imaps: '993',
  nfs: '2049',
  mysql: '3306',
  postgresql: '5432',
  mdns: '5353',
};

/** @returns ports or ranges (`http`, `1:1024`, `http,https`) with the names that are certain as numbers. */
export function portNumbers(printed: string): string {
  if (!/[a-z]/.test(printed)) return printed;
  return printed.replace(/[^,:]+/g, (name) => (Object.hasOwn(SERVICES, name) ? (SERVICES[name] as string) : name));
}

/** @returns which family an address or prefix belongs to, or null when it is neither. */
export function familyOf(text: string): Family | null {
  const bare = text.replace(/^!/, '');
  if (/^\d{1,3}(\.\d{1,3}){3}(\/|$)/.test(bare)) return 'IPv4';
  return bare.includes(':') && /^[0-9a-fA-F:.]+(\/|$)/.test(bare) ? 'IPv6' : null;
}

const NOTHING: never[] = Object.freeze([]) as unknown as never[];

/** Lists that stayed empty become one: three a rule are a tenth of its memory. The rule is read and must not change any more. */
export function sealRule(rule: RuleDraft): PacketRule {
  if (rule.sets.length === 0) rule.sets = NOTHING;
  if (rule.otherMatches.length === 0) rule.otherMatches = NOTHING;
  if (rule.targetOptions.length === 0) rule.targetOptions = NOTHING;
  return rule;
}

/** @returns the lines of a text without their endings; a final line ending makes no empty last line. */
export function textLines(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}
