import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseDumps, caseNames } from '../../fixtures/lib/cases.ts';
import { plainNft } from '../../test/support/nft-plain.ts';
import { printNftExpression, printNftRule, printNftText } from '../core/nft-print.ts';
import type { NftExpression, NftRule, NftStatement } from '../core/nft-ruleset.ts';
import { parseNftText } from './nft-text.ts';

function dumpOf(name: string): string {
  return caseDumps(name).get('nft-ruleset.txt')?.toString('utf8') ?? '';
}

function rulesOf(...lines: readonly string[]): readonly NftRule[] {
  const text = `table ip t {\n\tchain c {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n}\n`;
  return parseNftText(text).tables[0]?.chains.get('c')?.rules ?? [];
}

function statements(line: string): readonly NftStatement[] {
  return rulesOf(line)[0]?.statements ?? [];
}

const value = (text: string): NftExpression => ({ kind: 'value', value: text });

describe.each(caseNames())('%s', (name) => {
  test('every line is understood and printed again', () => {
    const read = parseNftText(dumpOf(name));
    expect([read.junkLines, read.cut]).toEqual([0, null]);
    const all = read.tables.flatMap((table) => [...table.chains.values()].flatMap((chain) => chain.rules));
    expect(all.filter((rule) => JSON.stringify(rule.statements).includes('"other"'))).toEqual([]);
    expect(plainNft(parseNftText(printNftText(read)))).toEqual(plainNft(read));
  });
});

test('the native table of n2-rich', () => {
  const [table, ...more] = parseNftText(dumpOf('n2-rich')).tables;
  expect([table?.family, table?.name, table?.line, table?.endLine, table?.comment, more.length]).toEqual([
    'ip',
    'kube-proxy',
    1,
    483,
    'rules for kube-proxy',
    0,
  ]);
  const chain = table?.chains.get('filter-prerouting-pre-dnat');
  expect([chain?.type, chain?.hook, chain?.priority, chain?.policy, chain?.line, chain?.rules.length]).toEqual([
    'filter',
    'prerouting',
    -110,
    'accept',
    102,
    1,
  ]);
  expect(
    table?.sets
      .get('cluster-ips')
      ?.elements.map(({ line }) => line)
      .slice(0, 3),
  ).toEqual([6, 6, 7]);
  expect(table?.sets.get('no-endpoint-nodeports')?.elements).toEqual([
    {
      line: 31,
      key: { kind: 'concat', parts: [value('tcp'), value('30082')] },
      verdict: { verdict: 'drop' },
      data: null,
      comment: 'shop/lbnolocal:http',
      expires: null,
    },
    {
      line: 32,
      key: { kind: 'concat', parts: [value('tcp'), value('30090')] },
      verdict: { verdict: 'goto', chain: 'reject-chain' },
      data: null,
      comment: 'shop/empty:http',
      expires: null,
    },
  ]);
  const affinity = table?.sets.get('affinity-IZLFGQTZ-shop/sticky/tcp/http__10.244.2.20/8084');
  expect([affinity?.flags, affinity?.timeout, affinity?.elements[0]?.expires]).toEqual([
    ['dynamic', 'timeout'],
    '3h',
    '2h59m53s588ms',
  ]);
});

test.each([
  ['raw', 'prerouting', -300],
  ['mangle + 5', 'output', -145],
  ['dstnat - 10', 'prerouting', -110],
  ['-110', 'output', -110],
  ['filter', 'forward', 0],
  ['security', 'input', 50],
  ['srcnat', 'postrouting', 100],
  ['someday', 'postrouting', null],
])('priority %s of %s is %s', (printed, hook, priority) => {
  const text = `table ip t {\n\tchain c {\n\t\ttype filter hook ${hook} priority ${printed}; policy drop;\n\t}\n}\n`;
  const chain = parseNftText(text).tables[0]?.chains.get('c');
  expect([chain?.hook, chain?.priority, chain?.policy]).toEqual([hook, priority, 'drop']);
});

