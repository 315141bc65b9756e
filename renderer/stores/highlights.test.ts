import { expect, test } from 'vitest';
import { fail, ok } from '../../analyzer/core/failure.ts';
import { createFakeBridge } from '../bridge/fake/fake-bridge.ts';
import { CASE_ID } from '../bridge/fake/fake-case.ts';
import { fakeNotebook } from '../bridge/fake/fake-notebook.ts';
import type { CaseId, Highlighter } from '../model/types.ts';
import { createHighlights } from './highlights.ts';

const of = (query: string): Highlighter => ({ query, colour: 'green', shown: 'on' });
const adding = (query: string) => (list: readonly Highlighter[]) => [...list, of(query)];
const settled = () => new Promise((resolve) => setTimeout(resolve));

async function keptIn(bridge: ReturnType<typeof createFakeBridge>) {
  const answer = await bridge.call('highlighter.list', { caseId: CASE_ID });
  return answer.ok ? answer.value.map(({ query }) => query) : null;
}

test('a highlighter that is made before the kept ones are read is shown at once, and kept beside them', async () => {
  const bridge = createFakeBridge(fakeNotebook());
  await bridge.call('highlighter.set', { caseId: CASE_ID, highlighters: [of('kept')] });
  const store = createHighlights(bridge, () => CASE_ID).getState;
  const loading = store().load();
  store().edit(adding('made'));
  expect(store().list).toEqual([of('made')]);
  await loading;
  expect(store().list).toEqual([of('kept'), of('made')]);
  await settled();
  expect(await keptIn(bridge)).toEqual(['kept', 'made']);
});

test('changes of two windows are both kept', async () => {
  const bridge = createFakeBridge(fakeNotebook());
  await bridge.call('highlighter.set', { caseId: CASE_ID, highlighters: [of('old')] });
  const [mine, theirs] = [createHighlights(bridge, () => CASE_ID), createHighlights(bridge, () => CASE_ID)];
  await Promise.all([mine.getState().load(), theirs.getState().load()]);
  theirs.getState().edit(adding('theirs'));
  await settled();
  mine.getState().edit(adding('mine'));
  mine.getState().edit((list) => list.filter(({ query }) => query !== 'old'));
  expect(mine.getState().list).toEqual([of('mine')]);
  await settled();
  expect(await keptIn(bridge)).toEqual(['theirs', 'mine']);
  expect(mine.getState().list).toEqual([of('theirs'), of('mine')]);
});

test('what could not be kept is shown with why, and kept with the next change', async () => {
  const notebook = fakeNotebook();
  let disk: 'full' | 'free' = 'full';
  const bridge = createFakeBridge({
    ...notebook,
    'highlighter.set': (input) =>
      disk === 'full' ? fail('disk', 'the disk is full') : notebook['highlighter.set'](input),
  });
  const store = createHighlights(bridge, () => CASE_ID).getState;
  store().edit(adding('one'));
  await settled();
  expect(store()).toMatchObject({ list: [of('one')], failure: { code: 'disk' } });
  disk = 'free';
  store().edit(adding('two'));
  await settled();
  expect(store()).toMatchObject({ list: [of('one'), of('two')], failure: null });
  expect(await keptIn(bridge)).toEqual(['one', 'two']);
});

test('a change goes to the case it was made in, also when that is left before its turn', async () => {
  let open: CaseId = CASE_ID;
  const bridge = createFakeBridge({ 'highlighter.list': () => ok([]), 'highlighter.set': () => ok([]) });
  const store = createHighlights(bridge, () => open).getState;
  store().edit(adding('one'));
  open = '/cases/other' as CaseId;
  store().forgetCase();
  await settled();
  expect(bridge.asked.filter(({ method }) => method === 'highlighter.set').map(({ input }) => input)).toEqual([
    { caseId: CASE_ID, highlighters: [of('one')] },
  ]);
  expect(store().list).toEqual([]);
});
