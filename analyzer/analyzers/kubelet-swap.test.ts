import { expect, test } from 'vitest';
import { check, severities } from '../../test/support/node-check.ts';
import { kubeletSwap } from './kubelet-swap.ts';

const node = (swap: number, values: object | null) => ({
  'system/instance-id.txt': 'i-0abc\n',
  meminfo: `MemTotal:        8009912 kB\nSwapTotal:       ${swap} kB\n`,
  ...(values === null
    ? {}
    : { 'kubelet/config.json': `${JSON.stringify({ kind: 'KubeletConfiguration', ...values })}\n` }),
});

test.each([
  [0, {}, []],
  [2_097_148, { failSwapOn: false }, []],
  [2_097_148, {}, ['medium']],
  [2_097_148, { failSwapOn: true }, ['medium']],
] as const)('%i KiB of swap, %o: %o', (swap, values, expected) => {
  expect(severities(kubeletSwap, node(swap, values))).toEqual(expected);
});

test('without the settings of kubelet nothing is said', () => {
  expect(check(kubeletSwap, node(1, null))).toMatchObject({ outcome: 'skipped' });
  expect(check(kubeletSwap, { meminfo: 'MemTotal: 1 kB\n' })).toMatchObject({ outcome: 'skipped' });
});
