import { beforeEach, expect, it, vi } from 'vitest';
import { ok } from '../../analyzer/core/failure.ts';
import { createFakeBridge, type FakeBridge } from '../bridge/fake/fake-bridge.ts';
import { CASE_ID } from '../bridge/fake/fake-case.ts';
import { CORRELATION, fakeTimeline, HISTOGRAM, TIMELINE_FROM, TIMELINE_LINES } from '../bridge/fake/fake-timeline.ts';
import { createTimeline, type TimelineStore, viewOf } from './timeline.ts';
import { createTimelineLines } from './timeline-lines.ts';
import type { TimelinePlace } from './timeline-route.ts';

const MINUTE = 60_000;
const span = (from: number, to: number) => ({ from: TIMELINE_FROM + from * MINUTE, to: TIMELINE_FROM + to * MINUTE });
const turn = () => new Promise((resolve) => setTimeout(resolve));

let visits: { readonly place: TimelinePlace; readonly how: string }[] = [];
beforeEach(() => {
  visits = [];
});
const storeOf = (bridge: FakeBridge): TimelineStore =>
  createTimeline(bridge, {
    caseId: () => CASE_ID,
    bundles: () => null,
    visit: (place, how) => void visits.push({ place, how }),
  });
const asked = (bridge: FakeBridge) =>
  bridge.asked
    .filter(({ method }) => method === 'timeline.histogram')
    .map(({ input }) => (input as { from: string | null }).from);

it('asks one question at a time, and the last wanted one next', async () => {
  const waiting: (() => void)[] = [];
  const bridge = createFakeBridge({
    'timeline.histogram': () => new Promise((resolve) => waiting.push(() => resolve(ok(HISTOGRAM)))),
  });
  const store = storeOf(bridge);
  store.getState().fit(100);
  for (const from of [1, 2, 3, 4]) store.getState().look(span(from, 30), 'here');
  expect(asked(bridge)).toEqual([null]);
  // The picture is there at once.
  expect(viewOf(store.getState())).toEqual(span(4, 30));
  waiting.shift()?.();
  await turn();
  expect(asked(bridge)).toEqual([null, new Date(span(4, 30).from).toISOString()]);
  waiting.shift()?.();
  await turn();
  expect(store.getState().asking).toBe('no');
});