test.each<[string, readonly unknown[]]>([
  [
    ' meta random & 2147483647 < 1073741824 counter packets 61 bytes 2013 jump KUBE-SEP-X',
    ['meta random & 2147483647 < 1073741824', 'counter packets 61 bytes 2013', 'jump KUBE-SEP-X'],
  ],
  ['ct state related,established accept', ['ct state { related, established }', 'accept']],
  ['meta mark set mark or 0x4000', ['meta mark set meta mark | 0x4000']],
  ['meta mark set ct mark and 0x80', ['meta mark set ct mark & 0x80']],
  ['ct mark set ct mark or 0x80', ['ct mark set ct mark | 0x80']],
  ['iifname "eth0"  fib daddr . iif type local drop', ['iifname eth0', 'fib daddr . iif type local', 'drop']],
  ['meta l4proto tcp  tcp dport 80 accept', ['meta l4proto tcp', 'tcp dport 80', 'accept']],
  ['xt match "recent" counter packets 0 bytes 0 jump X', ['xt match "recent"', 'counter packets 0 bytes 0', 'jump X']],
  ['xt match recent drop', ['xt match "recent"', 'drop']],
  ['# xt_recent counter packets 0 bytes 0 jump X', ['xt match "recent"', 'counter packets 0 bytes 0', 'jump X']],
  ['reject with icmp type admin-prohibited', ['reject with icmp admin-prohibited']],
  ['reject with icmp type port-unreachable', ['reject']],
  ['reject with tcp reset', ['reject with tcp reset']],
  ['dnat to [fd00::1]:80', ['dnat to [fd00::1]:80']],
  ['dnat ip to 10.0.0.1-10.0.0.4:80-90 random,persistent', ['dnat to 10.0.0.1-10.0.0.4:80-90 random,persistent']],
  ['redirect to :8080', ['redirect to :8080']],
  ['snat to 192.168.10.5 fully-random', ['snat to 192.168.10.5 fully-random']],
  [
    'dnat to numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }:80',
    ['dnat to numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }:80'],
  ],
  [
    'jhash ip saddr . tcp sport mod 4 seed 0x1 vmap { 0 : accept }',
    ['jhash ip saddr . tcp sport mod 4 seed 0x1 vmap { 0 : accept }'],
  ],
  ['symhash mod 2 offset 1 vmap { 0 : accept } drop', ['symhash mod 2 offset 1 vmap { 0 : accept }', 'drop']],
  ['tcp flags & (fin | syn | rst | ack) == syn drop', ['tcp flags & (fin | syn | rst | ack) == syn', 'drop']],
  ['tcp option maxseg size set rt mtu', ['tcp option maxseg size set rt', 'mtu']],
  ['tproxy to 127.0.0.1:50080 accept', ['tproxy to 127.0.0.1:50080', 'accept']],
  [
    'log prefix "in: drop" level info limit rate 5/minute drop',
    ['log prefix "in: drop" level info limit rate 5/minute', 'drop'],
  ],
  [
    'ip saddr { 10.0.0.0/8, 192.168.0.1-192.168.0.9 } accept',
    ['ip saddr { 10.0.0.0/8, 192.168.0.1-192.168.0.9 }', 'accept'],
  ],
  ['ct original ip daddr 10.0.0.1 return', ['ct original ip daddr 10.0.0.1', 'return']],
  ['oifname != "vlan*" queue flags bypass to 1-3', ['oifname != vlan*', 'queue']],
])('rule %s', (line, printed) => {
  const [rule] = rulesOf(line);
  const each = rule?.statements.map((statement) =>
    printNftRule({ ...(rule as NftRule), comment: null, handle: null, statements: [statement] }, 'keep'),
  );
  expect(each).toEqual(printed);
});

test('comment, handle and counters of a rule', () => {
  const [rule] = rulesOf('ip daddr 10.0.0.1 counter packets 3 bytes 180 accept comment "web # 1" # handle 12');
  expect([rule?.comment, rule?.handle, rule?.packets?.value, rule?.bytes?.value, rule?.line]).toEqual([
    'web # 1',
    12,
    3,
    180,
    3,
  ]);
});

