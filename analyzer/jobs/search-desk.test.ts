import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FakeCase, type FakeThread, fakeCase } from '../../test/support/search-fakes.ts';
import type { SearchAnswer, SearchMatch, SearchOrder } from '../contract/search.ts';
import { ok } from '../core/failure.ts';
import { LINES_BYTES_MAX, SEARCH_MS_DEFAULT } from '../core/limits.ts';
import type { Analysis } from '../core/vocabulary.ts';
import type { SearchRequest } from './search-desk.ts';

const open: FakeCase[] = [];
afterEach(async () => {
  for (const { desk } of open.splice(0)) await desk.close();
});

function inCase(...given: Parameters<typeof fakeCase>): FakeCase {
  const made = fakeCase(...given);
  open.push(made);
  return made;
}

function request(query: string, more: Partial<SearchRequest> = {}): SearchRequest {
  return { query, order: 'file', limit: 100, context: 0, bundles: null, timeLimitMs: 60_000, search: null, ...more };
}

async function answerOf({ desk, store }: FakeCase, query: string, more: Partial<SearchRequest> = {}) {
  const answer = await desk.run(store, request(query, more));
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

const places = (matches: readonly SearchMatch[]) => matches.map(({ file, line }) => `${file}:${line}`);

/** Files of a few lines: some with stamps, some without, some that begin without. */
const stamp = (minute: number) => `2024-05-01T12:${String(minute).padStart(2, '0')}:00Z`;
const textOf = (lines: readonly (number | null)[]) =>
  lines.map((minute, at) => `${minute === null ? '' : `${stamp(minute)} `}error ${at}\n`).join('');

const SOME = [
  { 'a.log': textOf([5, 1, null, 9]), 'b.log': textOf([null, null, 3]), 'none.txt': textOf([null]) },
  { 'c.log': textOf([4, 2]), 'd.log': 'nothing\n', 'e.log': textOf([null, 0]) },
];
const IN_FILE_ORDER = [1, 2, 3, 4]
  .map((line) => `a.log:${line}`)
  .concat(['b.log:1', 'b.log:2', 'b.log:3', 'none.txt:1', 'c.log:1', 'c.log:2', 'e.log:1', 'e.log:2']);
const IN_TIME_ORDER = [
  ['e.log:2', 'a.log:2', 'a.log:3', 'c.log:2', 'b.log:3', 'c.log:1', 'a.log:1', 'a.log:4'],
  ['b.log:1', 'b.log:2', 'none.txt:1', 'e.log:1'],
].flat();

describe.each<[SearchOrder, readonly string[]]>([
  ['file', IN_FILE_ORDER],
  ['time', IN_TIME_ORDER],
])('in the order of %s', (order, expected) => {
  it('all matches of all bundles', async () => {
    const answer = await answerOf(inCase(SOME), 'ERROR', { order });
    expect(places(answer.matches)).toEqual(expected);
    expect(answer).toMatchObject({ total: 12, complete: true, stopped: null, next: null, blocksDone: 5, blocks: 5 });
  });

  it.each([1, 2, 5, 11])('pages of %d are the whole list, and the last one says so', async (limit) => {
    const made = inCase(SOME);
    const first = await answerOf(made, 'error', { order, limit });
    const found = [...first.matches];
    for (let { next } = first; next !== null; ) {
      const page = await made.desk.page(made.store, { ...request('error', { order, limit }), after: next });
      if (!page.ok) throw new Error(page.failure.message);
      expect(page.value.matches.length).toBeLessThanOrEqual(limit);
      found.push(...page.value.matches);
      next = page.value.next;
    }
    expect(first.total).toBe(12);
    expect(places(found)).toEqual(expected);
  });

  it('pages are the whole list, whatever the files hold', async () => {
    const minutes = fc.option(fc.integer({ min: 0, max: 20 }));
    const files = fc.array(fc.array(minutes, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(files, fc.integer({ min: 1, max: 9 }), async (lines, limit) => {
        const made = fakeCase([Object.fromEntries(lines.map((some, at) => [`f${at}.log`, textOf(some)]))]);
        try {
          const whole = await answerOf(made, 'error', { order, limit: 1_000 });
          const first = await answerOf(made, 'error', { order, limit });
          const found = [...first.matches];
          for (let { next } = first; next !== null; ) {
            const page = await made.desk.page(made.store, { ...request('error', { order, limit }), after: next });
            if (!page.ok) throw new Error(page.failure.message);
            found.push(...page.value.matches);
            next = page.value.next;
          }
          expect(whole.total).toBe(lines.flat().length);
          expect(found).toEqual(whole.matches);
          const times = whole.matches.map(({ time }) => time ?? '9');
          if (order === 'time') expect(times).toEqual([...times].sort());
        } finally {
          await made.desk.close();
        }
      }),
      { numRuns: 25 },
    );
  });

  it('answers on the way are the beginning of the last one, and count no more', async () => {
    const texts = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`${at}.log`, textOf([at % 60, null, 7])]));
    const made = inCase([texts]);
    const partial: SearchAnswer[] = [];
    const answer = await made.desk.run(made.store, request('error', { order, limit: 40 }), (one) => partial.push(one));
    if (!answer.ok) throw new Error(answer.failure.message);
    expect(partial.length).toBeGreaterThan(0);
    for (const { matches, total } of partial) {
      expect(matches).toEqual(answer.value.matches.slice(0, matches.length));
      expect(total).toBeLessThanOrEqual(answer.value.total);
    }
    expect(answer.value.total).toBe(900);
  });
});

