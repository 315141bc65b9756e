import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ok } from '../../analyzer/core/failure.ts';
import { CASE_ANSWERS, freshWindow } from '../bridge/fake/fake-answers.ts';
import { createFakeBridge } from '../bridge/fake/fake-bridge.ts';
import { AFFECTED, ANALYSIS, CASE_ID, FILES, HEALTHY } from '../bridge/fake/fake-case.ts';
import { fakeNotebook } from '../bridge/fake/fake-notebook.ts';
import { SEARCH } from '../bridge/fake/fake-search.ts';
import type { Result, SearchAnswer } from '../model/types.ts';
import { createStores } from './stores.tsx';

const settle = () => vi.advanceTimersByTimeAsync(0);
const PAUSE = 200;

const match = (line: number) => ({ ...(SEARCH.matches[0] as (typeof SEARCH.matches)[number]), line });
const answerOf = (part: Partial<SearchAnswer>): SearchAnswer => ({ ...SEARCH, ...part });

/** Answers of an engine that another window talks to as well: times and conclusions change on their own. */
function changing() {
  let files = FILES;
  let analysis = ANALYSIS;
  return {
    answers: { 'file.list': () => ok(files), 'case.analysis': () => ok(analysis) },
    shiftClocks: () => {
      files = files.map((file) => ({ ...file, clock: { ...file.clock, shiftMs: file.clock.shiftMs + 60_000 } }));
    },
    concludeLess: () => {
      analysis = { ...analysis, findings: analysis.findings.slice(1) };
    },
  };
}

/** A window with the case open whose searches are answered by the test. */
async function openWindow() {
  const engine = changing();
  const answers: ((answer: Result<SearchAnswer>) => void)[] = [];
  const bridge = createFakeBridge({
    ...CASE_ANSWERS,
    ...fakeNotebook(),
    ...engine.answers,
    'search.run': () => new Promise((resolve) => void answers.push(resolve)),
    'search.page': ({ after }) => ok({ matches: [match(Number(after))], next: after === '3' ? '4' : null }),
  });
  const stores = createStores(bridge, window);
  await stores.session.getState().open(CASE_ID, 'one');
  await settle();
  const asked = () =>
    bridge.asked
      .filter((one) => one.method === 'search.run')
      .map((one) => one.input as { query: string; search: string });
  const cancelled = () =>
    bridge.asked.filter((one) => one.method === 'search.cancel').map((one) => one.input as { search: string });
  const answer = async (part: Partial<SearchAnswer> = {}) => {
    answers.at(-1)?.(ok(answerOf(part)));
    await settle();
  };
  const ask = async (draft: string) => {
    stores.search.getState().type(draft);
    await vi.advanceTimersByTimeAsync(PAUSE);
  };
  const changeElsewhere = async (change: () => void) => {
    change();
    bridge.send('onDidChangeCase', { caseId: CASE_ID });
    await settle();
  };
  return {
    bridge,
    stores,
    engine,
    changeElsewhere,
    search: () => stores.search.getState(),
    answers,
    answer,
    ask,
    asked,
    cancelled,
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  freshWindow('#/search');
});
afterEach(() => {
  vi.useRealTimers();
});

describe('searching while typing', () => {
  it('waits for a pause, and asks once for what is there then', async () => {
    const { search, asked } = await openWindow();
    search().type('lo');
    await vi.advanceTimersByTimeAsync(100);
    search().type('lock');
    await vi.advanceTimersByTimeAsync(100);
    expect(asked()).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(asked().map((one) => one.query)).toEqual(['lock']);
  });

  it('cancels what is superseded and keeps only the newest answer', async () => {
    const { ask, asked, cancelled, answers, search } = await openWindow();
    await ask('first');
    await ask('second');
    expect(cancelled().map((one) => one.search)).toEqual([asked()[0]?.search]);
    answers[1]?.(ok(answerOf({ total: 7 })));
    answers[0]?.(ok(answerOf({ total: 1 })));
    await settle();
    expect(search().shown).toMatchObject({ asked: { query: 'second' }, answer: { total: 7 } });
    expect(search().running).toBeNull();
  });

  it('does not run what is no query, names its place, and stops what ran before', async () => {
    const { ask, asked, cancelled, search } = await openWindow();
    await ask('lock');
    await ask('lock "never');
    expect(search().fault).toMatchObject({ start: 5 });
    expect(asked()).toHaveLength(1);
    expect(cancelled()).toHaveLength(1);
    expect(search().running).toBeNull();
  });

  it('does not ask twice for the same', async () => {
    const { ask, answer, asked } = await openWindow();
    await ask('lock');
    await answer();
    await ask('lock  ');
    expect(asked()).toHaveLength(1);
  });

  it('shows nothing when nothing is typed', async () => {
    const { ask, answer, search } = await openWindow();
    await ask('lock');
    await answer();
    await ask('');
    expect(search().shown).toBeNull();
  });

  it('shares one entry of the history until it is entered', async () => {
    const { ask, answer, search, stores } = await openWindow();
    const places = () => stores.navigation.getState();
    const before = places().index;
    await ask('lo');
    await ask('lock');
    await answer();
    expect(places().index).toBe(before + 1);
    search().run('entered');
    await ask('other');
    expect(places().index).toBe(before + 2);
    expect(places().route.params.q).toBe('other');
    expect(stores.notebook.getState().history).toEqual(['lock']);
  });

  it('is brought by Enter from another screen, also when it is the search that was shown last', async () => {
    const { ask, answer, asked, search, stores } = await openWindow();
    await ask('lock');
    await answer();
    stores.navigation.getState().go({ screen: 'files', params: {} });
    search().run('entered');
    expect(stores.navigation.getState().route).toEqual({ screen: 'search', params: { q: 'lock' } });
    expect(asked()).toHaveLength(1);
  });

  it('shows no failure of another search', async () => {
    const { ask, answers, search } = await openWindow();
    await ask('first');
    answers.at(-1)?.({ ok: false, failure: { code: 'internal', message: 'Ended.', where: null, advice: null } });
    await settle();
    expect(search().failure?.failure.message).toBe('Ended.');
    await ask('second');
    expect(search()).toMatchObject({ failure: null, running: { asked: { draft: 'second' } } });
  });
});

