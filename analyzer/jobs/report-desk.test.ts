import { expect, it, vi } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import type { CaseId } from '../core/ids.ts';
import type { PinnedAnswer, ReportDraft } from '../core/report.ts';
import type { Analysis } from '../core/vocabulary.ts';
import { defaultDraft } from '../report/templates.ts';
import type { CaseStore } from '../store/case-store.ts';
import { reportDesk } from './report-desk.ts';

const CASE = '/case' as CaseId;
const READERS = [memoryBundle({ 'a.log': 'one\n' }), memoryBundle({ 'b.log': 'two\n' })];
const BUNDLES = READERS.map(({ bundle }) => bundle.id);

/** A case with one pinned answer; its analysis is held back whenever it is asked for. */
function deskWith({ method, input }: Pick<PinnedAnswer, 'method' | 'input'>) {
  const pin: PinnedAnswer = { id: 1, method, input, title: 'Pinned', note: '', pinnedAt: '2024-05-01T12:00:00Z' };
  let draft: ReportDraft | null = null;
  const store = {
    dir: CASE,
    title: 'A case',
    unreadable: [],
    bundles: () => READERS,
    bundle: (id: string) => READERS.find(({ bundle }) => bundle.id === id) ?? null,
    bundleFile: (id: string) => id,
    overridesOf: () => [],
    reports: {
      draft: () => draft && { draft, keptAt: '2024-05-01T12:00:00Z' },
      changeDraft: (change: (kept: ReportDraft | null) => ReportDraft | null) => {
        draft = change(draft);
      },
      pins: () => [pin],
    },
  } as unknown as CaseStore;
  const held: PromiseWithResolvers<Result<Analysis>>[] = [];
  const analysisOf = vi.fn(() => {
    const one = Promise.withResolvers<Result<Analysis>>();
    held.push(one);
    return one.promise;
  });
  const ask = vi.fn(async () => fail('cancelled', 'a later question took the place of this one'));
  const desk = reportDesk({ caseAt: () => ok(store), analysisOf, version: '0.1.0', rules: async () => 1, ask });
  const analysed = (at: number) => held[at]?.resolve(ok({ findings: [] } as unknown as Analysis));
  const build = () => desk.handlers['report.build']({ caseId: CASE, draft: null, findings: null, format: 'md' });
  return { desk, build, analysisOf, analysed, ask };
}

it('a pinned comparison is not asked of the engine, where the screen would end it, and ends with the desk', async () => {
  const { desk, build, analysisOf, analysed, ask } = deskWith({ method: 'compare.run', input: { bundles: BUNDLES } });
  const building = build();
  analysed(0);
  // That of the comparison.
  await vi.waitFor(() => expect(analysisOf).toHaveBeenCalledTimes(2));
  const closing = desk.close();
  analysed(1);
  expect(await building).toEqual(fail('cancelled', 'cancelled'));
  expect(ask).not.toHaveBeenCalled();
  await closing;
});

it('closing cancels what is built, waits for it, and begins nothing more', async () => {
  const { desk, build, analysisOf, analysed } = deskWith({ method: 'compare.run', input: { bundles: BUNDLES } });
  const building = build();
  await vi.waitFor(() => expect(analysisOf).toHaveBeenCalled());
  const order: string[] = [];
  void building.then(() => order.push('built'));
  const closing = desk.close().then(() => order.push('closed'));
  expect(await build()).toEqual(fail('cancelled', 'cancelled'));
  analysed(0);
  await vi.waitFor(() => expect(analysisOf).toHaveBeenCalledTimes(2));
  analysed(1);
  expect(await building).toEqual(fail('cancelled', 'cancelled'));
  await closing;
  expect(order).toEqual(['built', 'closed']);
});

it.each<Pick<PinnedAnswer, 'method' | 'input'>>([
  { method: 'network.trace', input: { to: '10.0.0.1:443' } },
  // The engine says what is wrong with it.
  { method: 'compare.run', input: { bundles: BUNDLES.slice(0, 1) } },
])('the engine is asked $method with $input', async ({ method, input }) => {
  const { build, analysed, ask } = deskWith({ method, input });
  const building = build();
  analysed(0);
  expect(await building).toMatchObject({ ok: false, failure: { code: 'cancelled' } });
  expect(ask).toHaveBeenCalledExactlyOnceWith(method, { ...input, caseId: CASE });
});

it('changes of two windows are both kept, and refused where they do not fit into one report', async () => {
  const { handlers } = deskWith({ method: 'runbooks.run', input: {} }).desk;
  const began = defaultDraft('A case');
  const worded = (text: string) => ({ ...began, sections: began.sections.map((one) => ({ ...one, text })) });
  const keep = (from: ReportDraft | null, draft: ReportDraft | null) =>
    handlers['report.keepDraft']({ caseId: CASE, from, draft });
  const [theirs, mine] = [worded('a'.repeat(12_000)), worded('b'.repeat(12_000))];
  expect(await keep(began, theirs)).toMatchObject({ ok: true, value: { draft: theirs, meanwhile: null } });
  expect(await keep(began, { ...began, context: 9 })).toMatchObject({
    value: { draft: { ...theirs, context: 9 }, meanwhile: { gaveWay: [] } },
  });
  await expect(keep(began, mine)).rejects.toMatchObject({ failure: { code: 'busy' } });
  expect(await handlers['report.draft']({ caseId: CASE })).toMatchObject({
    value: { draft: { ...theirs, context: 9 } },
  });
  expect(await keep(null, mine)).toMatchObject({ value: { draft: mine, meanwhile: null } });
  expect(await keep(null, null)).toMatchObject({ value: { draft: began, keptAt: null } });
});
