import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { parseNftJson } from '../parsers/nft-json.ts';
import { parseNftText } from '../parsers/nft-text.ts';
import { compileNft } from './compile-nft.ts';
import type { Packet, ProgramRule, ProgramTable, Surroundings } from './program.ts';

const PLACE = { fileId: 1, file: 'nft-ruleset.txt' };
const PACKET: Packet = {
  family: 'IPv4',
  protocol: 'tcp',
  source: '10.244.1.10',
  sourcePort: 40000,
  destination: '10.96.0.10',
  destinationPort: 53,
  inInterface: 'eni1abc',
  outInterface: null,
  mark: 0,
  connectionMark: 0,
  state: 'NEW',
  direction: 'original',
  destinationChanged: false,
  sourceChanged: false,
  viaIpvs: false,
  originalDestination: '10.96.0.10',
  originalDestinationPort: 53,
};
const AROUND: Surroundings = {
  isLocal: (address) => (address === '10.9.9.9' ? { unsure: 'routes' } : address === '192.168.10.5'),
  isLocalOn: (address, device) => address === '192.168.10.5' && device === 'eth0',
  ipset: () => null,
  wayBack: () => ({ kind: 'nowhere' }),
};

function tableOf(text: string): ProgramTable {
  const [table] = compileNft(parseNftText(text), PLACE).tables;
  if (table === undefined) throw new Error('no table');
  return table;
}

function ruleOf(line: string, more = '', head = 'table ip t'): ProgramRule {
  const chain = tableOf(`${head} {\n${more}\n\tchain c {\n\t\t${line}\n\t}\n}\n`).chain('c');
  if (chain === null || chain.length !== 1) throw new Error('not one rule');
  return chain.rule(0);
}

/** What one rule does to a packet: its verdict in words, `no` when it does not match, chances in percent. */
function outcome(rule: ProgramRule, packet: Packet = PACKET): string {
  const said: string[] = [];
  let now = packet;
  for (const instruction of rule.instructions) {
    if (instruction.do === 'test') {
      const truth = instruction.decide(now, AROUND);
      if (truth === false) return [...said, 'no'].join(' ');
      if (truth !== true) return [...said, `unsure: ${truth.unsure}`].join(' ');
    } else if (instruction.do === 'random') said.push(`${(instruction.probability * 100).toFixed(3)}%`);
    else if (instruction.do === 'sticky') said.push('sticky');
    else if (instruction.do === 'change') now = instruction.apply(now);
    else if (instruction.do === 'spread')
      return instruction.choices
        .map(({ probability, verdict }) => `${(probability * 100).toFixed(1)}% ${words(verdict)}`)
        .join(', ');
    else if (instruction.do === 'lookup') {
      const found = instruction.find(now, AROUND);
      if (found === null) return [...said, 'no'].join(' ');
      return [...said, 'unsure' in found ? `unsure: ${found.unsure}` : words(found.verdict)].join(' ');
    } else return [...said, ...changes(now), words(instruction.verdict)].join(' ');
  }
  return [...said, ...changes(now), 'next'].join(' ');
}

function changes(packet: Packet): readonly string[] {
  return [
    ...(packet.mark === 0 ? [] : [`mark=0x${packet.mark.toString(16)}`]),
    ...(packet.connectionMark === 0 ? [] : [`ctmark=0x${packet.connectionMark.toString(16)}`]),
    ...(packet.state === 'UNTRACKED' ? ['untracked'] : []),
  ];
}

function words(verdict: object): string {
  return Object.values(verdict).map(String).join(' ');
}

