import { describe, expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { memoryLow } from './memory-low.ts';

const meminfo = (available: number, more = '') => ({
  meminfo: `MemTotal:        1000000 kB\nMemAvailable:    ${available} kB\n${more}`,
});

test.each([
  [100_000, []],
  [99_999, ['low']],
  [49_999, ['medium']],
  [19_999, ['high']],
] as const)('%i KiB of 1,000,000 available: %o', (available, expected) => {
  expect(severities(memoryLow, meminfo(available))).toEqual(expected);
});

test('amounts are told, both lines cited', () => {
  const [one] = found(memoryLow, meminfo(10_240));
  expect(one?.claim).toContain('10 MiB of 977 MiB');
  expect(one?.evidence).toMatchObject([{ line: 2 }, { line: 1 }]);
});

describe('promised memory', () => {
  const promised = 'CommitLimit:  1000 kB\nCommitted_AS:  960 kB\n';
  test('only counts where the kernel refuses more', () => {
    const files = { ...meminfo(900_000, promised), 'sysctl.txt': 'vm.overcommit_memory = 2\n' };
    expect(severities(memoryLow, files)).toEqual(['medium']);
    expect(severities(memoryLow, { ...files, 'sysctl.txt': 'vm.overcommit_memory = 1\n' })).toEqual([]);
    expect(severities(memoryLow, { ...files, ...meminfo(900_000, promised.replace('960', '940')) })).toEqual([]);
  });
});

test('free memory alone says nothing', () => {
  expect(check(memoryLow, { meminfo: 'MemTotal: 1000 kB\nMemFree: 1 kB\n' })).toMatchObject({ outcome: 'skipped' });
});
