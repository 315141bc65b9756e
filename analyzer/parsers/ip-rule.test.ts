import fc from 'fast-check';
import { expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import type { PolicyRule } from '../core/node-network.ts';
import { parseIpRule } from './ip-rule.ts';

const one = (text: string): PolicyRule | undefined => parseIpRule(text).rules[0];

test('captured rules of an EKS node', () => {
  const { rules, junkLines } = parseIpRule(caseDumps('i3-rich-eks').get('iprule.txt')?.toString('utf8') ?? '');
  expect(junkLines).toBe(0);
  expect(rules).toHaveLength(9);
  expect(rules[1]).toEqual({
    line: 2,
    raw: '512:	from all to 192.168.32.10 lookup main',
    priority: 512,
    not: false,
    from: null,
    to: '192.168.32.10',
    mark: null,
    inInterface: null,
    outInterface: null,
    action: 'lookup',
    table: 'main',
    suppressPrefix: null,
    other: [],
  });
  expect(rules[6]?.mark).toEqual({ not: false, value: 0x80, mask: 0x80 });
});

test.each([
  [
    '1536:	from 10.0.1.7 to 10.0.0.0/16 iif eni0abc0f [detached] lookup 2',
    { from: '10.0.1.7', to: '10.0.0.0/16', inInterface: 'eni0abc0f', table: '2', other: [] },
  ],
  ['32764:	from all lookup main suppress_prefixlength 0', { table: 'main', suppressPrefix: 0, other: [] }],
  [
    '32765:	not from all fwmark 0xca6c ipproto udp dport 53-54 lookup 51820',
    { not: true, mark: { not: false, value: 0xca6c, mask: 0xffffffff }, other: ['ipproto udp', 'dport 53-54'] },
  ],
  ['100:	from all oif eth1 unreachable', { outInterface: 'eth1', action: 'unreachable', table: null }],
  ['100:	from fd00::/64 blackhole', { from: 'fd00::/64', action: 'blackhole' }],
  ['100:	from all tos 0x10 lookup main realms 5 proto kernel', { other: ['tos 0x10'], table: 'main' }],
  ['1000:	from all lookup [l3mdev-table]', { action: 'lookup', table: '[l3mdev-table]' }],
  ['100:	from all goto 200', { action: 'other', table: null, other: [] }],
  ['100:	from nonsense lookup main', { from: null, other: ['from nonsense'] }],
])('%s', (text, expected) => {
  expect(one(text)).toMatchObject(expected);
});

test('lines that are no rules are counted', () => {
  expect(parseIpRule('RTNETLINK answers: nothing\n\n12: eth0: <UP>\nx:	from all lookup main\n')).toEqual({
    rules: [],
    junkLines: 3,
  });
});

const word = fc.constantFrom('lookup', 'from', 'all', 'not', 'fwmark', '0x1/0x1', 'iif', 'to', '10.0.0.0/8', 'x');

test('any words after a priority make one rule, and no word of an unknown selector is lost', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const { rules } = parseIpRule(`7:	from all ${words.join(' ')} uidrange 0-5\n`);
      expect(rules).toHaveLength(1);
      expect(rules[0]?.other.join(' ')).toContain('0-5');
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => parseIpRule(text).junkLines >= 0));
});