test.each<[string, string, Partial<Packet>?]>([
  // Addresses
  ['ip daddr 10.96.0.10 accept', 'accept'],
  ['ip daddr 10.96.0.11 accept', 'no'],
  ['ip saddr != 10.244.0.0/16 accept', 'no'],
  ['ip daddr 10.96.0.0/12 drop', 'drop'],
  ['ip daddr 10.96.0.1-10.96.0.20 drop', 'drop'],
  ['ip daddr { 10.0.0.1, 10.96.0.0/24 } return', 'return'],
  ['ip daddr != { 10.0.0.1, 10.96.0.0/24 } return', 'no'],
  ['ip6 daddr fd00::1 drop', 'no'],
  ['ip6 daddr != fd00::1 drop', 'no'],
  // Protocols and ports
  ['tcp dport 53 accept', 'accept'],
  ['udp dport 53 accept', 'no'],
  ['udp dport != 53 accept', 'no'],
  ['th dport 1-100 accept', 'accept'],
  ['th dport != 53 accept', 'no', { protocol: 'icmp', destinationPort: null }],
  ['tcp dport domain accept', 'unsure: tcp dport: domain is a name, printed instead of its number'],
  ['tcp sport 40000 accept', 'unsure: tcp sport of the packet is not known', { sourcePort: null }],
  ['meta l4proto tcp accept', 'accept'],
  ['meta l4proto 6 accept', 'accept'],
  ['meta l4proto { udp, sctp } accept', 'no'],
  ['ip protocol icmp accept', 'no'],
  ['tcp dport > 50 accept', 'accept'],
  ['icmp type echo-request accept', 'no'],
  // Interfaces
  ['iifname "eni*" accept', 'accept'],
  ['iifname "eth0" accept', 'no', { inInterface: null }],
  ['iifname != "eth0" accept', 'accept', { inInterface: null }],
  ['iifname "eth0" accept', 'unsure: the interface that iifname asks for is not known', { inInterface: '?' }],
  ['oifname != "vlan*" accept', 'accept', { outInterface: 'eth0' }],
  // Conntrack
  ['ct state new accept', 'accept'],
  ['ct state related,established accept', 'no'],
  ['ct state { new, untracked } accept', 'accept'],
  ['ct state != new accept', 'no'],
  ['ct state & (new | related) == 0 accept', 'no'],
  ['ct state 0x8 accept', 'accept'],
  ['ct status dnat accept', 'accept', { destinationChanged: true }],
  ['ct status dnat,snat accept', 'no'],
  ['ct status assured accept', 'unsure: ct status assured of the connection is not known'],
  ['ct original ip daddr 10.96.0.10 accept', 'accept', { destination: '10.244.1.11', destinationChanged: true }],
  ['ct direction reply accept', 'no'],
  // fib
  ['fib daddr type local accept', 'accept', { destination: '192.168.10.5' }],
  ['fib daddr type local accept', 'no'],
  ['fib saddr type != local accept', 'accept'],
  ['fib daddr type local accept', 'unsure: routes', { destination: '10.9.9.9' }],
  ['fib daddr . iif type local accept', 'accept', { destination: '192.168.10.5', inInterface: 'eth0' }],
  ['fib daddr . iif type local accept', 'no', { destination: '192.168.10.5' }],
  // Marks
  ['meta mark & 0x00004000 == 0x00000000 return', 'return'],
  ['meta mark & 0x4000 != 0x4000 return', 'mark=0x4000 no'.slice(12), { mark: 0x4000 }],
  ['meta mark set mark or 0x4000', 'mark=0x4001 next', { mark: 1 }],
  ['meta mark set meta mark ^ 0x4000', 'mark=0x1 next', { mark: 0x4001 }],
  ['meta mark set ct mark and 0x80', 'mark=0x80 ctmark=0xff next', { connectionMark: 0xff }],
  ['ct mark set ct mark or 0x80', 'ctmark=0x80 next'],
  [
    'meta mark set jhash ip saddr mod 2',
    'unknown the mark that meta mark set jhash ip saddr mod 2 sets is not modelled',
  ],
  ['notrack', 'untracked next'],
  // Chance
  ['meta random & 2147483647 < 1073741824 jump A', '50.000% jump A'],
  ['meta random & 2147483647 < 715827883 jump A', '33.333% jump A'],
  ['numgen random mod 10 < 3 jump A', '30.000% jump A'],
  ['numgen random mod 3 vmap { 0 : goto A, 1 : goto B, 2 : goto C }', '33.3% goto A, 33.3% goto B, 33.3% goto C'],
  ['numgen inc mod 4 vmap { 0-2 : goto A }', '75.0% goto A'],
  ['numgen random mod 2 offset 5 vmap { 5 : goto A, 7 : goto B }', '50.0% goto A'],
  // NAT
  ['meta l4proto tcp dnat to 10.244.1.10:53', 'dnat 10.244.1.10 53'],
  ['dnat to 10.244.1.10', 'dnat 10.244.1.10 null'],
  ['snat to 192.168.10.5 fully-random', 'snat 192.168.10.5 null'],
  ['masquerade fully-random', 'masquerade'],
  ['redirect to :8080', 'redirect 8080'],
  ['dnat to 10.0.0.1-10.0.0.4', 'unknown which of 10.0.0.1-10.0.0.4 dnat takes is not modelled'],
  [
    'dnat to numgen random mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }:80',
    '50.0% dnat 10.0.0.1 80, 50.0% dnat 10.0.0.2 80',
  ],
  ['dnat ip addr . port to ip daddr . tcp dport map { 10.96.0.10 . 53 : 10.0.0.7 . 5353 }', 'dnat 10.0.0.7 5353'],
  // What ends a packet, and what does not
  ['reject', 'reject null'],
  ['reject with tcp reset', 'reject tcp reset'],
  ['queue num 0', 'unknown the packet is handed to a program (queue)'],
  ['counter packets 1 bytes 2 log prefix "x" continue', 'next'],
  ['limit rate 5/minute accept', 'unsure: what limit rate 5/minute counted at that time is not known'],
  ['xt match "comment" accept', 'accept'],
  ['xt match "recent" accept', 'unsure: nft prints no options of the iptables match recent'],
  ['xt target "LOG"', 'next'],
  ['xt target "MARK"', 'unknown nft prints no options of the iptables target MARK'],
  [' counter packets 1 bytes 2 ', 'unknown nft prints nothing for the iptables target of this rule'],
  ['socket transparent 1 accept', 'unsure: the rule holds what is not modelled: socket transparent 1'],
  ['tcp option maxseg size set 1400', 'next'],
  ['ip daddr set 10.0.0.1', 'unknown ip daddr set 10.0.0.1 changes the packet'],
  ['tcp flags & (fin | syn | rst | ack) == syn accept', 'accept'],
  ['tcp flags & (fin | syn | rst | ack) == syn accept', 'no', { state: 'ESTABLISHED' }],
])('%s: %s', (line, expected, change) => {
  expect(outcome(ruleOf(line), { ...PACKET, ...change })).toContain(expected);
});

