import { expect, test } from 'vitest';
import { named, someOf } from './some-of.ts';

test('names as many as there is room for, and counts the others', () => {
  expect(someOf([], 2)).toBe('');
  expect(someOf(['a', 'b'], 2)).toBe('a, b');
  expect(someOf(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
  expect(someOf(['a, b', 'c', 'd'], 2, '; ')).toBe('a, b; c; and 1 more');
  expect(
    someOf(
      Array.from({ length: 1_202 }, (_, at) => `${at}`),
      2,
    ),
  ).toBe('0, 1 and 1,200 more');
});

test('few names are spoken', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((names) => named(names))).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ]);
  expect(named(['a', 'b', 'c', 'd'])).toBe('a, b and 2 more');
  expect(named(['a', 'b', 'c', 'd'], 2)).toBe('a and 3 more');
});
