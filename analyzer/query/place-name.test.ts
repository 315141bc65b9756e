import { expect, test } from 'vitest';
import { placeNameTest } from './place-name.ts';

test.each([
  ['log', 'var/LOG/messages', true],
  ['LOG', 'var/log', true],
  ['É', 'é', false],
  ['*', '', true],
  ['?', '', false],
  ['?', 'a', true],
  ['?', '\u{1f600}', true],
  ['var*', 'var/log', true],
  ['*log', 'var/log', true],
  ['*log', 'var/log/x', false],
  ['v*g?', 'var/log', false],
  ['v*?g', 'var/log', true],
  ['*a*b*', 'xxaxxbxx', true],
  ['*ab*ab', 'abababx', false],
  ['*aab', 'aaaab', true],
])('%s in %s: %s', (wanted, name, expected) => {
  expect(placeNameTest(wanted)(name)).toBe(expected);
});

test('ends soon for a name that almost fits many stars', () => {
  expect(placeNameTest(`${'*a'.repeat(2_000)}*b`)('a'.repeat(4_096))).toBe(false);
});
