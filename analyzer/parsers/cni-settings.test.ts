import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCniSettings } from './cni-settings.ts';

test('the answer of ipamd and the environment of its container', () => {
  const text = `{"AWS_VPC_K8S_CNI_EXTERNALSNAT":false,"WARM_ENI_TARGET": 1,"AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS":null}
"env": ["PATH=/usr/sbin", "ENABLE_PREFIX_DELEGATION=true",
  "WARM_ENI_TARGET=5", "OTHER": "x", "ENABLE_POD_ENI" : "false"
`;
  expect([...parseCniSettings(text)]).toEqual([
    ['AWS_VPC_K8S_CNI_EXTERNALSNAT', { value: 'false', line: 1 }],
    ['WARM_ENI_TARGET', { value: '1', line: 1 }],
    ['AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS', { value: 'null', line: 1 }],
    ['ENABLE_PREFIX_DELEGATION', { value: 'true', line: 2 }],
    ['ENABLE_POD_ENI', { value: 'false', line: 3 }],
  ]);
});

test('any text is taken', () => {
  fc.assert(fc.property(fc.string(), (text) => parseCniSettings(`"WARM_${text}`).size <= 1));
});
