import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fail, ok } from '../../analyzer/core/failure.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { type Answers, createFakeBridge } from '../bridge/fake/fake-bridge.ts';
import { CASE_ID } from '../bridge/fake/fake-case.ts';
import { DRAFT, fakeReport, TRACE_PIN } from '../bridge/fake/fake-report.ts';
import type { CaseId } from '../model/types.ts';
import { createPins, pinOf } from './pins.ts';
import { createReport } from './report.ts';
import { createReportAnswers } from './report-answers.ts';

const OTHER = '/cases/case-2' as CaseId;

function makeReport(answers: Answers = {}) {
  const bridge = createFakeBridge({ ...fakeReport(), ...answers });
  let open: CaseId | null = CASE_ID;
  const caseId = () => open;
  const kept = () =>
    bridge.asked
      .filter(({ method }) => method === 'report.keepDraft')
      .map(({ input }) => input as { readonly caseId: CaseId; readonly draft: typeof DRAFT });
  return {
    bridge,
    kept,
    openCase: (id: CaseId | null) => {
      open = id;
    },
    report: createReport(bridge, caseId),
    answers: createReportAnswers(bridge, caseId),
    pins: createPins(bridge, caseId),
  };
}
const titled = (title: string) => (draft: typeof DRAFT) => ({ ...draft, title });

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

async function loaded(made: ReturnType<typeof makeReport>) {
  made.report.getState().load();
  await vi.advanceTimersByTimeAsync(0);
  expect(made.report.getState().draft).toEqual({ state: 'ready', value: DRAFT });
}

