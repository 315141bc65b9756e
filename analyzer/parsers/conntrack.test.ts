import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONNTRACK_UDP_MAX, ConntrackParser, parseConntrack } from './conntrack.ts';

const JOINED = `*** Output of conntrack -S ***
cpu=0   \tfound=0 invalid=12 insert=0 insert_failed=7 drop=5 early_drop=2 error=0 search_restart=3
cpu=1   \tfound=0 invalid=1 insert=0 insert_failed=0 drop=0 early_drop=0 error=0 search_restart=0
*** Output of conntrack -L ***
tcp      6 86397 ESTABLISHED src=10.0.3.7 dst=172.20.0.1 sport=41022 dport=443 src=10.0.9.4 dst=10.0.3.7 sport=443 dport=41022 [ASSURED] mark=128 use=1
udp      17 28 src=10.0.3.9 dst=172.20.0.10 sport=53021 dport=53 [UNREPLIED] src=10.0.5.2 dst=10.0.3.9 sport=53 dport=53021 mark=0 use=1
icmp     1 29 src=10.0.3.9 dst=8.8.8.8 type=8 code=0 id=7 src=8.8.8.8 dst=10.0.3.9 type=0 code=0 id=7 mark=0 use=1
conntrack v1.4.4 (conntrack-tools): 3 flow entries have been shown.
`;

describe('conntrack', () => {
  test('entries, counters and the declared number of the collector file', () => {
    const dump = parseConntrack(JOINED);
    expect(dump).toMatchObject({ entries: 3, declared: 3, junkLines: 0 });
    expect(dump.cpus.map((cpu) => [cpu.line, cpu.cpu, cpu.counters.get('insert_failed')])).toEqual([
      [2, 0, 7],
      [3, 1, 0],
    ]);
    expect(dump.translatedUdp).toEqual([
      {
        line: 6,
        protocol: 'udp',
        timeout: 28,
        state: null,
        original: { source: '10.0.3.9', destination: '172.20.0.10', sourcePort: 53021, destinationPort: 53 },
        reply: { source: '10.0.5.2', destination: '10.0.3.9', sourcePort: 53, destinationPort: 53021 },
        unreplied: true,
        assured: false,
        mark: 0,
      },
    ]);
  });

  test('the extended form and IPv6', () => {
    const dump = parseConntrack(
      'ipv6     10 udp      17 28 src=fd00::7 dst=fd00::a sport=5353 dport=53 src=fd00:1::2 dst=fd00::7 sport=53 dport=5353 mark=0 zone=0 use=2\r\n',
    );
    expect(dump.translatedUdp[0]).toMatchObject({ reply: { source: 'fd00:1::2', sourcePort: 53 }, timeout: 28 });
  });

  test('a text that stands in for the output holds nothing', () => {
    expect(parseConntrack('conntrack not installed\n')).toMatchObject({ entries: 0, junkLines: 1, declared: null });
    expect(parseConntrack('')).toMatchObject({ entries: 0, junkLines: 0 });
  });

  test('half a million entries are counted, kept ones are bounded', () => {
    const many = Array.from({ length: 500_000 }, (_, at) => {
      const client = `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`;
      return `udp      17 28 src=${client} dst=172.20.0.10 sport=1024 dport=53 src=10.0.5.2 dst=${client} sport=53 dport=1024 mark=0 use=1`;
    });
    const dump = parseConntrack(many.join('\n'));
    expect(dump.entries).toBe(500_000);
    expect(dump.translatedUdpCount).toBe(500_000);
    expect(dump.translatedUdp).toHaveLength(CONNTRACK_UDP_MAX);
  }, 60_000);

  test('the quick way for usual lines says what the way for all lines says', () => {
    const address = fc.constantFrom('10.0.3.7', '10.0.3.7', '10.0.3.7', 'fd00::a', '::', 'x');
    const port = fc.constantFrom('53', '53', '53', '053', '0', '123456', '');
    const tuple = fc
      .tuple(address, address, port, port)
      .map(([source, destination, from, to]) => `src=${source} dst=${destination} sport=${from} dport=${to}`);
    const line = fc
      .tuple(
        fc.constantFrom('', 'ipv4 2 ', 'ipv6 10 ', 'ipv4 '),
        fc.constantFrom('tcp 6 ', 'udp 17 ', 'UDP 17 ', '17 17 ', 'udp '),
        fc.constantFrom('28 ', '28 ', '28 ', '', '12345678901 '),
        fc.constantFrom('', 'ESTABLISHED ', 'A ', 'NONE ASSURED '),
        tuple,
        fc.constantFrom(
          ' ',
          ' packets=3 bytes=180 ',
          ' packets=3 ',
          ' [UNREPLIED] ',
          ' packets=3 bytes=180 [UNREPLIED] ',
        ),
        tuple,
        fc.constantFrom(
          '',
          ' [ASSURED]',
          ' mark=0 use=1',
          ' [ASSURED] mark=12 use=1',
          ' src=1 dst=2 sport=3',
          ' [UNREPLIED]',
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        // Two spaces between words are none of the usual forms.
        const slow = lines.map((one) => ` ${one.replaceAll(' ', '  ')}`);
        expect(parseConntrack(lines.join('\n'))).toEqual(parseConntrack(slow.join('\n')));
      }),
      { numRuns: 2000 },
    );
  });

  test('lines have the same numbers and endings in any pieces', () => {
    const lines = JOINED.replaceAll('\n', '\r\n').split(/(?<=\n)/);
    const parser = new ConntrackParser();
    for (const [at, line] of lines.entries()) parser.add(line, at + 1);
    expect(parser.dump()).toEqual(parseConntrack(JOINED));
  });

  test('every non-empty line is an entry, a counter line, a header or junk', () => {
    const word = fc.constantFrom(
      'tcp',
      'udp',
      '6',
      '17',
      '28',
      'src=10.0.0.1',
      'dst=::1',
      'sport=x',
      'cpu=1',
      'drop=2',
      '***',
      '\0',
      'src=',
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.array(word, { maxLength: 14 }).map((words) => words.join(' ')),
          { maxLength: 20 },
        ),
        (lines) => {
          const dump = parseConntrack(lines.join('\n'));
          const counted = lines.filter((line) => line.trim() !== '' && !line.trim().startsWith('***'));
          expect(dump.entries + dump.cpus.length + dump.junkLines).toBe(counted.length);
        },
      ),
    );
  });
});