it('what lies before a page is not read again', async () => {
  const made = inCase([{ 'a.log': textOf([1]), 'b.log': textOf([2]), 'c.log': textOf([3]), 'd.log': textOf([4]) }]);
  const { next } = await answerOf(made, 'error', { limit: 3 });
  const [reader] = made.readers;
  if (reader === undefined || next === null) throw new Error('there is no second page');
  const read = vi.spyOn(reader, 'block');
  const page = await made.desk.page(made.store, { ...request('error'), after: next });
  expect(page).toMatchObject({ ok: true, value: { matches: [{ file: 'd.log' }], next: null } });
  expect(read.mock.calls.map(([{ fileId }]) => reader.file(fileId)?.path)).toEqual(['d.log']);
});

it('a page that ends for its size is not the last one while something is unread', async () => {
  const long = `error ${'x'.repeat(LINES_BYTES_MAX)}\n`;
  const between = { '2.log': 'error ok\n', '3.log': 'error ok\n', '4.log': 'error ok\n' };
  const made = inCase([{ '0.log': 'error\n', '1.log': long, ...between, '5.log': 'error\n' }], { workers: 1 });
  const first = await answerOf(made, 'error -ok', { limit: 1 });
  const found: string[] = [];
  for (let { next } = first; next !== null; ) {
    const page = await made.desk.page(made.store, { ...request('error -ok'), after: next });
    if (!page.ok) throw new Error(page.failure.message);
    found.push(...places(page.value.matches));
    next = page.value.next;
  }
  expect(found).toEqual(['1.log:1', '5.log:1']);
});

it('facets sum to the total, and name what they count', async () => {
  const { total, facets } = await answerOf(inCase(SOME), 'error');
  for (const counts of Object.values(facets)) expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(total);
  expect(facets.file.map(({ file, count }) => [file, count])).toEqual([
    ['a.log', 4],
    ['b.log', 3],
    ['c.log', 2],
    ['e.log', 2],
    ['none.txt', 1],
  ]);
  expect(facets.hour).toEqual([
    { hour: '2024-05-01T12:00:00.000Z', count: 8 },
    { hour: null, count: 4 },
  ]);
});

