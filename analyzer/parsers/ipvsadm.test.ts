import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import type { IpvsDump, IpvsService } from '../core/node-network.ts';
import { parseIpvsadm } from './ipvsadm.ts';

const dump = (name: string): string => caseDumps('i3-rich-eks').get(name)?.toString('utf8') ?? '';
const JOINED = dump('ipvsadm.txt');
const SAVED = JOINED.slice(0, JOINED.indexOf('IP Virtual Server'));
const NUMERIC = dump('ipvsadm-Ln.txt');

/** Virtual servers with their real servers and weights, in any order. */
const shape = ({ services }: IpvsDump): readonly string[] =>
  services
    .map(
      (one) =>
        `${one.protocol} ${one.address ?? one.mark}:${one.port} ${one.scheduler} ${one.persistent}: ${one.realServers
          .map((server) => `${server.address}:${server.port} ${server.forward} ${server.weight}`)
          .join(', ')}`,
    )
    .sort();
const find = (found: IpvsDump, address: string, port: number): IpvsService | undefined =>
  found.services.find((one) => one.address === address && one.port === port);

describe('captured outputs', () => {
  test('all of them say the same', () => {
    const numeric = parseIpvsadm(NUMERIC);
    expect(numeric).toMatchObject({ unresolved: [], junkLines: 0 });
    expect(numeric.services).toHaveLength(26);
    const joined = parseIpvsadm(JOINED);
    expect(joined).toMatchObject({ unresolved: [], junkLines: 0 });
    expect(shape(joined)).toEqual(shape(numeric));
  });
  test('counters of --stats and of -Ln', () => {
    const joined = find(parseIpvsadm(JOINED), '172.20.11.1', 80);
    expect(joined).toMatchObject({ connections: 19601, scheduler: 'rr' });
    expect(joined?.realServers.map((server) => server.connections)).toEqual([0, 19601, 0]);
    const numeric = find(parseIpvsadm(NUMERIC), '172.20.11.1', 80);
    expect(numeric?.realServers[1]).toMatchObject({ activeConnections: 1, inactiveConnections: 10, weight: 1 });
  });
  test('session affinity', () => {
    expect(find(parseIpvsadm(JOINED), '172.20.11.6', 80)?.persistent).toBe(10800);
    expect(find(parseIpvsadm(NUMERIC), '172.20.11.6', 80)?.persistent).toBe(10800);
    expect(find(parseIpvsadm(NUMERIC), '172.20.11.7', 80)?.persistent).toBeNull();
  });
});

describe('names', () => {
  test('with --save alone a name with one meaning is taken, one with several is not', () => {
    const found = parseIpvsadm(SAVED);
    expect(find(found, '172.20.11.2', 443)?.realServers).toHaveLength(3);
    // http-alt is 8080 on Debian, 8008 on Red Hat.
    expect(find(found, '172.20.11.1', 80)).toMatchObject({ realServers: [], unreadServers: 3 });
    expect(found.unresolved.some(({ line, text }) => line === 17 && text === '192.168.32.11:http-alt')).toBe(true);
  });
  test('hosts and unknown ports are counted, and what belongs to them is not given to others', () => {
    const found = parseIpvsadm(`-A -t 10.0.0.1:https -s rr
-a -t 10.0.0.1:https -r node-7.example:6443 -m -w 1
-A -t ip-10-0-0-2.ec2.internal:https -s rr
-a -t ip-10-0-0-2.ec2.internal:https -r 10.1.0.1:443 -m -w 1
-A -t 10.0.0.3:no-such-name -s rr
`);
    expect(shape(found)).toEqual(['tcp 10.0.0.1:443 rr null: ']);
    expect(found.unresolved).toEqual([
      { line: 2, text: 'node-7.example:6443' },
      { line: 3, text: 'ip-10-0-0-2.ec2.internal:https' },
      { line: 5, text: '10.0.0.3:no-such-name' },
    ]);
  });
  test('a numeric output decides what a name means', () => {
    const found = parseIpvsadm(`-A -t 10.0.0.1:http-alt -s rr
-a -t 10.0.0.1:http-alt -r 10.1.0.1:http-alt -m -w 5
-A -t 10.0.0.2:http-alt -s rr

IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
TCP  10.0.0.1:8008                      12       72       60     4944    15996
  -> 10.1.0.1:8080                      12       72       60     4944    15996
`);
    expect(shape(found)).toEqual(['tcp 10.0.0.1:8008 rr null: 10.1.0.1:8080 masquerade 5']);
    expect(found.unresolved).toEqual([{ line: 3, text: '10.0.0.2:http-alt' }]);
  });
});

