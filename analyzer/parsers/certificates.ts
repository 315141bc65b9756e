/**
 * Certificates in files of settings: PEM text, and PEM in base64 as kubeconfigs hold it.
 *
 *   -----BEGIN CERTIFICATE-----
 *   MIIDBTCCAe2gAwIBAgIIe...
 *   -----END CERTIFICATE-----
 *
 *       certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t...
 */
import { X509Certificate } from 'node:crypto';
import type { CertificateSeen } from '../core/host-state.ts';
import { eachLine } from './text-lines.ts';

/** More are a store of trusted roots, in which an expired one is usual. */
export const CERTIFICATES_MAX = 12;
/** A certificate with every extension there is has some kilobytes. */
const PEM_CHARS_MAX = 16_000;
const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';
/** Base64 of BEGIN begins so. */
const DATA = /(?:"?([\w.-]{1,60})"? ?: ?)?"?(LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR[A-Za-z0-9+/]{100,24000}={0,2})/;

/** @returns certificates in order, CERTIFICATES_MAX + 1 at most; what is no certificate is passed over. Never throws. */
export function parseCertificates(text: string): readonly CertificateSeen[] {
  const found: CertificateSeen[] = [];
  let open: { readonly line: number; pem: string } | null = null;
  const keep = (pem: string, line: number, key: string | null): void => {
    const seen = found.length > CERTIFICATES_MAX ? null : certificateOf(pem, line, key);
    if (seen !== null) found.push(seen);
  };
  eachLine(text, (whole, line) => {
    const raw = whole.slice(0, 32_000);
    const trimmed = raw.trim();
    if (trimmed.endsWith(BEGIN)) open = { line, pem: `${BEGIN}\n` };
    else if (open !== null && trimmed === END) {
      keep(`${open.pem}${END}\n`, open.line, null);
      open = null;
    } else if (open !== null) {
      if (open.pem.length + trimmed.length > PEM_CHARS_MAX) open = null;
      else open.pem += `${trimmed}\n`;
    } else {
      const data = DATA.exec(raw);
      if (data !== null) keep(Buffer.from(data[2] as string, 'base64').toString('latin1'), line, data[1] ?? null);
    }
  });
  return found;
}

function certificateOf(pem: string, line: number, key: string | null): CertificateSeen | null {
  try {
    const certificate = new X509Certificate(pem);
    const notBefore = Date.parse(certificate.validFrom);
    const notAfter = Date.parse(certificate.validTo);
    if (Number.isNaN(notBefore) || Number.isNaN(notAfter)) return null;
    const subject = certificate.subject.split('\n').join(', ').slice(0, 200);
    return { line, key, subject, notBefore, notAfter, fingerprint: certificate.fingerprint256 };
  } catch {
    return null;
  }
}
