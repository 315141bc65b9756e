import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../../analyzer/core/failure.ts';
import { onPages, startApp } from '../../app/page.fixture.tsx';
import type { Answers } from '../../bridge/fake/fake-bridge.ts';
import { ANALYSIS, CASE_ID, HEALTHY } from '../../bridge/fake/fake-case.ts';
import { FLEET } from '../../bridge/fake/fake-compare.ts';
import { RUNBOOKS } from '../../bridge/fake/fake-runbooks.ts';
import type { Analysis, FindingId } from '../../model/types.ts';
import { averageLabel } from './ErrorWindows.tsx';

/** With a baseline and with the ten minutes of most errors, on one node; on the other they are not known. */
const NOTED: Analysis = {
  ...ANALYSIS,
  findings: ANALYSIS.findings.map((one) =>
    one.id === 'f-conntrack' ? { ...one, alsoOn: ['ip-10-0-126-200.ec2.internal'] } : one,
  ),
  baseline: { nodes: ['ip-10-0-126-200.ec2.internal'], findings: 1 },
  nodes: ANALYSIS.nodes.map((node, index) => ({
    ...node,
    densestErrors:
      index === 0
        ? { from: '2025-10-14T10:05:00.000Z', to: '2025-10-14T10:15:00.000Z', count: 812, usual: 3.25 }
        : null,
  })),
};

async function openOverview(answers: Answers = {}) {
  const app = startApp({ 'case.analysis': () => ok(NOTED), ...answers });
  await app.stores.session.getState().open(CASE_ID, 'one');
  await app.user.keyboard('{Alt>}[Digit2]{/Alt}');
  await screen.findByRole('region', { name: 'Verdict' });
  return app;
}
const region = (name: string) => within(screen.getByRole('region', { name }));

onPages();

describe('the overview', () => {
  it('tells of a file of rules that is not used, and of no node', async () => {
    const why = 'Rules not used: /rules/mine.yaml:4:1 severity is missing, and 2 more in this file';
    const bundle = ANALYSIS.nodes[0]?.bundle;
    if (bundle === undefined) throw new Error('the fake case has nodes');
    const analyzers = [{ id: 'rules', bundle, outcome: { outcome: 'failed', why } as const }];
    const value: Analysis = { ...ANALYSIS, coverage: { ...ANALYSIS.coverage, analyzers } };
    await openOverview({ 'case.analysis': () => ok(value) });
    const told = region('Coverage and gaps').getByText(why).closest('li');
    expect(told?.textContent).toContain(why);
    expect(told?.textContent).not.toContain(ANALYSIS.nodes[0]?.node ?? 'ip-');
    expect(screen.queryByText(/checks? failed/)).toBeNull();
  });

  it('tells of each node when it had the most errors, and looks there', async () => {
    const { user, stores } = await openOverview();
    const most = screen.getByRole('region', { name: 'Most errors' });
    expect(most.textContent).toContain(
      '14 Oct 10:05 to 10:15 UTC: 812 lines; the other ten minutes have 3.3 on average',
    );
    expect(most.textContent).toContain('not known: no line of its logs has both a severity and a known time');
    await user.click(within(most).getByRole('button', { name: 'Set as time window' }));
    expect(stores.session.getState().window).toEqual({
      from: Date.parse('2025-10-14T10:05:00Z'),
      to: Date.parse('2025-10-14T10:15:00Z'),
    });
    await user.click(within(most).getByRole('button', { name: 'Show them' }));
    expect(stores.navigation.getState().route.screen).toBe('search');
    expect(stores.search.getState().draft).toBe('sev:>=warning');
  });

  it('says which cause a healthy node has as well, and leaves such findings out on demand', async () => {
    const { user } = await openOverview();
    const causes = region('Causes, ranked').getAllByRole('listitem');
    expect(causes.map((one) => one.textContent?.includes('also on ip-10-0-126-200'))).toEqual([false, true]);
    expect(screen.getByRole('region', { name: 'Verdict' }).textContent).toContain('1 also on healthy nodes');
    await user.keyboard('{Alt>}[Digit3]{/Alt}');
    await screen.findByText('5 shown');
    await user.click(screen.getByRole('button', { name: 'Not on healthy nodes' }));
    expect(screen.getByText('4 shown of 5')).toBeDefined();
  });

  it('tells a cause that several nodes have once, and what it says on each', async () => {
    const [head] = ANALYSIS.causes;
    const lock = ANALYSIS.findings.find((one) => one.id === head?.finding);
    if (head === undefined || lock === undefined) throw new Error('the fake case has causes');
    const other = { ...lock, id: 'f-lock-2' as FindingId, bundle: HEALTHY, node: 'ip-10-0-126-200.ec2.internal' };
    const value: Analysis = {
      ...ANALYSIS,
      findings: [...ANALYSIS.findings, { ...other, claim: 'It is held there as well.' }],
      causes: [...ANALYSIS.causes, { ...head, finding: other.id, rank: 3, explains: [] }],
    };
    const { user } = await openOverview({ 'case.analysis': () => ok(value) });
    const causes = region('Causes, ranked');
    expect(causes.getAllByRole('listitem')).toHaveLength(2);
    expect(screen.getByRole('region', { name: 'Causes, ranked' }).textContent).toContain('2 causes on 2 nodes');
    expect(causes.queryByText('It is held there as well.')).toBeNull();
    await user.click(causes.getByRole('button', { name: 'ip-10-0-126-200' }));
    expect(causes.getByText('It is held there as well.')).toBeDefined();
    expect(screen.getByText(/^Cause 3 of 3/)).toBeDefined();
    await user.keyboard('j');
    expect(screen.getByText(/^Cause 2 of 3/)).toBeDefined();
  });

  it('has no such filter where no node is marked healthy', async () => {
    const { user } = await openOverview({ 'case.analysis': () => ok(ANALYSIS) });
    expect(screen.queryByRole('region', { name: 'Most errors' })).toBeNull();
    await user.keyboard('{Alt>}[Digit3]{/Alt}');
    await screen.findByText('5 shown');
    expect(screen.queryByRole('button', { name: 'Not on healthy nodes' })).toBeNull();
  });

  it('suggests runbooks below the causes, and runs one', async () => {
    const { user, stores } = await openOverview();
    const suggested = screen.getByRole('region', { name: 'Suggested runbooks' });
    await within(suggested).findByText('2 runbooks fit');
    expect(suggested.textContent).toContain('Another process holds the xtables lock, and 1 more reason');
    await user.click(within(suggested).getByRole('button', { name: 'Run kube-proxy Sync Issues' }));
    expect(stores.navigation.getState().route).toMatchObject({ screen: 'runbooks', params: { run: 'D2' } });
  });

  it('says that which ones fit is not known', async () => {
    await openOverview({ 'runbooks.list': () => ok({ ...RUNBOOKS, runbooks: [], notSuggested: 'it crashed' }) });
    expect(await region('Suggested runbooks').findByText(/Which ones fit is not known: it crashed/)).toBeDefined();
  });

  it('leads from a cause to its runbook on its node', async () => {
    const { user, stores } = await openOverview();
    const inspector = within(screen.getByRole('complementary', { name: 'Inspector' }));
    await user.click(await inspector.findByRole('link', { name: 'Run the runbook kube-proxy Sync Issues' }));
    expect(stores.navigation.getState().route.params).toEqual({ run: 'D2', bundle: ANALYSIS.nodes[0]?.bundle });
    expect(await screen.findByRole('region', { name: 'Result' })).toBeDefined();
  });

  it('copies every command for the customer by one button', async () => {
    const { user } = await openOverview();
    await user.click(region('Ask the customer').getByRole('button', { name: 'Copy all commands' }));
    await waitFor(async () =>
      expect(await navigator.clipboard.readText()).toBe(
        'sudo lsof /run/xtables.lock\nsudo nft list ruleset > nft-ruleset.txt',
      ),
    );
  });
});

