/**
 * Matches that no field of a rule holds, as listings print them, in the spelling of iptables-save:
 *
 *   limit: avg 3/min burst 5                     --limit 3/min
 *   source IP range 10.0.0.1-10.0.0.9            --src-range 10.0.0.1-10.0.0.9
 *   icmptype 3 code 4                            --icmp-type 3/4
 *   tcp flags:0x17/0x02                          --tcp-flags FIN,SYN,RST,ACK SYN
 *   ! owner UID match 0                          ! --uid-owner 0
 *   #conn src/32 > 10                            --connlimit-above 10, --connlimit-mask 32, --connlimit-saddr
 */
import type { ListForm } from './iptables-list-targets.ts';
import { spell } from './iptables-words.ts';

type Spelt = (found: readonly (string | undefined)[]) => readonly string[];

function match(form: RegExp, spelt: Spelt): readonly ListForm[] {
  return [[form, (rule, found) => void rule.otherMatches.push(...spelt(found))]];
}

const no = (mark: string | undefined): boolean => mark !== undefined && mark !== '';

/** By the word they begin with. */
export const LIST_FORMS: Readonly<Record<string, readonly ListForm[]>> = {
  'limit-in': match(/limit-in(?= |$)/y, () => ['--limit-iface-in']),
  'limit-out': match(/limit-out(?= |$)/y, () => ['--limit-iface-out']),
  'limit:': [
    // iptables-save leaves the default burst out.
    ...match(/limit: avg (\S+) burst (\d+)/y, ([, rate, burst]) => [
      `--limit ${rate}`,
      ...(burst === '5' ? [] : [`--limit-burst ${burst}`]),
    ]),
    ...match(/limit: (up to|above) (\S+) burst (\S+)/y, ([, way, rate, burst]) => [
      `--hashlimit-${way === 'above' ? 'above' : 'upto'} ${rate}`,
      `--hashlimit-burst ${burst}`,
    ]),
  ],
  mode: match(/mode ((?:src|dst)[a-z-]*)/y, ([, mode]) => [`--hashlimit-mode ${mode?.replaceAll('-', ',')}`]),
  ...Object.fromEntries(
    ['htable-size', 'htable-max', 'htable-expire', 'htable-gcinterval', 'srcmask', 'dstmask'].map((name) => [
      name,
      match(new RegExp(`${name} (\\d+)`, 'y'), ([, value]) => [`--hashlimit-${name} ${value}`]),
    ]),
  ),
  '#conn': match(/#conn (src|dst)\/(\d+) (>|<=|!>) (\d+)/y, ([, side, mask, way, count]) => [
    `--connlimit-${way === '>' ? 'above' : 'upto'} ${count}`,
    `--connlimit-mask ${mask}`,
    `--connlimit-${side === 'src' ? 's' : 'd'}addr`,
  ]),
  // The options follow in the spelling of iptables-save.
  PHYSDEV: match(/PHYSDEV match(?= |$)/y, () => []),
  source: match(/source IP range (! )?(\S+)/y, ([, not, range = '']) => [spell('--src-range', [range], no(not))]),
  destination: match(/destination IP range (! )?(\S+)/y, ([, not, range = '']) => [
    spell('--dst-range', [range], no(not)),
  ]),
  owner: match(/(! )?owner (UID|GID) match (\S+)/y, ([, not, who, id = '']) => [
    spell(who === 'UID' ? '--uid-owner' : '--gid-owner', [id], no(not)),
  ]).concat(match(/(! )?owner socket exists/y, ([, not]) => [spell('--socket-exists', [], no(not))])),
  icmptype: icmp('icmp', '--icmp-type'),
  icmp: icmp('icmp', '--icmp-type'),
  'ipv6-icmptype': icmp('ipv6-icmp', '--icmpv6-type'),
  'ipv6-icmp': icmp('ipv6-icmp', '--icmpv6-type'),
  flags: match(
    /flags:(!?)(0x[0-9a-fA-F]{1,2}|[A-Z,]+)\/(0x[0-9a-fA-F]{1,2}|[A-Z,]+)/y,
    ([, not, mask = '', set = '']) => [spell('--tcp-flags', [tcpFlags(mask), tcpFlags(set)], no(not))],
  ),
  ...Object.fromEntries(
    ['vproto', 'vaddr', 'vport', 'vdir', 'vmethod', 'vportctl'].map((name) => [
      name,
      match(new RegExp(`(! )?${name} (\\S+)`, 'y'), ([, not, value = '']) => [spell(`--${name}`, [value], no(not))]),
    ]),
  ),
  ipvs: match(/(! )?ipvs(?= |$)/y, ([, not]) => [spell('--ipvs', [], no(not))]),
  ...Object.fromEntries(
    [
      ...['ctproto', 'ctorigsrc', 'ctorigdst', 'ctreplsrc', 'ctrepldst', 'ctorigsrcport', 'ctorigdstport'],
      ...['ctreplsrcport', 'ctrepldstport', 'ctstatus', 'ctexpire', 'ctdir'],
    ].map((name) => [
      name,
      match(new RegExp(`(! )?${name} (\\S+)`, 'y'), ([, not, value = '']) => [spell(`--${name}`, [value], no(not))]),
    ]),
  ),
  'nfacct-name': match(/nfacct-name +(\S+)/y, ([, name = '']) => [spell('--nfacct-name', [name])]),
  'return-nomatch': match(/return-nomatch(?= |$)/y, () => ['--return-nomatch']),
  length: match(/length (!?) ?(\d+(?::\d+)?)/y, ([, not, value = '']) => [spell('--length', [value], no(not))]),
  TTL: match(/TTL match TTL (==|!=|<|>) (\d+)/y, ([, way, value = '']) => [compared('--ttl', way, value)]),
  HL: match(/HL match HL (==|!=|<|>) (\d+)/y, ([, way, value = '']) => [compared('--hl', way, value)]),
  PKTTYPE: match(/PKTTYPE (!?)= (\S+)/y, ([, not, value = '']) => [spell('--pkt-type', [value], no(not))]),
  MAC: match(/MAC ?(!?) ?((?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2})/y, ([, not, value = '']) => [
    spell('--mac-source', [value.toLowerCase()], no(not)),
  ]),
  DSCP: match(/DSCP match (!?) ?(0x[0-9a-fA-F]+)/y, ([, not, value = '']) => [spell('--dscp', [value], no(not))]),
  helper: match(/helper match (! ?)?"(.*?)"(?= |$)/sy, ([, not, value = '']) => [spell('--helper', [value], no(not))]),
  policy: match(/policy match dir (in|out) pol (none|ipsec)( strict)?/y, ([, way, kind, strict]) => [
    `--dir ${way}`,
    `--pol ${kind}`,
    ...(strict === undefined ? [] : ['--strict']),
  ]),
  rpfilter: flagged('rpfilter', ['loose', 'validmark', 'accept-local', 'invert']),
  // Its options follow in the spelling of iptables-save; without one the module itself is the match.
  socket: match(/socket(?= --(?:transparent|nowildcard|restore-skmark))/y, () => []).concat(
    match(/socket(?= |$)/y, () => ['-m socket']),
  ),
};

