import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { asListing, HEALTHY_SAVE } from '../../test/support/sample-node.ts';
import type { PacketRule, TableDump } from '../core/packet-rule.ts';
import { parseIptablesList } from './iptables-list.ts';
import { parseIptablesSave } from './iptables-save.ts';

const TITLES = ' pkts bytes target     prot opt in     out     source               destination         ';

function onlyRule(line: string, titles = TITLES): PacketRule {
  const dump = parseIptablesList(`Chain KUBE-X (1 references)\n${titles}\n${line}\n`);
  expect(dump.junk).toEqual([]);
  const rules = dump.tables[0]?.chains.get('KUBE-X')?.rules ?? [];
  expect(rules).toHaveLength(1);
  return rules[0] as PacketRule;
}

describe('rules', () => {
  test('counters in column 0 with suffixes keep their printed form', () => {
    const rule = onlyRule(
      '2675K  160M KUBE-SERVICES  all  --  *      *       0.0.0.0/0            0.0.0.0/0            /* kubernetes service portals */',
    );
    expect(rule.packets).toEqual({ printed: '2675K', value: 2_675_000, exact: false });
    expect(rule.bytes).toEqual({ printed: '160M', value: 160_000_000, exact: false });
    expect(rule).toMatchObject({
      target: 'KUBE-SERVICES',
      protocol: null,
      comment: 'kubernetes service portals',
      otherMatches: [],
    });
  });

  test('a rule without target', () => {
    const rule = onlyRule(
      '    6   360            0    --  *      *       0.0.0.0/0            0.0.0.0/0            /* other traffic to shop/lb:https will be dropped by KUBE-PROXY-FIREWALL */',
    );
    expect(rule).toMatchObject({ target: null, verb: null, protocol: null });
  });

  test('protocol by number and by name', () => {
    const line = (protocol: string) =>
      `    0     0 DNAT       ${protocol}  --  *      *       0.0.0.0/0            0.0.0.0/0            /* shop/web:http */ tcp to:10.244.2.11:8080`;
    for (const protocol of ['6   ', 'tcp '])
      expect(onlyRule(line(protocol))).toMatchObject({
        protocol: { not: false, value: 'tcp' },
        toDestination: '10.244.2.11:8080',
        otherMatches: [],
      });
  });

  test('negated source, mark, state and address type', () => {
    expect(
      onlyRule(
        '  108  6480 KUBE-MARK-MASQ  6    --  *      *      !10.244.0.0/16        10.96.11.6           /* x */ tcp dpt:80',
      ),
    ).toMatchObject({
      source: { not: true, value: '10.244.0.0/16' },
      destination: { not: false, value: '10.96.11.6' },
      destinationPorts: { not: false, value: '80' },
    });
    expect(
      onlyRule(
        '    0     0 RETURN     0    --  *      *       0.0.0.0/0            0.0.0.0/0            mark match ! 0x4000/0x4000',
      ).mark,
    ).toEqual({ not: true, value: 0x4000, mask: 0x4000 });
    expect(
      onlyRule(
        '    0     0 DROP       0    --  *      *      !127.0.0.0/8          127.0.0.0/8          /* x */ ! ctstate RELATED,ESTABLISHED,DNAT',
      ).ctstate,
    ).toEqual({ not: true, value: 'RELATED,ESTABLISHED,DNAT' });
    expect(
      onlyRule(
        ' 1511 87420 SNAT       0    --  *      !vlan+  0.0.0.0/0            0.0.0.0/0            /* AWS, SNAT */ ADDRTYPE match dst-type !LOCAL to:192.168.10.5 random-fully',
      ),
    ).toMatchObject({
      outInterface: { not: true, value: 'vlan+' },
      destinationType: { not: true, value: 'LOCAL' },
      toSource: '192.168.10.5',
      otherMatches: [],
    });
  });

  test('mark targets read as in a save', () => {
    const line = (text: string) =>
      onlyRule(`    0     0 MARK       0    --  *      *       0.0.0.0/0            0.0.0.0/0            ${text}`)
        .setMark;
    expect(line('MARK or 0x4000')).toEqual({ not: false, value: 0x4000, mask: 0x4000 });
    expect(line('MARK xor 0x4000')).toEqual({ not: false, value: 0x4000, mask: 0 });
  });

  test('a comment never becomes a match', () => {
    expect(
      onlyRule(
        '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            /* to:1.2.3.4 tcp dpt:22 */',
      ),
    ).toMatchObject({ toDestination: null, destinationPorts: null, comment: 'to:1.2.3.4 tcp dpt:22' });
  });

  test.each([
    ['line separator', '!\u2028!'],
    ['paragraph separator', 'a\u2029b'],
    ['carriage return', 'a\rb'],
    ['next line', 'a\u0085b'],
  ])('a comment may hold any character but a line feed: %s', (_name, comment) => {
    expect(
      onlyRule(
        `    0     0 REJECT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            /* ${comment} */ reject-with icmp-port-unreachable`,
      ),
    ).toMatchObject({ comment, otherMatches: [], rejectWith: 'icmp-port-unreachable' });
  });

  test.each([
    ['LOG', 'LOG flags 0 level 4 prefix "a\u2028b"', '--log-prefix "a\u2028b"'],
    ['NFLOG', 'nflog-prefix "a\u2028\\\u2028b"', '--nflog-prefix "a\u2028\u2028b"'],
  ])('so may the prefix of %s', (target, printed, option) => {
    expect(
      onlyRule(
        `    0     0 ${target.padEnd(10)} 0    --  *      *       0.0.0.0/0            0.0.0.0/0            ${printed}`,
      ),
    ).toMatchObject({ targetOptions: [option], otherMatches: [] });
  });

  test('line numbers, no -v, blank opt of legacy ip6tables', () => {
    const numbered = 'num   pkts bytes target     prot opt in     out     source               destination         ';
    expect(
      onlyRule(
        '1        5   300 DROP       tcp  --  eth0   *       10.0.0.0/8           0.0.0.0/0            tcp dpts:1:1024',
        numbered,
      ),
    ).toMatchObject({
      target: 'DROP',
      destinationPorts: { not: false, value: '1:1024' },
      inInterface: { not: false, value: 'eth0' },
    });
    const bare = 'target     prot opt source               destination         ';
    expect(
      onlyRule('KUBE-SVC-A  tcp  --  anywhere             10.96.0.1            /* x */ tcp dpt:https', bare),
    ).toMatchObject({
      packets: null,
      target: 'KUBE-SVC-A',
      destination: { not: false, value: '10.96.0.1' },
      destinationPorts: { not: false, value: '443' },
    });
    expect(
      onlyRule('    0     0 ACCEPT     all      *      *       ::/0                 fd00::1              '),
    ).toMatchObject({ target: 'ACCEPT', destination: { not: false, value: 'fd00::1' } });
  });

  test('-x prints all digits, a goto, host names and an unknown protocol', () => {
    expect(
      onlyRule(
        '1234567890 98765432109 KUBE-Y     udp  --  any    any     ip-10-0-3-7.ec2.internal  kube-dns.local  [goto]  udp dpt:domain',
      ),
    ).toMatchObject({
      packets: { value: 1_234_567_890, exact: true },
      verb: 'goto',
      inInterface: null,
      source: { not: false, value: 'ip-10-0-3-7.ec2.internal' },
      destination: { not: false, value: 'kube-dns.local' },
      destinationPorts: { not: false, value: '53' },
      otherMatches: [],
    });
    expect(
      onlyRule('    0     0 DROP       253  --  *      *       0.0.0.0/0            0.0.0.0/0           ').protocol,
    ).toEqual({ not: false, value: '253' });
  });

  test('a service name that is not certain stays as it is printed', () => {
    expect(
      onlyRule(
        '    0     0 DROP       tcp  --  *      *       0.0.0.0/0            0.0.0.0/0            multiport dports http,http-alt',
      ).destinationPorts,
    ).toEqual({ not: false, value: '80,http-alt' });
  });

  test('fragments', () => {
    const line = (opt: string) =>
      onlyRule(`    0     0 DROP       all  ${opt}  *      *       0.0.0.0/0            0.0.0.0/0           `)
        .otherMatches;
    expect([line('-f'), line('!f'), line('--')]).toEqual([['-f'], ['! -f'], []]);
  });

  test('an unknown match is kept', () => {
    expect(
      onlyRule(
        '    0     0 DROP       0    --  *      *       0.0.0.0/0            0.0.0.0/0            limit: avg 3/hour burst 5',
      ).otherMatches,
    ).toEqual(['--limit 3/hour']);
  });
});

