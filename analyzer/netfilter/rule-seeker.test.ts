import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Packet } from './program.ts';
import { ruleSeeker } from './rule-seeker.ts';

const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.0.3', null] as const;
const to = (destination: string) => ({ destination }) as Packet;

test('passes over the rules of other addresses, never over one that may be met', () => {
  const chain = fc.array(fc.constantFrom(...ADDRESSES), { maxLength: 60 });
  fc.assert(
    fc.property(chain, fc.constantFrom('10.0.0.1', '10.0.0.9'), fc.nat(62), (rules, destination, from) => {
      const seek = ruleSeeker(rules, (address) => address);
      const next = seek(from, to(destination));
      const passed = rules.slice(from, next);
      expect(passed.every((address) => address !== null && address !== destination)).toBe(true);
      expect(next).toBeGreaterThanOrEqual(Math.min(from, rules.length));
    }),
  );
});

test('in a long chain the next rule is one that may be met, or none is left', () => {
  const rules = Array.from({ length: 1_000 }, (_, index) => (index === 900 ? '10.0.0.9' : '10.0.0.1'));
  const seek = ruleSeeker(rules, (address) => address);
  expect([seek(0, to('10.0.0.9')), seek(901, to('10.0.0.9')), seek(7, to('10.0.0.1'))]).toEqual([900, 1_000, 7]);
});
