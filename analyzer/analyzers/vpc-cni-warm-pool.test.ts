import { expect, test } from 'vitest';
import { check, severities } from '../../test/support/node-check.ts';
import { vpcCniWarmPool } from './vpc-cni-warm-pool.ts';

const node = (values: object) => ({
  'system/instance-id.txt': 'i-0abc\n',
  'ipamd/ipamd-env-settings.json': `${JSON.stringify({ AWS_VPC_ENI_MTU: '9001', ...values })}\n`,
});

test.each([
  [{ WARM_ENI_TARGET: 1, WARM_IP_TARGET: 0 }, []],
  [{ WARM_ENI_TARGET: 0, WARM_IP_TARGET: 0 }, ['low']],
  [{ WARM_ENI_TARGET: 0, WARM_PREFIX_TARGET: 1 }, []],
  [{ WARM_ENI_TARGET: 1, WARM_IP_TARGET: 5 }, ['info']],
  [{ WARM_ENI_TARGET: 1, WARM_IP_TARGET: 5, MINIMUM_IP_TARGET: 20 }, []],
] as const)('%o: %o', (values, expected) => {
  expect(severities(vpcCniWarmPool, node(values))).toEqual(expected);
});

test('without a target it is skipped', () => {
  expect(check(vpcCniWarmPool, node({}))).toMatchObject({ outcome: 'skipped' });
});