describe('an average', () => {
  it('keeps what tells small ones apart', () => {
    expect([0, 0.25, 3, 12.6].map(averageLabel)).toEqual(['0', '0.3', '3', '13']);
  });
});

describe('the table of nodes', () => {
  it('tells the nodes below what fails on them, with what differs, and leads to Compare', async () => {
    const { user, stores } = await openOverview();
    const nodes = within(await screen.findByRole('table', { name: 'Nodes of the case' }));
    expect(nodes.getAllByRole('rowheader').map((head) => head.textContent)).toEqual([
      expect.stringContaining('1 node: nat KUBE-SERVICES is empty'),
      '1 node: nothing of medium severity or above',
    ]);
    expect(nodes.getAllByRole('columnheader').map((head) => head.textContent)).toEqual([
      'Node',
      'Findings',
      'Clock',
      'Mode',
      'kubelet',
      'Booted, UTC',
      'Collected, UTC',
    ]);
    expect(region('Nodes').getByText('The same on all: kernel 5.10.244.')).toBeDefined();
    expect(nodes.getByRole('link', { name: /^Clock: 90 s ahead of/ }).textContent).toBe('+90 s');
    await user.click(region('Nodes').getByRole('link', { name: 'Compare 2 nodes' }));
    expect(stores.navigation.getState().route).toMatchObject({
      screen: 'compare',
      params: { nodes: `${'a'.repeat(64)} ${'b'.repeat(64)}`, affected: 'a'.repeat(64) },
    });
  });

  it('takes a node of the table as the scope of all screens, and gives the others back', async () => {
    const { user, stores } = await openOverview();
    const node = () => screen.getByRole('button', { name: /ip-10-0-126-200$/, pressed: false });
    await screen.findByRole('table', { name: 'Nodes of the case' });
    await user.click(node());
    expect([...stores.session.getState().hidden]).toEqual(['a'.repeat(64)]);
    await user.click(screen.getByRole('button', { name: /ip-10-0-126-200$/, pressed: true }));
    expect(stores.session.getState().hidden.size).toBe(0);
  });

  it('says why the nodes cannot be told, and asks again', async () => {
    let times = 0;
    const { user } = await openOverview({
      'case.fleet': () => (++times === 1 ? fail('internal', 'the worker ended') : ok(FLEET)),
    });
    expect(await region('Nodes').findByText('The worker ended')).toBeDefined();
    await user.click(region('Nodes').getByRole('button', { name: 'Try again' }));
    await screen.findByRole('table', { name: 'Nodes of the case' });
  });
});
