import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import type { NodeInterface } from '../core/node-network.ts';
import { parseIpAddr } from './ip-addr.ts';

const CAPTURED = caseDumps('i3-rich-eks').get('ifconfig.txt')?.toString('utf8') ?? '';

/** What a test compares: name, index, master, mtu, mac, and addresses as `address/length scope`. */
function short(each: NodeInterface): unknown {
  const addresses = each.addresses.map(
    ({ address, length, scope, secondary }) => `${address}/${length} ${scope}${secondary ? ' secondary' : ''}`,
  );
  return [each.name, each.index, each.master, each.mtu, each.mac, addresses];
}
const all = (text: string): readonly unknown[] => parseIpAddr(text).interfaces.map(short);

describe('ip addr', () => {
  test('a captured node', () => {
    const { interfaces, junkLines } = parseIpAddr(CAPTURED);
    expect(junkLines).toBe(0);
    expect(interfaces.map((each) => each.name)).toEqual([
      'lo',
      'eth0',
      'eni0abc0f',
      'eni1abc1f',
      'eni2abc2f',
      'eni3abc3f',
      'eni4abc4f',
      'kube-ipvs0',
    ]);
    expect(interfaces[7]?.addresses).toHaveLength(19);
    expect(interfaces[1]).toMatchObject({ index: 2, line: 7, flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'] });
    expect(interfaces[1]?.addresses[0]).toEqual({
      address: '192.168.10.5',
      length: 24,
      scope: 'global',
      secondary: false,
      line: 9,
    });
  });
  test('masters, peers, second addresses, names of links', () => {
    const text = `5: bond1.57@bond1: <BROADCAST,UP> mtu 9001 qdisc noqueue master br0 state UP
    link/ether 00:11:3F:e2:f5:9e brd ff:ff:ff:ff:ff:ff
    inet 10.192.4.171/27 brd 10.192.4.191 scope global bond1.57
    inet 10.192.4.172/27 scope global secondary bond1.57
       valid_lft forever preferred_lft forever
6: tun0: <POINTOPOINT> mtu 80 qdisc noqueue state UNKNOWN
    link/ipip 10.192.4.203 peer 10.188.61.108
    inet 172.30.0.1 peer 172.30.0.2/32 scope global tun0
`;
    expect(all(text)).toEqual([
      ['bond1.57', 5, 'br0', 9001, '00:11:3f:e2:f5:9e', ['10.192.4.171/27 global', '10.192.4.172/27 global secondary']],
      ['tun0', 6, null, 80, null, ['172.30.0.1/32 global']],
    ]);
  });
  test('-oneline and -brief', () => {
    expect(
      all(`1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever
2: eth0    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever
`),
    ).toEqual([
      ['lo', 1, null, null, null, ['127.0.0.1/8 host', '::1/128 host']],
      ['eth0', 2, null, null, null, ['10.0.0.1/24 global']],
    ]);
    expect(all('lo               UNKNOWN        127.0.0.1/8 ::1/128\neth0@if2  UP  10.0.0.1/24\ndown0 DOWN\n')).toEqual(
      [
        ['lo', null, null, null, null, ['127.0.0.1/8 null', '::1/128 null']],
        ['eth0', null, null, null, null, ['10.0.0.1/24 null']],
        ['down0', null, null, null, null, []],
      ],
    );
  });
});

describe('ifconfig', () => {
  test('net-tools 2', () => {
    const text = `eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 9001
        inet 192.168.10.5  netmask 255.255.240.0  broadcast 192.168.15.255
        inet6 fe80::1  prefixlen 64  scopeid 0x20<link>
        ether 02:42:ac:11:00:02  txqueuelen 1000  (Ethernet)
        RX packets 12  bytes 3456 (3.3 KiB)

eth0:1: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 9001
        inet 192.168.10.6  netmask 255.255.240.0  broadcast 192.168.15.255
`;
    expect(all(text)).toEqual([
      [
        'eth0',
        null,
        null,
        9001,
        '02:42:ac:11:00:02',
        ['192.168.10.5/20 null', 'fe80::1/64 null', '192.168.10.6/20 null secondary'],
      ],
    ]);
    expect(parseIpAddr(text).interfaces[0]?.flags).toContain('RUNNING');
  });
  test('net-tools 1', () => {
    const text = `eth0      Link encap:Ethernet  HWaddr 02:42:AC:11:00:02
          inet addr:192.168.10.5  Bcast:192.168.10.255  Mask:255.255.255.0
          inet6 addr: fe80::1/64 Scope:Link
          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1
          RX packets:12 errors:0 dropped:0 overruns:0 frame:0
`;
    expect(all(text)).toEqual([
      ['eth0', null, null, 1500, '02:42:ac:11:00:02', ['192.168.10.5/24 null', 'fe80::1/64 null']],
    ]);
    expect(parseIpAddr(text).interfaces[0]?.flags).toEqual(['UP', 'BROADCAST', 'RUNNING', 'MULTICAST']);
  });
});

test('text of something else gives nothing', () => {
  expect(parseIpAddr('bash: ip: command not found\n{"a": 1}\n')).toEqual({ interfaces: [], junkLines: 2 });
});

describe('hostile text', () => {
  const octet = fc.nat(255);
  test('addresses printed are addresses read', () => {
    const address = fc.tuple(octet, octet, fc.integer({ min: 0, max: 32 })).map(([a, b, n]) => `10.0.${a}.${b}/${n}`);
    fc.assert(
      fc.property(
        fc.uniqueArray(address, { maxLength: 20, selector: (text) => text.split('/')[0] ?? '' }),
        (addresses) => {
          const lines = addresses.map((text) => `    inet ${text} scope global eth0`);
          const { interfaces } = parseIpAddr(['2: eth0: <UP> mtu 1500', ...lines].join('\n'));
          expect(interfaces[0]?.addresses.map(({ address: text, length }) => `${text}/${length}`)).toEqual(addresses);
        },
      ),
    );
  });
  test('any prefix of a capture gives a prefix of its interfaces', () => {
    const names = parseIpAddr(CAPTURED).interfaces.map((each) => each.name);
    fc.assert(
      fc.property(fc.nat(CAPTURED.length), (length) => {
        const found = parseIpAddr(CAPTURED.slice(0, length)).interfaces.map((each) => each.name);
        expect(names.slice(0, found.length)).toEqual(found);
      }),
      { numRuns: 40 },
    );
  });
  test('never throws, and long lines are harmless', () => {
    fc.assert(fc.property(fc.string(), (text) => parseIpAddr(text).junkLines >= 0));
    expect(parseIpAddr(`2: eth0: <UP> mtu 1500\n    inet ${'1'.repeat(3_000_000)}\n`).interfaces[0]?.addresses).toEqual(
      [],
    );
  });
});
