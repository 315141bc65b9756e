import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor, type RedactionPlan } from './redactor.ts';

const plan: RedactionPlan = {
  key: new Uint8Array(32).fill(5),
  profiles: ['secrets', 'identifiers', 'network'],
  words: ['Acme'],
  keep: ['10.7.7.7', 'jane'],
  networks: ['10.0.0.0/16'],
};

test('every spelling of an address becomes the same other address', () => {
  const one = createRedactor(plan);
  const dotted = one.redact('10.0.1.2');
  expect(dotted).not.toBe('10.0.1.2');
  const parts = dotted.split('.').map(Number);
  const hex = Buffer.from(parts).toString('hex');
  const spellings = [
    ['src=10.0.1.2 dst', `src=${dotted} dst`],
    ['ip-10-0-1-2.eu-west-1.compute.internal', `ip-${parts.join('-')}.eu-west-1.compute.internal`],
    ['ip-0a000102.ec2.internal', `ip-${hex}.ec2.internal`],
    ['2.1.0.10.in-addr.arpa.', `${[...parts].reverse().join('.')}.in-addr.arpa.`],
    ['[::ffff:10.0.1.2]:80', `[::ffff:${dotted}]:80`],
    ['10.0.1.2:443', `${dotted}:443`],
  ];
  for (const [text, wanted] of spellings) expect(one.redact(text as string)).toBe(wanted);
});

test('words go wherever they stand, kept values stay', () => {
  const one = createRedactor(plan);
  expect(one.redact('ACMEprod and acme')).toBe('word-1prod and word-2');
  expect(one.redact('from 10.7.7.7, /home/jane/x')).toBe('from 10.7.7.7, /home/jane/x');
});

test('a host name met once goes wherever it stands', () => {
  const one = createRedactor(plan);
  one.redact('Apr 28 02:05:27 worker1 kubelet[1]: started');
  expect(one.redact('node "worker1" is not worker12')).toBe('node "host-1" is not worker12');
});

const KEY = [
  '-----BEGIN RSA PRIVATE KEY-----',
  'MIIEpAIBAAKCAQEA0123',
  'c2hvcnQ=',
  '-----END RSA PRIVATE KEY-----',
  'c2hvcnQ=',
];

test('key material goes, at once and line by line; what follows stays', () => {
  const whole = createRedactor(plan).redact(KEY.join('\n'));
  const one = createRedactor(plan);
  expect(KEY.map((line) => one.redact(line)).join('\n')).toBe(whole);
  expect(whole.split('\n')).toEqual([
    KEY[0],
    '[secret 1: key or certificate text]',
    '[secret 2: key or certificate text]',
    KEY[3],
    KEY[4],
  ]);
  expect(createRedactor(plan).redact(`"${KEY.slice(0, 4).join('\\n')}"`)).not.toContain('MIIE');
});

test('what looks like a pseudonym is replaced as well', () => {
  const one = createRedactor(plan);
  one.redact('Apr 28 02:05:27 worker1 kubelet[1]: started');
  const out = one.redact('host-1 and [secret 1: password]');
  expect(out).not.toContain('host-1');
  expect(out).not.toContain('[secret 1');
});

describe('pseudonyms', () => {
  const one = createRedactor(plan);
  test.each([
    ['i-0123456789abcdef0', /^i-0[0-9a-f]{16}$/],
    ['arn:aws:iam::123456789012:role/acme-x', /^arn:aws:iam::\d{12}:role\/\S+$/],
    ['jane.roe@corp.example.com', /^user\d+@domain\d+\.example$/],
    ['db1.corp.initech.com', /^host-\d+\.domain\d+\.example$/],
    ['0a:0f:f9:7f:20:b7', /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/],
    ['password=hunter2', /^password=\[secret \d+: password\]$/],
    ['10.1.0.0/17', /^10\.\d+\.(0|128)\.0\/17$/],
  ])('%s', (text, shape) => {
    const out = one.redact(text);
    expect(out).toMatch(shape);
    expect(out).not.toBe(text);
    expect(one.redact(text)).toBe(out);
  });
});

test('entries of an earlier export keep their pseudonyms', () => {
  const first = createRedactor(plan);
  first.redact('a@b.example.org c@d.example.org');
  const second = createRedactor({ ...plan, known: first.entries() });
  expect(second.redact('c@d.example.org')).toBe(first.redact('c@d.example.org'));
  expect(second.entries()).toHaveLength(1);
});

test('file names keep their folders and hold nothing that a file name may not', () => {
  const one = createRedactor(plan);
  const name = one.fileName('pods/password=hunter2/ip-10-0-1-2.log');
  expect(name).toMatch(/^pods\/password=secret-\d+\/ip-10-\d+-\d+-\d+\.log$/);
});

test('any text ends, and keeps its lines', () => {
  const piece = fc.constantFrom(
    '10.0.0.1',
    '::',
    'ip-',
    '-----BEGIN A-----',
    '\\n',
    'eyJ',
    '@',
    '://',
    '.com',
    '\n',
    ':',
    '=',
    'password',
    ' ',
    '|',
    'x',
    '\r',
    '%',
    '"',
    '[secret 1: x]',
    'fd00::1',
    '1.',
    '\ud800',
    'İ',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(piece, { maxLength: 60 }).map((parts) => parts.join('')),
      ),
      (text) => {
        const out = createRedactor(plan).redact(text);
        expect(out.split('\n').length).toBe(text.split('\n').length);
        expect(out.split('|').length).toBeLessThanOrEqual(text.split('|').length);
      },
    ),
    { numRuns: 400 },
  );
});

test.each([
  'eyJ-',
  '1.',
  'a.com.',
  '::',
  '0a:',
  '-----BEGIN A-----\\n',
  '-----END A-----\\n',
  'password=\\',
  '://a:',
  'ip-1',
  '1-',
])('a long line of %s ends', (part) => {
  const text = part.repeat(Math.ceil(300_000 / part.length));
  expect(createRedactor(plan).redact(text).length).toBeGreaterThan(0);
});