/** A module that prints its name and flags without dashes. */
function flagged(module: string, flags: readonly string[]): readonly ListForm[] {
  return match(new RegExp(`${module}((?: (?:${flags.join('|')})(?= |$))*)`, 'y'), ([, said = '']) =>
    said === ''
      ? [`-m ${module}`]
      : said
          .trim()
          .split(' ')
          .map((flag) => `--${flag}`),
  );
}

/** `icmptype 8`, `icmp !type 3 code 4`, without -n `icmp echo-request`. */
function icmp(module: string, option: string): readonly ListForm[] {
  return [
    ...match(
      new RegExp(`${module}(?: (!)| )?type (\\d+)(?: code (\\d+)| codes (\\d+)-(\\d+))?(?= |$)`, 'y'),
      ([, not, type, code, first, last]) => [
        spell(
          option,
          [
            type === '255' && module === 'icmp'
              ? 'any'
              : `${type}${code !== undefined ? `/${code}` : first !== undefined ? `/${first}-${last}` : ''}`,
          ],
          no(not),
        ),
      ],
    ),
    ...match(new RegExp(`${module} (!)?([a-z][a-zA-Z-]*)(?= |$)`, 'y'), ([, not, name = '']) => [
      spell(option, [ICMP_NAMES[`${module} ${name}`] ?? name], no(not)),
    ]),
  ];
}

/** Names that both icmp modules of iptables 1.8 print without -n and that have one meaning. */
const ICMP_NAMES: Readonly<Record<string, string>> = {
  'icmp echo-reply': '0',
  'icmp destination-unreachable': '3',
  'icmp network-unreachable': '3/0',
  'icmp host-unreachable': '3/1',
  'icmp port-unreachable': '3/3',
  'icmp fragmentation-needed': '3/4',
  'icmp redirect': '5',
  'icmp echo-request': '8',
  'icmp time-exceeded': '11',
  'ipv6-icmp destination-unreachable': '1',
  'ipv6-icmp packet-too-big': '2',
  'ipv6-icmp time-exceeded': '3',
  'ipv6-icmp parameter-problem': '4',
  'ipv6-icmp echo-request': '128',
  'ipv6-icmp echo-reply': '129',
  'ipv6-icmp router-solicitation': '133',
  'ipv6-icmp router-advertisement': '134',
  'ipv6-icmp neighbour-solicitation': '135',
  'ipv6-icmp neighbour-advertisement': '136',
};

const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'];

/** @returns `0x17` or the printed names as iptables-save prints them. */
function tcpFlags(printed: string): string {
  if (!printed.startsWith('0x')) return printed;
  const bits = Number(printed);
  const names = TCP_FLAGS.filter((_name, bit) => (bits & (1 << bit)) !== 0);
  return names.length === 0 ? 'NONE' : names.join(',');
}

function compared(option: string, way: string | undefined, value: string): string {
  return spell(`${option}-${way === '<' ? 'lt' : way === '>' ? 'gt' : 'eq'}`, [value], way === '!=');
}