describe('tables', () => {
  const chain = (name: string, policy = 'policy ACCEPT 0 packets, 0 bytes') =>
    `Chain ${name} (${policy})\n${TITLES}\n\n`;

  test.each([
    ['filter', ['INPUT', 'FORWARD', 'OUTPUT']],
    ['nat', ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING']],
    ['nat', ['PREROUTING', 'POSTROUTING', 'OUTPUT']],
    ['mangle', ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']],
    ['raw', ['PREROUTING', 'OUTPUT']],
  ])('%s is known by %j', (table, names) => {
    const dump = parseIptablesList(names.map((name) => chain(name)).join(''));
    expect(dump.tables.map((each) => [each.table, each.cut])).toEqual([[table, null]]);
  });

  test('tables one after the other, with the footer of the collector', () => {
    const text = `${chain('INPUT')}${chain('FORWARD')}${chain('OUTPUT')}${chain('KUBE-FORWARD', '1 references')}=======\nTotal Number of Rules: 0\n${chain('PREROUTING')}${chain('INPUT')}${chain('OUTPUT')}${chain('POSTROUTING')}`;
    expect(parseIptablesList(text).tables.map((each) => each.table)).toEqual(['filter', 'nat']);
    expect(parseIptablesList(text.replace(/=+\n.*\n/, '')).tables.map((each) => each.table)).toEqual(['filter', 'nat']);
  });

  test('commands printed above the tables name them', () => {
    const bare = 'target     prot opt source               destination         ';
    const text = `=== iptables -t nat -L -n ===\nChain PREROUTING (policy ACCEPT)\n${bare}\n\n# ip6tables -t mangle -L\nChain PREROUTING (policy ACCEPT)\n${bare}\n`;
    const dump = parseIptablesList(text);
    expect(dump.tables.map((each) => [each.table, each.family])).toEqual([
      ['nat', 'IPv4'],
      ['mangle', 'IPv6'],
    ]);
    expect(dump.junk).toEqual([]);
  });

  test('the first chains of nat and mangle do not tell which of the two they are', () => {
    expect(parseIptablesList(`${chain('PREROUTING')}${chain('INPUT')}`).tables[0]).toMatchObject({ table: null });
    expect(parseIptablesList(`${chain('PREROUTING')}${chain('INPUT')}${chain('OUTPUT')}`).tables[0]?.table).toBe('nat');
  });

  test('a heading without its column titles is an end that is missing', () => {
    const dump = parseIptablesList(
      `${chain('INPUT')}${chain('FORWARD')}${chain('OUTPUT')}Chain KUBE-X (0 references)\n`,
    );
    expect(dump.tables[0]?.cut?.because).toBe('the listing ends with the heading of chain KUBE-X');
  });

  test('a listing that ends early is cut', () => {
    const dump = parseIptablesList(`${chain('INPUT')}${chain('FORWARD')}`);
    expect(dump.tables[0]?.cut).toMatchObject({ what: 'end', because: 'the listing ends before chain OUTPUT' });
  });

  test('a footer that counts more rules than there are', () => {
    const dump = parseIptablesList(
      `${chain('INPUT')}${chain('FORWARD')}${chain('OUTPUT')}=======\nTotal Number of Rules: 3\n`,
    );
    expect(dump.tables[0]?.cut?.what).toBe('lines');
  });

  test('references and policies', () => {
    const table = parseIptablesList(
      `${chain('INPUT', 'policy DROP 2675K packets, 160M bytes')}${chain('KUBE-X', '33 references')}`,
    ).tables[0];
    expect(table?.chains.get('INPUT')).toMatchObject({ policy: 'DROP', references: null });
    expect(table?.chains.get('KUBE-X')).toMatchObject({ policy: null, references: 33 });
  });

  test('a file of one newline holds no table', () => {
    expect(parseIptablesList('\n').tables).toEqual([]);
  });
});

/** Everything a listing shows; lines, raw text and rounded counters differ by nature. */
function shown(table: TableDump | undefined) {
  return [...(table?.chains.values() ?? [])].map((chain) => [
    chain.name,
    chain.policy,
    chain.rules.map(({ line: _line, raw: _raw, packets: _packets, bytes: _bytes, ...rest }) => rest),
  ]);
}

test('a save and a listing of the same table read alike', () => {
  for (const table of parseIptablesSave(HEALTHY_SAVE).tables) {
    const dump = parseIptablesList(asListing(table));
    expect(dump.tables.map((each) => [each.table, each.cut])).toEqual([[table.table, null]]);
    expect(shown(dump.tables[0])).toEqual(shown(table));
  }
});

test('never throws, and keeps every rule line', () => {
  const parts = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        'Chain KUBE-X (1 references)\n',
        `${TITLES}\n`,
        '    0     0 DROP       0    --  *      *       0.0.0.0/0            0.0.0.0/0            ',
        '/* ',
        ' */',
        '2675K',
        '\n',
        '\r\n',
        '=======\n',
        'Total Number of Rules: 99999\n',
        'tcp dpt:',
        'Chain __proto__ (policy DROP)\n',
      ),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(parts, (texts) => {
      const text = texts.join('');
      const lines = text.split('\n');
      for (const table of parseIptablesList(text).tables) {
        for (const chain of table.chains.values())
          for (const rule of chain.rules) expect(rule.raw).toBe(lines[rule.line - 1]?.replace(/\r$/, ''));
      }
    }),
    { numRuns: 500 },
  );
});

