import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SearchMatch } from '../contract/search.ts';
import type { FileId } from '../core/ids.ts';
import { SearchMerge } from './search-merge.ts';
import { type ChunkPart, chunkStarts, compareKeys, type FoundLine } from './search-protocol.ts';

const line = (when: number, seq: number, nth = 1): FoundLine => ({
  when,
  seq,
  nth,
  bundle: 0,
  file: 1 as FileId,
  line: nth,
  shown: { text: '', before: [], after: [], aliases: [] } as unknown as SearchMatch,
});

function part(chunk: number, found: readonly FoundLine[], next: ChunkPart['next'], more: Partial<ChunkPart> = {}) {
  return { chunk, read: 'whole', blocks: 1, lines: found.length, tally: null, found, next, ...more } as const;
}

describe('the first lines', () => {
  it('are final once nothing before them can come', () => {
    const merge = new SearchMerge(2);
    merge.plan(3, 3);
    merge.add(part(1, [line(0, 1)], { when: 0, seq: 2 }));
    expect(merge.final).toEqual([]);
    merge.add(part(0, [line(0, 0)], { when: 0, seq: 1 }));
    expect(merge.final.map(({ seq }) => seq)).toEqual([0, 1]);
    expect(merge.isPageFinal).toBe(true);
    expect(merge.isComplete).toBe(false);
    merge.add(part(2, [line(0, 2)], null));
    expect(merge).toMatchObject({ isComplete: true, lines: 3, blocksDone: 3, missing: [] });
    expect(merge.found.map(({ seq }) => seq)).toEqual([0, 1]);
  });

  it('in the order of time wait for blocks that begin before them', () => {
    const merge = new SearchMerge(1);
    merge.plan(3, 3);
    merge.add(part(0, [line(50, 0)], { when: 20, seq: 1 }));
    expect(merge.final).toEqual([]);
    merge.add(part(1, [line(30, 1)], { when: 40, seq: 2 }));
    expect(merge.final.map(({ when }) => when)).toEqual([30]);
    expect(merge.latest).toBe(30);
  });

  it('without an instant wait for all that have one, then come in file order', () => {
    const merge = new SearchMerge(2);
    merge.plan(3, 3);
    const never = Number.POSITIVE_INFINITY;
    merge.add(part(0, [line(never, 0)], { when: never, seq: 2 }));
    expect(merge.final.map(({ seq }) => seq)).toEqual([0]);
    merge.add(part(1, [line(never, 2)], { when: never, seq: 3 }));
    expect(merge.final.map(({ seq }) => seq)).toEqual([0, 2]);
  });
});

it('a page ends before it is too large to be sent, and its texts are all that is kept', () => {
  const long = { text: 'x'.repeat(3 << 20), before: [], after: [], aliases: [] } as unknown as SearchMatch;
  const merge = new SearchMerge(100);
  merge.plan(9, 3);
  merge.add(
    part(
      1,
      Array.from({ length: 5 }, (_, nth) => ({ ...line(0, 1, nth), shown: long })),
      { when: 0, seq: 2 },
    ),
  );
  expect([merge.found.length, merge.isPageFinal]).toEqual([3, false]);
  merge.add(part(0, [line(0, 0)], { when: 0, seq: 1 }));
  expect([merge.found.length, merge.isPageFinal]).toEqual([4, true]);
  merge.add(part(2, [line(0, 2)], null));
  expect(merge.found.map(({ seq }) => seq)).toEqual([0, 1, 1, 1]);
  expect(merge.lines).toBe(7);
});

it('a chunk that is read twice counts once, one that was stopped counts what was read', () => {
  const merge = new SearchMerge(9);
  merge.plan(4, 2);
  merge.add(part(0, [line(0, 0)], { when: 0, seq: 1 }));
  merge.add(part(0, [line(0, 0)], { when: 0, seq: 1 }));
  merge.add(part(1, [line(0, 1)], null, { read: 'stopped', blocks: 2 }));
  expect(merge).toMatchObject({ lines: 2, blocksDone: 3, isComplete: false, missing: [1] });
  expect(merge.found.length).toBe(2);
});

it('workers that plan differently are noticed', () => {
  const merge = new SearchMerge(1);
  expect([merge.plan(4, 2), merge.plan(4, 2), merge.plan(5, 2)]).toEqual([true, true, false]);
});

it('chunks in any order give the first lines, and what is final stays', () => {
  const times = fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 5 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 8 }), fc.infiniteStream(fc.nat()), (blocks, first, picks) => {
      const read = blocks
        .map((some, seq) => ({ seq, when: Math.min(31, ...some), lines: some.map((at, nth) => line(at, seq, nth)) }))
        .sort((one, other) => one.when - other.when || one.seq - other.seq);
      const all = read.flatMap(({ lines }) => lines).sort(compareKeys);
      const merge = new SearchMerge(first);
      merge.plan(read.length, read.length);
      const waiting = read.map(({ lines }, chunk) => part(chunk, lines, read[chunk + 1] ?? null));
      while (waiting.length > 0) {
        const [next] = waiting.splice((picks.next().value as number) % waiting.length, 1);
        if (next !== undefined) merge.add(next);
        expect(merge.final).toEqual(all.slice(0, first).slice(0, merge.final.length));
      }
      expect(merge.final).toEqual(all.slice(0, first));
      expect(merge).toMatchObject({ isComplete: true, isPageFinal: true, lines: all.length });
    }),
  );
});

it('chunks cover all blocks once, and the first ones are small', () => {
  expect(chunkStarts(0)).toEqual([0]);
  expect(chunkStarts(5)).toEqual([0, 4, 5]);
  const starts = chunkStarts(1_000);
  expect(starts.at(-1)).toBe(1_000);
  const sizes = starts.slice(1).map((start, at) => start - (starts[at] ?? 0));
  expect(Math.max(...sizes)).toBe(32);
  expect(Math.min(...sizes.slice(0, -1))).toBe(4);
  expect(sizes).toEqual([...sizes.slice(0, -1)].sort((one, other) => one - other).concat(sizes.at(-1) ?? 0));
});
