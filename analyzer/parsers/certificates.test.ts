import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CERTIFICATE } from '../../test/support/sample-certificate.ts';
import { CERTIFICATES_MAX, parseCertificates } from './certificates.ts';

const SEEN = {
  subject: 'O=system:nodes, CN=system:node:n1',
  notBefore: Date.UTC(2024, 0, 1),
  notAfter: Date.UTC(2025, 0, 1),
};

test('PEM text, and base64 of a kubeconfig in YAML and JSON', () => {
  const data = Buffer.from(CERTIFICATE).toString('base64');
  const text = `# x\n${CERTIFICATE}users:\n    client-certificate-data: ${data}\n{"certificate-authority-data": "${data}"}\n`;
  expect(parseCertificates(text)).toMatchObject([
    { line: 2, key: null, ...SEEN },
    { line: 12, key: 'client-certificate-data', ...SEEN },
    { line: 13, key: 'certificate-authority-data', ...SEEN },
  ]);
});

test('what is none is passed over, and a store of roots is not read to its end', () => {
  expect(parseCertificates(CERTIFICATE.replace('MIIB', 'MIIC'))).toEqual([]);
  expect(parseCertificates('certificate-authority-data: DATA+OMITTED\n-----BEGIN CERTIFICATE-----\nAA==\n')).toEqual(
    [],
  );
  expect(parseCertificates(CERTIFICATE.repeat(30))).toHaveLength(CERTIFICATES_MAX + 1);
});

test('any text is taken', () => {
  fc.assert(
    fc.property(fc.base64String({ maxLength: 400 }), (text) => {
      expect(parseCertificates(`-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`)).toEqual([]);
      expect(parseCertificates(`x: LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR${text}`)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
