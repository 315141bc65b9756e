import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMemory } from './memory.ts';

test('/proc/meminfo', () => {
  const text =
    'MemTotal:        8009912 kB\nMemFree:          538760 kB\nMemAvailable:    6820236 kB\nSwapTotal:             0 kB\nCommitLimit:     4004956 kB\nCommitted_AS:    2000000 kB\n';
  expect(parseMemory(text)).toMatchObject({
    source: 'meminfo',
    unit: 'KiB',
    total: { value: 8_009_912, line: 1 },
    available: { value: 6_820_236, line: 3 },
    swapTotal: { value: 0, line: 4 },
    commitLimit: { value: 4_004_956, line: 5 },
    committed: { value: 2_000_000, line: 6 },
  });
});

test('free, with and without units; an old one has no available', () => {
  const title = '               total        used        free      shared  buff/cache   available\n';
  expect(
    parseMemory(
      `${title}Mem:        8009912     1032144      538760       12880     6439008     6820236\nSwap: 0 0 0\n`,
    ),
  ).toMatchObject({
    source: 'free',
    unit: null,
    total: { value: 8_009_912, line: 2 },
    available: { value: 6_820_236, line: 2 },
    swapTotal: { value: 0, line: 3 },
  });
  expect(
    parseMemory(`${title}Mem:           7.6Gi       1.0Gi       526Mi        12Mi       6.1Gi       6.5Gi\n`),
  ).toMatchObject({
    unit: 'KiB',
    available: { value: 6.5 * 1024 * 1024 },
  });
  expect(
    parseMemory('             total       used       free     shared    buffers     cached\nMem: 100 50 50 0 0 0\n'),
  ).toMatchObject({ available: null });
});

test('the head of top, of procps and of the node monitoring agent', () => {
  const top =
    'top - 12:00:00 up 1 day\nTasks: 1 total\nMiB Mem :   7822.2 total,    526.1 free,   1007.9 used,   6288.1 buff/cache\nMiB Swap:      0.0 total,      0.0 free,      0.0 used.   6660.5 avail Mem\n';
  expect(parseMemory(top)).toMatchObject({
    source: 'top',
    total: { value: 7822.2 * 1024, line: 3 },
    available: { value: 6660.5 * 1024, line: 4 },
  });
  expect(parseMemory('KiB Mem : 8009912 Total, 1 free, 2 used, 3 buffers/cache\n')).toMatchObject({
    total: { value: 8_009_912 },
    available: null,
  });
});

test('any text is taken, a total of nothing is none', () => {
  expect(parseMemory('MemTotal: 0 kB\n')).toBeNull();
  const line = fc.constantFrom(
    'MemTotal: 10 kB',
    'Mem: 1 2 3',
    ' total used free',
    'MiB Mem : 3 total',
    'MiB Swap: 1 avail Mem',
    'Swap: x',
    '',
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const memory = parseMemory(lines.join('\n'));
      if (memory !== null) expect(memory.total.value).toBeGreaterThan(0);
    }),
  );
});
