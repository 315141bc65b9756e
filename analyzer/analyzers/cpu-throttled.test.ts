import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { cpuThrottled } from './cpu-throttled.ts';

const group = (path: string, periods: number, throttled: number, command = 'java -jar x') =>
  `/sys/fs/cgroup/${path}/cpu.stat\nnr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_time 1\n 4021 ?        Ssl    1:18 ${command}\n\n`;
const files = (text: string) => ({ 'cpu_throttling.txt': text });
const POD = 'cpu/kubepods/burstable/pod1/2';

test.each([
  ['none', 'No CPU Throttling Found\n', []],
  ['a little', group(POD, 1000, 249), []],
  ['much', group(POD, 1000, 250) + group(`${POD}a`, 1000, 900), ['low']],
  ['too short to tell', group(POD, 99, 99), []],
  ['kubelet itself', group('system.slice/kubelet.service', 1000, 500, '/usr/bin/kubelet'), ['medium']],
  ['only its processes', '  4021 ?        Ssl    1:18 kube-proxy --v=2\n', []],
] as const)('%s', (_what, text, expected) => {
  expect(severities(cpuThrottled, files(text))).toEqual(expected);
});

test('the worst is cited first', () => {
  const [one] = found(cpuThrottled, files(group(POD, 1000, 250) + group(`${POD}a`, 1000, 900, '/app/api')));
  expect(one).toMatchObject({
    count: 2,
    entities: [{ name: 'api' }, { name: 'java' }],
    evidence: [{ line: 7 }, { line: 1 }],
  });
  expect(one?.claim).toContain('api 90 %');
});

test('without the list it is skipped', () => {
  expect(check(cpuThrottled, files('\n'))).toMatchObject({ outcome: 'skipped' });
});
