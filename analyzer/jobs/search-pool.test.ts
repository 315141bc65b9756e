import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ok } from '../core/failure.ts';
import { type PoolSearch, type PoolThread, SearchPool } from './search-pool.ts';
import type { SearchAsk } from './search-protocol.ts';
import { SearchRun } from './search-run.ts';
import { SearchShared, type WorkerPlace } from './search-shared.ts';

const ASK: SearchAsk = {
  bundles: [],
  query: { kind: 'pattern', source: 'a', letters: 'as written' },
  order: 'file',
  file: null,
  behind: null,
  first: 1,
  context: 0,
  tally: 'nothing',
  best: 0,
  cited: [],
};

/** A pool of one thread that does nothing by itself. */
function poolOfOne() {
  const places: WorkerPlace[] = [];
  const terminate = vi.fn(async () => 0);
  const start = (place: WorkerPlace): PoolThread => {
    places.push(place);
    const idle = { postMessage: () => undefined, ref: () => undefined, unref: () => undefined, terminate };
    return Object.assign(new EventEmitter(), idle) as unknown as PoolThread;
  };
  return { pool: new SearchPool({ start, workers: 1, reactMs: 100 }), places, terminate };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a thread of a search that was stopped', () => {
  async function settled(pretend: (place: WorkerPlace, turn: number) => void) {
    vi.useFakeTimers();
    const { pool, places, terminate } = poolOfOne();
    const search: PoolSearch = {
      id: 3,
      ask: ASK,
      shared: new SearchShared({ workers: 1 }),
      hear: () => undefined,
      lose: () => undefined,
    };
    pool.enter(search);
    const [place] = places;
    if (place === undefined) throw new Error('no thread was started');
    place.enter(3);
    pretend(place, 0);
    const runaways = pool.settle(search);
    for (let turn = 1; turn <= 50; turn++) {
      await vi.advanceTimersByTimeAsync(20);
      pretend(place, turn);
    }
    return { runaways: await runaways, ended: terminate.mock.calls.length };
  }

  it('is ended when it stays in a line', async () => {
    const at = { bundle: 0, file: 2 as never, line: 9 };
    const outcome = await settled((place, turn) => turn === 0 && place.at(at));
    expect(outcome).toEqual({ runaways: [{ line: at }], ended: 1 });
  });

  it('is left alone while it goes from line to line', async () => {
    const outcome = await settled((place, turn) =>
      turn < 20 ? place.at({ bundle: 0, file: 2 as never, line: turn + 1 }) : place.enter(0),
    );
    expect(outcome).toEqual({ runaways: [], ended: 0 });
  });

  it('is left alone where it is at no line yet', async () => {
    expect(await settled(() => undefined)).toEqual({ runaways: [], ended: 0 });
  });
});

it('the time limit counts from when it is known what there is to read', async () => {
  vi.useFakeTimers();
  const { pool } = poolOfOne();
  const run = new SearchRun(1, ASK, pool, {
    until: 'everything is read',
    timeLimitMs: 1_000,
    stopWords: (because) => because,
  });
  const ended = vi.fn();
  void run.outcome.then(ended);
  run.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ended).not.toHaveBeenCalled();
  const [member] = pool.membersOf(1);
  if (member === undefined) throw new Error('nobody takes part');
  run.hear({ type: 'planned', id: 1, blocks: 4, chunks: 1 }, member);
  await vi.advanceTimersByTimeAsync(999);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await run.outcome).toMatchObject(ok({ stopped: { because: 'time-limit' } }));
});
