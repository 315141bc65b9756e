import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grouped } from './grouped.ts';

test('whole numbers are written as English readers know them', () => {
  expect([0, 999, 1204, -1204, 1_000_000].map(grouped)).toEqual(['0', '999', '1,204', '-1,204', '1,000,000']);
  fc.assert(
    fc.property(fc.maxSafeInteger(), (count) => {
      expect(grouped(count)).toBe(count.toLocaleString('en-US'));
    }),
  );
});