it('only the bundles asked for are searched, and one that is not there is named', async () => {
  const made = inCase(SOME);
  const [, second] = made.readers.map(({ bundle }) => bundle.id);
  const answer = await answerOf(made, 'error', { bundles: [second as never] });
  expect(places(answer.matches)).toEqual(['c.log:1', 'c.log:2', 'e.log:1', 'e.log:2']);
  expect(await made.desk.run(made.store, request('error', { bundles: ['f'.repeat(64) as never] }))).toMatchObject({
    ok: false,
    failure: { code: 'not-found' },
  });
});

it('lines around a match, in and beyond its block', async () => {
  const { matches } = await answerOf(inCase([{ 'a.log': 'one\ntwo\nthree\nfour\n' }]), 'two', { context: 2 });
  expect(matches[0]).toMatchObject({ before: ['one'], after: ['three', 'four'] });
});

it('a case without bundles has no matches', async () => {
  expect(await answerOf(inCase([]), 'error')).toMatchObject({ total: 0, complete: true, matches: [], next: null });
});

it('a query that is wrong says where', async () => {
  const { desk, store } = inCase(SOME);
  const failed = await desk.run(store, request('error "open'));
  expect(failed).toMatchObject({ ok: false, failure: { code: 'wrong-usage', where: '6-11' } });
});

it('a cursor of another order, of another case or of nobody is wrong usage', async () => {
  const made = inCase(SOME);
  const other = inCase([{ 'z.log': textOf([1, 2]) }]);
  const cursor = (await answerOf(made, 'error', { limit: 1 })).next ?? '';
  const foreign = (await answerOf(other, 'error', { limit: 1 })).next ?? '';
  for (const [after, order] of [
    [cursor, 'time'],
    [foreign, 'file'],
    ['', 'file'],
    ['Zm9v', 'file'],
  ] as const) {
    const page = await made.desk.page(made.store, { ...request('error', { order }), after });
    expect(page).toMatchObject({ ok: false, failure: { code: 'wrong-usage', where: 'after' } });
  }
});

