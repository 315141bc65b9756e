import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupedBy } from './grouped-by.ts';

test('keeps those of one key together, keys and members in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', '__proto__', ''), fc.nat())), (all) => {
      const keyOf = ([key]: (typeof all)[number]) => key;
      const keys = [...new Set(all.map(keyOf))];
      expect([...groupedBy(all, keyOf)]).toEqual(keys.map((key) => [key, all.filter((one) => keyOf(one) === key)]));
    }),
  );
});
