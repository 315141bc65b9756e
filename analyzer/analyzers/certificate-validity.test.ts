import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { CERTIFICATE } from '../../test/support/sample-certificate.ts';
import { certificateValidity } from './certificate-validity.ts';

const archive = (day: string) => `eks_i-0abc12345_${day}_1200-UTC_0.7.9.tar.gz`;
const files = (text: string) => ({ 'system/instance-id.txt': 'i-0abc12345\n', 'kubelet/kubeconfig.yaml': text });
const DATA = Buffer.from(CERTIFICATE).toString('base64');

test.each([
  ['2023-12-31', ['medium']],
  ['2024-06-01', []],
  ['2024-11-20', []],
  ['2024-12-15', ['low']],
  ['2025-01-02', ['medium']],
] as const)('a PEM file on %s: %o', (day, expected) => {
  expect(severities(certificateValidity, files(CERTIFICATE), archive(day))).toEqual(expected);
});

test('a certificate by which the API server knows the client is worse', () => {
  const text = `apiVersion: v1\nkind: Config\nusers:\n- user:\n    client-certificate-data: ${DATA}\n`;
  const [one, ...more] = found(certificateValidity, files(text), archive('2025-03-01'));
  expect(more).toEqual([]);
  expect(one).toMatchObject({ severity: 'high', owner: 'kubelet', evidence: [{ line: 5 }] });
  expect(one?.claim).toContain('59 days before');
});

test('a store of roots, and a bundle of unknown time', () => {
  expect(check(certificateValidity, files(CERTIFICATE.repeat(20)), archive('2025-03-01'))).toMatchObject({
    outcome: 'skipped',
  });
  expect(check(certificateValidity, files(CERTIFICATE))).toMatchObject({
    outcome: 'skipped',
    missing: expect.stringContaining('time'),
  });
  expect(check(certificateValidity, {})).toMatchObject({ outcome: 'skipped' });
});

test('the same certificate twice in a file is told once', () => {
  expect(severities(certificateValidity, files(CERTIFICATE + CERTIFICATE), archive('2025-03-01'))).toEqual(['medium']);
});
