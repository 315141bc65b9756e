import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ok } from '../../../analyzer/core/failure.ts';
import { onPages, startApp } from '../../app/page.fixture.tsx';
import type { Answers } from '../../bridge/fake/fake-bridge.ts';
import { CASE_ID, HEALTHY, makeJob } from '../../bridge/fake/fake-case.ts';
import { RESULT } from '../../bridge/fake/fake-runbooks.ts';

async function openRunbooks(answers: Answers = {}) {
  const app = startApp(answers);
  await app.stores.session.getState().open(CASE_ID, 'one');
  await app.user.keyboard('{Alt>}[Digit9]{/Alt}');
  await screen.findByRole('region', { name: 'Suggested for this case' });
  return app;
}
const inspector = () => within(screen.getByRole('complementary', { name: 'Inspector' }));
const region = (name: string) => within(screen.getByRole('region', { name }));

onPages();

describe('the list of runbooks', () => {
  it('says what fits and why, then the others, then files that cannot be used with line and column', async () => {
    await openRunbooks();
    expect(screen.getByText('2 runbooks of 3 fit this case.')).toBeDefined();
    const suggested = screen.getByRole('region', { name: 'Suggested for this case' });
    expect(suggested.textContent).toContain('Trigger "Failed to execute iptables-restore": 109 lines hold it');
    expect(screen.getByRole('region', { name: 'Other runbooks' }).textContent).toContain('PLEG is not healthy');
    const broken = screen.getByRole('region', { name: 'Files that cannot be used' });
    expect(broken.textContent).toContain('/home/me/runbooks/half.yaml');
    expect(broken.textContent).toContain('line 12, column 5');
    expect(broken.textContent).toContain('at least one step is needed');
  });

  it('tells of the selected one what it does, and leads to the findings that suggest it', async () => {
    const { user, stores } = await openRunbooks();
    expect(await inspector().findByText('Is kube-proxy running?')).toBeDefined();
    await user.click(inspector().getByRole('button', { name: /Another process holds the xtables lock/ }));
    expect(stores.navigation.getState().route.screen).toBe('findings');
    expect(stores.screens.getState().findings.selected).toBe('f-lock');
  });

  it('is walked by keys and filtered', async () => {
    const { user, stores } = await openRunbooks();
    await user.keyboard('jj');
    expect(inspector().getByRole('heading', { level: 2 }).textContent).toBe('PLEG is not healthy');
    await user.click(screen.getByRole('button', { name: 'Own 1' }));
    expect(screen.queryByRole('region', { name: 'Suggested for this case' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'All 3' }));
    await user.type(screen.getByRole('textbox', { name: 'Filter runbooks' }), 'resolved');
    await user.keyboard('{Escape}{Enter}');
    expect(stores.navigation.getState().route).toMatchObject({ screen: 'runbooks', params: { run: 'dns' } });
  });

  it('says when the suggestions failed, and that nothing passes the filter', async () => {
    const { user, stores } = startApp({
      'runbooks.list': () => ok({ runbooks: [], broken: [], notSuggested: 'the analysis crashed' }),
    });
    await stores.session.getState().open(CASE_ID, 'one');
    await user.keyboard('{Alt>}[Digit9]{/Alt}');
    expect(await screen.findByText(/Which ones fit is not known: the analysis crashed/)).toBeDefined();
    expect(screen.getByText('No runbook was read')).toBeDefined();
  });
});

