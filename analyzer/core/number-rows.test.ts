import { expect, test } from 'vitest';
import { NumberRows } from './number-rows.ts';

test('a row is empty until something is set, and keeps what was set while others are added', () => {
  const rows = new NumberRows([0, Number.NaN]);
  expect([rows.get(7, 0), rows.get(7, 1)]).toEqual([0, Number.NaN]);
  rows.add(7, 0, 2);
  rows.set(1, 1, 5);
  rows.add(7, 0, 3);
  rows.set(100_000, 1, -1);
  expect([rows.get(7, 0), rows.get(7, 1), rows.get(1, 0), rows.get(1, 1)]).toEqual([5, Number.NaN, 0, 5]);
  expect([rows.get(99_999, 0), rows.get(99_999, 1), rows.get(100_000, 1)]).toEqual([0, Number.NaN, -1]);
});

test('another thread goes on with the values', () => {
  const rows = new NumberRows([0, 0, 0]);
  rows.set(3, 2, 9);
  const again = new NumberRows([0, 0, 0], rows.values);
  expect([again.get(3, 2), again.get(2, 2), again.get(1_000_000, 2)]).toEqual([9, 0, 0]);
});
