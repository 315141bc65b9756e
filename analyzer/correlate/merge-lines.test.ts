import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareLines, type Direction, type LineKey, type MergeBlock, mergeLines } from './merge-lines.ts';

/** Times of the lines of each file, cut into blocks; how much wider than their lines blocks are said to be. */
const FILES = fc.array(
  fc.record({
    bundle: fc.integer({ min: 0, max: 2 }),
    blocks: fc.array(
      fc.record({
        times: fc.array(fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -9, max: 30 }) }, fc.constant(Number.NaN)), {
          minLength: 1,
          maxLength: 12,
        }),
        wide: fc.tuple(fc.nat(9), fc.nat(9)),
      }),
      { maxLength: 6 },
    ),
  }),
  { maxLength: 6 },
);

interface TestBlock extends MergeBlock {
  timeMin: number;
  timeMax: number;
  readonly times: readonly number[];
  reads: number;
}

type Files = readonly {
  readonly bundle: number;
  readonly blocks: readonly { readonly times: readonly number[]; readonly wide: readonly [number, number] }[];
}[];

function build(files: Files): readonly TestBlock[] {
  return files.flatMap(({ bundle, blocks }, file) => {
    let firstLine = 1;
    return blocks.map(({ times, wide }): TestBlock => {
      const dated = times.filter((time) => !Number.isNaN(time));
      const block = {
        ...{ bundle, file, firstLine, lines: times.length, times, reads: 0 },
        timeMin: Math.min(...dated) - wide[0],
        timeMax: Math.max(...dated) + wide[1],
      };
      firstLine += times.length;
      return block;
    });
  });
}

function naive(blocks: readonly TestBlock[]): readonly LineKey[] {
  return blocks
    .flatMap(({ bundle, file, firstLine, times }) =>
      times.map((time, at) => ({ time, bundle, file, line: firstLine + at })),
    )
    .filter(({ time }) => !Number.isNaN(time))
    .sort(compareLines);
}

const keyOf = ({ time, bundle, file, line }: LineKey): LineKey => ({ time, bundle, file, line });

async function page(blocks: readonly TestBlock[], from: LineKey, direction: Direction, count: number) {
  const merged = await mergeLines<TestBlock>({
    blocks: blocks.filter(({ timeMin }) => Number.isFinite(timeMin)),
    from,
    direction,
    count,
    // What is told first is as wide as it was made; then the truth.
    narrow: (block) => {
      const dated = block.times.filter((time) => !Number.isNaN(time));
      const [min, max] = [Math.min(...dated), Math.max(...dated)];
      if (block.timeMin === min && block.timeMax === max) return false;
      block.timeMin = min;
      block.timeMax = max;
      return true;
    },
    read: (block) => {
      block.reads += 1;
      return Float64Array.from(block.times);
    },
    pause: async () => {},
  });
  return merged.map(keyOf);
}

const BEFORE_ALL = { time: Number.NEGATIVE_INFINITY, bundle: -1, file: -1, line: 0 };

it('any page is the part of the sorted list behind or before its cursor', async () => {
  await fc.assert(
    fc.asyncProperty(
      FILES,
      fc.integer({ min: -12, max: 33 }),
      fc.nat(40),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom<Direction>('after', 'before'),
      async (files, time, nth, count, direction) => {
        const all = naive(build(files));
        for (const from of [{ ...BEFORE_ALL, time }, ...all.slice(nth, nth + 1)]) {
          const behind = all.filter((key) => compareLines(key, from) > 0);
          const before = all.filter((key) => compareLines(key, from) < 0);
          const expected = direction === 'after' ? behind.slice(0, count) : before.slice(-count);
          expect(await page(build(files), from, direction, count)).toEqual(expected);
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('pages forward, and pages back, are the whole list', async () => {
  await fc.assert(
    fc.asyncProperty(FILES, fc.integer({ min: 1, max: 9 }), async (files, count) => {
      const blocks = build(files);
      const all = naive(blocks);
      for (const direction of ['after', 'before'] as const) {
        let from: LineKey = direction === 'after' ? BEFORE_ALL : { ...BEFORE_ALL, time: Number.POSITIVE_INFINITY };
        const got: LineKey[] = [];
        for (;;) {
          const lines = await page(blocks, from, direction, count);
          if (lines.length === 0) break;
          if (direction === 'after') got.push(...lines);
          else got.unshift(...lines);
          from = (direction === 'after' ? lines.at(-1) : lines[0]) as LineKey;
        }
        expect(got).toEqual(all);
      }
    }),
    { numRuns: 150 },
  );
});

it('only blocks that may hold lines of the page are read', async () => {
  const ordered: Files = Array.from({ length: 100 }, (_, nth) => ({
    bundle: 0,
    blocks: [{ times: [nth * 10, nth * 10 + 9], wide: [0, 0] }],
  }));
  const blocks = build(ordered);
  await page(blocks, { ...BEFORE_ALL, time: 500 }, 'after', 4);
  expect(blocks.filter(({ reads }) => reads > 0).map(({ file }) => file)).toEqual([50, 51]);
  const others = build(ordered);
  await page(others, { ...BEFORE_ALL, time: 500 }, 'before', 4);
  expect(others.filter(({ reads }) => reads > 0).map(({ file }) => file)).toEqual([48, 49]);
});

it('a file of lines of one instant is read from where the cursor is', async () => {
  const same: Files = [{ bundle: 0, blocks: Array.from({ length: 50 }, () => ({ times: [7, 7], wide: [0, 0] })) }];
  const blocks = build(same);
  const lines = await page(blocks, { time: 7, bundle: 0, file: 0, line: 40 }, 'after', 3);
  expect(lines.map(({ line }) => line)).toEqual([41, 42, 43]);
  expect(blocks.filter(({ reads }) => reads > 0).map(({ firstLine }) => firstLine)).toEqual([41, 43]);
});