test.each(['h3-rich-kubeadm', 's2-1000-services-nft-backend'])(
  '%s: reading what is compared reads the same of it',
  (name) => {
    const compared = (depth: 'everything' | 'compared', text: string) => {
      const { tables, ...rest } = parseIptablesList(text, depth);
      return {
        ...rest,
        tables: tables.map(({ chains, ...table }) => ({
          ...table,
          chains: [...chains.values()].map(({ rules, ...chain }) => ({
            ...chain,
            rules: rules.map(({ line, raw, position, target, destination, toDestination, packets, bytes }) => ({
              ...{ line, raw, position, target, destination, toDestination, packets, bytes },
            })),
          })),
        })),
      };
    };
    const listings = [...caseDumps(name)]
      .map(([, bytes]) => bytes.toString())
      .filter((text) => parseIptablesList(text).tables.length > 0);
    const { tables } = parseIptablesList(listings.join(''), 'compared');
    const rules = tables.flatMap((table) => [...table.chains.values()].flatMap((chain) => chain.rules));
    expect(rules.some((rule) => rule.toDestination !== null)).toBe(true);
    expect(rules.every((rule) => rule.comment === null || rule.target === 'DNAT')).toBe(true);
    for (const text of listings) expect(compared('compared', text)).toEqual(compared('everything', text));
  },
);