test('a target that nft prints nothing for is not taken for no target', () => {
  // nft 1.0.6 on rules of ip6tables: DNAT and MASQUERADE leave only the blank before them.
  expect(statements('meta l4proto udp   counter packets 60 bytes 3180 ').at(-1)).toEqual({
    kind: 'xt',
    type: 'target',
    name: '',
  });
  expect(statements(' counter packets 6 bytes 360').at(-1)?.kind).toBe('counter');
});

test('what is not understood inside a rule hides nothing behind it', () => {
  expect(statements('meter m { ip saddr accept } counter drop').map(({ kind }) => kind)).toEqual([
    'other',
    'counter',
    'verdict',
  ]);
  expect(rulesOf('foo { bar } baz', 'accept').map(({ statements: [first] }) => first?.kind)).toEqual([
    'other',
    'verdict',
  ]);
});

test('warnings, handles and hand-made files', () => {
  const text =
    '# Warning: table ip nat is managed by iptables-nft, do not touch!\ntable ip nat { # handle 3\n\tflags dormant\n\tct helper ftp { type "ftp" protocol tcp\n\t}\n\tcounter http {\n\t\tpackets 1 bytes 2\n\t}\n\tchain c { # handle 1\n\t\tip daddr 10.0.0.1 accept; drop\n\t}\n}\ntable inet empty {\n}\nError: nothing\n';
  const read = parseNftText(text);
  expect(
    read.tables.map((table) => [table.family, table.name, table.flags, table.chains.get('c')?.rules.length]),
  ).toEqual([
    ['ip', 'nat', ['dormant'], 2],
    ['inet', 'empty', [], undefined],
  ]);
  expect(read.junk).toEqual([{ line: 15, text: 'Error: nothing' }]);
});

test('every prefix of a dump is whole tables, or says that it is cut', () => {
  const text = `${dumpOf('n1-minimal')}${dumpOf('h2-minimal-nft-eks')}`;
  const whole = parseNftText(text);
  const sure = new Map(whole.tables.map((table) => [`${table.family} ${table.name}`, plainNft([table])]));
  for (let end = 0; end <= text.length; end += 13) {
    const read = parseNftText(text.slice(0, end));
    for (const table of read.tables) {
      if (table.complete) expect(plainNft([table])).toEqual(sure.get(`${table.family} ${table.name}`));
      else expect(read.cut).not.toBeNull();
      for (const chain of table.chains.values()) {
        const all = whole.tables
          .find((each) => each.family === table.family && each.name === table.name)
          ?.chains.get(chain.name);
        // No rule is ever read from a part of its line.
        expect(all?.rules.slice(0, chain.rules.length)).toEqual(chain.rules);
        if (chain.complete) expect(chain.rules.length).toBe(all?.rules.length);
      }
    }
  }
});

test('hostile text ends', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 400, unit: fc.constantFrom(...'{}();,":#@ \n\ttablechin 0.1&|!=<>'.split('')) }),
      (text) => {
        const read = parseNftText(`table ip t {\n chain c {\n${text}`);
        expect(read.tables[0]?.name).toBe('t');
      },
    ),
    { numRuns: 500 },
  );
  const long = 'a '.repeat(3_000_000);
  expect(
    parseNftText(`table ip t {\n\tchain c {\n\t\t${long}\n\t\taccept\n`).tables[0]?.chains.get('c')?.rules,
  ).toHaveLength(2);
  expect(parseNftText(`table ip t {\n\tchain c {\n\t\tmeta mark ${'('.repeat(2_000_000)}\n`).cut).not.toBeNull();
  const many = parseNftText(`table ip t {\n\tchain c {\n${'drop\n'.repeat(1_010_000)}\t}\n}\n`);
  expect(many.cut).toMatch(/^more than 2000000 rules/);
  expect(many.tables[0]?.complete).toBe(false);
  expect(parseNftText(`table ip t {\n\tset s {\n\t\telements = { ${'{'.repeat(1_000_000)}`).cut).not.toBeNull();
});

