import { describe, expect, it } from 'vitest';
import { ok } from '../../analyzer/core/failure.ts';
import { createFakeBridge } from '../bridge/fake/fake-bridge.ts';
import { AFFECTED, CASE_ID } from '../bridge/fake/fake-case.ts';
import { fakeRunbooks, NOT_ESTABLISHED, RESULT, RUNBOOKS } from '../bridge/fake/fake-runbooks.ts';
import type { CaseId, RunbookResult } from '../model/types.ts';
import { createRunbooks, runKey } from './runbooks.ts';
import { runOf, runRoute } from './runbooks-route.ts';

const settle = () => new Promise((resolve) => setTimeout(resolve));
const D2 = { runbook: 'D2', bundle: null } as const;
const OTHER = '/cases/other' as CaseId;

describe('runbooks', () => {
  it('are listed once, and anew on demand without going away meanwhile', async () => {
    const bridge = createFakeBridge(fakeRunbooks());
    const store = createRunbooks(bridge, () => CASE_ID);
    store.getState().load();
    store.getState().load();
    await settle();
    expect(store.getState().list).toEqual({ state: 'ready', value: RUNBOOKS });
    store.getState().load();
    store.getState().reload();
    expect(store.getState().list.state).toBe('ready');
    await settle();
    expect(bridge.asked).toHaveLength(2);
  });

  it('run once for a node, and again only when that is asked for', async () => {
    let runs = 0;
    const bridge = createFakeBridge({ 'runbooks.run': () => ok(++runs === 1 ? RESULT : NOT_ESTABLISHED) });
    const store = createRunbooks(bridge, () => CASE_ID);
    const established = () => {
      const result = store.getState().results.get(runKey(D2));
      return result?.state === 'ready' ? result.value.established : result?.state;
    };
    store.getState().run(D2);
    store.getState().run(D2);
    await settle();
    store.getState().run(D2);
    expect([runs, established()]).toEqual([1, 'yes']);
    store.getState().runAgain(D2);
    store.getState().runAgain(D2);
    await settle();
    expect([runs, established()]).toEqual([2, 'no']);
  });

  it('are forgotten with their case, also when the answer comes late', async () => {
    const answers: ((result: RunbookResult) => void)[] = [];
    const bridge = createFakeBridge({
      ...fakeRunbooks(),
      'runbooks.run': () => new Promise((resolve) => answers.push((result) => resolve(ok(result)))),
    });
    let open = CASE_ID;
    const store = createRunbooks(bridge, () => open);
    store.getState().change({ text: 'dns', bundle: AFFECTED });
    store.getState().changeResult(runKey(D2), { step: '1.2' });
    store.getState().run(D2);
    store.getState().load();
    open = OTHER;
    store.getState().forgetCase();
    answers[0]?.(RESULT);
    await settle();
    const { list, results, view, resultViews } = store.getState();
    expect([list.state, results.size, view.text, view.bundle, resultViews.size]).toEqual(['idle', 0, '', null, 0]);
  });

  it('keep how they were left when only what was concluded is forgotten', async () => {
    const store = createRunbooks(createFakeBridge(fakeRunbooks()), () => CASE_ID);
    store.getState().change({ selected: 'dns' });
    store.getState().run(D2);
    await settle();
    store.getState().forgetAnswers();
    expect([store.getState().results.size, store.getState().view.selected]).toEqual([0, 'dns']);
  });

  it('are asked for by a route that reads back', () => {
    expect(runOf(runRoute(D2).params)).toEqual(D2);
    expect(runOf(runRoute({ runbook: 'a b', bundle: AFFECTED }).params)).toEqual({ runbook: 'a b', bundle: AFFECTED });
    expect(runOf({})).toBeNull();
  });
});
