import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ok } from '../../../analyzer/core/failure.ts';
import { onPages, startApp } from '../../app/page.fixture.tsx';
import type { Answers } from '../../bridge/fake/fake-bridge.ts';
import { AFFECTED, ANALYSIS, CASE_ID, FILES } from '../../bridge/fake/fake-case.ts';
import { ALIGNMENTS } from '../../bridge/fake/fake-clocks.ts';
import type { SourceFile } from '../../model/types.ts';

async function openClocks(answers: Answers = {}) {
  const app = startApp(answers);
  await app.stores.session.getState().open(CASE_ID, 'one');
  await app.user.click(screen.getByRole('link', { name: 'Settings' }));
  await screen.findByText(ALIGNMENTS.sentence);
  return app;
}
const clocks = () => within(screen.getByRole('region', { name: 'Clocks' }));
const given = (app: ReturnType<typeof startApp>) =>
  app.bridge.asked.filter(({ method }) => method === 'clock.override').map(({ input }) => input);

onPages();

describe('clocks of a case', () => {
  it('tell of each node how its clock stands, by what both saw', async () => {
    await openClocks();
    expect(clocks().getByText('90 s ahead of ip-10-0-126-200, by 5 anchors, spread 0.1 s')).toBeDefined();
    expect(clocks().getByText('5 anchors: what both clocks saw')).toBeDefined();
    expect(clocks().getByRole('link', { name: 'Open ip-10-0-126-200 kube-proxy.log:30 in Files' })).toBeDefined();
    expect(clocks().getByText('Nothing is given by hand: what was inferred holds for every file.')).toBeDefined();
    // The reference needs no shift.
    expect(clocks().getAllByRole('button', { name: /^Shift/ })).toHaveLength(1);
  });

  it('are shifted with one click, which is told, undone and set again', async () => {
    const app = await openClocks();
    await app.user.click(clocks().getByRole('button', { name: 'Shift ip-10-0-113-27 by -90 s' }));
    const back = await clocks().findByRole('button', { name: 'Take back the shift of ip-10-0-113-27' });
    expect(given(app)).toEqual([
      {
        caseId: CASE_ID,
        override: { what: 'shift', value: '-90s', file: null, node: 'ip-10-0-113-27', bundle: null },
      },
    ]);
    expect(app.stores.screens.getState().announcement).toBe(
      'ip-10-0-113-27 shifted by -90 s: the times of 4 files changed on every screen',
    );
    expect(clocks().queryByRole('button', { name: /^Shift ip/ })).toBeNull();
    await app.user.click(back);
    await clocks().findByText(/^Nothing is given by hand/);
    await app.user.click(clocks().getByRole('button', { name: 'Undo' }));
    await clocks().findByRole('button', { name: 'Take back the shift of ip-10-0-113-27' });
    // What was set first has another id now; it is undone all the same.
    await app.user.click(clocks().getByRole('button', { name: 'Undo' }));
    await clocks().findByText(/^Nothing is given by hand/);
    expect(clocks().queryByRole('button', { name: 'Undo' })).toBeNull();
  });

  it('take a zone for files, and refuse what is none with the words of the engine', async () => {
    const app = await openClocks();
    await app.user.selectOptions(clocks().getByRole('combobox', { name: 'Node' }), 'ip-10-0-113-27');
    await app.user.type(clocks().getByRole('combobox', { name: /^File/ }), 'var_log/*.log');
    await app.user.type(clocks().getByRole('textbox', { name: 'Zone' }), 'nonsense{Enter}');
    expect((await clocks().findByRole('alert')).textContent).toContain('This is no shift of a clock.');
    await app.user.clear(clocks().getByRole('textbox', { name: 'Zone' }));
    await app.user.type(clocks().getByRole('textbox', { name: 'Zone' }), '+02:00{Enter}');
    await clocks().findByRole('button', { name: /^Take back: zone \+02:00 for var_log\/\*\.log of ip-10-0-113-27/ });
    expect(clocks().queryByRole('alert')).toBeNull();
    expect(given(app).at(-1)).toMatchObject({ override: { what: 'zone', bundle: AFFECTED, node: null } });
  });

  it('put back what a newer value replaced', async () => {
    const { stores, bridge } = await openClocks();
    const request = { what: 'shift', file: null, node: null, bundle: AFFECTED } as const;
    await stores.clocks.getState().set({ ...request, value: '+1s' }, 'one');
    await stores.clocks.getState().set({ ...request, value: '+2s' }, 'two');
    expect(await stores.clocks.getState().undo()).toBe('two');
    expect(stores.clocks.getState().overrides).toMatchObject({ state: 'ready', value: [{ value: '+1s' }] });
    expect(await stores.clocks.getState().undo()).toBe('one');
    expect(stores.clocks.getState().overrides).toEqual({ state: 'ready', value: [] });
    expect(await stores.clocks.getState().undo()).toBeNull();
    expect(bridge.asked.length).toBeGreaterThan(0);
  });

  it('are said wherever a time is shown, and make every screen ask again', async () => {
    let files: readonly SourceFile[] = FILES;
    let analysed = 0;
    const app = await openClocks({
      'file.list': () => ok(files),
      'case.analysis': () => {
        analysed += 1;
        return ok({ ...ANALYSIS });
      },
    });
    const aligned = () => app.bridge.asked.filter(({ method }) => method === 'clocks.align').length;
    expect([aligned(), analysed]).toEqual([1, 1]);
    files = FILES.map((file) =>
      file.bundle === AFFECTED ? { ...file, clock: { ...file.clock, stamps: 'zoneless', shiftMs: -90_000 } } : file,
    );
    const before = app.stores.compare.getState().asOf;
    app.bridge.send('onDidChangeCase', { caseId: CASE_ID });
    await waitFor(() => expect(aligned()).toBe(2));
    expect(app.stores.compare.getState().asOf).toBeGreaterThan(before);
    await app.user.click(screen.getByRole('link', { name: 'Findings' }));
    const grid = await screen.findByRole('grid', { name: 'Findings' });
    expect(within(grid).getAllByText(', shifted by -90 s by hand').length).toBeGreaterThan(0);
  });
});