describe('an answer that streams in', () => {
  it('is shown as it comes, and what a superseded search still says is not', async () => {
    const { bridge, ask, answer, asked, search } = await openWindow();
    await ask('first');
    await ask('lock');
    const [old, now] = asked();
    bridge.send('onDidProgressSearch', { search: old?.search ?? '', answer: answerOf({ total: 900 }) });
    expect(search().shown).toBeNull();
    bridge.send('onDidProgressSearch', { search: now?.search ?? '', answer: answerOf({ total: 5, complete: false }) });
    expect(search().shown?.answer.total).toBe(5);
    expect(search().running).not.toBeNull();
    await answer({ total: 12 });
    expect(search().shown?.answer.total).toBe(12);
  });

  it('takes the place of other matches at once when it has some, and after a while when it has none', async () => {
    const { ask, answer, bridge, asked, search } = await openWindow();
    await ask('first');
    await answer();
    await ask('second');
    const name = asked().at(-1)?.search ?? '';
    const none = answerOf({ total: 0, matches: [], complete: false });
    bridge.send('onDidProgressSearch', { search: name, answer: none });
    expect(search().shown?.asked.query).toBe('first');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(search().shown).toBeNull();
    bridge.send('onDidProgressSearch', { search: name, answer: none });
    expect(search().shown).toMatchObject({ asked: { query: 'second' }, answer: { total: 0 } });
  });

  it('keeps the chosen match while more come', async () => {
    const { bridge, ask, answer, asked, search } = await openWindow();
    await ask('lock');
    bridge.send('onDidProgressSearch', { search: asked()[0]?.search ?? '', answer: answerOf({ complete: false }) });
    search().select(1);
    await answer({ matches: [match(1), match(2), match(3)] });
    expect(search().shown?.selected).toBe(1);
  });

  it('goes on behind its last match, page by page, to the end', async () => {
    const { ask, answer, bridge, search } = await openWindow();
    await ask('lock');
    await answer({ matches: [match(1), match(2)], next: '3' });
    await search().loadMore();
    expect(search().shown?.matches.map((one) => one.line)).toEqual([1, 2, 3]);
    await search().loadMore();
    await search().loadMore();
    expect(search().shown?.matches.map((one) => one.line)).toEqual([1, 2, 3, 4]);
    expect(bridge.asked.filter((one) => one.method === 'search.page')).toHaveLength(2);
  });

  it('is asked for with more time when the limit is raised', async () => {
    const { ask, answer, bridge, search } = await openWindow();
    await ask('/(a+)+$/');
    await answer({ complete: false, stopped: { because: 'time-limit', message: 'Stopped after 30 s.' } });
    search().setTimeLimit(300_000);
    expect(bridge.asked.filter((one) => one.method === 'search.run').at(-1)?.input).toMatchObject({
      timeLimitMs: 300_000,
    });
  });
});

