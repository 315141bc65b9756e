import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePressure } from './pressure.ts';

test('both lines of a resource', () => {
  const text =
    'some avg10=1.50 avg60=12.42 avg300=0.31 total=81234411\nfull avg10=0.00 avg60=100.00 avg300=0.00 total=0\n';
  expect(parsePressure(text)).toEqual([
    { line: 1, kind: 'some', avg10: 1.5, avg60: 12.42, avg300: 0.31 },
    { line: 2, kind: 'full', avg10: 0, avg60: 100, avg300: 0 },
  ]);
});

test('any text is taken', () => {
  fc.assert(fc.property(fc.string(), (text) => parsePressure(text).length === 0));
});