describe('one file', () => {
  const text = textOf([1, null, 2, null, 3]).replaceAll('error', 'ok').replace('ok 1', 'hit').replace('ok 3', 'hit');
  const ask = { file: 'a.log', query: 'hit' };

  it.each<['down' | 'up', number, number | null]>([
    ['down', 1, 2],
    ['down', 2, 2],
    ['down', 3, 4],
    ['down', 5, null],
    ['up', 5, 4],
    ['up', 4, 4],
    ['up', 3, 2],
    ['up', 1, null],
  ])('the nearest match %s from line %d is %s', async (direction, from, line) => {
    const { desk, store, readers } = inCase([{ 'a.log': text, 'b.log': text }]);
    const bundle = readers[0]?.bundle.id as never;
    expect(await desk.find(store, { ...ask, bundle, from, direction })).toEqual(ok({ line }));
  });

  it('matches by parts of its lines', async () => {
    const { desk, store, readers } = inCase([{ 'a.log': text, 'b.log': text }]);
    const bundle = readers[0]?.bundle.id as never;
    expect(await desk.matchMap(store, { ...ask, bundle, parts: 5 })).toEqual(
      ok({ total: 2, complete: true, counts: [0, 1, 0, 1, 0] }),
    );
    expect(await desk.matchMap(store, { ...ask, bundle, parts: 2 })).toEqual(
      ok({ total: 2, complete: true, counts: [1, 1] }),
    );
    expect(await desk.matchMap(store, { ...ask, bundle, file: 'c.log', parts: 2 })).toMatchObject({
      ok: false,
      failure: { code: 'not-found' },
    });
  });

  describe('asked twice at once', () => {
    const ofCase = ({ readers }: FakeCase) => ({ file: 'a.log', bundle: readers[0]?.bundle.id as never, parts: 5 });
    const stopped = { ok: false, failure: { code: 'cancelled' } };
    const hits = ok({ total: 2, complete: true, counts: [0, 1, 0, 1, 0] });

    it('its matches are counted once, for both', async () => {
      const made = inCase([{ 'a.log': text }]);
      made.desk.warm(made.store);
      const heard = vi.spyOn(made.threads[0] as FakeThread, 'postMessage');
      const searches = () => heard.mock.calls.filter(([{ type }]) => type === 'search').length;
      const asked = () => made.desk.matchMap(made.store, { ...ofCase(made), query: 'hit' });
      expect(await Promise.all([asked(), asked()])).toEqual([hits, hits]);
      expect(searches()).toBe(1);
      expect(await asked()).toEqual(hits);
      expect(searches()).toBe(2);
    });

    it('for something else ends all that wait for the question before', async () => {
      const made = inCase([{ 'a.log': text }]);
      const asked = (query: string) => made.desk.matchMap(made.store, { ...ofCase(made), query });
      const before = [asked('stuck'), asked('stuck')];
      await vi.waitFor(() => expect(made.threads.some(({ stuck }) => stuck === 'yes')).toBe(true));
      const later = asked('hit');
      expect(await Promise.all(before)).toMatchObject([stopped, stopped]);
      expect(await later).toEqual(hits);
    });

    it('with another question between, it is asked anew', async () => {
      const made = inCase([{ 'a.log': text }]);
      const asked = (query: string, parts = 5) => made.desk.matchMap(made.store, { ...ofCase(made), query, parts });
      const all = await Promise.all([asked('hit'), asked('ok'), asked('hit', 2), asked('hit')]);
      expect(all).toMatchObject([stopped, stopped, stopped, hits]);
    });

    it('under another clock it is another question', async () => {
      const made = inCase([{ 'a.log': text }]);
      const asked = () => made.desk.matchMap(made.store, { ...ofCase(made), query: 'stuck' });
      const before = asked();
      await vi.waitFor(() => expect(made.threads.some(({ stuck }) => stuck === 'yes')).toBe(true));
      vi.spyOn(made.store, 'overridesOf').mockReturnValue([{ what: 'shift', value: '60' } as never]);
      void asked();
      expect(await before).toMatchObject(stopped);
    });

    it('in two cases that hold the same bundle, neither ends the other', async () => {
      const made = inCase([{ 'a.log': text }]);
      const other = { ...made.store, dir: '/other' } as typeof made.store;
      const map = (store: typeof other, query: string) => made.desk.matchMap(store, { ...ofCase(made), query });
      expect(await Promise.all([map(made.store, 'hit'), map(other, 'ok')])).toMatchObject([hits, { ok: true }]);
      expect(await Promise.all([map(made.store, 'hit'), map(other, 'hit')])).toEqual([hits, hits]);
    });

    it('in two cases, neither next match ends the other', async () => {
      const made = inCase([{ 'a.log': text }]);
      const other = { ...made.store, dir: '/other' } as typeof made.store;
      const find = (store: typeof other, from: number) =>
        made.desk.find(store, { ...ofCase(made), query: 'hit', from, direction: 'down' });
      expect(await Promise.all([find(made.store, 1), find(other, 3)])).toEqual([ok({ line: 2 }), ok({ line: 4 })]);
    });

    it('both end with the desk', async () => {
      const made = inCase([{ 'a.log': text }]);
      const asked = () => made.desk.matchMap(made.store, { ...ofCase(made), query: 'stuck' });
      const both = [asked(), asked()];
      await vi.waitFor(() => expect(made.threads.some(({ stuck }) => stuck === 'yes')).toBe(true));
      await made.desk.close();
      expect(await Promise.all(both)).toMatchObject([stopped, stopped]);
    });
  });
});

it('lines that are evidence of findings', async () => {
  const texts = [{ 'a.log': textOf([1, 2, 3, 4]), 'b.log': textOf([5]) }, SOME[1] ?? {}];
  const bundle = fakeCase(texts).readers[0]?.bundle.id;
  const evidence = [{ bundle, fileId: 1, line: 2, endLine: 3 }];
  const analysis = ok({ findings: [{ evidence }] } as unknown as Analysis);
  const made = inCase(texts, { analysis });
  expect(places((await answerOf(made, 'has:finding')).matches)).toEqual(['a.log:2', 'a.log:3']);
  expect(places((await answerOf(made, 'error -has:finding')).matches).slice(0, 3)).toEqual([
    'a.log:1',
    'a.log:4',
    'b.log:1',
  ]);
});

