import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeHighlighters, highlightsOf, piecesOf } from './line-marks.ts';

const words = (...list: readonly (readonly [string, 'yellow' | 'green', 'on' | 'off'])[]) =>
  activeHighlighters(list.map(([query, colour, shown]) => ({ query, colour, shown })));

describe('highlighters', () => {
  it('stand where their words do, in any case', () => {
    expect(highlightsOf('Lock lost, lock held', words(['lock', 'green', 'on']))).toEqual([
      { start: 0, end: 4, colour: 'green' },
      { start: 11, end: 15, colour: 'green' },
    ]);
  });

  it('leave out what is off and what cannot be read', () => {
    expect(words(['lock', 'green', 'off'], ['"never closed', 'yellow', 'on'])).toEqual([]);
  });

  it('may be patterns', () => {
    expect(highlightsOf('exit status 4', words(['/status \\d/', 'green', 'on']))).toEqual([
      { start: 5, end: 13, colour: 'green' },
    ]);
  });

  it('share a place by the order of the list', () => {
    expect(highlightsOf('xtables lock', words(['les', 'yellow', 'on'], ['"xtables lock"', 'green', 'on']))).toEqual([
      { start: 0, end: 4, colour: 'green' },
      { start: 4, end: 7, colour: 'yellow' },
      { start: 7, end: 12, colour: 'green' },
    ]);
  });
});

describe('pieces of a line', () => {
  it('are one piece without marks', () => {
    expect(piecesOf(5, [], [])).toEqual([{ start: 0, end: 5, match: 'none', colour: null }]);
    expect(piecesOf(0, [], [])).toEqual([]);
  });

  it('cover the whole text, in order, whatever the ranges are', () => {
    const range = fc.tuple(fc.integer({ min: -3, max: 30 }), fc.integer({ min: -3, max: 30 }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 25 }), fc.array(range), fc.array(range), (length, matches, lights) => {
        const pieces = piecesOf(
          length,
          matches,
          lights.map(([start, end]) => ({ start, end, colour: 'blue' as const })),
        );
        let at = 0;
        for (const piece of pieces) {
          expect(piece.start).toBe(at);
          expect(piece.end).toBeGreaterThan(piece.start);
          at = piece.end;
          for (let unit = piece.start; unit < piece.end; unit += 1) {
            const inside = matches.some(([from, to]) => from <= unit && unit < to);
            expect(piece.match === 'match').toBe(inside);
          }
        }
        expect(at).toBe(length);
      }),
    );
  });
});