it('asks nothing for a notch of the wheel, and once when it rests', async () => {
  vi.useFakeTimers();
  try {
    const bridge = createFakeBridge(fakeTimeline());
    const store = storeOf(bridge);
    store.getState().fit(100);
    await vi.advanceTimersByTimeAsync(0);
    for (const from of [1, 2, 3, 4]) {
      store.getState().turn(span(from, 30));
      expect(viewOf(store.getState())).toEqual(span(from, 30));
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(asked(bridge)).toEqual([null]);
    expect(store.getState().place.view).toBeNull();
    await vi.advanceTimersByTimeAsync(100);
    expect(asked(bridge)).toEqual([null, new Date(span(4, 30).from).toISOString()]);
    expect(store.getState()).toMatchObject({ turning: null, place: { view: span(4, 30) } });
    expect(visits).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(visits.map(({ place }) => place.view)).toEqual([span(4, 30)]);
  } finally {
    vi.useRealTimers();
  }
});

it('asks now and then while the wheel does not rest, and no more once something else was looked at', async () => {
  vi.useFakeTimers();
  try {
    const bridge = createFakeBridge({ 'timeline.histogram': () => ok({ ...HISTOGRAM }) });
    const store = storeOf(bridge);
    store.getState().fit(100);
    await vi.advanceTimersByTimeAsync(0);
    const before = store.getState().shown;
    for (let notch = 1; notch <= 60; notch += 1) {
      store.getState().turn(span(notch / 20, 30));
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(asked(bridge)).toHaveLength(2);
    // It is drawn, but told in words when the wheel rests.
    expect(store.getState().shown).not.toBe(before);
    expect(store.getState()).toMatchObject({ settled: before, asking: 'no', place: { view: null } });
    expect(visits).toEqual([]);
    store.getState().look(span(5, 30), 'new entry');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(viewOf(store.getState())).toEqual(span(5, 30));
    expect(asked(bridge)).toHaveLength(3);
    expect(store.getState().settled).toBe(store.getState().shown);
  } finally {
    vi.useRealTimers();
  }
});

it('keeps answers for the way back, and asks anew once they are forgotten', async () => {
  const bridge = createFakeBridge(fakeTimeline());
  const store = storeOf(bridge);
  store.getState().fit(100);
  await turn();
  store.getState().look(span(1, 30), 'new entry');
  await turn();
  store.getState().look(null, 'new entry');
  await turn();
  expect(asked(bridge)).toHaveLength(2);
  store.getState().forgetAnswers();
  store.getState().refresh();
  await turn();
  expect(asked(bridge)).toHaveLength(3);
  expect(visits.map(({ how }) => how)).toEqual(['new entry', 'new entry']);
});

it('goes to the pivot once the engine has found it', async () => {
  const store = storeOf(createFakeBridge(fakeTimeline()));
  store.getState().fit(100);
  await turn();
  store.getState().pivotOn({ kind: 'text', text: 'sync failed' });
  await turn();
  expect(store.getState().correlation).toEqual({ state: 'ready', value: CORRELATION });
  // Ten minutes each way, cut at the beginning of what there is.
  expect(viewOf(store.getState())).toEqual(span(0, 20));
});

it('says what failed, and asks again when told to', async () => {
  let fails = 1;
  const failure = { code: 'not-found', message: 'gone', where: null, advice: null } as const;
  const bridge = createFakeBridge({
    'timeline.histogram': () => (fails-- > 0 ? { ok: false, failure } : ok(HISTOGRAM)),
  });
  const store = storeOf(bridge);
  store.getState().fit(100);
  await turn();
  expect(store.getState().failure).toEqual(failure);
  store.getState().refresh();
  await turn();
  expect(store.getState()).toMatchObject({ failure: null, shown: HISTOGRAM });
});

it('lists every line once while one reads on and back, and keeps so many', async () => {
  const many = Array.from({ length: 6_000 }, (_, nth) => {
    const [line] = TIMELINE_LINES;
    if (line === undefined) throw new Error('the fake case has lines');
    return { ...line, line: nth + 1, time: new Date(TIMELINE_FROM + nth * 1_000).toISOString() };
  });
  const lines = createTimelineLines(
    createFakeBridge(fakeTimeline(many)),
    () => CASE_ID,
    () => null,
  );
  await lines.getState().jump(TIMELINE_FROM + 3_000_000, { least: 'all', lanes: null, meant: null }, 'first');
  const at = (row: number) => lines.getState().rows[row - lines.getState().base]?.line;
  expect(at(0)).toBe(3_001);
  for (const [side, pages] of [
    ['after', 14],
    ['before', 15],
  ] as const) {
    for (let page = 0; page < pages; page += 1) {
      await lines.getState().more(side);
      const numbers = lines.getState().rows.map(({ line }) => line);
      expect(numbers).toEqual(Array.from(numbers, (_, nth) => (numbers[0] as number) + nth));
      expect(numbers.length).toBeLessThanOrEqual(2_000);
      // A row keeps its number.
      expect(at(lines.getState().base)).toBe(3_001 + lines.getState().base);
    }
  }
  expect(lines.getState()).toMatchObject({ before: 'more', after: 'more' });
  while (lines.getState().before === 'more') await lines.getState().more('before');
  expect(lines.getState().rows[0]?.line).toBe(1);
});

it('behind the last line shows the last one, and goes to the line that is meant', async () => {
  const lines = createTimelineLines(
    createFakeBridge(fakeTimeline()),
    () => CASE_ID,
    () => null,
  );
  await lines.getState().jump(TIMELINE_FROM + 1_000 * MINUTE, { least: 'all', lanes: null, meant: null }, 'first');
  const chosen = () => {
    const { rows, base, selected } = lines.getState();
    return rows[(selected ?? 0) - base];
  };
  expect(chosen()).toBe(TIMELINE_LINES.at(-1));
  const meant = TIMELINE_LINES[5] ?? null;
  await lines.getState().jump(TIMELINE_FROM, { least: 'all', lanes: null, meant }, 'middle');
  expect(chosen()).toBe(meant);
});
