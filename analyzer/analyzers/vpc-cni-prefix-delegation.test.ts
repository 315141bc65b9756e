import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { vpcCniPrefixDelegation } from './vpc-cni-prefix-delegation.ts';

const node = (enabled: string | null, isPrefix: boolean) => ({
  'system/instance-id.txt': 'i-0abc\n',
  'cni/cni-configuration-variables-containerd.json': `{"env":["AWS_VPC_K8S_CNI_LOGLEVEL=DEBUG"${enabled === null ? '' : `,"ENABLE_PREFIX_DELEGATION=${enabled}"`}]}\n`,
  'ipamd/enis.json': JSON.stringify({
    TotalIPs: 14,
    AssignedIPs: 3,
    ENIs: { a: { AvailableIPv4Cidrs: { x: { IsPrefix: isPrefix } } } },
  }),
});

test('prefixes where they should be', () => {
  expect(severities(vpcCniPrefixDelegation, node('true', true))).toEqual([]);
  expect(severities(vpcCniPrefixDelegation, node('false', false))).toEqual([]);
});

test('none where they should be', () => {
  expect(found(vpcCniPrefixDelegation, node('true', false))).toMatchObject([
    { severity: 'low', evidence: [{ fileId: 3 }, { fileId: 2 }] },
  ]);
});

test('without the setting or the addresses it is skipped', () => {
  expect(check(vpcCniPrefixDelegation, node(null, false))).toMatchObject({ outcome: 'skipped' });
  expect(check(vpcCniPrefixDelegation, { ...node('true', false), 'ipamd/enis.json': '' })).toMatchObject({
    outcome: 'skipped',
  });
});
