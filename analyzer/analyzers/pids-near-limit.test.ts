import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { pidsNearLimit } from './pids-near-limit.ts';

const stat = (pid: number, name: string, threads: number) =>
  `${pid} (${name}) S 1 1 1 0 -1 1077936384 8212 0 0 0 4102 3712 0 0 20 0 ${threads} 0 5821 0\n`;
const files = (threads: number, max = 10_000) => ({
  'sysctl.txt': `kernel.pid_max = ${max}\nkernel.threads-max = 127000\n`,
  'system/allprocstat.txt': stat(1, 'systemd', 1) + stat(4021, 'java', threads - 1),
  'system/instance-id.txt': 'i-0abc\n',
});

test.each([
  [6_999, []],
  [7_000, ['medium']],
  [8_999, ['medium']],
  [9_000, ['high']],
] as const)('%i threads of 10,000: %o', (threads, expected) => {
  expect(severities(pidsNearLimit, files(threads))).toEqual(expected);
});

test('the limit is cited first, then the process that has most', () => {
  const [one] = found(pidsNearLimit, files(9_500));
  expect(one).toMatchObject({ count: 9_500, entities: [{ kind: 'process', name: 'java' }] });
  expect(one?.claim).toContain('java 9499');
  expect(one?.evidence[0]).toMatchObject({ line: 1 });
});

test('the smaller limit counts', () => {
  const few = { ...files(800), 'sysctl.txt': 'kernel.pid_max = 4194304\nkernel.threads-max = 1000\n' };
  expect(found(pidsNearLimit, few)[0]?.claim).toContain('kernel.threads-max');
});

test('without one of the two it is skipped', () => {
  expect(check(pidsNearLimit, { 'sysctl.txt': 'kernel.pid_max = 10\n' })).toMatchObject({ outcome: 'skipped' });
  expect(check(pidsNearLimit, { 'ps.txt': 'PID S CMD\n1 S x\n' })).toMatchObject({ outcome: 'skipped' });
});
