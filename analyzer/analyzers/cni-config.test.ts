import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { cniConfig } from './cni-config.ts';

const NODE = { 'system/instance-id.txt': 'i-0abc\n' };
const GOOD = '{"cniVersion":"0.4.0","name":"aws-cni","plugins":[{"type":"aws-cni"}]}\n';

test('one that names its plugins passes', () => {
  expect(check(cniConfig, { ...NODE, 'cni/10-aws.conflist': GOOD })).toMatchObject({
    outcome: 'pass',
    because: 'the CNI configuration is aws-cni',
  });
});

test('one that is cut off is the only one, or not', () => {
  const cut = { ...NODE, 'cni/10-aws.conflist': '\n{"cniVersion":"0.4.0","plug' };
  expect(found(cniConfig, cut)).toMatchObject([{ severity: 'high', evidence: [{ line: 2 }] }]);
  expect(severities(cniConfig, { ...cut, 'cni/20-b.conflist': GOOD })).toEqual(['low']);
});

test('none beside settings of the VPC CNI is only a doubt', () => {
  const files = { ...NODE, 'ipamd/ipamd-env-settings.json': '{\n"WARM_ENI_TARGET":1}\n' };
  expect(found(cniConfig, files)).toMatchObject([
    { severity: 'low', confidence: { level: 'possible' }, evidence: [{ line: 2 }] },
  ]);
});

test('without either it is skipped', () => {
  expect(check(cniConfig, NODE)).toMatchObject({ outcome: 'skipped' });
});
