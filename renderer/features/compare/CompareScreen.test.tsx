import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../../analyzer/core/failure.ts';
import { onPages, startApp } from '../../app/page.fixture.tsx';
import type { Answers } from '../../bridge/fake/fake-bridge.ts';
import { AFFECTED, CASE, CASE_ID, HEALTHY, makeBundle } from '../../bridge/fake/fake-case.ts';
import { COMPARISON, SAME } from '../../bridge/fake/fake-compare.ts';

async function openCompare(answers: Answers = {}) {
  const app = startApp(answers);
  await app.stores.session.getState().open(CASE_ID, 'one');
  await app.user.click(screen.getByRole('link', { name: 'Compare' }));
  return app;
}
const inspector = () => within(screen.getByRole('complementary', { name: 'Inspector' }));
const region = (name: string) => within(screen.getByRole('region', { name }));
const answered = () => screen.findByRole('heading', { level: 1, name: COMPARISON.sentence });
const questions = (app: ReturnType<typeof startApp>) =>
  app.bridge.asked.filter(({ method }) => method === 'compare.run').map(({ input }) => input);

onPages();

describe('Compare', () => {
  it('says first what sets the nodes apart, then each kind by node, and what was not compared', async () => {
    const app = await openCompare();
    await answered();
    expect(questions(app)).toEqual([{ caseId: CASE_ID, bundles: [AFFECTED, HEALTHY], affected: [] }]);
    const most = region('What matters most');
    expect(most.getByRole('link', { name: 'Open 113-27 iptables-save.txt:88 in Files' })).toBeDefined();
    const services = within(screen.getByRole('table', { name: 'Services by node' }));
    expect(services.getByRole('row', { name: /shop\/web:http/ }).textContent).toContain('not reachable');
    const fact = within(screen.getByRole('table', { name: 'Facts by node' })).getByRole('row', { name: /kubelet/ });
    expect(within(fact).getByText('not known').getAttribute('title')).toBe('kubelet.log holds no version line');
    expect(region('Words that only some have').getByText('109 lines')).toBeDefined();
    expect(region('What was not compared').getByText('no side has them captured')).toBeDefined();
    expect(region('How the nodes were lined up').getByText(/^38 of 40 compared facts are the same/)).toBeDefined();
    expect(screen.getByText('2 more that matter less are not listed.')).toBeDefined();
  });

  it('is walked by keys: the inspector shows each side with its lines, Enter opens them', async () => {
    const { user, stores } = await openCompare();
    await answered();
    expect(inspector().getByText('Finding, difference 1 of 4')).toBeDefined();
    await user.keyboard('j');
    expect(inspector().getByText('Service, difference 2 of 4')).toBeDefined();
    expect(inspector().getByText('2 endpoints')).toBeDefined();
    expect(inspector().getByRole('link', { name: 'Open iptables-save.txt:106 in Files' })).toBeDefined();
    await user.keyboard('{Enter}');
    expect(stores.navigation.getState().route).toMatchObject({
      screen: 'files',
      params: { bundle: AFFECTED, line: '88' },
    });
    act(() => stores.navigation.getState().back());
    // It is found as it was left.
    expect(await screen.findByText('Service, difference 2 of 4')).toBeDefined();
  });

  it('pins findings, or keeps the lines of each side with the sentence where there is no finding', async () => {
    const { user, stores } = await openCompare();
    await answered();
    await user.keyboard('p');
    await waitFor(() => expect([...stores.marks.getState().marks.keys()]).toEqual(['f-empty']));
    expect(inspector().getByRole('button', { name: 'Pinned' })).toBeDefined();
    await user.keyboard('jp');
    await waitFor(() => expect(stores.notebook.getState().bookmarks).toHaveLength(2));
    expect(stores.notebook.getState().bookmarks.map(({ note, bundle }) => [note, bundle])).toEqual([
      ['Compare: shop/web:http: not reachable only on ip-10-0-113-27.', AFFECTED],
      ['Compare: shop/web:http: not reachable only on ip-10-0-113-27.', HEALTHY],
    ]);
  });

  it('holds the nodes that are called affected against the others', async () => {
    const app = await openCompare();
    await answered();
    await app.user.click(screen.getByRole('button', { name: 'ip-10-0-113-27 is affected' }));
    await answered();
    expect(questions(app).at(-1)).toMatchObject({ affected: [AFFECTED] });
    // What was compared last comes back, whatever was looked at meanwhile.
    await app.user.click(screen.getByRole('link', { name: 'Findings' }));
    await app.user.click(screen.getByRole('link', { name: 'Compare' }));
    await answered();
    expect(screen.getByRole('button', { name: 'ip-10-0-113-27 is affected' }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    expect(questions(app)).toHaveLength(2);
  });

  it('keeps what passes the filters', async () => {
    const { user } = await openCompare();
    await answered();
    await user.click(screen.getByRole('button', { name: /^Facts/ }));
    expect(screen.queryByRole('region', { name: 'What matters most' })).toBeNull();
    expect(screen.getByRole('table', { name: 'Facts by node' })).toBeDefined();
    expect(screen.getByText(/1 of 4 differences shown/)).toBeDefined();
  });

  it('lists nodes beside each value where there are many', async () => {
    const bundles = Array.from({ length: 8 }, (_, index) =>
      makeBundle({ id: `${index}`.repeat(64) as typeof AFFECTED, node: `ip-10-0-0-1${index}` }),
    );
    const sides = bundles.map(({ id, node }) => ({
      bundle: id,
      label: node ?? '',
      node,
      collectedAt: null,
      part: 'unknown' as const,
    }));
    const values = bundles.map(({ id }, index) => ({
      bundle: id,
      value: index === 0 ? 'v1.29' : index === 1 ? null : 'v1.32',
      because: index === 1 ? 'no version line' : null,
      evidence: [],
    }));
    const [, , fact] = COMPARISON.differences;
    if (fact === undefined) throw new Error('the fake has a fact');
    await openCompare({
      'case.open': () => ok({ ...CASE, bundles }),
      'compare.run': () => ok({ ...COMPARISON, sides, decisive: [], differences: [{ ...fact, values }] }),
    });
    await answered();
    const rows = within(screen.getByRole('table', { name: 'Facts by node' })).getAllByRole('listitem');
    expect(rows.map((row) => row.textContent)).toEqual(['v1.2910', 'v1.32the 6 others', ' not known11']);
    expect(inspector().getByRole('heading', { name: /^The others/ })).toBeDefined();
  });

  it('counts bundles where it lists them, and puts the first text to the left', async () => {
    const comparison = {
      ...COMPARISON,
      sides: COMPARISON.sides.map((side) => ({ ...side, part: 'unknown' as const })),
    };
    const { user, bridge } = await openCompare({ 'compare.run': () => ok(comparison) });
    await answered();
    expect(screen.getByRole('button', { name: '2 of 2 bundles' })).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Text' }));
    expect(await screen.findByText('2 bundles, 196, 209 lines')).toBeDefined();
    await waitFor(() => expect(bridge.asked.some(({ method }) => method === 'compare.text')).toBe(true));
    expect(bridge.asked.find(({ method }) => method === 'compare.text')?.input).toMatchObject({
      left: { bundle: AFFECTED },
      right: { bundle: HEALTHY },
    });
  });

  it('says of identical nodes that they are, and of one bundle what to import', async () => {
    await openCompare({ 'compare.run': () => ok(SAME) });
    await screen.findByRole('heading', { level: 1, name: SAME.sentence });
    expect(screen.getByRole('img', { name: 'The same' })).toBeDefined();
    expect(screen.queryByRole('complementary', { name: 'Inspector' })).toBeNull();
  });

  it('says of one bundle alone what to import', async () => {
    await openCompare({ 'case.open': () => ok({ ...CASE, bundles: [makeBundle()] }) });
    expect(await screen.findByText('One bundle alone cannot be compared')).toBeDefined();
    expect(screen.getByText(/An archive of|an archive of ip-10-0-113-27/)).toBeDefined();
  });

  it('says why it could not compare, and compares again on demand', async () => {
    let times = 0;
    const app = await openCompare({
      'compare.run': () => (++times === 1 ? fail('internal', 'the worker ended') : ok(COMPARISON)),
    });
    expect((await screen.findByRole('alert')).textContent).toContain('The worker ended');
    await app.user.click(screen.getByRole('button', { name: 'Try again' }));
    await answered();
    expect(times).toBe(2);
  });

  it('forgets what was compared when a clock of the case changes', async () => {
    const { stores } = await openCompare();
    await answered();
    act(() => stores.compare.getState().forgetAnswers());
    expect(screen.getByText('Comparing 2 bundles')).toBeDefined();
    await answered();
  });
});

/** The affected one is shown to the right of what it is held against. */
const ONE_AFFECTED: Answers = {
  'compare.run': () =>
    ok({
      ...COMPARISON,
      sides: COMPARISON.sides.map((side) => (side.bundle === AFFECTED ? { ...side, part: 'affected' as const } : side)),
    }),
};

describe('texts of Compare', () => {
  it('are listed, shown beside each other and below each other; keys go from change to change and into Files', async () => {
    const { user, stores } = await openCompare(ONE_AFFECTED);
    await answered();
    await user.click(screen.getByRole('button', { name: 'Text' }));
    const list = await screen.findByRole('listbox', { name: 'Lines of ip-10-0-126-200 against ip-10-0-113-27' });
    expect(screen.getByText('2 lines only on ip-10-0-126-200, 1 only on ip-10-0-113-27.')).toBeDefined();
    expect(within(list).getByText('12 lines alike left out')).toBeDefined();
    const selected = () => within(list).getByRole('option', { selected: true }).textContent;
    expect(selected()).toContain('-A KUBE-SERVICES -j A');
    await user.keyboard('j');
    expect(selected()).toContain('-A KUBE-SERVICES -j B');
    await user.keyboard('b');
    await waitFor(() => expect(stores.notebook.getState().bookmarks).toMatchObject([{ bundle: HEALTHY, line: 106 }]));
    await user.click(screen.getByRole('button', { name: 'Unified' }));
    const signs = within(list)
      .getAllByRole('option')
      .map((row) => row.textContent?.replace(/^[\d,]+/, '').slice(0, 1));
    expect(signs.join('')).toContain('--+');
    act(() => list.focus());
    await user.keyboard('{Enter}');
    expect(stores.navigation.getState().route).toMatchObject({
      screen: 'files',
      params: { bundle: HEALTHY, line: '105' },
    });
  });

  it('choose their sides, each its own entry of Back', async () => {
    const { user, stores, bridge } = await openCompare(ONE_AFFECTED);
    await answered();
    await user.click(screen.getByRole('button', { name: 'Text' }));
    await screen.findByRole('listbox', { name: /^Lines of/ });
    await user.selectOptions(screen.getByRole('combobox', { name: 'Left' }), 'ip-10-0-113-27, 196 lines');
    expect(await screen.findByText('Both sides are the same file')).toBeDefined();
    await user.selectOptions(screen.getByRole('combobox', { name: 'Right' }), 'ip-10-0-126-200, 209 lines');
    await screen.findByRole('listbox', { name: 'Lines of ip-10-0-113-27 against ip-10-0-126-200' });
    expect(bridge.asked.filter(({ method }) => method === 'compare.text').at(-1)?.input).toMatchObject({
      left: { bundle: AFFECTED },
      right: { bundle: HEALTHY },
    });
    act(() => stores.navigation.getState().back());
    expect(await screen.findByText('Both sides are the same file')).toBeDefined();
  });
});