describe('what a search is about', () => {
  it('is what is typed, the filters and the window of time, in the nodes in scope', async () => {
    const { ask, answer, bridge, search, stores } = await openWindow();
    await ask('lock');
    await answer();
    search().setFilters([{ kind: 'severity', query: 'sev:error', side: 'out', state: 'on' }]);
    stores.session.getState().toggleScope(HEALTHY);
    stores.session.getState().setWindow({ from: Date.parse('2025-10-14T10:00:00Z'), to: null });
    search().run('live');
    const input = bridge.asked.filter((one) => one.method === 'search.run').at(-1)?.input;
    expect(input).toMatchObject({ bundles: [AFFECTED] });
    expect((input as { query: string }).query).toMatch(/^lock -sev:error after:2025-10-14T10:00/);
  });

  it('counts what the window leaves out', async () => {
    const { ask, answer, search, stores, asked } = await openWindow();
    stores.session.getState().setWindow({ from: 0, to: null });
    await ask('lock');
    await answer({ total: 10 });
    expect(asked().at(-1)).toMatchObject({ query: 'lock', limit: 0 });
    await answer({
      total: 25,
      facets: {
        ...SEARCH.facets,
        hour: [
          { hour: '2025-10-14T10:00:00.000Z', count: 21 },
          { hour: null, count: 4 },
        ],
      },
    });
    expect(search().shown?.leftOut).toEqual({ outside: 11, noTime: 4 });
  });

  it('comes back as it was left, without asking again', async () => {
    const { ask, answer, asked, search } = await openWindow();
    await ask('first');
    await answer();
    search().run('entered');
    search().select(1);
    search().scrolled(400);
    await ask('second');
    await answer();
    search().recall({ draft: 'first', filters: [] });
    expect(search()).toMatchObject({ draft: 'first', shown: { asked: { draft: 'first' }, selected: 1, scroll: 400 } });
    expect(asked()).toHaveLength(2);
    search().recall({ draft: 'never asked', filters: [] });
    expect(asked()).toHaveLength(3);
  });

  it('fetches on when it was left while a page was on its way', async () => {
    const { ask, answer, search } = await openWindow();
    await ask('other');
    await answer();
    await ask('first');
    await answer({ next: '3' });
    const page = search().loadMore();
    expect(search().shown?.paging).toBe('loading');
    search().recall({ draft: 'other', filters: [] });
    await page;
    search().recall({ draft: 'first', filters: [] });
    expect(search().shown).toMatchObject({ asked: { draft: 'first' }, next: '3', paging: 'idle' });
    await search().loadMore();
    expect(search().shown?.next).toBe('4');
  });

  it('is asked again when it was left before it was answered', async () => {
    const { ask, answer, asked, bridge, search } = await openWindow();
    await ask('first');
    const part = answerOf({ complete: false });
    bridge.send('onDidProgressSearch', { search: asked()[0]?.search ?? '', answer: part });
    search().run('entered');
    await ask('second');
    await answer();
    search().recall({ draft: 'first', filters: [] });
    expect(asked().map((one) => one.query)).toEqual(['first', 'second', 'first']);
  });

  it('stays cancelled until Enter asks for it once more', async () => {
    const { ask, answer, asked, search } = await openWindow();
    await ask('first');
    await answer({ complete: false, stopped: { because: 'cancelled', message: 'Stopped.' } });
    search().run('live');
    expect(asked()).toHaveLength(1);
    search().run('entered');
    expect(asked()).toHaveLength(2);
  });

  it('is not asked again when more time would give no more', async () => {
    const { ask, answer, asked, search } = await openWindow();
    await ask('first');
    await answer({ complete: false, stopped: { because: 'time-limit', message: 'Stopped.' } });
    search().run('live');
    expect(asked()).toHaveLength(1);
    search().setTimeLimit(300_000);
    expect(asked()).toHaveLength(2);
    await answer();
    search().run('live');
    expect(asked()).toHaveLength(2);
  });

  it('is forgotten with its case, and when bundles are added', async () => {
    const { ask, answer, search, stores } = await openWindow();
    await ask('lock');
    await answer();
    search().forgetAnswers('all');
    expect(search()).toMatchObject({ draft: 'lock', shown: null });
    search().recall({ draft: 'lock', filters: [] });
    await answer();
    stores.session.getState().closeCase();
    expect(search()).toMatchObject({ draft: '', shown: null, running: null });
  });

  it('is forgotten, shown or kept, when the clock of a file is another one', async () => {
    const { ask, answer, asked, search, engine, changeElsewhere } = await openWindow();
    await ask('first');
    await answer();
    await ask('second');
    await answer();
    await changeElsewhere(() => undefined);
    expect(search().shown?.asked.query).toBe('second');
    await changeElsewhere(engine.shiftClocks);
    expect(search().shown).toBeNull();
    search().recall({ draft: 'first', filters: [] });
    expect(asked().map((one) => one.query)).toEqual(['first', 'second', 'first']);
  });

  it('is asked anew when the clock changes before it is answered', async () => {
    const { ask, asked, cancelled, search, engine, changeElsewhere } = await openWindow();
    await ask('first');
    const before = search().forgotten;
    await changeElsewhere(engine.shiftClocks);
    expect(cancelled().map((one) => one.search)).toEqual([asked()[0]?.search]);
    expect(search().forgotten).toBe(before + 1);
  });

  it('is forgotten after another analysis when it was for what is cited, else not', async () => {
    const { ask, answer, asked, search, engine, changeElsewhere } = await openWindow();
    await ask('lock has:finding');
    await answer();
    await ask('lock');
    await answer();
    await changeElsewhere(engine.concludeLess);
    expect(search().shown?.asked.query).toBe('lock');
    search().recall({ draft: 'lock has:finding', filters: [] });
    expect(asked()).toHaveLength(3);
    await answer();
    await changeElsewhere(engine.concludeLess);
    expect(search().shown).toBeNull();
    search().recall({ draft: 'lock', filters: [] });
    expect(asked()).toHaveLength(3);
  });
});
