/**
 * Certificates in kubeconfigs and PEM files, held against the time of the collection. Short-lived ones are always near
 * their end: only one that has less than a tenth of its life left is told as ending soon, since kubelet renews its own
 * between 70 and 90 % of it.
 */
import type { CertificateSeen } from '../core/host-state.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import type { Captured } from '../facts/host-state.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, likely, outcomeOf } from './outcome.ts';
import { countText, stateFinding } from './state-finding.ts';

const DAY_MS = 24 * 3600 * 1000;
const SOON_DAYS = 30;
const LIFE_LEFT = 0.1;

export const certificateValidity: Analyzer = {
  id: 'certificate-validity',
  title: 'Captured certificates are valid',
  area: 'node',
  run(facts) {
    const { certificates, capturedAt } = facts.host;
    if (certificates.length === 0)
      return { outcome: 'skipped', missing: 'certificates: kubeconfig with its data, /var/lib/kubelet/pki' };
    if (capturedAt === null)
      return { outcome: 'skipped', missing: 'the time of the collection, to hold certificates against' };
    const once = new Map(
      certificates.flatMap((fact) =>
        fact.value.map((one) => [`${fact.fileId} ${one.fingerprint}`, { fact, one }] as const),
      ),
    );
    const findings = [...once.values()].flatMap(({ fact, one }) => judged(fact, one, capturedAt));
    return outcomeOf(
      findings,
      `${countText(once.size, 'captured certificate was', 'captured certificates were')} valid at the time of the collection`,
    );
  },
};

function judged(
  fact: Captured<readonly CertificateSeen[]>,
  one: CertificateSeen,
  now: number,
): readonly FindingDraft[] {
  const client = one.key?.startsWith('client-certificate') === true;
  const authority = one.key?.includes('authority') === true;
  const what = client ? 'client certificate' : authority ? 'certificate of the cluster authority' : 'certificate';
  const base = {
    rule: 'certificate-validity',
    area: 'certificates',
    owner: client ? 'kubelet' : 'node OS',
    entities: [],
    evidence: [],
    check: ['`openssl x509 -noout -subject -dates -in FILE` shows a time that is not over'],
  } as const;
  const ref = refAt(fact, one.line);
  if (one.notAfter <= now)
    return [
      stateFinding(ref, {
        ...base,
        title: `The ${what} of ${nameOf(one)} had expired`,
        claim: `The ${what} ${one.subject} was valid until ${day(one.notAfter)}, ${countText(Math.floor((now - one.notAfter) / DAY_MS), 'day')} before the collection.`,
        severity: client || authority ? 'high' : 'medium',
        confidence:
          client || authority
            ? certain('the certificate says so, and the kubeconfig uses it')
            : likely('whether a program still uses this file, it does not tell'),
        userNotices: client
          ? 'The API server refuses who uses it: a kubelet with it is NotReady ("certificate has expired").'
          : 'Connections that are checked against it fail with "certificate has expired or is not yet valid".',
        now: client
          ? [
              'See which certificate kubelet uses: `ls -l /var/lib/kubelet/pki; sudo openssl x509 -noout -dates -in /var/lib/kubelet/pki/kubelet-client-current.pem`',
              'Let it get a new one: kubeadm `kubeadm init phase kubeconfig kubelet`, or replace the node',
            ]
          : ['Renew it where it is made (kubeadm: `kubeadm certs check-expiration`, `kubeadm certs renew all`)'],
        longTerm: ['Turn on `rotateCertificates` of kubelet, and watch the end of certificates'],
        explains: client ? ['kubelet-client-certificate-expired'] : authority ? ['certificate-expired'] : [],
      }),
    ];
  if (one.notBefore > now)
    return [
      stateFinding(ref, {
        ...base,
        title: `The ${what} of ${nameOf(one)} was not valid yet`,
        claim: `The ${what} ${one.subject} is valid from ${day(one.notBefore)} on, which is after the collection (${day(now)}).`,
        severity: 'medium',
        confidence: likely('more often a clock is wrong than a certificate'),
        userNotices: 'Connections fail with "certificate has expired or is not yet valid".',
        now: ['Hold the clock of the node against another: `date -u; curl -sI https://aws.amazon.com | grep -i ^date`'],
        explains: ['certificate-not-yet-valid'],
      }),
    ];
  const left = one.notAfter - now;
  if (left > SOON_DAYS * DAY_MS || left > (one.notAfter - one.notBefore) * LIFE_LEFT) return [];
  return [
    stateFinding(ref, {
      ...base,
      title: `The ${what} of ${nameOf(one)} ends in ${countText(Math.floor(left / DAY_MS), 'day')}`,
      claim: `The ${what} ${one.subject} is valid until ${day(one.notAfter)}, ${countText(Math.floor(left / DAY_MS), 'day')} after the collection.`,
      severity: 'low',
      confidence: certain('the certificate says so'),
      userNotices: 'Nothing until then; after it connections with this certificate fail.',
      now: ['See whether something renews it: `kubeadm certs check-expiration`, `rotateCertificates` of kubelet'],
    }),
  ];
}

function nameOf({ subject }: CertificateSeen): string {
  return (/CN=([^,]{1,80})/.exec(subject)?.[1] ?? subject.slice(0, 80)) || 'an unnamed subject';
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ').concat(' UTC');
}
