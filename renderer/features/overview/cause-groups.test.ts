import { expect, test } from 'vitest';
import type { Cause, Finding } from '../../model/types.ts';
import { causesAlike } from './cause-groups.ts';

test('causes of one rule and title are told together, one of each bundle; the order of ranks stays', () => {
  const cause = (rank: number, bundle: string, rule: string, title: string) => ({
    cause: { rank } as Cause,
    finding: { bundle, rule, title } as Finding,
  });
  const causes = [
    cause(1, 'a', 'empty', 'KUBE-SERVICES is empty'),
    cause(2, 'a', 'oom', 'killed x'),
    cause(3, 'b', 'empty', 'KUBE-SERVICES is empty'),
    cause(4, 'b', 'empty', 'KUBE-SERVICES is empty'),
    cause(5, 'b', 'oom', 'killed y'),
    cause(6, 'c', 'empty', 'KUBE-SERVICES is empty'),
  ];
  expect(causesAlike(causes).map((group) => group.map((one) => one.cause.rank))).toEqual([[1, 3, 6], [2], [4], [5]]);
  expect(causesAlike([])).toEqual([]);
});
