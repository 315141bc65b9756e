import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ok } from '../../analyzer/core/failure.ts';
import { ANALYSIS, CASE, makeBundle, makeJob } from '../bridge/fake/fake-case.ts';
import { SEARCH } from '../bridge/fake/fake-search.ts';
import { onPages, startApp } from './page.fixture.tsx';

async function openSample(opened = CASE) {
  const { bridge, stores, user } = startApp({
    'engine.about': () => ok({ version: '0.1.0', runtime: 'Node 24', casesFolder: '/cases', rules: 3, analyzers: 2 }),
    'case.sample': () => ok({ case: opened, job: null }),
    'search.run': () => ok(SEARCH),
    'job.cancel': () => ok(makeJob({ state: 'cancelled', outcome: 'Cancelled; nothing was kept' })),
  });
  await user.click(screen.getByRole('button', { name: 'Open sample' }));
  await screen.findByRole('heading', { level: 1, name: ANALYSIS.verdict.sentence });
  return { bridge, stores, user };
}

onPages();

describe('the app', () => {
  it('says verdict, confidence with its reason, causes and what is not known', async () => {
    await openSample();
    expect(screen.getByRole('region', { name: 'Verdict' }).textContent).toContain('no lock table was collected');
    expect(screen.getByRole('region', { name: 'Completeness' }).textContent).toContain('not collected');
    expect(screen.getByRole('region', { name: 'Coverage and gaps' }).textContent).toContain(
      'The file ends inside a line',
    );
    expect(screen.getByRole('region', { name: 'Ask the customer' }).textContent).toContain(
      'sudo lsof /run/xtables.lock',
    );
    expect(screen.getByRole('region', { name: 'Node facts' }).textContent).toContain('not known');
  });

  it('opens the exact line of an evidence chip, and goes back', async () => {
    const { user, stores } = await openSample();
    const causes = screen.getByRole('region', { name: 'Causes, ranked' });
    await user.click(within(causes).getByRole('link', { name: 'Open kube-proxy.log:4821-4823 in Files' }));
    expect(stores.navigation.getState().route.params).toMatchObject({
      file: 'var_log/kube-proxy.log',
      line: '4821',
      end: '4823',
    });
    const line = await screen.findByText(/exit status 4/);
    expect(line.closest('[role="option"]')?.getAttribute('aria-selected')).toBe('true');
    await user.keyboard('{Escape}');
    await screen.findByRole('region', { name: 'Verdict' });
  });

  it('is driven by keys alone', async () => {
    const { user, stores } = await openSample();
    await user.keyboard('{Alt>}[Digit3]{/Alt}');
    const grid = await screen.findByRole('grid', { name: 'Findings' });
    expect(within(grid).getAllByRole('row', { selected: true })[0]?.textContent).toContain('xtables lock');
    await user.keyboard('j');
    expect(screen.getByRole('complementary', { name: 'Inspector' }).textContent).toContain(
      'nat KUBE-SERVICES is empty',
    );
    await user.keyboard(' ');
    expect(screen.queryByRole('complementary', { name: 'Inspector' })).toBeNull();
    await user.keyboard(' ');
    await user.keyboard('{Enter}');
    expect(stores.navigation.getState().route).toMatchObject({
      screen: 'files',
      params: { file: 'networking/iptables-save.txt', line: '88' },
    });
    await user.keyboard('g');
    expect(document.activeElement?.getAttribute('aria-label')).toContain('Go to line');
    await user.keyboard('{Control>}a{/Control}120{Enter}');
    await waitFor(() => expect(stores.navigation.getState().route.params.line).toBe('120'));
    await user.keyboard('j');
    expect(stores.navigation.getState().route.params.line).toBe('121');
  });

  it('never lets the focus fall out of the window', async () => {
    const { user } = await openSample();
    const focused = () => document.activeElement?.getAttribute('aria-label');
    await user.click(screen.getByRole('link', { name: 'Findings' }));
    expect(focused()).toBe('Findings');
    await user.keyboard('j{Enter}');
    await waitFor(() => expect(focused()).toMatch(/^Lines of /));
    const lines = await screen.findByRole('listbox', { name: /^Lines of/ });
    const [line] = await within(lines).findAllByRole('option', { selected: true });
    if (line !== undefined) await user.click(line);
    expect(focused()).toMatch(/^Lines of /);
    await user.keyboard('g{Escape}');
    expect(focused()).toMatch(/^Lines of /);
    await user.keyboard('{Alt>}[Digit2]{/Alt}');
    expect(document.activeElement?.tagName).toBe('MAIN');
    await user.keyboard('{Control>}k{/Control}{Escape}');
    expect(document.activeElement?.tagName).toBe('MAIN');
    await user.keyboard('{Alt>}[Digit2]{/Alt}');
    expect(document.activeElement?.tagName).toBe('MAIN');
    await user.keyboard('{Alt>}[Digit3][Digit3]{/Alt}');
    expect(focused()).toBe('Findings');
    await user.keyboard('{Alt>}[Digit1]{/Alt}');
    await user.click(await screen.findByRole('button', { name: 'New case' }));
    expect(document.activeElement?.tagName).toBe('MAIN');
  });

  it('counts one line as one', async () => {
    const one = makeBundle({ lines: 1 });
    startApp({ 'case.sample': () => ok({ case: { ...CASE, bundles: [one] }, job: null }) });
    fireEvent.click(screen.getByRole('button', { name: 'Open sample' }));
    await waitFor(() => expect(screen.getByRole('contentinfo').textContent).toContain('Coverage: 1 line read'));
  });

  it('filters findings by severity and text and says how many are shown', async () => {
    const { user } = await openSample();
    await user.keyboard('{Alt>}[Digit3]{/Alt}');
    await user.click(await screen.findByRole('button', { name: 'Critical, 2' }));
    expect(screen.getByText('3 shown of 5')).toBeDefined();
    await user.type(screen.getByRole('textbox', { name: 'Filter by text' }), 'route');
    expect(screen.getByText('1 shown of 5')).toBeDefined();
  });

  it('takes a node out of scope everywhere', async () => {
    const { user } = await openSample();
    const scope = screen.getByRole('group', { name: 'Nodes in scope' });
    await user.click(within(scope).getByRole('button', { name: /ip-10-0-126-200/ }));
    expect(screen.getByText(/^The verdict is about every node of the case/)).toBeDefined();
    await user.keyboard('{Alt>}[Digit3]{/Alt}');
    await screen.findByText('4 shown');
    expect(screen.queryByText('One route names an interface that is down')).toBeNull();
  });

  it('tells two bundles of one node apart, in its scope and in its lists', async () => {
    const twice = CASE.bundles.map((bundle) => ({ ...bundle, node: 'ip-10-0-113-27' }));
    const later = twice.map((bundle, index) =>
      index === 0 ? bundle : { ...bundle, collectedAt: '2025-10-15T08:00:00.000Z' },
    );
    const { user } = await openSample({ ...CASE, bundles: later });
    const scope = within(screen.getByRole('group', { name: 'Nodes in scope' }));
    expect(scope.getAllByRole('button').map((chip) => chip.textContent)).toEqual([...['14 Oct', '15 Oct']]);
    await user.keyboard('{Alt>}[Digit3]{/Alt}');
    await screen.findByText('5 shown');
    const cells = [...document.querySelectorAll('td[title^="ip-10-0-113-27 1"]')];
    expect(new Set(cells.map((cell) => `${cell.getAttribute('title')}: ${cell.textContent}`))).toEqual(
      new Set(['ip-10-0-113-27 14 Oct 2025 11:02:01: 14 Oct', 'ip-10-0-113-27 15 Oct 2025 08:00:00: 15 Oct']),
    );
  });

  it('searches from the one box and opens a match in its file', async () => {
    const { user, stores, bridge } = await openSample();
    await user.keyboard('{Control>}k{/Control}');
    await user.keyboard('"Failed to execute"{Enter}');
    await screen.findByRole('heading', { name: '2 matching lines' });
    expect(bridge.asked.find((one) => one.method === 'search.run')?.input).toMatchObject({
      query: '"Failed to execute"',
    });
    expect(screen.getByText(/^complete, /)).toBeDefined();
    const list = screen.getByRole('listbox', { name: 'Matches' });
    expect(list.querySelector('mark')?.textContent).toContain('ailed to execute');
    await waitFor(() => expect(document.activeElement).toBe(list));
    await user.keyboard(']{Enter}');
    expect(stores.navigation.getState().route.params).toMatchObject({
      file: 'networking/iptables-save.txt',
      line: '88',
    });
  });

  it('exports the chosen findings and says where the report went', async () => {
    const { user, bridge } = await openSample();
    await user.keyboard('{Alt>}[Digit0]{/Alt}');
    await user.click(await screen.findByRole('button', { name: /^Findings 5 findings/ }));
    await user.click(screen.getByRole('checkbox', { name: /One route names/ }));
    await user.click(screen.getByRole('button', { name: 'Markdown' }));
    await user.click(screen.getByRole('button', { name: 'Export' }));
    await screen.findByText('/documents/report.md');
    expect(bridge.saved).toEqual([{ fileName: 'report.md', text: expect.stringContaining('report of 4') }]);
  });

  it('shows a running import with progress, cancels it, and keeps the outcome until it is read', async () => {
    const { user, bridge } = await openSample();
    bridge.send('onDidChangeJob', makeJob());
    const strip = await screen.findByRole('button', { name: 'Cancel Import eks_i-0c1f.tar.gz' });
    expect(screen.getByText(/reading, 62 %/)).toBeDefined();
    await user.click(strip);
    await screen.findByText('Cancelled; nothing was kept');
    await user.click(screen.getByRole('button', { name: /Put away/ }));
    expect(screen.queryByText('Cancelled; nothing was kept')).toBeNull();
  });

  it('shows per archive what an import did and why', async () => {
    const { user, bridge, stores } = await openSample();
    const job = makeJob({
      state: 'done-with-gaps',
      outcome: '1 of 2 archives imported',
      imports: [
        { source: '/in/good.tar.gz', outcome: 'imported', bundle: makeBundle(), failure: null },
        {
          source: '/in/bad.zip',
          outcome: 'failed',
          bundle: null,
          failure: {
            code: 'corrupt',
            message: 'The archive ends too early',
            where: 'byte 88,102',
            advice: 'Ask for it again.',
          },
        },
      ],
    });
    stores.session.setState({ lastImport: job.id });
    bridge.send('onDidChangeJob', job);
    await user.keyboard('{Alt>}[Digit1]{/Alt}');
    const panel = await screen.findByRole('region', { name: 'Last import' });
    expect(panel.textContent).toContain('eks-log-collector, because the archive holds networking/ and ipamd/');
    expect(panel.textContent).toContain('The archive ends too early');
    expect(panel.textContent).toContain('Ask for it again.');
    expect(panel.textContent).toContain('2 gaps');
  });

  it('says that the engine is being started again', async () => {
    const { bridge } = await openSample();
    bridge.sendEngineState('restarting');
    expect((await screen.findByRole('alert')).textContent).toContain('being started again');
  });

  it('shows captured text as text', async () => {
    const { stores } = await openSample();
    stores.navigation
      .getState()
      .go({ screen: 'files', params: { bundle: CASE.bundles[0]?.id ?? '', file: 'no/<img src=x>.log' } });
    expect(await screen.findByText('no/<img src=x>.log')).toBeDefined();
    expect(document.querySelector('img')).toBeNull();
  });
});
