import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIpRoute } from './ip-route.ts';

test('types, prefixes, devices and tables', () => {
  const { routes, junkLines } = parseIpRoute(`default via 192.168.10.1 dev eth0
blackhole 10.244.1.0/24
10.244.1.10 dev eni0abc0f scope link
local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1
default via fd00::1 dev eth0 metric 1024 pref medium
	nexthop via 10.0.0.1 dev eth0 weight 1
what is this
`);
  expect(routes.map((route) => [route.line, route.type, route.prefix, route.device, route.table])).toEqual([
    [1, 'unicast', '0.0.0.0/0', 'eth0', 'main'],
    [2, 'blackhole', '10.244.1.0/24', null, 'main'],
    [3, 'unicast', '10.244.1.10', 'eni0abc0f', 'main'],
    [4, 'local', '127.0.0.1', 'lo', 'local'],
    [5, 'unicast', '::/0', 'eth0', 'main'],
  ]);
  expect(junkLines).toBe(1);
});

test('never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => parseIpRoute(text).junkLines >= 0));
});
