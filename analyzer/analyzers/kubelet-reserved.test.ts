import { expect, test } from 'vitest';
import { check, severities } from '../../test/support/node-check.ts';
import { kubeletReserved } from './kubelet-reserved.ts';

const node = (values: object, path = 'kubelet/config.json') => ({
  'system/instance-id.txt': 'i-0abc\n',
  [path]: `${JSON.stringify({ kind: 'KubeletConfiguration', ...values })}\n`,
});

test('either of the two is enough, none is a note', () => {
  expect(severities(kubeletReserved, node({}))).toEqual(['info']);
  expect(severities(kubeletReserved, node({ kubeReserved: { memory: '574Mi' } }))).toEqual([]);
  expect(severities(kubeletReserved, node({ systemReserved: { cpu: '100m' } }))).toEqual([]);
});

test('a drop-in alone is no whole configuration', () => {
  expect(check(kubeletReserved, node({}, 'kubelet/config.json.d/10-x.conf'))).toMatchObject({ outcome: 'skipped' });
});