const MAPS = `
	map m {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.96.0.10 . tcp . 53 : goto dns, 10.96.0.0/24 . udp . 1-100 : goto wide, 10.1.1.1 . tcp . 80 comment "x" : drop }
	}
	map n {
		type ipv4_addr : verdict
		elements = { 10.0.0.1 : accept, * : drop }
	}
	set s {
		type ipv4_addr
		flags dynamic
		elements = { 10.96.0.10 }
	}
	set ips {
		type ipv4_addr
		elements = { 10.96.0.10 }
	}
`;

test.each<[string, string, Partial<Packet>?]>([
  ['ip daddr . meta l4proto . th dport vmap @m', 'goto dns'],
  ['ip daddr . meta l4proto . th dport vmap @m', 'goto wide', { protocol: 'udp' }],
  ['ip daddr . meta l4proto . th dport vmap @m', 'no', { destinationPort: 54 }],
  ['ip daddr . meta l4proto . th dport vmap @m', 'no', { protocol: 'icmp', destinationPort: null }],
  ['ip daddr vmap @n', 'drop'],
  ['ip daddr vmap @gone', 'unsure: set gone is not in nft-ruleset.txt'],
  ['ip daddr @ips reject', 'reject null'],
  ['ip saddr @ips reject', 'no'],
  ['ip daddr @s drop', 'unsure: rules fill set s while packets pass, what it held then is not known'],
  ['tcp dport vmap { 53 : accept, 54 : drop }', 'accept'],
])('%s with named maps: %s', (line, expected, change) => {
  expect(outcome(ruleOf(line, MAPS), { ...PACKET, ...change })).toBe(expected);
});

test('a cut map does not prove that an element is missing', () => {
  const text =
    'table ip t {\n\tchain c {\n\t\tip daddr vmap @m\n\t}\n\tmap m {\n\t\ttype ipv4_addr : verdict\n\t\telements = { 10.0.0.1 : accept,\n';
  const rule = tableOf(text).chain('c')?.rule(0) as ProgramRule;
  expect(outcome(rule, { ...PACKET, destination: '10.0.0.1' })).toBe('accept');
  expect(outcome(rule)).toBe('unsure: set m is cut off in nft-ruleset.txt');
});

test('ct status of translated tables is not believed', () => {
  const text =
    'table ip filter {\n\tchain INPUT {\n\t\tip saddr != 127.0.0.0/8 ip daddr 127.0.0.0/8  ct status dnat drop\n\t}\n}\n';
  const rule = tableOf(text).chain('INPUT')?.rule(0) as ProgramRule;
  expect(outcome(rule, { ...PACKET, destination: '127.0.0.1' })).toMatch(/^unsure: nft prints ct status/);
  expect(outcome(rule)).toBe('no');
});

