import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerpt } from './Results.tsx';

describe('a line in its row', () => {
  it('is whole when its first match fits', () => {
    expect(excerpt('a lock', [[2, 6]], 80)).toEqual({ text: 'a lock', ranges: [[2, 6]], cut: 0 });
  });

  it('is cut before a match that would stand outside, and no more than that', () => {
    const text = `${'x'.repeat(100)}lock${'y'.repeat(100)}`;
    expect(excerpt(text, [[100, 104]], 60)).toMatchObject({ cut: 70, ranges: [[30, 34]] });
    expect(excerpt(`${'x'.repeat(100)}lock`, [[100, 104]], 60)).toMatchObject({ cut: 46, ranges: [[54, 58]] });
  });

  it('always shows the beginning of its first match where it is', () => {
    fc.assert(
      fc.property(
        fc.nat(3_000),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(2_000),
        fc.integer({ min: 40, max: 300 }),
        (before, found, after, columns) => {
          const text = `${'x'.repeat(before)}${'m'.repeat(found)}${'y'.repeat(after)}`;
          const shown = excerpt(text, [[before, before + found]], columns);
          const [start = -1] = shown.ranges[0] ?? [];
          expect(shown.text[start]).toBe('m');
          expect(start).toBeLessThan(columns);
        },
      ),
    );
  });
});
