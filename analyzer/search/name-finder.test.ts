import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NameFinder } from './name-finder.ts';

it('finds the names that stand in a text, and no others', () => {
  const text = (maxLength: number) => fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\u00e9'), maxLength });
  fc.assert(
    fc.property(fc.array(text(4), { maxLength: 12 }), text(12), (names, searched) => {
      const found = new Set<number>();
      new NameFinder(names).find(searched, (index) => found.add(index));
      const expected = [...names.keys()].filter((index) => searched.includes(names[index] as string));
      expect([...found].sort((one, other) => one - other)).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});

it('looks at each letter once, however many names there are', () => {
  const names = Array.from({ length: 2_000 }, (_, at) => `var/log/pods/${at}/`);
  const finder = new NameFinder(names);
  let read = 0;
  const text = 'var/log/pods/7/0.log';
  const letterAt = (at: number): number => {
    read += 1;
    return text.charCodeAt(at);
  };
  const watched = { length: text.length, charCodeAt: letterAt };
  const found: number[] = [];
  finder.find(watched as unknown as string, (index) => found.push(index));
  expect(found).toEqual([7]);
  expect(read).toBe(text.length);
});
