import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { kubeletEvictionThresholds } from './kubelet-eviction-thresholds.ts';

const node = (values: object) => ({
  'system/instance-id.txt': 'i-0abc\n',
  'kubelet/config.json': `${JSON.stringify({ kind: 'KubeletConfiguration', ...values }, null, 1)}\n`,
});
const ALL = { 'memory.available': '100Mi', 'nodefs.available': '10%', 'nodefs.inodesFree': '5%' };

test.each([
  ['nothing set', {}, []],
  ['all set', { evictionHard: ALL }, []],
  ['one left out', { evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '10%' } }, ['low']],
  [
    'one left out, defaults merged',
    { evictionHard: { 'memory.available': '100Mi' }, mergeDefaultEvictionSettings: true },
    [],
  ],
  ['turned off', { evictionHard: { ...ALL, 'nodefs.available': '0%' } }, ['low']],
] as const)('%s', (_what, values, expected) => {
  expect(severities(kubeletEvictionThresholds, node(values))).toEqual(expected);
});

test('the signal that is turned off is cited', () => {
  const [one] = found(kubeletEvictionThresholds, node({ evictionHard: { ...ALL, 'nodefs.available': '100%' } }));
  expect(one?.title).toContain('nodefs.available');
  expect(one?.evidence[0]).toMatchObject({ line: 5 });
});

test('without a configuration it is skipped', () => {
  expect(check(kubeletEvictionThresholds, {})).toMatchObject({ outcome: 'skipped' });
});
