/**
 * Prints rules from their fields as `iptables -L -n -v` of 1.8.9 does (without -v where nothing was counted). Matches
 * that have no form here are printed in the spelling of iptables-save, which the reader of listings takes as well.
 */
import type { ChainDump, MarkBits, PacketRule, RuleDump, RuleMatch, TableDump } from '../core/packet-rule.ts';
import { hex, markText, probabilityText } from './iptables-print.ts';
import { wordsOf } from './iptables-words.ts';

const VERBOSE_TITLES = ' pkts bytes target     prot opt in     out     source               destination         ';
const TITLES = 'target     prot opt source               destination         ';

/** @returns the tables one after the other; a listing does not say which table is which. */
export function printIptablesList(dump: Pick<RuleDump, 'tables'>): string {
  return dump.tables.map(printTable).join('\n');
}

function printTable(table: TableDump): string {
  const lines: string[] = [];
  const chains = [...table.chains.values()];
  const rules = chains.flatMap((chain) => chain.rules);
  const verbose = rules.some(
    (rule) => rule.packets !== null || rule.inInterface !== null || rule.outInterface !== null,
  );
  const jumps = new Map<string, number>();
  for (const { target } of rules) if (target !== null) jumps.set(target, (jumps.get(target) ?? 0) + 1);
  for (const chain of chains) {
    lines.push(heading(chain, jumps.get(chain.name) ?? 0, verbose), verbose ? VERBOSE_TITLES : TITLES);
    for (const rule of chain.rules) lines.push(printRule(rule, table, verbose));
    lines.push('');
  }
  // Only the collector's footer tells that lines inside are missing.
  if (table.cut?.what === 'lines') lines.push('=======', `Total Number of Rules: ${rules.length + 1}`, '');
  return lines.join('\n');
}

function heading(chain: ChainDump, jumps: number, verbose: boolean): string {
  if (chain.policy === null) return `Chain ${chain.name} (${chain.references ?? jumps} references)`;
  return `Chain ${chain.name} (policy ${chain.policy}${verbose ? ' 0 packets, 0 bytes' : ''})`;
}

function printRule(rule: PacketRule, table: TableDump, verbose: boolean): string {
  const any = table.family === null ? 'anywhere' : table.family === 'IPv6' ? '::/0' : '0.0.0.0/0';
  const fragments = rule.otherMatches.find((match) => match === '-f' || match === '! -f');
  const columns = [
    ...(verbose ? [(rule.packets?.printed ?? '0').padStart(5), (rule.bytes?.printed ?? '0').padStart(5)] : []),
    (rule.target ?? '').padEnd(10),
    column(rule.protocol, 'all').padEnd(4),
    fragments === undefined ? '--' : fragments === '-f' ? '-f' : '!f',
    ...(verbose ? [column(rule.inInterface, '*').padEnd(6), column(rule.outInterface, '*').padEnd(6)] : []),
    column(rule.source, any).padEnd(20),
    column(rule.destination, any).padEnd(20),
  ];
  const others = rule.otherMatches.filter((match) => match !== fragments);
  return [...columns, ...fieldTexts(rule), ...listed(others, MATCHES), ...targetTexts(rule)].join(' ');
}

function column(match: RuleMatch | null, any: string): string {
  return match === null ? any : `${match.not ? '!' : ''}${match.value}`;
}

function fieldTexts(rule: PacketRule): readonly string[] {
  const texts: string[] = [];
  if (rule.verb === 'goto') texts.push('[goto]');
  if (rule.comment !== null) texts.push(`/* ${rule.comment} */`);
  if (rule.sourcePorts !== null) texts.push(ports(rule, rule.sourcePorts, 's'));
  if (rule.destinationPorts !== null) texts.push(ports(rule, rule.destinationPorts, 'd'));
  if (rule.mark !== null) texts.push(`mark match ${marked(rule.mark)}`);
  if (rule.connmark !== null) texts.push(`connmark match ${marked(rule.connmark)}`);
  if (rule.ctstate !== null) texts.push(`${rule.ctstate.not ? '! ' : ''}ctstate ${rule.ctstate.value}`);
  if (rule.sourceType !== null || rule.destinationType !== null) texts.push('ADDRTYPE match');
  if (rule.sourceType !== null) texts.push(`src-type ${column(rule.sourceType, '')}`);
  if (rule.destinationType !== null) texts.push(`dst-type ${column(rule.destinationType, '')}`);
  if (rule.probability !== null) texts.push(`statistic mode random probability ${probabilityText(rule.probability)}`);
  if (rule.recent !== null) {
    const action = { check: 'CHECK', set: 'SET', other: 'UPDATE' }[rule.recent.action];
    texts.push(`recent: ${action} name: ${rule.recent.name ?? 'DEFAULT'} side: source mask: 255.255.255.255`);
  }
  for (const set of rule.sets) texts.push(`${set.not ? '! ' : ''}match-set ${set.name} ${set.flags}`);
  return texts;
}

