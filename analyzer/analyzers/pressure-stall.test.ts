import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { pressureStall } from './pressure-stall.ts';

const lines = (some: string, full: string) =>
  `some avg10=0.00 avg60=${some} avg300=1.00 total=1\nfull avg10=0.00 avg60=${full} avg300=0.00 total=1\n`;

test.each([
  ['memory', '4.99', '1.99', []],
  ['memory', '5.00', '0.00', ['low']],
  ['memory', '14.00', '8.00', ['medium']],
  ['memory', '50.00', '0.00', ['high']],
  ['io', '29.00', '14.00', []],
  ['io', '61.00', '0.00', ['medium']],
  ['cpu', '39.00', '0.00', []],
  ['cpu', '100.00', '0.00', ['medium']],
] as const)('%s some %s full %s: %o', (resource, some, full, expected) => {
  expect(severities(pressureStall, { [`system/pressure_${resource}.txt`]: lines(some, full) })).toEqual(expected);
});

test('the line that is worst comes first', () => {
  const [one] = found(pressureStall, { 'pressure_memory.txt': lines('20.00', '20.00') });
  expect(one).toMatchObject({ severity: 'high', area: 'oom', evidence: [{ line: 2 }, { line: 1 }] });
});

test('a file that names no resource is not guessed', () => {
  expect(check(pressureStall, {})).toMatchObject({ outcome: 'skipped' });
});
