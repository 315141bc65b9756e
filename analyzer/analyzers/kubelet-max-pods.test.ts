import { expect, test } from 'vitest';
import { check, severities } from '../../test/support/node-check.ts';
import { kubeletMaxPods } from './kubelet-max-pods.ts';

const node = (maxPods: number | null, ipMax: number, assigned = 3) => ({
  'system/instance-id.txt': 'i-0abc\n',
  'kubelet/config.json': `${JSON.stringify({ kind: 'KubeletConfiguration', ...(maxPods === null ? {} : { maxPods }) })}\n`,
  'ipamd/metrics.json': `# TYPE awscni_ip_max gauge\nawscni_ip_max ${ipMax}\nawscni_assigned_ip_addresses ${assigned}\n`,
});

test.each([
  [29, 27, 3, []],
  [30, 27, 3, ['low']],
  [110, 27, 25, ['medium']],
  [null, 240, 3, []],
  [null, 27, 3, ['low']],
] as const)('maxPods %s, %i addresses, %i in use: %o', (maxPods, ipMax, assigned, expected) => {
  expect(severities(kubeletMaxPods, node(maxPods, ipMax, assigned))).toEqual(expected);
});

test('without either it is skipped', () => {
  expect(check(kubeletMaxPods, { ...node(110, 27), 'ipamd/metrics.json': '' })).toMatchObject({ outcome: 'skipped' });
  expect(check(kubeletMaxPods, { ...node(110, 27), 'kubelet/config.json': '' })).toMatchObject({ outcome: 'skipped' });
});
