import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { HEALTHY_SAVE } from '../../test/support/sample-node.ts';
import { vpcCniExternalSnat } from './vpc-cni-external-snat.ts';

const WITHOUT = HEALTHY_SAVE.split('\n')
  .filter((line) => !line.includes('AWS-SNAT'))
  .join('\n');
const node = (value: string, save: string, route = '10.0.3.7 dev eni0abc0f scope link') => ({
  'system/instance-id.txt': 'i-0abc\n',
  'iptables-save-c.txt': save,
  'iproute.txt': `default via 10.0.3.1 dev eth0\n${route}\n`,
  'ipamd/networkutils-env-settings.json': `{"AWS_VPC_K8S_CNI_EXTERNALSNAT":${value}}\n`,
});

test('true explains why there is no chain', () => {
  const [one, ...more] = found(vpcCniExternalSnat, node('true', WITHOUT));
  expect(more).toEqual([]);
  expect(one).toMatchObject({ severity: 'info' });
  expect(one?.claim).toContain('not missing');
});

test('false needs the chain', () => {
  expect(severities(vpcCniExternalSnat, node('false', HEALTHY_SAVE))).toEqual([]);
  expect(severities(vpcCniExternalSnat, node('false', WITHOUT))).toEqual(['medium']);
});

test('only where pods have addresses of the VPC, and the table was captured', () => {
  expect(severities(vpcCniExternalSnat, node('false', WITHOUT, '10.244.1.0/24 dev cni0'))).toEqual([]);
  expect(check(vpcCniExternalSnat, node('false', ''))).toMatchObject({ outcome: 'skipped' });
  expect(check(vpcCniExternalSnat, { 'iptables-save.txt': WITHOUT })).toMatchObject({ outcome: 'skipped' });
});
