import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SearchShared } from './search-shared.ts';

/** One object for each worker, as each thread makes its own. */
function workersOf(count: number): readonly SearchShared[] {
  const first = new SearchShared({ workers: count });
  return Array.from({ length: count }, () => new SearchShared(first.buffer));
}

describe('chunks of a search', () => {
  it('are each taken once, whoever asks when, and first ones are not left behind', () => {
    const turns = fc.array(fc.nat({ max: 5 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.nat({ max: 60 }), turns, (count, chunks, asking) => {
        const workers = workersOf(count);
        const left = new Set(Array.from({ length: chunks }, (_, chunk) => chunk));
        const take = (worker: number): number | null => {
          const first = Math.min(...left);
          const chunk = (workers[worker % count] as SearchShared).takeChunk(worker, chunks);
          if (chunk === null) expect(left.size).toBe(0);
          else {
            expect(left.delete(chunk)).toBe(true);
            // Two more of its own lane, whichever place that has among them.
            expect(chunk - first).toBeLessThan(3 * count);
          }
          return chunk;
        };
        for (const worker of asking) take(worker);
        while (take(0) !== null);
        expect(left.size).toBe(0);
      }),
    );
  });

  it('go to the same workers again when all keep up', () => {
    const once = (): readonly (readonly (number | null)[])[] => {
      const workers = workersOf(2);
      const taken: (number | null)[][] = [[], []];
      for (const worker of [0, 1, 1, 0, 0, 1, 1, 1, 0, 0]) {
        taken[worker]?.push((workers[worker] as SearchShared).takeChunk(worker, 10));
      }
      return taken;
    };
    expect(once()).toEqual([
      [0, 2, 4, 6, 8],
      [1, 3, 5, 7, 9],
    ]);
    expect(once()).toEqual(once());
  });

  it('of a worker that is stuck are done by another', () => {
    const [, other] = workersOf(2);
    const taken = Array.from({ length: 7 }, () => other?.takeChunk(1, 6));
    expect(taken).toEqual([1, 3, 0, 5, 2, 4, null]);
  });
});