test('every kind of virtual server', () => {
  const found = parseIpvsadm(`-A -u [fd00::1]:domain -s rr -p
-a -u [fd00::1]:domain -r [fd00::2]:53 -g -w 0
-A --sctp-service 10.0.0.1:3868 -s sh
-A -f 7 -s wrr
-a -f 7 -r 10.0.0.9:0 -i -w 3
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
UDP  [fd00::1]:53 rr persistent 300
  -> [fd00::2]:53                 Route   0      0          0
FWM  9 IPv6 lc
  -> [fd00::3]:0                  Local   1      0          0
`);
  expect(shape(found)).toEqual([
    'fwmark 7:null wrr null: 10.0.0.9:0 tunnel 3',
    'fwmark 9:null lc null: fd00::3:0 local 1',
    'sctp 10.0.0.1:3868 sh null: ',
    'udp fd00::1:53 rr 300: fd00::2:53 route 0',
  ]);
  expect(found.junkLines).toBe(0);
});

test('large counters are shortened without --exact, other column sets are read by their titles', () => {
  const found = parseIpvsadm(`IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
TCP  10.0.0.1:80                      123M     738M     615M      50G     164G
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn
  -> RemoteAddress:Port
TCP  10.0.0.1:80 rr persistent 60
  -> 10.1.0.1:80                  4         2           7          9
`);
  expect(found.services[0]).toMatchObject({ connections: 123_000_000, persistent: 60 });
  expect(found.services[0]?.realServers[0]).toMatchObject({ weight: 4, activeConnections: 7, inactiveConnections: 9 });
});

test('other lines are counted', () => {
  expect(parseIpvsadm('ipvsadm not installed\n\nTCP  10.0.0.1:80 rr\n')).toEqual({
    services: [],
    unresolved: [],
    junkLines: 2,
  });
});

describe('hostile text', () => {
  test('any prefix of a capture names no virtual server that is not in it', () => {
    const whole = new Set(parseIpvsadm(NUMERIC).services.map((one) => `${one.protocol} ${one.address}`));
    fc.assert(
      fc.property(fc.nat(NUMERIC.length), (length) => {
        const cut = NUMERIC.slice(0, NUMERIC.lastIndexOf('\n', length) + 1);
        for (const one of parseIpvsadm(cut).services) expect(whole).toContain(`${one.protocol} ${one.address}`);
      }),
      { numRuns: 30 },
    );
  });
  test('never throws, and long lines are harmless', () => {
    fc.assert(fc.property(fc.string(), (text) => parseIpvsadm(text).junkLines >= 0));
    expect(parseIpvsadm(`-A -t ${'1'.repeat(3_000_000)}:80 -s rr\n`).services).toEqual([]);
  });
  test('what is printed is read', () => {
    const address = fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `10.0.${a}.${b}`);
    const port = fc.integer({ min: 1, max: 65535 });
    const service = fc.record({ address, port, servers: fc.uniqueArray(address, { maxLength: 4 }) });
    fc.assert(
      fc.property(
        fc.uniqueArray(service, { maxLength: 8, selector: (one) => `${one.address} ${one.port}` }),
        (services) => {
          const text = services.map(
            (one) =>
              `TCP  ${one.address}:${one.port} rr\n${one.servers.map((server) => `  -> ${server}:80  Masq    1      0          0\n`).join('')}`,
          );
          const found = parseIpvsadm(`Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
${text.join('')}`);
          expect(
            found.services.map((one) => ({
              address: one.address,
              port: one.port,
              servers: one.realServers.map((server) => server.address),
            })),
          ).toEqual(services);
        },
      ),
    );
  });
});
