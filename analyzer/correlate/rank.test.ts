import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RankInput, rankOf, spokenSpan } from './rank.ts';

const plain: RankInput = {
  rules: [],
  level: 'none',
  distanceMs: 60_000,
  reachMs: 300_000,
  shapes: { counted: 100 },
  shared: [],
};
const score = (over: Partial<RankInput>): number => rankOf({ ...plain, ...over }).score;
const cause = { id: 'a', severity: 'high', part: 'cause' } as const;

describe('rankOf', () => {
  it('gives the product of the factors that it shows', () => {
    fc.assert(
      fc.property(
        fc.record({
          level: fc.constantFrom('none', 'info', 'warning', 'error'),
          distanceMs: fc.integer({ min: -300_000, max: 300_000 }),
          count: fc.integer({ min: 1, max: 1_000_000 }),
          shared: fc.integer({ min: 0, max: 9 }),
        }),
        ({ level, distanceMs, count, shared }) => {
          const names = Array.from({ length: shared }, (_, at) => ({ kind: 'pod', name: `p${at}` }) as const);
          const rank = rankOf({ ...plain, level, distanceMs, shapes: { counted: count }, shared: names });
          expect(rank.because.map(({ kind }) => kind)).toEqual(['rule', 'severity', 'rarity', 'closeness', 'entities']);
          expect(rank.score).toBe(rank.because.reduce((product, { factor }) => product * factor, 1));
          expect(rank.score).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('puts causes above symptoms above recoveries above what no rule knows', () => {
    const of = (part: 'cause' | 'symptom' | 'recovery') => score({ rules: [{ ...cause, part }] });
    expect(of('cause')).toBeGreaterThan(of('symptom'));
    expect(of('symptom')).toBeGreaterThan(of('recovery'));
    expect(of('recovery')).toBeGreaterThan(score({}));
  });

  it('weighs severity, rarity, closeness and what is shared', () => {
    expect(score({ level: 'error' })).toBeGreaterThan(score({ level: 'warning' }));
    expect(score({ shapes: { counted: 1 } })).toBeGreaterThan(score({ shapes: { counted: 2 } }));
    expect(score({ distanceMs: -1_000 })).toBeGreaterThan(score({ distanceMs: 2_000 }));
    expect(score({ shared: [{ kind: 'pod', name: 'a/b' }] })).toBeGreaterThan(score({}));
  });

  it('says why in plain words, and never that it counted what it did not', () => {
    const words = (over: Partial<RankInput>): string =>
      rankOf({ ...plain, ...over })
        .because.map(({ sentence }) => sentence)
        .join('; ');
    expect(words({ rules: [cause], distanceMs: -11_800, shapes: { counted: 1 } })).toBe(
      'matches the rule a (cause, high); its text tells no severity; messages like it stand once in the case; 11.8 s before the pivot; names nothing that the pivot names',
    );
    expect(words({ shapes: { atLeast: 1204 } })).toContain('at least 1,204 times in the case: too many places');
    expect(words({ distanceMs: 0, shared: [{ kind: 'pod', name: 'shop/web-1' }] })).toContain(
      'at the pivot; shares pod shop/web-1',
    );
  });

  it('takes the weightiest of several rules', () => {
    const low = { id: 'b', severity: 'low', part: 'recovery' } as const;
    expect(score({ rules: [low, cause] })).toBe(score({ rules: [cause] }));
  });

  it('knows a window without extent', () => {
    expect(rankOf({ ...plain, distanceMs: 0, reachMs: 0 }).score).toBeGreaterThan(0);
  });
});

it.each([
  [0, '0 ms'],
  [250, '250 ms'],
  [11_800, '11.8 s'],
  [59_960, '1 min'],
  [243_000, '4 min 3 s'],
  [7_500_000, '2 h 5 min'],
  [259_200_000, '3 d'],
  [3.2e12, '37,037 d 1 h'],
])('spokenSpan(%d)', (ms, expected) => {
  expect(spokenSpan(ms)).toBe(expected);
});
