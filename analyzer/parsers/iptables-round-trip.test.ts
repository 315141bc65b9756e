import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseDumps, caseNames } from '../../fixtures/lib/cases.ts';
import type { PacketRule, RuleDump, TableDump } from '../core/packet-rule.ts';
import { parseIptablesList } from './iptables-list.ts';
import { printIptablesRules, printIptablesSave } from './iptables-print.ts';
import { printIptablesList } from './iptables-print-list.ts';
import { parseIptablesRules } from './iptables-rules.ts';
import { parseIptablesSave } from './iptables-save.ts';

/** Everything but where it stood. */
function said(dump: RuleDump) {
  return dump.tables.map(({ line: _line, endLine: _end, cut, chains, ...table }) => ({
    ...table,
    cut: cut?.what ?? null,
    chains: [...chains.values()].map(({ line: _at, rules, ...chain }) => ({ ...chain, rules: rules.map(saidBy) })),
  }));
}

function saidBy({ line: _line, raw: _raw, ...rule }: PacketRule) {
  return rule;
}

/** Without what only one of the two forms shows. */
function alike(table: TableDump | undefined) {
  return [...(table?.chains.values() ?? [])].map(({ name, policy, rules }) => ({
    name,
    policy,
    rules: rules.map(saidBy).map(({ packets: _packets, bytes: _bytes, ...rule }) => rule),
  }));
}

describe.each(caseNames().map((name) => [name] as const))('%s', (name) => {
  const dumps = [...caseDumps(name)].filter(([file]) => /^ip6?tables/.test(file));

  test('every save reads back from its fields, as a save and as rules', () => {
    for (const [file, bytes] of dumps.filter(([each]) => each.includes('save'))) {
      const read = parseIptablesSave(bytes.toString('utf8'));
      expect([file, said(parseIptablesSave(printIptablesSave(read)))]).toEqual([file, said(read)]);
      for (const table of read.tables) {
        const again = parseIptablesRules(printIptablesRules(table)).tables[0];
        expect(alike(again)).toEqual(alike(table));
      }
    }
  });

  test('every listing reads back from its fields', () => {
    for (const [file, bytes] of dumps.filter(([each]) => !each.includes('save'))) {
      const read = parseIptablesList(bytes.toString('utf8'));
      expect([file, said(parseIptablesList(printIptablesList(read)))]).toEqual([file, said(read)]);
    }
  });

  test('a save and the listing of one table say the same', () => {
    for (const [file, bytes] of dumps.filter(([each]) => each.endsWith('tables-save-c.txt'))) {
      for (const table of parseIptablesSave(bytes.toString('utf8')).tables) {
        const listing = dumps.find(([each]) => each === file.replace('save-c', table.table ?? ''))?.[1];
        if (listing === undefined || name.startsWith('b25')) continue;
        expect(alike(parseIptablesList(listing.toString('utf8')).tables[0])).toEqual(alike(table));
      }
    }
  });
});

const octet = fc.integer({ min: 0, max: 255 });
const ipv4 = fc.tuple(fc.integer({ min: 1, max: 223 }), octet, octet, octet).map((parts) => parts.join('.'));
const prefix = fc.tuple(ipv4, fc.integer({ min: 1, max: 31 })).map(([address, length]) => `${address}/${length}`);
const port = fc.integer({ min: 1, max: 65535 }).map(String);
const ports = fc.oneof(
  port,
  fc.tuple(port, port).map((pair) => pair.join(':')),
  fc.array(port, { minLength: 2, maxLength: 5 }).map((list) => list.join(',')),
);
const bits = fc.integer({ min: 0, max: 0xffffffff });
const word = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.:/-]{0,20}$/);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 2 });
const match = <T extends string>(value: fc.Arbitrary<T>) => maybe(fc.record({ not: fc.boolean(), value }));
/** Printable text as the kernel keeps it: no line feed, not the end of a comment, no blank at its ends. */
const comment = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    fc.constantFrom(
      '-j DROP',
      '"',
      '\\',
      'a "quoted" \\ one',
      '--dport 80',
      'to:1.2.3.4',
      '! x',
      "it's",
      'größer → 世界',
      '!\u2028!',
    ),
  )
  .map((text) =>
    text
      .replace(/[\n\r]/g, ' ')
      .replaceAll('*/', '')
      .trim(),
  )
  .filter((text) => text !== '' && !text.includes('*/'));

