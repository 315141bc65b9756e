import { describe, expect, test } from 'vitest';
import { redactionProfiles } from './profiles.ts';
import { createRedactor } from './redactor.ts';

const redactor = (profile: string) =>
  createRedactor({ key: new Uint8Array(32).fill(7), profiles: [profile], words: [], keep: [], networks: [] });

test('there are the three profiles', () => {
  expect([...redactionProfiles().keys()]).toEqual(['secrets', 'identifiers', 'network']);
});

describe.each([...redactionProfiles().values()].flatMap(({ id, kinds }) => kinds.map((kind) => ({ id, kind }))))(
  '$id: $kind.id',
  ({ id, kind }) => {
    test.each(kind.samples.match)('finds $value', ({ text, value }) => {
      const one = redactor(id);
      const out = one.redact(text);
      const met = one
        .entries()
        .filter((entry) => entry.kind === kind.id)
        .map(({ original }) => original);
      expect(met.some((original) => original === value || original.startsWith(`${value}/`))).toBe(true);
      expect(out).not.toContain(value);
    });
    test.each(kind.samples.miss)('leaves %s', (text) => {
      const one = redactor(id);
      one.redact(text);
      expect(one.entries().filter((entry) => entry.kind === kind.id)).toEqual([]);
    });
    test('a literal stands in every sample', () => {
      for (const { text } of kind.samples.match) {
        expect(kind.literals.length === 0 || kind.literals.some((literal) => text.includes(literal))).toBe(true);
      }
    });
  },
);