function marked(mark: MarkBits): string {
  return `${mark.not ? '! ' : ''}${markText(mark)}`;
}

function ports(rule: PacketRule, match: RuleMatch, side: 's' | 'd'): string {
  const not = match.not ? '!' : '';
  if (match.value.includes(',')) return `multiport ${side}ports ${not}${match.value}`;
  return `${rule.protocol?.value ?? 'tcp'} ${side}pt${match.value.includes(':') ? 's' : ''}:${not}${match.value}`;
}

function targetTexts(rule: PacketRule): readonly string[] {
  const texts: string[] = [];
  if (rule.toDestination !== null) texts.push(`to:${rule.toDestination}`);
  if (rule.toSource !== null) texts.push(`to:${rule.toSource}`);
  if (rule.rejectWith !== null) texts.push(`reject-with ${rule.rejectWith}`);
  if (rule.setMark !== null) texts.push(`MARK ${change(rule.setMark)}`);
  const connmark = rule.setConnmark;
  if (connmark?.operation === 'set') texts.push(`CONNMARK ${change(connmark)}`);
  else if (connmark !== null) {
    const { operation, packetMask, connectionMask } = connmark;
    const [packet, connection] = [hex(packetMask), hex(connectionMask)];
    const masks =
      packetMask !== connectionMask
        ? operation === 'save'
          ? ` nfmask ${packet} ctmask ~${connection}`
          : ` ctmask ${connection} nfmask ~${packet}`
        : packetMask === 0xffffffff
          ? ''
          : ` mask ${packet}`;
    texts.push(`CONNMARK ${operation}${masks}`);
  }
  const log = rule.target === 'LOG' ? logText(rule.targetOptions) : null;
  if (log !== null) return [...texts, log];
  return [...texts, ...listed(rule.targetOptions, TARGETS[rule.target ?? ''] ?? [])];
}

/** The shortest of the operations that says it, as mark_tg_print in libxt_MARK.c chooses it. */
function change({ value, mask }: { readonly value: number; readonly mask: number }): string {
  if (value === 0) return `and ${hex(~mask >>> 0)}`;
  if (value === mask) return `or ${hex(value)}`;
  if (mask === 0) return `xor ${hex(value)}`;
  return mask === 0xffffffff ? `set ${hex(value)}` : `xset ${hex(value)}/${hex(mask)}`;
}

/** LOG prints all its options as one text, with -n the flags as a number (XT_LOG_* of linux/netfilter/xt_LOG.h). */
function logText(options: readonly string[]): string | null {
  const flags: Readonly<Record<string, number>> = {
    '--log-tcp-sequence': 1,
    '--log-tcp-options': 2,
    '--log-ip-options': 4,
    '--log-uid': 8,
    '--log-macdecode': 32,
  };
  let [said, level, prefix] = [0, '4', ''];
  for (const option of options) {
    const [name = '', value] = wordsOf(option, 0).text;
    if (value === undefined && flags[name] !== undefined) said |= flags[name];
    else if (name === '--log-level' && value !== undefined && /^\d+$/.test(value)) level = value;
    else if (name === '--log-prefix' && value !== undefined && !value.includes('"')) prefix = ` prefix "${value}"`;
    else return null;
  }
  return `LOG flags ${said} level ${level}${prefix}`;
}

/** How one or several options in the spelling of iptables-save look in a listing; joined by line feeds to be matched. */
type Listed = readonly [RegExp, string | ((...found: string[]) => string)];