/** Matches that no field holds, as iptables-save spells them and listings print them. */
const OTHERS: readonly (readonly string[])[] = [
  ['--limit-iface-in'],
  ['! --physdev-is-in'],
  ['--physdev-in veth1+'],
  ['--src-range 10.0.0.1-10.0.0.9'],
  ['! --dst-range 10.0.0.1-10.0.0.9'],
  ['--icmp-type 8'],
  ['! --icmp-type 3/4'],
  ['--limit 3/min'],
  ['--limit 10/sec', '--limit-burst 20'],
  ['--uid-owner 0'],
  ['! --gid-owner 1000-2000'],
  ['--connlimit-above 10', '--connlimit-mask 32', '--connlimit-saddr'],
  ['--tcp-flags FIN,SYN,RST,ACK SYN'],
  ['--vaddr 10.0.0.1', '! --vport 80'],
  ['--ctorigdstport 80'],
  ['! --ctstatus DNAT'],
  ['--mode nth', '--every 3', '--packet 0'],
  ['--dir in', '--pol none'],
  ['-m socket'],
  ['--nfacct-name ct_established'],
  ['! --probability 0.5'],
  ['-m nobody --knows "this one" --at 3'],
];
const TARGETS: readonly (readonly [string, readonly string[]])[] = [
  ['MASQUERADE', ['--random-fully']],
  ['MASQUERADE', ['--to-ports 1024-65535', '--random']],
  ['REDIRECT', ['--to-ports 15001']],
  ['CT', ['--notrack']],
  ['CT', ['--zone 1']],
  ['NFQUEUE', ['--queue-num 1', '--queue-bypass']],
  ['TPROXY', ['--on-port 15001', '--on-ip 0.0.0.0', '--tproxy-mark 0x1/0xffffffff']],
  ['LOG', ['--log-prefix "calico-packet: "', '--log-level 5']],
  ['NFLOG', ['--nflog-prefix "a b"', '--nflog-group 1']],
  ['TCPMSS', ['--clamp-mss-to-pmtu']],
  ['NOBODYKNOWS', ['--some 1', '--thing "two words"']],
];
const target: fc.Arbitrary<Partial<PacketRule>> = fc.oneof(
  fc.constant({ target: null, verb: null }),
  fc.constantFrom('ACCEPT', 'DROP', 'RETURN', 'KUBE-X').map((name) => ({ target: name, verb: 'jump' as const })),
  fc.constant({ target: 'KUBE-X', verb: 'goto' as const }),
  fc.tuple(ipv4, port).map(([ip, to]) => ({ target: 'DNAT', verb: 'jump' as const, toDestination: `${ip}:${to}` })),
  ipv4.map((ip) => ({ target: 'SNAT', verb: 'jump' as const, toSource: ip, targetOptions: ['--random-fully'] })),
  fc.constant({ target: 'REJECT', verb: 'jump' as const, rejectWith: 'icmp-port-unreachable' }),
  fc.tuple(bits, bits).map(([value, mask]) => ({
    target: 'MARK',
    verb: 'jump' as const,
    setMark: { not: false, value, mask },
  })),
  fc.tuple(bits, bits).map(([value, mask]) => ({
    target: 'CONNMARK',
    verb: 'jump' as const,
    setConnmark: { operation: 'set' as const, value, mask },
  })),
  fc.tuple(fc.constantFrom('save' as const, 'restore' as const), bits, bits).map(([operation, packet, connection]) => ({
    target: 'CONNMARK',
    verb: 'jump' as const,
    setConnmark: { operation, packetMask: packet, connectionMask: connection },
  })),
  fc
    .constantFrom(...TARGETS)
    .map(([name, options]) => ({ target: name, verb: 'jump' as const, targetOptions: options })),
);
const counter = fc.integer({ min: 0, max: 99_999 }).map((value) => ({ printed: String(value), value, exact: true }));

const rule: fc.Arbitrary<PacketRule> = fc
  .record({
    packets: counter,
    bytes: counter,
    protocol: match(fc.constantFrom('tcp', 'udp', 'sctp')),
    source: match(fc.oneof(ipv4, prefix)),
    destination: match(fc.oneof(ipv4, prefix)),
    inInterface: match(fc.constantFrom('eth0', 'eni+', 'cali+')),
    outInterface: match(fc.constantFrom('eth0', 'vlan+')),
    sourcePorts: match(ports),
    destinationPorts: match(ports),
    comment: maybe(comment),
    mark: maybe(fc.record({ not: fc.boolean(), value: bits, mask: bits })),
    connmark: maybe(fc.record({ not: fc.boolean(), value: bits, mask: bits })),
    probability: maybe(fc.integer({ min: 0, max: 1e11 }).map((share) => share / 1e11)),
    ctstate: match(fc.constantFrom('NEW', 'RELATED,ESTABLISHED', 'UNTRACKED')),
    sourceType: match(fc.constantFrom('LOCAL', 'UNICAST')),
    destinationType: match(fc.constantFrom('LOCAL', 'BROADCAST')),
    sets: fc.array(
      fc.record({ not: fc.boolean(), name: word, flags: fc.constantFrom('dst', 'src,dst', 'dst,dst,src') }),
      {
        maxLength: 2,
      },
    ),
    recent: maybe(
      fc.record({ action: fc.constantFrom('check' as const, 'set' as const, 'other' as const), name: word }),
    ),
    otherMatches: fc.uniqueArray(fc.constantFrom(...OTHERS), { maxLength: 3 }).map((lists) => lists.flat()),
  })
  .chain((fields) => target.map((aim) => ({ fields, aim })))
  .map(({ fields, aim }) => ({
    line: 1,
    raw: '',
    chain: 'KUBE-X',
    position: 1,
    target: null,
    verb: null,
    toDestination: null,
    toSource: null,
    setMark: null,
    setConnmark: null,
    rejectWith: null,
    targetOptions: [],
    ...fields,
    ...aim,
  }));

