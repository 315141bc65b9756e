import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { enaAllowanceExceeded } from './ena-allowance-exceeded.ts';

const ethtool = (counters: string) => ({
  'ethtool.txt': `Interface eth0\nNIC statistics:\n     tx_timeout: 0\n${counters}\nInterface eni1\nNIC statistics:\n     peer_ifindex: 3\n`,
});

test.each([
  ['     bw_in_allowance_exceeded: 0\n', []],
  ['     bw_in_allowance_exceeded: 812345\n', ['low']],
  ['     pps_allowance_exceeded: 5\n     bw_out_allowance_exceeded: 5\n', ['low', 'low']],
  ['     conntrack_allowance_exceeded: 99\n', ['low']],
  ['     conntrack_allowance_exceeded: 100\n', ['medium']],
  ['     linklocal_allowance_exceeded: 5000\n', ['medium']],
  ['     conntrack_allowance_available: 5000\n     bw_in_allowance_exceeded: 0\n', []],
] as const)('%j: %o', (counters, expected) => {
  expect(severities(enaAllowanceExceeded, ethtool(counters))).toEqual(expected);
});

test('it is told of the time since boot, never as a rate', () => {
  const [one] = found(enaAllowanceExceeded, ethtool('     bw_in_allowance_exceeded: 7\n'));
  expect(one).toMatchObject({ count: 7, entities: [{ kind: 'interface', name: 'eth0' }], evidence: [{ line: 4 }] });
  expect(one?.claim).toContain('since boot');
  expect(`${one?.title} ${one?.claim}`).not.toMatch(/per minute|rate|\/s/);
});

test('another driver has no such counters', () => {
  expect(check(enaAllowanceExceeded, ethtool(''))).toMatchObject({ outcome: 'skipped' });
});
