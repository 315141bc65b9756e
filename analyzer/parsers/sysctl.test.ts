import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSysctl } from './sysctl.ts';

test('keys of sysctl -a with their lines; the last one counts', () => {
  const { values, junkLines } = parseSysctl(
    "net.ipv4.ip_forward = 0\nnet.ipv4.ip_local_port_range = 32768\t60999\nsysctl: permission denied on key 'net.x'\n\nnet.ipv4.ip_forward = 1\nkernel.domainname = (none)\nkernel.core_pattern = |/usr/lib/x a=b\n",
  );
  expect(values.get('net.ipv4.ip_forward')).toEqual({ value: '1', line: 5 });
  expect(values.get('net.ipv4.ip_local_port_range')?.value).toBe('32768\t60999');
  expect(values.get('kernel.core_pattern')?.value).toBe('|/usr/lib/x a=b');
  expect(junkLines).toBe(1);
});

test('paths below /proc/sys and keys without blanks', () => {
  const { values } = parseSysctl('/proc/sys/net/ipv4/conf/eth0.100/rp_filter:2\nnet.ipv4.conf.all.rp_filter=1\n');
  expect([...values]).toEqual([
    ['net.ipv4.conf.eth0/100.rp_filter', { value: '2', line: 1 }],
    ['net.ipv4.conf.all.rp_filter', { value: '1', line: 2 }],
  ]);
});

test('what is written is read back', () => {
  const key = fc.stringMatching(/^[a-z]{1,5}\.[a-z0-9_]{2,8}(\.[a-z0-9_]{2,8}){0,3}$/);
  const value = fc.stringMatching(/^[\w=/|]{1,20}$/);
  fc.assert(
    fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (pairs) => {
      const { values, junkLines } = parseSysctl(
        Object.entries(pairs)
          .map(([name, text]) => `${name} = ${text}\n`)
          .join(''),
      );
      expect(junkLines).toBe(0);
      expect(Object.fromEntries([...values].map(([name, at]) => [name, at.value]))).toEqual(pairs);
    }),
  );
});

test('the quick way for usual lines says what the way for all lines says', () => {
  const words = ['net', '.', 'ipv4', '/', '-', 'K', ' ', '=', '\t', '\r', '#', '/proc/sys/', 'é'];
  const line = fc
    .tuple(
      fc.array(fc.constantFrom(...words), { maxLength: 5 }),
      fc.array(fc.constantFrom(...words, '1'.repeat(390)), { maxLength: 4 }),
    )
    .map(([key, value]) => `${key.join('')} = ${value.join('')}`);
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      // A blank in front is none of the usual forms.
      const slow = lines.map((one) => ` ${one}`);
      expect(parseSysctl(lines.join('\n'))).toEqual(parseSysctl(slow.join('\n')));
    }),
    { numRuns: 1000 },
  );
});

test('any text is taken', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const at of parseSysctl(text).values.values()) expect(at.line).toBeLessThanOrEqual(text.split('\n').length);
    }),
  );
});
