/** What the samples of the profile cannot say: where texts are cut into pieces, long lines, ordinary words beside secrets. */
import { describe, expect, test } from 'vitest';
import { createRedactor } from './redactor.ts';

const redact = (text: string): string =>
  createRedactor({ key: new Uint8Array(32).fill(5), profiles: ['secrets'], words: [], keep: [], networks: [] }).redact(
    text,
  );

const SHORT = 'Zq7Kp4Wm9Xt2Bv6N';

describe('wherever a long text is cut, lines that tell of each other stay together', () => {
  const around = Array.from({ length: 24 }, (_, nth) => 16_384 - nth * 3);
  test.each([
    ['a variable', `- name: DB_PASSWORD\n  value: ${SHORT}\n`],
    ['a variable in JSON', `"name": "DB_PASSWORD",\n"value": "${SHORT}"\n`],
    ['the end of a key', `${SHORT}\n-----END RSA PRIVATE KEY-----\n`],
  ])('%s', (_, lines) => {
    for (const length of around) {
      const before = `${'-'.repeat(length - 1)}\n`;
      const out = redact(`${before}${lines}${'ordinary line\n'.repeat(20)}`);
      expect(out).not.toContain(SHORT);
      expect(out.split('\n').length).toBe(`${before}${lines}`.split('\n').length + 20);
    }
  });
});

test.each([
  'token=',
  '-token ',
  'a_key=',
  'secret: ',
  'authorization:',
  'authorization: token ',
  'cookie: a=b;',
  'name: token ',
  'name:token,value:',
  'Name:token,Value:',
  '--password ',
  'password = ',
  'passwd>',
  'mysql ',
  'redis-cli -a',
  'a@tcp(',
  'AAAAB3',
  'LS0tLS1',
  'MII',
  'ghp_',
  'sk-ant-',
  'token a.',
  '-----BEGIN A----- ',
])('a long line of %s ends', (part) => {
  const text = part.repeat(Math.ceil(300_000 / part.length));
  expect(redact(text).length).toBeGreaterThan(0);
});

test.each([
  'I0215 07:00:00.000000 812 secret.go:183] Setting up volume aws-token-x7k2p for pod shop/checkout',
  'MountVolume.SetUp failed for volume "tls" : secret "tls-key-2026" not found',
  'MountVolume.SetUp failed for volume "kube-api-access-x7k2p": object "shop"/"db-password" not registered',
  'FATAL: password authentication failed for user "app"',
  'Failed to obtain token: Unauthorized',
  'E0215 authentication.go:73] Unable to authenticate the request: [invalid bearer token, token lookup failed]',
  'user: system:serviceaccount:kube-system:aws-node, token bucket of 10 tokens',
  'FLAG: --authentication-token-webhook-cache-ttl="2m0s" --authorization-mode="Webhook"',
  'kubelet --tls-private-key-file=/var/lib/kubelet/pki/kubelet-server.key --bootstrap-kubeconfig=/etc/x',
  'secretName: db-password, tokenExpirationSeconds: 3607, path: token',
  'imagePullSecrets: [{name: ecr-login}], secretKeyRef: {key: password, name: db}',
  'sshd[812]: Failed password for invalid user oracle from 10.0.0.1 port 22 ssh2',
  'cookie=0x0, duration=4.1s, table=0, n_packets=0',
  'containerd: image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'key="shop/checkout-7d9f8b6c5-x7k2p" pod_key=checkout-7d9f8b6c5-x7k2p',
])('stays: %s', (line) => {
  expect(redact(line)).toBe(line);
});
