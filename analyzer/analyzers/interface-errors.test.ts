import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { interfaceErrors } from './interface-errors.ts';

const ifconfig = (packets: number, errors: number, dropped: number, name = 'eth0') => ({
  'ifconfig.txt': `${name}: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 9001
        inet 10.0.3.2  netmask 255.255.255.0  broadcast 10.0.3.255
        RX packets ${packets}  bytes 1 (1.0 B)
        RX errors ${errors}  dropped ${dropped}  overruns ${errors}  frame 0
        TX packets 0  bytes 1 (1.0 B)
        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0
`,
});

test.each([
  [1_000_000, 0, 0, []],
  [1_000_000, 99, 9_999, []],
  [1_000_000, 100, 0, ['low']],
  [1_000_000, 0, 10_000, ['low']],
  [1_000_000, 10_000, 0, ['medium']],
  [9_999, 5_000, 0, []],
] as const)('%i packets, %i errors, %i dropped: %o', (packets, errors, dropped, expected) => {
  expect(severities(interfaceErrors, ifconfig(packets, errors, dropped))).toEqual(expected);
});

test('an overrun that is an error too is counted once', () => {
  expect(found(interfaceErrors, ifconfig(1_000_000, 500, 0))[0]).toMatchObject({
    count: 500,
    evidence: [{ line: 4 }, { line: 1 }],
  });
});

test('without counters it is skipped', () => {
  expect(
    check(interfaceErrors, { 'ip-addr.txt': '2: eth0: <UP> mtu 9001\n    inet 10.0.3.2/24 scope global eth0\n' }),
  ).toMatchObject({ outcome: 'skipped' });
});
