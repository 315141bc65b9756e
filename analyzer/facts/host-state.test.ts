import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { hostState } from './host-state.ts';
import { onDemand } from './on-demand.ts';

test('parts are read once, when they are asked for', () => {
  const asked: string[] = [];
  const parts = onDemand<{ one: number; two: number }>({
    one: () => asked.push('one'),
    two: () => asked.push('two'),
  });
  expect(asked).toEqual([]);
  expect([parts.two, parts.two]).toEqual([1, 1]);
  expect(asked).toEqual(['two']);
});

test('the best source of memory comes first', () => {
  const top =
    'top - 12:00:00 up\nTasks: 1 total, 0 zombie\nMiB Mem :   10.0 total\nMiB Swap: 0.0 total, 0.0 free, 0.0 used.   5.0 avail Mem\n';
  const files = {
    'system/instance-id.txt': 'i-0abc\n',
    'system/top.txt': top,
    meminfo: 'MemTotal: 8 kB\nMemAvailable: 2 kB\n',
  };
  expect(hostState(memoryBundle(files)).memory.map(({ value }) => value.source)).toEqual(['meminfo', 'top']);
});

test('a resource and an interface may be named by the file alone', () => {
  const host = hostState(
    memoryBundle({
      'sos_commands/networking/ethtool_-S_eth1': 'NIC statistics:\n     tx_timeout: 0\n',
      'proc/pressure/io': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n',
    }),
  );
  expect(host.counters[0]?.value[0]).toMatchObject({ name: 'eth1', line: 1 });
  expect(host.pressure).toMatchObject([{ resource: 'io' }]);
});
