import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { vpcCniAddressesUsedUp } from './vpc-cni-addresses-used-up.ts';

const node = (total: number, assigned: number, ipMax?: number) => ({
  'system/instance-id.txt': 'i-0abc\n',
  'ipamd/enis.json': `{\n"TotalIPs":${total},"AssignedIPs":${assigned},"ENIs":{"a":{},"b":{}}}\n`,
  ...(ipMax === undefined ? {} : { 'ipamd/metrics.json': `awscni_eni_max 3\nawscni_ip_max ${ipMax}\n` }),
});

test.each([
  ['some free', node(29, 12), []],
  ['none free, the instance could have more', node(29, 29, 58), ['medium']],
  ['none free, the limit is not known', node(29, 29), ['medium']],
  ['a full node', node(58, 58, 58), ['low']],
  ['none at all', node(0, 0, 58), ['medium']],
] as const)('%s', (_what, files, expected) => {
  expect(severities(vpcCniAddressesUsedUp, files)).toEqual(expected);
});

test('the limits are cited', () => {
  expect(found(vpcCniAddressesUsedUp, node(58, 58, 58))[0]?.evidence).toMatchObject([
    { fileId: 2, line: 2 },
    { fileId: 3, line: 2 },
    { fileId: 3, line: 1 },
  ]);
});

test('without the answer of ipamd it is skipped', () => {
  expect(check(vpcCniAddressesUsedUp, { 'ipamd/enis.json': '' })).toMatchObject({ outcome: 'skipped' });
});
