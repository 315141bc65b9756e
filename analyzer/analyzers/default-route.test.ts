import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { defaultRoute } from './default-route.ts';

const routes = (...lines: readonly string[]) => ({ 'iproute.txt': `${lines.join('\n')}\n` });
const LINK = '10.0.3.0/24 dev eth0 proto kernel scope link src 10.0.3.2';

test.each([
  ['one', ['default via 10.0.3.1 dev eth0', LINK], []],
  [
    'with metrics',
    ['default via 10.0.3.1 dev eth0 metric 512', 'default via 10.0.9.1 dev eth1 metric 10001', LINK],
    [],
  ],
  ['of other tables', ['default via 10.0.3.1 dev eth0', 'default via 10.0.9.1 dev eth1 table 2', LINK], []],
  ['of IPv6 only', ['default via fe80::1 dev eth0 proto ra metric 1024', '2001:db8::/64 dev eth0 metric 256'], []],
  ['none', [LINK], ['medium']],
  ['none in the main table', [LINK, 'default via 10.0.9.1 dev eth1 table 2'], ['medium']],
  ['two alike', ['default via 10.0.3.1 dev eth0', 'default via 10.0.9.1 dev eth1', LINK], ['low']],
] as const)('%s', (_what, lines, expected) => {
  expect(severities(defaultRoute, routes(...lines))).toEqual(expected);
});

test('the second of two is cited first', () => {
  expect(
    found(defaultRoute, routes('default via 10.0.3.1 dev eth0', 'default via 10.0.9.1 dev eth1'))[0]?.evidence,
  ).toMatchObject([{ line: 2 }, { line: 1 }]);
});

test('a dump that is cut proves no absence', () => {
  expect(check(defaultRoute, { 'iproute.txt': `${LINK}\n10.0.4.0/24 dev eth` })).toMatchObject({ outcome: 'skipped' });
  expect(check(defaultRoute, routes('local 10.0.3.2 dev eth0 table local proto kernel'))).toMatchObject({
    outcome: 'skipped',
  });
});