const word = fc
  .stringMatching(/^[a-z][a-z0-9_-]{0,12}$/)
  .filter((text) => !/^(?:and|or|xor|map|vmap|set|mark|meta|ct|fib|numgen|iif|oif|ip|ip6|tcp|udp|th)$/.test(text));
const address = fc.ipV4();
const literal: fc.Arbitrary<NftExpression> = fc.oneof(
  address.map(value),
  fc.integer({ min: 0, max: 65535 }).map((port) => value(String(port))),
  fc
    .tuple(address, fc.integer({ min: 0, max: 32 }))
    .map(([text, length]) => ({ kind: 'prefix' as const, address: text, length })),
  fc.tuple(address, address).map(([from, to]) => ({ kind: 'range' as const, from: value(from), to: value(to) })),
  word.map(value),
  fc.constantFrom('10.0.0.0/8', '80-90', 'eth 0', 'mark', '@x', 'eni*').map(value),
);
const right: fc.Arbitrary<NftExpression> = fc.oneof(
  literal,
  word.map((name) => ({ kind: 'set-reference' as const, name })),
  fc.array(literal, { minLength: 2, maxLength: 3 }).map((parts) => ({ kind: 'concat' as const, parts })),
  fc.array(literal, { minLength: 1, maxLength: 4 }).map((keys) => ({
    kind: 'elements' as const,
    elements: keys.map((key) => ({ line: 0, key, verdict: null, data: null, comment: null, expires: null })),
  })),
);
const look: fc.Arbitrary<NftExpression> = fc.oneof(
  fc.constantFrom('saddr', 'daddr').map((field) => ({ kind: 'payload' as const, protocol: 'ip', field })),
  fc.constantFrom('iifname', 'mark', 'l4proto', 'skuid').map((key) => ({ kind: 'meta' as const, key })),
  fc.constantFrom('state', 'mark', 'status').map((key) => ({ kind: 'ct' as const, key, direction: null })),
  fc.constant({ kind: 'fib' as const, flags: ['daddr', 'iif'], result: 'type' }),
);
const computed: fc.Arbitrary<NftExpression> = fc.letrec<{ node: NftExpression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    fc.constant<NftExpression>({ kind: 'meta', key: 'mark' }),
    fc.constant(value('0x4000')),
    fc
      .tuple(fc.constantFrom('&', '|', '^', '<<', '>>'), tie('node'), tie('node'))
      .map(([operator, left, other]): NftExpression => ({ kind: 'binary', operator, left, right: other })),
  ),
})).node;
const statement: fc.Arbitrary<NftStatement> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('==', '!=', '<', '>='),
      fc.oneof(
        look,
        fc.array(look, { minLength: 2, maxLength: 3 }).map((parts) => ({ kind: 'concat' as const, parts })),
      ),
      right,
    )
    .map(([operator, left, other]): NftStatement => ({ kind: 'match', operator, left, right: other })),
  word.map((chain): NftStatement => ({ kind: 'verdict', verdict: { verdict: 'jump', chain } })),
  computed.map((to): NftStatement => ({ kind: 'mangle', key: { kind: 'meta', key: 'mark' }, value: to })),
  fc.tuple(address, fc.integer({ min: 1, max: 65535 })).map(
    ([to, port]): NftStatement => ({
      kind: 'nat',
      type: 'dnat',
      address: value(to),
      port: value(String(port)),
      flags: [],
    }),
  ),
  fc.constant<NftStatement>({ kind: 'reject', with: 'tcp reset' }),
  fc.constant<NftStatement>({ kind: 'xt', type: 'match', name: 'recent' }),
);

test('generated rules are printed and read again', () => {
  fc.assert(
    fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), (made) => {
      const [rule] = rulesOf('accept');
      const line = printNftRule({ ...(rule as NftRule), statements: made }, 'keep');
      expect(statements(line)).toEqual(made);
    }),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(computed, (made) => {
      const [read] = statements(`meta mark set ${printNftExpression(made)}`);
      expect(read).toEqual({ kind: 'mangle', key: { kind: 'meta', key: 'mark' }, value: made });
    }),
  );
});