describe('a search that is ended', () => {
  it('by its name answers with what it has', async () => {
    const made = inCase(SOME);
    const running = answerOf(made, 'stuck', { search: 'box' });
    await vi.waitFor(() => expect(made.threads.some(({ stuck }) => stuck === 'yes')).toBe(true));
    expect(made.desk.cancel('another')).toBe(0);
    expect(made.desk.cancel('box')).toBe(1);
    expect(await running).toMatchObject({
      complete: false,
      stopped: { because: 'cancelled' },
      matches: [],
      next: null,
    });
    expect(made.desk.cancel('box')).toBe(0);
  });

  it('by a later one with its name, which finds everything', async () => {
    const made = inCase(SOME);
    const running = answerOf(made, 'stuck', { search: 'box' });
    const other = answerOf(made, 'error', { search: 'another box' });
    const later = answerOf(made, 'error', { search: 'box' });
    expect(await running).toMatchObject({ stopped: { because: 'cancelled' } });
    expect((await later).total).toBe(12);
    expect(await other).toMatchObject({ total: 12, complete: true });
  });

  it('by a signal', async () => {
    const made = inCase(SOME);
    const abort = new AbortController();
    const running = made.desk.run(made.store, request('stuck'), undefined, abort.signal);
    abort.abort();
    expect(await running).toMatchObject({ ok: true, value: { stopped: { because: 'cancelled' } } });
  });

  it('with the desk', async () => {
    const made = inCase(SOME);
    const running = answerOf(made, 'stuck');
    await vi.waitFor(() => expect(made.threads.length).toBe(2));
    await made.desk.close();
    expect(await running).toMatchObject({ stopped: { because: 'cancelled' } });
    expect(made.threads.every(({ ended }) => ended === 'from outside')).toBe(true);
    expect(await made.desk.run(made.store, request('error'))).toMatchObject({ ok: false });
  });
});

it('a pattern that does not come back is ended at its limit, with its threads; other searches go on', async () => {
  const made = inCase(SOME);
  const running = answerOf(made, '/stuck/', { timeLimitMs: 500 });
  await vi.waitFor(() => expect(made.threads.filter(({ stuck }) => stuck === 'yes').length).toBe(2));
  const other = await answerOf(made, 'error');
  expect(other).toMatchObject({ total: 12, complete: true });
  const stopped = await running;
  expect(stopped).toMatchObject({ complete: false, stopped: { because: 'runaway-pattern' } });
  expect(stopped.stopped?.message).toContain('near line 7 of a.log');
  expect(made.threads.filter(({ ended }) => ended === 'from outside').length).toBe(2);
  expect((await answerOf(made, 'error')).total).toBe(12);
});

it('while all threads are stuck in one search, others get another thread', async () => {
  const made = inCase(SOME);
  const running = answerOf(made, '/stuck/', { search: 'box' });
  await vi.waitFor(() => expect(made.threads.filter(({ stuck }) => stuck === 'yes').length).toBe(2));
  expect(await answerOf(made, 'error')).toMatchObject({ total: 12, complete: true });
  expect(made.threads.map(({ ended }) => ended)).toEqual(['no', 'no', 'no']);
  made.desk.cancel('box');
  expect(await running).toMatchObject({ stopped: { because: 'cancelled' } });
  await vi.waitFor(() => expect(made.threads.filter(({ ended }) => ended === 'from outside').length).toBe(2));
});

it('a thread that is stuck behind a page is ended once the page is known', async () => {
  const made = inCase(SOME);
  const { next } = await answerOf(made, 'error', { limit: 2 });
  const [, second] = made.threads;
  if (second === undefined || next === null) throw new Error('there is no second page, or no second thread');
  second.sticksIn = 'any';
  const page = await made.desk.page(made.store, { ...request('error', { limit: 2 }), after: next });
  expect(page).toMatchObject({ ok: true, value: { matches: [{ line: 3 }, { line: 4 }] } });
  await vi.waitFor(() => expect(second.ended).toBe('from outside'));
});

