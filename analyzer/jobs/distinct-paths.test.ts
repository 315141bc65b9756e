import { expect, test } from 'vitest';
import { FileId } from '../core/ids.ts';
import { MEMBERS_MAX } from '../core/limits.ts';
import { distinctPaths } from './distinct-paths.ts';

const of = (paths: readonly string[]) =>
  distinctPaths(paths.map((path, index) => ({ id: FileId.parse(index + 1), path })));

test.each([
  [['a', 'A', 'b/a'], []],
  [
    ['a', 'b', 'a', 'a'],
    [
      [3, 'a (2)'],
      [4, 'a (3)'],
    ],
  ],
  [
    ['a', 'a', 'a (2)', 'a (2)'],
    [
      [2, 'a (3)'],
      [4, 'a (2) (2)'],
    ],
  ],
])('%j', (paths, expected) => {
  expect([...of(paths)]).toEqual(expected);
});

test('as many files of one name as an archive may hold, some of them with a number already', () => {
  const paths = Array.from({ length: MEMBERS_MAX }, (_, nth) => (nth % 2 === 0 ? 'a' : `a (${nth})`));
  const distinct = of(paths);
  expect(distinct.size).toBe(MEMBERS_MAX / 2 - 1);
  expect(new Set([...paths, ...distinct.values()]).size).toBe(MEMBERS_MAX);
});
