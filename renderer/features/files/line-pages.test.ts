import { describe, expect, it } from 'vitest';
import type { Line, Result } from '../../model/types.ts';
import { createLinePages, PAGE_LINES } from './line-pages.ts';

const page = (from: number, count: number, text = 'x'): Result<readonly Line[]> => ({
  ok: true,
  value: Array.from({ length: count }, (_, index) => ({
    number: from + index,
    byteStart: 0,
    byteEnd: 1,
    text: `${text}${from + index}`,
    time: null,
    timeBasis: null,
  })),
});
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('line pages', () => {
  it('fetches each page once and answers by line number', async () => {
    const asked: number[] = [];
    const pages = createLinePages(
      async (from, count) => {
        asked.push(from);
        return page(from, count);
      },
      1_000,
      () => undefined,
    );
    expect(pages.text(201)).toBeUndefined();
    pages.want(150, 260);
    pages.want(150, 260);
    await settle();
    expect(asked).toEqual([1, PAGE_LINES + 1]);
    expect(pages.text(201)).toBe('x201');
    pages.want(150, 260);
    await settle();
    expect(asked).toHaveLength(2);
  });

  it('lets the page shown longest ago go first', async () => {
    const asked: number[] = [];
    const pages = createLinePages(
      async (from, count) => {
        asked.push(from);
        return page(from, count, 'y'.repeat(100_000));
      },
      10_000,
      () => undefined,
    );
    // 20 million characters a page: three fit, the fourth pushes out the oldest.
    for (const first of [1, 201, 401]) {
      pages.want(first, first);
      await settle();
    }
    pages.want(1, 1);
    pages.want(601, 601);
    await settle();
    expect(pages.text(1)).toBeDefined();
    expect(pages.text(201)).toBeUndefined();
    expect(pages.text(601)).toBeDefined();
  });

  it('stops after a failure and asks again when told to', async () => {
    let broken = true;
    const pages = createLinePages(
      async (from, count) =>
        broken
          ? { ok: false, failure: { code: 'busy', message: 'not now', where: null, advice: null } }
          : page(from, count),
      1_000,
      () => undefined,
    );
    pages.want(1, 10);
    await settle();
    expect(pages.failure()?.message).toBe('not now');
    broken = false;
    pages.retry();
    await settle();
    expect(pages.failure()).toBeNull();
    expect(pages.text(10)).toBe('x10');
  });
});