it('a thread that still opens bundles when a page is known is not ended', async () => {
  const made = inCase(SOME);
  const { next } = await answerOf(made, 'error', { limit: 2 });
  const [, second] = made.threads;
  if (second === undefined || next === null) throw new Error('there is no second page, or no second thread');
  second.sticksIn = 'opening';
  const heard = vi.spyOn(second, 'postMessage');
  const page = await made.desk.page(made.store, { ...request('error', { limit: 2 }), after: next });
  expect(page).toMatchObject({ ok: true, value: { matches: [{ line: 3 }, { line: 4 }] } });
  await vi.waitFor(() => expect(heard.mock.lastCall).toMatchObject([{ type: 'forget' }]));
  expect(second.ended).toBe('no');
});

it('a page, and the next match in a file, say that their time limit stopped them', async () => {
  const made = inCase(SOME);
  const { next } = await answerOf(made, 'error', { limit: 2 });
  const page = await made.desk.page(made.store, { ...request('/stuck/', { timeLimitMs: 20 }), after: next ?? '' });
  expect(page).toMatchObject({ ok: false, failure: { code: 'time-limit' } });
  const ask = { file: 'a.log', query: '/stuck/', from: 1, direction: 'down' } as const;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const running = made.desk.find(made.store, { ...ask, bundle: made.readers[0]?.bundle.id as never });
    await vi.waitFor(() =>
      expect(made.threads.some(({ ended, stuck }) => ended === 'no' && stuck === 'yes')).toBe(true),
    );
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(SEARCH_MS_DEFAULT + 1_000);
    expect(await running).toMatchObject({ ok: false, failure: { code: 'time-limit' } });
  } finally {
    vi.useRealTimers();
  }
});

describe('a thread that dies', () => {
  it('fails the search it worked on; the next one gets another thread', async () => {
    const made = inCase(SOME);
    const failed = await made.desk.run(made.store, request('crash'));
    expect(failed).toMatchObject({
      ok: false,
      failure: { code: 'internal', message: 'the search worker failed: out of memory' },
    });
    expect((await answerOf(made, 'error')).total).toBe(12);
  });

  it('leaves other searches complete', async () => {
    const made = inCase(SOME);
    const other = answerOf(made, 'error');
    const failed = made.desk.run(made.store, request('crash'));
    expect(await failed).toMatchObject({ ok: false, failure: { code: 'internal' } });
    expect(await other).toMatchObject({ total: 12, complete: true });
  });

  it('with chunks that it had taken: they are read again', async () => {
    const texts = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`${at}.log`, textOf([at, null])]));
    const made = inCase([texts]);
    made.desk.warm(made.store);
    const [first] = made.threads;
    if (first === undefined) throw new Error('no thread was started');
    first.lostChunks = 2;
    const running = answerOf(made, 'error');
    await vi.waitFor(() => expect(first.lostChunks).toBe(0));
    first.die('out of memory');
    expect(await running).toMatchObject({ total: 80, complete: true, blocksDone: 40 });
  });

  it('before it ever worked is not started again and again', async () => {
    const made = inCase(SOME, { threadsStart: 'never' });
    const failed = await made.desk.run(made.store, request('error'));
    expect(failed).toMatchObject({
      ok: false,
      failure: { code: 'internal', message: 'the search worker failed: no such file' },
    });
    expect(made.threads.length).toBe(2);
  });
});

it('threads are kept between searches, and dismissed when nobody searches', async () => {
  const made = inCase(SOME, { idleMs: 30 });
  await answerOf(made, 'error');
  await answerOf(made, 'error');
  expect(made.threads.length).toBe(2);
  await vi.waitFor(() => expect(made.threads.every(({ ended }) => ended === 'from outside')).toBe(true));
  expect((await answerOf(made, 'error')).total).toBe(12);
});
