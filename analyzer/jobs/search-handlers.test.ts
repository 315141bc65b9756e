import { expect, test } from 'vitest';
import type { MethodArguments } from '../contract/contract.ts';
import type { SearchAnswer } from '../contract/search.ts';
import { type Failure, fail, ok } from '../core/failure.ts';
import type { CaseStore } from '../store/case-store.ts';
import type { SearchDesk } from './search-desk.ts';
import { searchHandlers } from './search-handlers.ts';

const LOST = fail('corrupt', 'damaged', '/case/bundles/5.bundle').failure;

/** @returns what a search of a case answers in which these bundles cannot be opened. */
async function answered(unreadable: readonly Failure[], answer: Partial<SearchAnswer> = {}) {
  const whole = { total: 3, complete: true, stopped: null, ...answer } as SearchAnswer;
  const desk = { run: async () => ok(whole) } as unknown as SearchDesk;
  const store = { unreadable } as unknown as CaseStore;
  const handlers = searchHandlers(
    desk,
    (_, work) => work(store),
    () => undefined,
  );
  const found = await handlers['search.run']({ caseId: '/case', search: null } as MethodArguments<'search.run'>);
  return found.ok ? found.value : null;
}

test('a search of a case whose bundles are all open is complete', async () => {
  expect(await answered([])).toMatchObject({ total: 3, complete: true, stopped: null });
});

test('a search is never complete while a bundle of the case cannot be opened', async () => {
  expect(await answered([LOST])).toMatchObject({
    total: 3,
    complete: false,
    stopped: {
      because: 'not-opened',
      message: '1 bundle of this case could not be opened and was not searched.',
    },
  });
  expect((await answered([LOST, LOST]))?.stopped?.message).toBe(
    '2 bundles of this case could not be opened and were not searched.',
  );
});

test('why it stopped before stays the reason', async () => {
  const stopped = { because: 'time-limit', message: 'Stopped after 30 s.' } as const;
  expect((await answered([LOST], { complete: false, stopped }))?.stopped).toEqual({
    because: 'time-limit',
    message: 'Stopped after 30 s. 1 bundle of this case could not be opened and was not searched.',
  });
});
