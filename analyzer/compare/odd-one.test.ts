import { expect, test } from 'vitest';
import { named } from '../core/some-of.ts';
import { separates } from './draft.ts';
import { brief, type OneSide, whoHasIt, whoHasWhat } from './odd-one.ts';

const sides = (count: number, ...affected: readonly number[]): readonly OneSide[] =>
  Array.from({ length: count }, (_, at) => ({ label: `n${at}`, isAffected: affected.includes(at) }));

test.each([
  [sides(2), ['0', '1'], '0 on n0; 1 on n1'],
  // The affected side leads.
  [sides(2, 1), ['0', '1'], '1 on n1; 0 on n0'],
  [sides(4), ['0', '1', '1', '1'], '0 only on n0; 1 on the 3 others'],
  [sides(4), ['0', '0', '1', '1'], '0 on n0 and n1; 1 on n2 and n3'],
  [sides(5), ['0', '2', '1', '1', '1'], '0 on n0; 2 on n1; 1 on the 3 others'],
  [sides(3), ['0', null, '1'], '0 on n0; 1 on n2'],
  [sides(5), ['a', 'b', 'c', 'd', 'e'], 'a on n0; b on n1; c on n2; 2 more values elsewhere'],
] as const)('%#: %s %s', (of, values, expected) => {
  expect(whoHasWhat(of, values)).toBe(expected);
});

test.each([
  [['yes', 'no'], 'On n0, not on n1'],
  [['yes', 'no', 'no', 'no'], 'Only on n0'],
  [['yes', 'yes', 'no', 'no'], 'On n0 and n1, not on the 2 others'],
  [['yes', 'yes', 'yes', 'no'], 'On n0, n1 and n2, not on n3'],
  [['yes', 'unknown', 'no'], 'On n0, not on n2'],
] as const)('%s: %s', (has, expected) => {
  expect(whoHasIt(sides(has.length), has)).toBe(expected);
});

test('long lists and long values are cut, and say that they are', () => {
  expect(named(['a', 'b', 'c', 'd', 'e'])).toBe('a, b and 3 more');
  expect(brief('x'.repeat(500))).toMatch(/^x{100,}…$/);
  expect(brief('two\n  lines')).toBe('two lines');
});

test('a difference lies between affected and others only when they share no value', () => {
  expect(separates(sides(3, 0), ['a', 'b', 'b'])).toBe(true);
  expect(separates(sides(3, 0), ['a', 'b', 'a'])).toBe(false);
  expect(separates(sides(4, 0, 1), ['a', 'c', 'b', 'b'])).toBe(true);
  expect(separates(sides(3, 0), [null, 'b', 'a'])).toBe(false);
  expect(separates(sides(3), ['a', 'b', 'a'])).toBe(true);
});
