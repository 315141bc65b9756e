import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { parseIpRoute } from './ip-route.ts';

const one = (text: string) => parseIpRoute(text).routes[0];

test('types, prefixes, devices and tables', () => {
  const { routes, junkLines } = parseIpRoute(`default via 192.168.10.1 dev eth0
blackhole 10.244.1.0/24
10.244.1.10 dev eni0abc0f scope link
local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1
default via fd00::1 dev eth0 metric 1024 pref medium
anycast fe80:: dev eth0 table local proto kernel metric 0 pref medium
throw 30.142.64.0/26  table red_mgmt
default via 10.0.0.1 dev eth1 table 10001
what is this
`);
  expect(routes.map((route) => [route.line, route.type, route.prefix, route.device, route.table])).toEqual([
    [1, 'unicast', '0.0.0.0/0', 'eth0', 'main'],
    [2, 'blackhole', '10.244.1.0/24', null, 'main'],
    [3, 'unicast', '10.244.1.10', 'eni0abc0f', 'main'],
    [4, 'local', '127.0.0.1', 'lo', 'local'],
    [5, 'unicast', '::/0', 'eth0', 'main'],
    [6, 'anycast', 'fe80::', 'eth0', 'local'],
    [7, 'throw', '30.142.64.0/26', null, 'red_mgmt'],
    [8, 'unicast', '0.0.0.0/0', 'eth1', '10001'],
  ]);
  expect(junkLines).toBe(1);
});

test('source, metric and scope', () => {
  expect(one('10.0.0.0/23 dev tun0  proto kernel  scope link  src 10.0.0.44  metric 50')).toMatchObject({
    source: '10.0.0.44',
    metric: 50,
    scope: 'link',
    via: null,
  });
  expect(one('default via 10.0.0.1 dev eth0')).toMatchObject({ source: null, metric: 0, scope: null });
});

describe('several next hops', () => {
  test('the first that lives is taken, the others are kept', () => {
    const [route] = parseIpRoute(`default proto bgp metric 20
	nexthop via 10.0.0.2 dev eth0 weight 1 dead linkdown
	nexthop via 10.0.1.2 dev eth1 weight 1
	nexthop via 10.0.2.2 dev eth2 weight 1
`).routes;
    expect(route).toMatchObject({ prefix: '0.0.0.0/0', via: '10.0.1.2', device: 'eth1', metric: 20 });
    expect(route?.otherHops).toEqual([{ device: 'eth2', via: '10.0.2.2' }]);
    expect(route?.dead).toBeUndefined();
  });
  test('on one line', () => {
    expect(
      one('default proto ra \\	nexthop via fe80::1 dev eth0 weight 1 \\	nexthop via fe80::2 dev eth1'),
    ).toMatchObject({
      prefix: '::/0',
      via: 'fe80::1',
      otherHops: [{ device: 'eth1', via: 'fe80::2' }],
    });
  });
  test('a route whose device is down is dead', () => {
    expect(one('10.9.0.0/16 dev eth9 proto kernel scope link src 10.9.0.1 dead linkdown')?.dead).toBe(true);
    expect(one('10.9.0.0/16 dev eth9 proto kernel scope link src 10.9.0.1 linkdown')?.dead).toBeUndefined();
  });
});

test('a default route that names no address belongs to the family of its neighbours or of its words', () => {
  const families = (text: string) => parseIpRoute(text).routes.map((route) => route.prefix);
  expect(families('fd00::/64 dev eth0\ndefault dev wg0 metric 5\n')).toEqual(['fd00::/64', '::/0']);
  expect(families('default dev wg0\n10.0.0.0/8 dev eth0\n')).toEqual(['0.0.0.0/0', '10.0.0.0/8']);
  expect(families('fd00::/64 dev eth0\ndefault dev wg0 scope link\n')[1]).toBe('0.0.0.0/0');
  expect(families('unreachable default dev lo table unspec metric 4294967295 error -101\n')).toEqual(['::/0']);
  expect(one('default via inet6 fe80::1 dev eth0')).toMatchObject({ prefix: '0.0.0.0/0', via: 'fe80::1' });
});

test('a line that ends before it says where to is no route', () => {
  expect(parseIpRoute('ff00::/16\nff01::/16 dev\n')).toEqual({ routes: [], junkLines: 2, cut: false });
  expect(parseIpRoute('10.0.0.0/33 dev eth0\n').junkLines).toBe(1);
});

test.each(['iproute.txt', 'ip6route.txt'])('every captured line of %s is a route', (name) => {
  const text = caseDumps('i3-rich-eks').get(name)?.toString('utf8') ?? '';
  const { routes, junkLines } = parseIpRoute(text);
  expect(junkLines).toBe(0);
  expect(routes).toHaveLength(text.trimEnd().split('\n').length);
});

test('a text that ends inside a line says so, and its last prefix is not taken for a whole one', () => {
  expect(parseIpRoute('10.0.0.0/8 dev eth0\nblackhole 10.244.1.0/2')).toMatchObject({
    routes: [{ prefix: '10.0.0.0/8' }],
    junkLines: 1,
    cut: true,
  });
  expect(parseIpRoute('blackhole 10.244.1.0/24 \n')).toMatchObject({ routes: [{ type: 'blackhole' }], cut: false });
});

describe('hostile text', () => {
  test('any prefix of a capture parses, and each of its lines is a route or junk', () => {
    const text = caseDumps('i3-rich-eks').get('iproute.txt')?.toString('utf8') ?? '';
    fc.assert(
      fc.property(fc.nat(text.length), (length) => {
        const cut = text.slice(0, length);
        const { routes, junkLines } = parseIpRoute(cut);
        expect(routes.length + junkLines).toBe(cut.split('\n').filter((line) => line.trim() !== '').length);
      }),
      { numRuns: 40 },
    );
  });
  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => parseIpRoute(text).junkLines >= 0));
  });
  test('a very long line is read at its beginning', () => {
    const text = `10.0.0.0/8 dev eth0 ${'nexthop via 10.0.0.1 '.repeat(200_000)}\n${'9'.repeat(5_000_000)}`;
    const { routes, junkLines } = parseIpRoute(text);
    expect(routes[0]).toMatchObject({ prefix: '10.0.0.0/8', device: 'eth0' });
    expect(junkLines).toBe(1);
  });
});
