import { expect, test, vi } from 'vitest';
import { ok } from '../../analyzer/core/failure.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { CaseId, Highlighter } from '../model/types.ts';
import { createHighlights } from './highlights.ts';

const of = (query: string): Highlighter => ({ query, colour: 'green', shown: 'on' });

test('a highlighter that is made before the kept ones are read is kept beside them', async () => {
  let answer: (list: readonly Highlighter[]) => void = () => undefined;
  const saved: unknown[] = [];
  const call = vi.fn(async (method: string, input: { readonly highlighters?: readonly Highlighter[] }) => {
    if (method === 'highlighter.set') {
      saved.push(input.highlighters);
      return ok(input.highlighters);
    }
    return new Promise((resolve) => {
      answer = (list) => resolve(ok(list));
    });
  });
  const store = createHighlights({ call, on: () => () => undefined } as unknown as Bridge, () => 'case' as CaseId);
  const loading = store.getState().load();
  store.getState().set([of('made')]);
  expect(saved).toEqual([]);
  answer([of('kept')]);
  await loading;
  expect(store.getState().list).toEqual([of('kept'), of('made')]);
  expect(saved).toEqual([[of('kept'), of('made')]]);
  store.getState().set([of('made')]);
  expect(saved.at(-1)).toEqual([of('made')]);
});
