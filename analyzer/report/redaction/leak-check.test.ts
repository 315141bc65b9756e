import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteSearch } from './byte-search.ts';
import { ambiguousEntries, leakCheck } from './leak-check.ts';
import type { RedactionEntry } from './pseudonyms.ts';
import { createRedactor } from './redactor.ts';
import { redactionStatement } from './statement.ts';

const entry = (kind: string, original: string, pseudonym: string): RedactionEntry => ({
  kind,
  original,
  pseudonym,
  count: 1,
});
const SECRET = entry('password', 'hun<ter>2/x', '[secret 1: password]');
const ADDRESS = entry('address', '10.11.12.13', '10.99.98.97');
const SIX = entry('address', 'fd00:12:ab::1', 'fd00:99::1');
const MAC = entry('mac', '0a:0f:f9:7f:20:b7', '02:11:22:33:44:55');
const ENTRIES = [SECRET, ADDRESS, SIX, MAC];
const base64 = (before: string): string => Buffer.from(`${before}hun<ter>2/x!`).toString('base64');

describe('a value is found', () => {
  test.each([
    ['text', 'x hun<ter>2/x y', 'password'],
    ['base64', base64(''), 'password'],
    ['base64', base64('a'), 'password'],
    ['base64', base64('ab'), 'password'],
    ['base64', Buffer.from('pwd is hun<ter>2/x').toString('base64url'), 'password'],
    ['URL', 'p=hun%3Cter%3E2%2Fx', 'password'],
    ['URL', [...'hun<ter>2/x'].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join(''), 'password'],
    ['hex', Buffer.from('hun<ter>2/x').toString('hex').toUpperCase(), 'password'],
    ['JSON', '"hun<ter>2\\/x"', 'password'],
    ['JSON', '"hun\\u003cter\\u003e2/x"', 'password'],
    ['HTML', '<p>hun&lt;ter&gt;2/x</p>', 'password'],
    ['HTML', '<p>hun&#60;ter&#62;2/x</p>', 'password'],
    ['Markdown', 'hun\\<ter\\>2/x', 'password'],
    ['text', 'via 10.11.12.13:80', 'address'],
    ['dashed address', 'ip-10-11-12-13.ec2', 'address'],
    ['hex address', 'ip-0a0b0c0d', 'address'],
    ['hex address, last byte first', '0D0C0B0A:0050', 'address'],
    ['reversed address', '13.12.11.10.in-addr.arpa', 'address'],
    ['IPv6 with IPv4 inside', '::ffff:0a0b:0c0d', 'address'],
    ['expanded address', 'fd00:0012:00ab:0000:0000:0000:0000:0001', 'address'],
    ['expanded address', 'FD00:12:AB:0:0:0:0:1', 'address'],
    ['reversed address', '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.a.0.0.2.1.0.0.0.0.d.f.ip6.arpa', 'address'],
    ['MAC', '0A-0F-F9-7F-20-B7', 'mac'],
    ['MAC in an IPv6 address', 'fe80::80f:f9ff:fe7f:20b7', 'mac'],
  ])('as %s in %s', (encoding, text, kind) => {
    const leaks = leakCheck(`first line\n${text}\n`, ENTRIES);
    expect(leaks.map((leak) => [leak.kind, leak.encoding])).toContainEqual([kind, encoding]);
    for (const { where } of leaks) expect(where.line).toBe(2);
    expect(JSON.stringify(leaks)).not.toContain('hun');
  });
});

test('it says where', () => {
  const [leak] = leakCheck('one\ntwo 10.11.12.13', ENTRIES);
  expect(leak?.where).toEqual({ line: 2, column: 5, byte: 8 });
});

test('longer numbers and words are something else', () => {
  const words = [ADDRESS, entry('syslog-host', 'worker1', 'host-1')];
  expect(leakCheck('110.11.12.13 10.11.12.130 worker12 10.99.98.97 host-1', words)).toEqual([]);
});

test('a value that is the pseudonym of another one is told as ambiguous, and not looked for', () => {
  const swapped = [entry('address', '10.0.0.1', '10.0.0.2'), entry('address', '10.0.0.2', '10.0.0.3')];
  expect(leakCheck('10.0.0.2', swapped)).toEqual([]);
  expect(ambiguousEntries(swapped).map(({ original }) => original)).toEqual(['10.0.0.2']);
});

test('the search finds what a plain search finds', () => {
  const letters = fc
    .array(fc.constantFrom('a', 'b', 'A', '.'), { minLength: 1, maxLength: 12 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 8 }), fc.array(letters, { maxLength: 20 }), (needles, parts) => {
      const text = parts.join('');
      const found = [...new ByteSearch(needles).find(Buffer.from(text))];
      const told = found.map(({ start, needle }) => `${needle}@${start}`).sort();
      const wanted = needles.flatMap((one, needle) =>
        [...text].flatMap((_, start) =>
          text.slice(start, start + one.length).toLowerCase() === one.toLowerCase() ? [`${needle}@${start}`] : [],
        ),
      );
      expect(told).toEqual(wanted.sort());
    }),
  );
});

test('what the redactor replaced is not left', () => {
  const one = createRedactor({
    key: new Uint8Array(32).fill(2),
    profiles: ['secrets', 'identifiers', 'network'],
    words: ['acme'],
    keep: [],
    networks: ['10.1.0.0/16'],
  });
  const text = Array.from(
    { length: 200 },
    (_, at) => `10.1.${at}.7 eni-0${String(at).padStart(16, 'a')} acme${at} token=abcdefghijklmnop${at}`,
  ).join('\n');
  const out = one.redact(text);
  expect(leakCheck(out, one.entries())).toEqual([]);
  expect(leakCheck(text, one.entries()).length).toBeGreaterThan(0);
});

test('the statement counts by kind and names no value', () => {
  const one = createRedactor({
    key: new Uint8Array(32).fill(2),
    profiles: ['network'],
    words: [],
    keep: [],
    networks: [],
  });
  one.redact('10.1.2.3 10.1.2.3 10.1.2.4');
  const said = redactionStatement(one.entries(), ['network'], ['172.20.0.0/16', 'x']);
  expect(said.replaced).toEqual([{ kind: 'address', title: 'IP address', values: 2, places: 3 }]);
  expect(said.kept.join(' ')).toMatch(/Secrets stayed .* 172\.20\.0\.0\/16 stayed .* 1 value was kept/);
  expect(JSON.stringify(said)).not.toContain('10.1.2');
});