function tableOf(source: TableDump['source'], rules: readonly PacketRule[]): TableDump {
  const made = rules.map((each, index) => ({ ...each, position: index + 1 }));
  const chain = (name: string, policy: string | null, its: readonly PacketRule[]) =>
    [name, { name, line: 1, declared: true, policy, references: null, rules: its }] as const;
  return {
    family: 'IPv4',
    table: 'nat',
    source,
    line: 1,
    endLine: 1,
    counters: 'packets',
    cut: null,
    chains: new Map([
      ...['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map((name) => chain(name, 'ACCEPT', [])),
      chain('KUBE-X', null, made),
    ]),
  };
}

const rules = fc.array(rule, { minLength: 1, maxLength: 5 });

test('generated rules read back from a save', () => {
  fc.assert(
    fc.property(rules, (list) => {
      const table = tableOf('iptables-save', list);
      expect(alike(parseIptablesSave(printIptablesSave({ tables: [table] })).tables[0])).toEqual(alike(table));
    }),
    { numRuns: 400 },
  );
});

test('generated rules read back from iptables -S -v with their counters', () => {
  fc.assert(
    fc.property(rules, (list) => {
      const table = tableOf('iptables-rules', list);
      const read = parseIptablesRules(printIptablesRules(table)).tables[0];
      expect(alike(read)).toEqual(alike(table));
      const counted = (each: TableDump | undefined) => each?.chains.get('KUBE-X')?.rules.map(({ packets }) => packets);
      expect(counted(read)).toEqual(counted(table));
    }),
    { numRuns: 200 },
  );
});

test('generated rules read back from a listing', () => {
  fc.assert(
    fc.property(rules, (list) => {
      // No listing prints where the words of an unknown match end and those of an unknown target begin.
      fc.pre(!list.some((each) => each.target === 'NOBODYKNOWS' && each.otherMatches.at(-1)?.startsWith('-m nobody')));
      const table = tableOf('iptables-list', list);
      const text = printIptablesList({ tables: [table] });
      expect(alike(parseIptablesList(text).tables[0])).toEqual(alike(table));
    }),
    { numRuns: 400 },
  );
});

/** Words in any order, also where iptables would refuse them; one fragment match and one target, as a rule can have. */
const soup = fc
  .array(
    fc.constantFrom(
      ...[
        '-m',
        'tcp',
        '--dport',
        '80,443',
        '!',
        '-s',
        '-d',
        '10.0.0.0/8',
        '-j',
        '-g',
        'DNAT',
        '--to-destination',
        '1.2.3.4:5',
      ],
      ...[
        '-m limit',
        '--limit',
        '3/min',
        '-m mark',
        '--mark',
        '0x1',
        '-m connmark',
        '--mode',
        'random',
        'nth',
        '--probability',
      ],
      ...[
        '0.5',
        '--comment',
        '"a b"',
        '"-x"',
        '-x',
        '--foo',
        '-m bpf',
        '--bytecode',
        'MARK',
        '--set-xmark',
        '0x1/0x2',
        'CONNMARK',
      ],
      ...[
        '--save-mark',
        '--nfmask',
        '-m recent --rcheck --seconds 60 --name X --rsource',
        '-f',
        '-p',
        'udp',
        '--match-set',
        'K',
      ],
      ...[
        'dst,dst',
        '--src-type',
        'LOCAL',
        '--limit-iface-in',
        '--state',
        'NEW',
        '--ctstate',
        'KUBE-X',
        '""',
        '"!"',
        '\\',
      ],
      ...['REJECT', '--reject-with', '-i', 'eth0', '--syn', '-m socket', '--log-prefix', '"q\\"q"'],
    ),
    { maxLength: 14 },
  )
  .map((words) => words.join(' '))
  .filter((text) => text.split('-f').length < 3 && text.split(/-[jg]\b/).length < 3);

test('a save of anything reads back from its fields', () => {
  fc.assert(
    fc.property(soup, (text) => {
      const read = parseIptablesSave(`*nat\n-A KUBE-X ${text}\nCOMMIT\n`);
      expect(alike(parseIptablesSave(printIptablesSave(read)).tables[0])).toEqual(alike(read.tables[0]));
    }),
    { numRuns: 1500 },
  );
});