test('session affinity: listed clients are those of old connections', () => {
  const table = compileNft(parseNftText(caseDumps('n2-rich').get('nft-ruleset.txt')?.toString('utf8') ?? ''), PLACE)
    .tables[0];
  const chain = table?.chain('service-G5HJIGAW-shop/sticky/tcp/http');
  expect(outcome(chain?.rule(2) as ProgramRule, { ...PACKET, source: '203.0.113.2' })).toBe('sticky no');
  expect(chain?.rule(2).text).toBe(
    'ip saddr @affinity-IZLFGQTZ-shop/sticky/tcp/http__10.244.2.20/8084 goto endpoint-IZLFGQTZ-shop/sticky/tcp/http__10.244.2.20/8084',
  );
});

describe('tables', () => {
  test('bases with hook, type, priority and policy; inet is both families, dormant tables call nothing', () => {
    const text =
      'table inet f {\n\tchain in {\n\t\ttype filter hook input priority filter - 5; policy drop;\n\t}\n}\ntable ip d {\n\tflags dormant\n\tchain in {\n\t\ttype filter hook input priority 0; policy drop;\n\t}\n}\ntable bridge b {\n\tchain in {\n\t\ttype filter hook input priority 0; policy drop;\n\t}\n}\n';
    const made = compileNft(parseNftText(text), PLACE);
    expect(made.tables.map(({ name, family, backend }) => [name, family, backend])).toEqual([
      ['f', 'IPv4', 'nft'],
      ['f', 'IPv6', 'nft'],
      ['d', 'IPv4', 'nft'],
    ]);
    expect(made.bases.map(({ table, ...base }) => [table.family, base])).toEqual(
      (['IPv4', 'IPv6'] as const).map((family) => [
        family,
        { chain: 'in', hook: 'input', type: 'filter', priority: -5, policy: 'drop' },
      ]),
    );
  });

  test('a chain the text ends in says so, and the table is listed as cut', () => {
    const made = compileNft(parseNftText('table ip t {\n\tchain c {\n\t\taccept\n'), PLACE);
    expect(made.tables[0]?.chain('c')?.endUnknown).toBe('nft-ruleset.txt is cut: the text ends inside chain c');
    expect(made.cut.map(({ table }) => table)).toEqual(['t']);
    expect(made.tables[0]?.chain('nowhere')).toBeNull();
  });

  test('rules of other addresses are passed over, no other rule ever is', () => {
    const lines = Array.from({ length: 200 }, (_, index) =>
      index % 50 === 7
        ? 'counter packets 0 bytes 0 drop'
        : `meta l4proto tcp ip daddr 10.0.${index % 3}.1 tcp dport 80 drop`,
    );
    const chain = tableOf(`table ip t {\n\tchain c {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n}\n`).chain(
      'c',
    );
    const packet = { ...PACKET, destination: '10.0.2.1', destinationPort: 80 };
    const met: number[] = [];
    for (let at = chain?.seek(0, packet) ?? 200; at < 200; at = chain?.seek(at + 1, packet) ?? 200) met.push(at);
    const all = lines.flatMap((_, index) =>
      outcome(chain?.rule(index) as ProgramRule, packet) === 'drop' ? [index] : [],
    );
    expect(met).toEqual(all);
    expect(met.length).toBeLessThan(80);
  });

  test('text and JSON of a native table are the same program', () => {
    const dumps = caseDumps('n2-rich');
    const [text] = compileNft(parseNftText(dumps.get('nft-ruleset.txt')?.toString('utf8') ?? ''), PLACE).tables;
    const json = parseNftJson(dumps.get('nft-ruleset.json')?.toString('utf8') ?? '');
    const [other] = compileNft(json, PLACE).tables;
    let rules = 0;
    for (const name of json.tables[0]?.chains.keys() ?? []) {
      const one = text?.chain(name);
      const two = other?.chain(name);
      expect(two?.length).toBe(one?.length);
      for (let index = 0; index < (one?.length ?? 0); index += 1) {
        for (const packet of [PACKET, { ...PACKET, destination: '10.96.11.6', destinationPort: 80, mark: 0x4000 }])
          expect(outcome(two?.rule(index) as ProgramRule, packet)).toBe(
            outcome(one?.rule(index) as ProgramRule, packet),
          );
        rules += 1;
      }
    }
    expect(rules).toBe(148);
  });
});
