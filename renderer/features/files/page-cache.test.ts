import { describe, expect, it } from 'vitest';
import type { Result } from '../../model/types.ts';
import { createPageCache, type PageCache } from './page-cache.ts';

const PAGE = 200;
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Rows are texts such as `x17`; `most` rows a call. */
function lines(part: {
  readonly total?: number;
  readonly row?: (number: number) => string;
  readonly most?: number;
  readonly refuse?: () => boolean;
}): { readonly cache: PageCache<string>; readonly asked: readonly (readonly [number, number])[] } {
  const asked: [number, number][] = [];
  const cache = createPageCache<string>({
    page: PAGE,
    total: part.total ?? 1_000,
    load: async (from, count): Promise<Result<readonly string[]>> => {
      asked.push([from, count]);
      if (part.refuse?.() === true)
        return { ok: false, failure: { code: 'busy', message: 'not now', where: null, advice: null } };
      const amount = Math.min(count, part.most ?? count);
      return {
        ok: true,
        value: Array.from({ length: amount }, (_, nth) => part.row?.(from + nth) ?? `x${from + nth}`),
      };
    },
    weight: (row) => row.length,
    onChange: () => undefined,
  });
  return { cache, asked };
}

describe('a cache of pages', () => {
  it('fetches each page once and answers by number', async () => {
    const { cache, asked } = lines({});
    expect(cache.at(201)).toBeUndefined();
    cache.want(150, 260);
    cache.want(150, 260);
    await settle();
    expect(asked).toEqual([
      [1, PAGE],
      [PAGE + 1, PAGE],
    ]);
    expect(cache.at(201)).toBe('x201');
    cache.want(150, 260);
    await settle();
    expect(asked).toHaveLength(2);
  });

  it('asks for nothing beyond the file', async () => {
    const { cache, asked } = lines({ total: 250 });
    cache.want(-50, 900);
    await settle();
    expect(asked).toEqual([
      [1, PAGE],
      [PAGE + 1, 50],
    ]);
    expect(cache.at(251)).toBeUndefined();
  });

  it('lets go of what was shown longest ago', async () => {
    const { cache } = lines({ total: 10_000, row: () => 'y'.repeat(40_000) });
    // 8 million characters a page: three fit, the fourth pushes out the oldest.
    for (const first of [1, 201, 401]) {
      cache.want(first, first);
      await settle();
    }
    cache.want(1, 1);
    cache.want(601, 601);
    await settle();
    expect(cache.at(1)).toBeDefined();
    expect(cache.at(201)).toBeUndefined();
    expect(cache.at(601)).toBeDefined();
  });

  it('goes on where an answer of long rows ended, wherever in the page one looks', async () => {
    const { cache, asked } = lines({ most: 20 });
    cache.want(150, 160);
    for (let round = 0; round < 5; round += 1) await settle();
    expect(asked.map(([from]) => from)).toEqual([1, 150]);
    expect(cache.at(155)).toBe('x155');
    cache.want(165, 175);
    for (let round = 0; round < 5; round += 1) await settle();
    expect(cache.at(175)).toBe('x175');
  });

  it('does not ask for ever for rows that are not there', async () => {
    const { cache, asked } = lines({ most: 0 });
    for (let round = 0; round < 5; round += 1) {
      cache.want(1, 10);
      await settle();
    }
    expect(asked).toHaveLength(1);
  });

  it('stops after a failure and asks again when told to', async () => {
    let state: 'broken' | 'well' = 'broken';
    const { cache } = lines({ refuse: () => state === 'broken' });
    cache.want(1, 10);
    await settle();
    expect(cache.failure()?.message).toBe('not now');
    state = 'well';
    cache.retry();
    await settle();
    expect(cache.failure()).toBeNull();
    expect(cache.at(10)).toBe('x10');
  });
});