describe('a run', () => {
  it('gives root cause, severity, what to do with its safety, and when to escalate', async () => {
    const { user } = await openRunbooks();
    await user.keyboard('{Enter}');
    const result = await screen.findByRole('region', { name: 'Result' });
    expect(result.textContent).toContain('kube-proxy sync failure - config_error');
    expect(result.textContent).toContain('severity HIGH');
    expect(result.textContent).toContain('1 needs the customer');
    const todo = screen.getByRole('region', { name: 'What to do' }).textContent;
    expect(todo).toContain('YELLOW disturbs for a while');
    expect(todo).toContain('GREEN changes nothing');
    const escalate = screen.getByRole('region', { name: 'Escalate when' }).textContent;
    expect(escalate).toContain('Not known: no bundle tells');
    expect(escalate).toContain('Does not hold: it answers');
  });

  it('shows every step with its level, its end in words, evidence and commands', async () => {
    const { user, stores } = await openRunbooks();
    await user.keyboard('{Enter}');
    await screen.findByRole('region', { name: 'Result' });
    const triage = region('Phase 1 - Triage').getAllByRole('listitem');
    expect(triage.map((one) => one.querySelector('.rstep__end')?.textContent)).toEqual([
      'Needs the customer',
      'Needs the customer',
      'Finding',
      'Not found',
    ]);
    expect(triage[1]?.textContent).toContain('kubectl get nodes');
    const enrich = region('Phase 2 - Enrich').getAllByRole('listitem');
    expect(enrich.map((one) => one.textContent)).toEqual([
      expect.stringContaining('Not applicableMAY'),
      expect.stringContaining('Failed'),
    ]);
    await user.click(region('Phase 1 - Triage').getByRole('link', { name: 'Open kube-proxy.log:4821-4823 in Files' }));
    expect(stores.navigation.getState().route.params).toMatchObject({ line: '4821', end: '4823' });
    await user.keyboard('{Alt>}{ArrowLeft}{/Alt}');
    await screen.findByRole('region', { name: 'Result' });
  });

  it('is walked by keys: the step fills the inspector, Enter opens its evidence, Escape goes back to the list', async () => {
    const { user, stores } = await openRunbooks();
    await user.keyboard('{Enter}');
    await screen.findByRole('region', { name: 'Result' });
    expect(inspector().getByRole('region', { name: 'Output of the runbook' }).textContent).toBe(RESULT.document);
    await user.keyboard('jjj');
    expect(inspector().getByText('Step 1.2, MUST, finding')).toBeDefined();
    await user.keyboard('{Enter}');
    expect(stores.navigation.getState().route.screen).toBe('files');
    stores.navigation.getState().go({ screen: 'runbooks', params: { run: 'D2' } });
    expect(await screen.findByText('Step 1.2, MUST, finding')).toBeDefined();
    await user.click(inspector().getByRole('button', { name: 'Show the output' }));
    expect(inspector().getByRole('region', { name: 'Output of the runbook' })).toBeDefined();
    await user.keyboard('{Escape}');
    expect(await screen.findByRole('region', { name: 'Suggested for this case' })).toBeDefined();
  });

  it('copies all commands by one button, and saves the output', async () => {
    const { user, bridge } = await openRunbooks();
    await user.keyboard('{Enter}');
    await screen.findByRole('region', { name: 'Result' });
    await user.click(screen.getAllByRole('button', { name: 'Copy all commands' })[0] as HTMLElement);
    expect(await navigator.clipboard.readText()).toBe('kubectl get nodes\nsudo lsof /run/xtables.lock');
    await user.keyboard('c');
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe(RESULT.document));
    await user.click(inspector().getByRole('button', { name: 'Save' }));
    expect(bridge.saved).toEqual([{ fileName: 'D2-ip-10-0-113-27.yaml', text: RESULT.document }]);
  });

  it('runs on the node that is chosen, and says when nothing is established', async () => {
    const { user, bridge } = await openRunbooks();
    await user.selectOptions(inspector().getByRole('combobox', { name: 'Node' }), HEALTHY);
    await user.click(inspector().getByRole('button', { name: /^Run \(Enter\)/ }));
    const result = await screen.findByRole('region', { name: 'Result' });
    expect(result.textContent).toContain('Root cause not established');
    expect(result.textContent).toContain('severity not known');
    expect(screen.getByText(/^Nothing is advised before the root cause is established/)).toBeDefined();
    expect(region('What to do').queryByRole('listitem')).toBeNull();
    expect(bridge.asked.filter(({ method }) => method === 'runbooks.run').map(({ input }) => input)).toEqual([
      { caseId: CASE_ID, runbook: 'D2', bundle: HEALTHY },
    ]);
  });

  it('shows what a step searches for in Search', async () => {
    const { user, stores } = await openRunbooks();
    await user.keyboard('{Enter}');
    await screen.findByRole('region', { name: 'Result' });
    await user.click(region('Phase 1 - Triage').getByRole('button', { name: 'Open in Search' }));
    expect(stores.navigation.getState().route.screen).toBe('search');
    expect(stores.search.getState().draft).toBe('/a\\/b|restore/');
  });

  it('shows progress, can be cancelled, and is run again', async () => {
    let end: ((value: 'cancelled' | 'done') => void) | null = null;
    const { user, bridge } = await openRunbooks({
      'runbooks.run': () =>
        new Promise((resolve) => {
          end = (how) =>
            resolve(
              how === 'done'
                ? ok(RESULT)
                : { ok: false, failure: { code: 'cancelled', message: 'cancelled', where: null, advice: null } },
            );
        }),
      'job.cancel': () => {
        end?.('cancelled');
        return ok(makeJob({ kind: 'runbook', state: 'cancelled', outcome: 'cancelled' }));
      },
    });
    await user.keyboard('{Enter}');
    bridge.send(
      'onDidChangeJob',
      makeJob({ kind: 'runbook', title: 'Runbook D2', progress: { ...makeJob().progress, phase: 'step 3 of 7' } }),
    );
    const main = within(screen.getByRole('main'));
    expect(await main.findByText('step 3 of 7')).toBeDefined();
    await user.click(main.getByRole('button', { name: 'Cancel' }));
    expect(await main.findByText('Cancelled: no step was kept')).toBeDefined();
    await user.click(main.getByRole('button', { name: 'Run again' }));
    await waitFor(() => expect(main.queryByText('Cancelled: no step was kept')).toBeNull());
    // It runs: pressed once more it does nothing, and a browser leaves the focus with it as long as it is not disabled.
    expect(document.activeElement).toMatchObject({ textContent: 'Run again', disabled: false });
    const runs = () => bridge.asked.filter(({ method }) => method === 'runbooks.run').length;
    const before = runs();
    await user.keyboard('{Enter}');
    expect(runs()).toBe(before);
    (end as ((value: 'done') => void) | null)?.('done');
    expect(await screen.findByRole('region', { name: 'Result' })).toBeDefined();
  });

  it('says why it did not run', async () => {
    const { user } = await openRunbooks({
      'runbooks.run': () => ({
        ok: false,
        failure: { code: 'wrong-usage', message: 'unknown key "stepz"', where: 'half.yaml:12:5', advice: null },
      }),
    });
    await user.keyboard('{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('half.yaml:12:5');
  });
});