const MATCHES: readonly Listed[] = [
  [/^--limit-iface-(in|out)(?=\n|$)/, 'limit-$1'],
  [/^--limit (\S+)\n--limit-burst (\d+)(?=\n|$)/, 'limit: avg $1 burst $2'],
  [/^--limit (\S+)(?=\n|$)/, 'limit: avg $1 burst 5'],
  [/^(! )?--physdev-(\S+)( \S+)?(?=\n|$)/, (all) => `PHYSDEV match ${all}`],
  [/^(! )?--src-range (\S+)(?=\n|$)/, (_all, not = '', range = '') => `source IP range ${not}${range}`],
  [/^(! )?--dst-range (\S+)(?=\n|$)/, (_all, not = '', range = '') => `destination IP range ${not}${range}`],
  [/^(! )?--uid-owner (\S+)(?=\n|$)/, (_all, not = '', id = '') => `${not}owner UID match ${id}`],
  [/^(! )?--gid-owner (\S+)(?=\n|$)/, (_all, not = '', id = '') => `${not}owner GID match ${id}`],
  [
    /^(! )?--icmp-type (\d+)\/(\d+)(?=\n|$)/,
    (_all, not, type, code) => `icmp${not ? ' !' : ''}type ${type} code ${code}`,
  ],
  [/^(! )?--icmp-type (\d+)(?=\n|$)/, (_all, not, type) => `icmp${not ? ' !' : ''}type ${type}`],
  [
    /^(! )?--(v(?:proto|addr|port|dir|method|portctl)|ct(?:proto|orig|repl|status|expire|dir)\w*) (\S+)(?=\n|$)/,
    '$1$2 $3',
  ],
  [
    /^--connlimit-above (\d+)\n--connlimit-mask (\d+)\n--connlimit-(s|d)addr(?=\n|$)/,
    (_all, count, mask, side) => `#conn ${side === 's' ? 'src' : 'dst'}/${mask} > ${count}`,
  ],
  [/^--mode nth\n(! )?--every (\d+)\n--packet (\d+)(?=\n|$)/, 'statistic mode nth $1every $2 packet $3'],
  [/^-m (socket|rpfilter)(?=\n|$)/, '$1'],
  [/^--nfacct-name (\S+)(?=\n|$)/, 'nfacct-name  $1'],
];

const NAT_OPTIONS: readonly Listed[] = [[/^--(random-fully|random|persistent)(?=\n|$)/, '$1']];

const TARGETS: Readonly<Record<string, readonly Listed[]>> = {
  DNAT: NAT_OPTIONS,
  SNAT: NAT_OPTIONS,
  MASQUERADE: [[/^--to-ports (\S+)(?=\n|$)/, 'masq ports: $1'], ...NAT_OPTIONS],
  REDIRECT: [[/^--to-ports (\S+)(?=\n|$)/, 'redir ports $1'], ...NAT_OPTIONS],
  NFQUEUE: [
    [/^--queue-(num|balance) (\S+)(?=\n|$)/, 'NFQUEUE $1 $2'],
    [/^--queue-(bypass|cpu-fanout)(?=\n|$)/, '$1'],
  ],
  CT: [
    [/^--notrack(?=\n|$)/, 'CT notrack'],
    [/^--(helper|zone) (\S+)(?=\n|$)/, 'CT $1 $2'],
  ],
  TPROXY: [[/^--on-port (\d+)\n--on-ip (\S+)\n--tproxy-mark (\S+)(?=\n|$)/, 'TPROXY redirect $2:$1 mark $3']],
  TCPMSS: [
    [/^--clamp-mss-to-pmtu(?=\n|$)/, 'TCPMSS clamp to PMTU'],
    [/^--set-mss (\d+)(?=\n|$)/, 'TCPMSS set $1'],
  ],
  NFLOG: [[/^--(nflog-\w+) ("[^\n]*"|\S+)(?=\n|$)/, '$1 $2']],
};

function listed(options: readonly string[], forms: readonly Listed[]): readonly string[] {
  const texts: string[] = [];
  let rest = options.join('\n');
  while (rest !== '') {
    const form = forms.find(([shape]) => shape.test(rest));
    const found = form?.[0].exec(rest)?.[0] ?? rest.split('\n', 1)[0] ?? '';
    texts.push(form === undefined ? found : found.replace(form[0], form[1] as string));
    rest = rest.slice(found.length + 1);
  }
  return texts;
}
