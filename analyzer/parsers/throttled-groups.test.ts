import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseThrottledGroups } from './throttled-groups.ts';

test('groups with their processes', () => {
  const text = `/sys/fs/cgroup/cpu/kubepods/burstable/pod1/2/cpu.stat
nr_periods 1000
nr_throttled 250
throttled_time 81234411
 4021 ?        Ssl    1:18 kube-proxy --v=2
 4022 ?        Sl   533:33 sh -c x

/sys/fs/cgroup/system.slice/kubelet.service/cpu.stat
usage_usec 12
nr_periods 10
nr_throttled 9
`;
  expect(parseThrottledGroups(text)).toEqual([
    {
      line: 1,
      path: '/sys/fs/cgroup/cpu/kubepods/burstable/pod1/2/cpu.stat',
      periods: 1000,
      throttled: 250,
      processes: ['kube-proxy --v=2', 'sh -c x'],
    },
    { line: 8, path: '/sys/fs/cgroup/system.slice/kubelet.service/cpu.stat', periods: 10, throttled: 9, processes: [] },
  ]);
});

test('processes alone are one group', () => {
  expect(
    parseThrottledGroups('  4021 ?        Ssl    1:18 kube-proxy --v=2\n  4022 ?        S      0:00 sh\n'),
  ).toMatchObject([{ line: 1, path: null, processes: ['kube-proxy --v=2', 'sh'] }]);
});

test('none, and any text', () => {
  expect(parseThrottledGroups('No CPU Throttling Found\n')).toEqual([]);
  fc.assert(fc.property(fc.string(), (text) => parseThrottledGroups(`/a/cpu.stat\n${text}`).length >= 1));
});
