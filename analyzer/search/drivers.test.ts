import { expect, test } from 'vitest';
import { parseQuery } from '../query/parse.ts';
import { driverOf } from './drivers.ts';
import { planOf } from './query-plan.ts';

function driver(text: string) {
  const parsed = parseQuery(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const found = driverOf(planOf(parsed.query));
  return found === null ? null : [found.literals.map((one) => Buffer.from(one).toString()), found.rest.kind];
}

test.each([
  ['error', [['error'], 'always']],
  ['error ledger-writer', [['ledger-writer'], 'term']],
  ['kubelet 10.0.3.7 sev:error', [['10.0.3.7'], 'all']],
  ['=error', [['error'], 'term']],
  ['panic OR segfault OR oom', [['panic', 'segfault', 'oom'], 'always']],
  ['(panic OR segfault) kubelet', [['kubelet'], 'any']],
  ['(panicked OR segfault) kub', [['panicked', 'segfault'], 'term']],
  ['(kubelet error) OR (kube-proxy warn)', [['kubelet', 'kube-proxy'], 'any']],
  ['-error kube', [['kube'], 'term']],
  ['/fail(ed|ure) to/', [['failed to', 'failure to'], 'term']],
  ['entity:kube-system/coredns-5d78c9869d-abcde', [['coredns-5d78c9869d-abcde'], 'term']],
  ['/[0-9]+[a-f]/ kub', [['kub'], 'term']],
  ['/[0-9]+[a-f]/', null],
  ['/ab|cd|ef/', null],
  ['-error', null],
  ['error OR sev:error', null],
  ['sev:error after:2024-05-01', null],
])('%s', (query, expected) => {
  expect(driver(query)).toEqual(expected);
});