describe('the draft of a report', () => {
  it('is kept by the case a moment after the last change, once', async () => {
    const made = makeReport();
    await loaded(made);
    for (const title of ['A', 'AB', 'ABC']) made.report.getState().edit(titled(title));
    expect(made.report.getState().keeping).toBe('not yet');
    expect(made.kept()).toEqual([]);
    await vi.runAllTimersAsync();
    expect(made.kept().map(({ draft }) => draft.title)).toEqual(['ABC']);
    expect(made.report.getState().keeping).toBe('kept');
  });

  it('goes to the case it was of, also when that is left', async () => {
    const made = makeReport();
    await loaded(made);
    made.report.getState().edit(titled('Mine'));
    made.openCase(OTHER);
    made.report.getState().forgetCase();
    await vi.runAllTimersAsync();
    expect(made.kept().map(({ caseId, draft }) => [caseId, draft.title])).toEqual([[CASE_ID, 'Mine']]);
    expect(made.report.getState().draft).toEqual({ state: 'idle' });
  });

  it('is not lost to that of the next case while an earlier one is still being written', async () => {
    const waiting: (() => void)[] = [];
    const made = makeReport({
      'report.keepDraft': () =>
        new Promise((resolve) => waiting.push(() => resolve(ok({ draft: DRAFT, keptAt: null, meanwhile: null })))),
    });
    await loaded(made);
    made.report.getState().edit(titled('First'));
    await vi.advanceTimersByTimeAsync(10_000);
    made.report.getState().edit(titled('Second'));
    made.report.getState().forgetCase();
    made.openCase(OTHER);
    await loaded(made);
    made.report.getState().edit(titled('Theirs'));
    for (let nth = 0; nth < 3; nth += 1) {
      waiting.shift()?.();
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(made.kept().map(({ caseId, draft }) => [caseId, draft.title])).toEqual([
      [CASE_ID, 'First'],
      [CASE_ID, 'Second'],
      [OTHER, 'Theirs'],
    ]);
    expect(made.report.getState().keeping).toBe('kept');
  });

  it('and another format leave a map that is not saved yet where it is', async () => {
    const made = makeReport();
    await loaded(made);
    const { change, choose, edit } = made.report.getState();
    const map = { fileName: 'a.map.json', text: '{}', where: null };
    change({ saved: { where: 'a.html', map } });
    choose({ kind: 'pdf' });
    edit(titled('Mine'));
    expect(made.report.getState().view).toMatchObject({ kind: 'pdf', saved: { map } });
    change({ saved: { where: 'a.html', map: { ...map, where: 'a.map.json' } } });
    choose({ kind: 'md' });
    expect(made.report.getState().view.saved).toBeNull();
    await vi.runAllTimersAsync();
  });

  it('is still there when it could not be kept, and is kept on demand', async () => {
    let times = 0;
    const made = makeReport({
      'report.keepDraft': () =>
        ++times === 1 ? fail('disk', 'the disk is full') : ok({ draft: DRAFT, keptAt: null, meanwhile: null }),
    });
    await loaded(made);
    made.report.getState().edit(titled('Mine'));
    await vi.runAllTimersAsync();
    expect(made.report.getState().keeping).toMatchObject({ code: 'disk' });
    await made.report.getState().keep();
    expect(made.report.getState().keeping).toBe('kept');
    expect(made.kept().map(({ draft }) => draft.title)).toEqual(['Mine', 'Mine']);
  });

  it('is asked for again after it could not be read', async () => {
    let times = 0;
    const made = makeReport({
      'report.draft': () => (++times === 1 ? fail('corrupt', 'not a draft') : ok({ draft: DRAFT, keptAt: null })),
    });
    made.report.getState().load();
    await vi.advanceTimersByTimeAsync(0);
    expect(made.report.getState().draft.state).toBe('failed');
    await loaded(made);
  });
});

describe('a draft that two windows change', () => {
  async function twoWindows() {
    const bridge = createFakeBridge(fakeReport());
    const windows = [createReport(bridge, () => CASE_ID), createReport(bridge, () => CASE_ID)] as const;
    for (const window of windows) window.getState().load();
    await vi.runAllTimersAsync();
    return { bridge, mine: windows[0].getState, theirs: windows[1].getState };
  }
  /** @returns lets the next call, which waits for it, go on. */
  function heldCall(bridge: Bridge): () => void {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { call } = bridge;
    vi.spyOn(bridge, 'call').mockImplementationOnce(async (...asked) => {
      await held;
      return call(...asked);
    });
    return () => release();
  }
  const words = (text: string) => (draft: typeof DRAFT) => ({
    ...draft,
    sections: draft.sections.map((section, at) => (at === 0 ? { ...section, text } : section)),
  });
  const shown = ({ draft }: ReturnType<ReturnType<typeof createReport>['getState']>) =>
    draft.state === 'ready' ? [draft.value.title, draft.value.sections[0]?.text, draft.value.context] : null;

  it('holds what both changed, and says that there is another window', async () => {
    const { mine, theirs } = await twoWindows();
    theirs().edit(titled('Theirs'));
    await vi.runAllTimersAsync();
    mine().edit(words('my words'));
    await vi.runAllTimersAsync();
    expect(shown(mine())).toEqual(['Theirs', 'my words', 2]);
    expect(mine().view.meanwhile).toEqual({ gaveWay: [] });
    expect(mine().keeping).toBe('kept');
    // What is shown now is what the next change begins with.
    mine().change({ meanwhile: null });
    mine().edit(titled('Mine after all'));
    await vi.runAllTimersAsync();
    expect(shown(mine())).toEqual(['Mine after all', 'my words', 2]);
    expect(mine().view.meanwhile).toBeNull();
    theirs().edit((draft) => ({ ...draft, context: 7 }));
    await vi.runAllTimersAsync();
    expect(shown(theirs())).toEqual(['Mine after all', 'my words', 7]);
  });

  it('names what could not be kept, once', async () => {
    const { mine, theirs } = await twoWindows();
    theirs().edit((draft) => ({ ...draft, title: 'Theirs', context: 7 }));
    await vi.runAllTimersAsync();
    mine().edit(titled('Mine'));
    await vi.runAllTimersAsync();
    expect(shown(mine())).toEqual(['Theirs', '', 7]);
    expect(mine().view.meanwhile).toEqual({ gaveWay: ['the title “Mine”'] });
  });

  it('keeps what is typed while the change before is on its way', async () => {
    const { bridge, mine, theirs } = await twoWindows();
    theirs().edit(titled('Theirs'));
    await vi.runAllTimersAsync();
    const { call } = bridge;
    const answer = heldCall(bridge);
    mine().edit(words('one'));
    const writing = mine().keep();
    await vi.advanceTimersByTimeAsync(0);
    mine().edit(words('one two'));
    answer();
    await writing;
    expect(shown(mine())).toEqual(['Theirs', 'one two', 2]);
    expect(mine().keeping).toBe('not yet');
    await vi.runAllTimersAsync();
    const kept = await call('report.draft', { caseId: CASE_ID });
    expect(kept.ok && [kept.value.draft.title, kept.value.draft.sections[0]?.text]).toEqual(['Theirs', 'one two']);
  });

  it('loses nothing of the other window when several changes wait for each other, also once the case is left', async () => {
    const { bridge, mine, theirs } = await twoWindows();
    theirs().edit(titled('Theirs'));
    await vi.runAllTimersAsync();
    const { call } = bridge;
    const answer = heldCall(bridge);
    mine().edit(words('one'));
    void mine().keep();
    await vi.runAllTimersAsync();
    mine().edit(words('one two'));
    await vi.runAllTimersAsync();
    mine().edit((draft) => ({ ...draft, context: 7 }));
    mine().forgetCase();
    answer();
    await vi.runAllTimersAsync();
    const kept = await call('report.draft', { caseId: CASE_ID });
    expect(kept.ok && kept.value.draft).toMatchObject({
      ...words('one two')({ ...DRAFT, title: 'Theirs', context: 7 }),
    });
  });

  it('has the words of both when one of them leaves the case with the last word', async () => {
    const { bridge, mine, theirs } = await twoWindows();
    theirs().edit(words('theirs'));
    await vi.runAllTimersAsync();
    mine().edit(words('mine'));
    mine().forgetCase();
    await vi.runAllTimersAsync();
    const kept = await bridge.call('report.draft', { caseId: CASE_ID });
    expect(kept.ok && kept.value.draft.sections[0]?.text).toBe('theirs\nmine');
  });
});

describe('the preview of a report', () => {
  it('is asked for one at a time, the last one that was wanted next', async () => {
    const ends: (() => void)[] = [];
    const made = makeReport({
      'report.build': async ({ draft }) => {
        await new Promise<void>((resolve) => ends.push(resolve));
        return ok({ fileName: '', mediaType: '', text: draft?.title ?? '', map: null, references: 0 });
      },
    });
    const { askPreview } = made.answers.getState();
    for (const title of ['A', 'B', 'C']) askPreview('md', { ...DRAFT, title });
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(made.answers.getState().preview).toMatchObject({ value: { document: { text: 'A' } }, asking: 'yes' });
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(made.answers.getState().preview).toMatchObject({ value: { document: { text: 'C' } }, asking: 'no' });
  });

  it('of a case that was left is dropped, and the failed one says why beside the last', async () => {
    let answer: 'document' | 'failure' = 'document';
    const made = makeReport({
      'report.build': ({ draft }) =>
        answer === 'failure'
          ? fail('not-found', 'F1: the archive is gone')
          : ok({ fileName: '', mediaType: '', text: draft?.title ?? '', map: null, references: 0 }),
    });
    made.answers.getState().askPreview('md', DRAFT);
    await vi.advanceTimersByTimeAsync(0);
    answer = 'failure';
    made.answers.getState().askPreview('md', DRAFT);
    await vi.advanceTimersByTimeAsync(0);
    expect(made.answers.getState().preview).toMatchObject({
      value: { document: { text: DRAFT.title } },
      failure: { message: 'F1: the archive is gone' },
    });
    made.answers.getState().askPreview('md', DRAFT);
    made.answers.getState().forgetCase();
    await vi.advanceTimersByTimeAsync(0);
    expect(made.answers.getState().preview.value).toBeNull();
  });
});

describe('pinned answers', () => {
  it('are pinned once, changed in part, and taken out', async () => {
    const { pins, bridge } = makeReport();
    await Promise.all([pins.getState().pin(TRACE_PIN, 'A trace'), pins.getState().pin(TRACE_PIN, 'A trace')]);
    expect(pins.getState().pins).toMatchObject([{ id: 1, title: 'A trace', note: '' }]);
    await pins.getState().change(1, { note: 'what it shows' });
    await pins.getState().load();
    expect(pins.getState().pins).toMatchObject([{ id: 1, title: 'A trace', note: 'what it shows' }]);
    await pins.getState().remove(1);
    expect(pins.getState().pins).toEqual([]);
    expect(bridge.asked.filter(({ method }) => method === 'pin.set')).toHaveLength(2);
  });

  it('are known by their question, whatever the engine added to it', async () => {
    const { pins } = makeReport();
    await pins.getState().pin({ ...TRACE_PIN, input: { ...TRACE_PIN.input, added: 1 } }, 'A trace');
    const { from, to, ...rest } = TRACE_PIN.input;
    expect(pinOf(pins.getState().pins, { ...TRACE_PIN, input: { to, ...rest, from } })?.title).toBe('A trace');
    expect(pinOf(pins.getState().pins, { ...TRACE_PIN, input: { ...TRACE_PIN.input, to: 'shop/db' } })).toBeUndefined();
  });
});
