import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareTexts, type TextToCompare } from './text-diff.ts';

const text = (lines: readonly string[], cut: string | null = null): TextToCompare => ({
  lines,
  meanings: lines.map((line) => (line.startsWith('#') ? null : line)),
  cut,
});

test('lines that differ stand between lines that are the same, with their numbers', () => {
  const left = ['# left', 'a', 'b', 'c', 'd', 'old', 'e', 'f', 'g', 'h'];
  const right = ['a', 'b', 'c', 'd', 'new', 'newer', 'e', 'f', 'g', 'h'];
  expect(compareTexts(text(left), text(right))).toEqual({
    hunks: [
      { kind: 'same', left: 3, right: 2, lines: ['b', 'c', 'd'], leftOut: 0 },
      { kind: 'only-left', left: 6, right: null, lines: ['old'], leftOut: 0 },
      { kind: 'only-right', left: null, right: 5, lines: ['new', 'newer'], leftOut: 0 },
      { kind: 'same', left: 7, right: 7, lines: ['e', 'f', 'g'], leftOut: 0 },
    ],
    onlyLeft: 1,
    onlyRight: 2,
    cut: null,
  });
});

test('what is the same between two differences is shown by its ends, and counted', () => {
  const middle = Array.from({ length: 20 }, (_, at) => `same ${at}`);
  const { hunks } = compareTexts(text(['x', ...middle, 'y']), text(['p', ...middle, 'q']));
  const same = hunks.find(({ kind }) => kind === 'same');
  expect(same?.lines).toEqual(['same 0', 'same 1', 'same 2', 'same 17', 'same 18', 'same 19']);
  expect(same).toMatchObject({ left: 2, right: 2, leftOut: 14 });
});

test('equal texts, and texts without a line', () => {
  const equal = compareTexts(text(['# 1', 'a']), text(['a', '# 2']));
  expect(equal).toEqual({
    hunks: [{ kind: 'same', left: 2, right: 1, lines: ['a'], leftOut: 0 }],
    ...{ onlyLeft: 0, onlyRight: 0, cut: null },
  });
  expect(compareTexts(text([]), text(['# only a comment']))).toEqual({
    hunks: [],
    onlyLeft: 0,
    onlyRight: 0,
    cut: null,
  });
});

test('it says why not all was compared', () => {
  expect(compareTexts(text(['a'], 'only its first line was compared'), text(['a'])).cut).toBe(
    'left: only its first line was compared',
  );
});

/** Length of the longest common subsequence, by the table. */
function longestCommon(left: readonly string[], right: readonly string[]): number {
  const table = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  for (const [one, line] of left.entries()) {
    for (const [two, other] of right.entries()) {
      const row = table[one + 1] as number[];
      const before = table[one] as number[];
      row[two + 1] =
        line === other ? (before[two] as number) + 1 : Math.max(before[two + 1] as number, row[two] as number);
    }
  }
  return (table[left.length] as number[])[right.length] as number;
}

test('as few lines differ as can, and each line is told once on its side', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 25 });
  fc.assert(
    fc.property(lines, lines, (left, right) => {
      const { hunks, onlyLeft, onlyRight, cut } = compareTexts(text(left), text(right));
      const common = longestCommon(left, right);
      expect({ onlyLeft, onlyRight, cut }).toEqual({
        ...{ onlyLeft: left.length - common, onlyRight: right.length - common, cut: null },
      });
      const told = (kind: string) => hunks.filter((hunk) => hunk.kind === kind);
      expect(told('only-left').flatMap((hunk) => hunk.lines)).toHaveLength(onlyLeft);
      expect(told('only-right').flatMap((hunk) => hunk.lines)).toHaveLength(onlyRight);
      for (const { kind, left: at, lines: own } of hunks.filter((hunk) => hunk.leftOut === 0)) {
        if (kind !== 'only-right') expect(left.slice((at ?? 0) - 1, (at ?? 0) - 1 + own.length)).toEqual(own);
      }
    }),
    { numRuns: 200 },
  );
});

test('lines that differ are shown or counted, also where the room ends among lines that are the same', () => {
  const same = ['1', '2', '3', '4', '5', '6', '7'];
  for (let first = 4_990; first <= 5_000; first++) {
    const left = Array.from({ length: first }, (_, at) => `left ${at}`);
    const { hunks, onlyLeft, cut } = compareTexts(text([...left, ...same, 'x', 'y', 'z', 'w']), text(same));
    const shown = hunks.filter(({ kind }) => kind === 'only-left').flatMap(({ lines }) => lines).length;
    const counted = Number(/^(\d+) more/.exec(cut ?? '')?.[1] ?? 0);
    expect(shown + counted).toBe(onlyLeft);
  }
});

test('large texts in another order end, and the answer says that it is rough', () => {
  const left = Array.from({ length: 30_000 }, (_, at) => `rule ${at}`);
  const answer = compareTexts(text(left), text(left.toReversed()));
  expect(answer.cut).toContain('compared roughly');
  expect(answer.onlyLeft).toBe(answer.onlyRight);
  expect(answer.hunks.flatMap(({ lines }) => lines).length).toBeLessThanOrEqual(6_000);
});

test('large texts that differ in a part are compared exactly', () => {
  const left = Array.from({ length: 60_000 }, (_, at) => `rule ${at}`);
  const right = left.map((line, at) => (at % 100 === 0 ? `${line} changed` : line));
  expect(compareTexts(text(left), text(right))).toMatchObject({ onlyLeft: 600, onlyRight: 600, cut: null });
});
