import { act, fireEvent, screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ok } from '../../../analyzer/core/failure.ts';
import { onPages, startApp } from '../../app/page.fixture.tsx';
import type { Answers } from '../../bridge/fake/fake-bridge.ts';
import { AFFECTED, CASE_ID } from '../../bridge/fake/fake-case.ts';
import { fakeTimeline, HISTOGRAM, TIMELINE_FROM } from '../../bridge/fake/fake-timeline.ts';

onPages();
// jsdom draws nothing.
beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});

async function openTimeline(answers: Answers = {}) {
  const app = startApp({ ...fakeTimeline(), ...answers });
  await app.stores.session.getState().open(CASE_ID, 'fake');
  await app.user.keyboard('{Alt>}[Digit6]{/Alt}');
  return app;
}

const option = (text: RegExp) => screen.findByRole('option', { name: text });
const inspector = () => screen.findByRole('complementary', { name: 'Inspector' });

describe('Timeline', () => {
  it('shows what is looked at, lanes, and every line in order', async () => {
    await openTimeline();
    expect((await screen.findByRole('heading', { level: 1 })).textContent).toContain('14 Oct 10:00 to 10:59');
    expect(await screen.findByText('60 lines')).toBeDefined();
    const rows = await screen.findAllByRole('option');
    expect(rows[0]?.textContent).toContain('Failed to execute iptables-restore 0');
    expect(rows[1]?.textContent).toContain('SyncLoop ADD 1');
    expect(screen.getByRole('button', { name: '113-27', expanded: true })).toBeDefined();
    expect((await inspector()).textContent).toContain('7 lines have no time');
  });

  it('asks what came before the selected line, and both ends of a chain are links', async () => {
    const { user, stores, bridge } = await openTimeline();
    await option(/iptables-restore 0/);
    await user.keyboard('jjt');
    const pane = await inspector();
    expect(await within(pane).findByText('xtables lock held, then rule sync fails')).toBeDefined();
    expect(stores.navigation.getState().route.params).toMatchObject({ file: 'kubelet/kubelet.log', line: '102' });
    expect(within(pane).getAllByRole('link', { name: /kube-proxy.log:10[48]/ })).toHaveLength(3);
    expect(await option(/pivot.*iptables-restore 8/)).toBeDefined();
    expect(await option(/-4:00 min.*iptables-restore 4/)).toBeDefined();
    await user.click(within(pane).getByRole('button', { name: 'Pin to report' }));
    const kept = () => bridge.asked.filter(({ method }) => method === 'bookmark.set').map(({ input }) => input);
    await expect.poll(kept).toHaveLength(2);
    expect(kept()).toMatchObject([
      { bundle: AFFECTED, line: 104, note: expect.stringContaining('1 of 2: Lock acquired') },
      { bundle: AFFECTED, line: 108, note: expect.stringContaining('2 of 2: Sync fails') },
    ]);
  });

  it('goes to the densest window, zooms to it, and Escape takes the brush back', async () => {
    const { user, stores } = await openTimeline();
    await option(/iptables-restore 0/);
    const { timeline } = stores;
    const brush = { from: TIMELINE_FROM + 20 * 60_000, to: TIMELINE_FROM + 30 * 60_000 };
    await user.keyboard(']');
    expect(timeline.getState().brush).toEqual(brush);
    await user.keyboard('{Escape}');
    expect(timeline.getState().brush).toBeNull();
    await user.keyboard('[[');
    await user.keyboard('{Enter}');
    expect(timeline.getState()).toMatchObject({ brush: null, place: { view: brush } });
    await user.keyboard('-');
    expect(timeline.getState().place.view).not.toEqual(brush);
    await user.keyboard('0');
    expect(timeline.getState().place.view).toBeNull();
  });

  it('takes the time window of the bar as its view, and gives it one', async () => {
    const { user, stores } = await openTimeline();
    await option(/iptables-restore 0/);
    await user.keyboard(']');
    await user.click(screen.getByRole('button', { name: 'Only this window' }));
    const span = { from: TIMELINE_FROM + 20 * 60_000, to: TIMELINE_FROM + 30 * 60_000 };
    expect(stores.session.getState().window).toEqual(span);
    await expect.poll(() => stores.timeline.getState().place.view).toEqual(span);
    stores.session.getState().setWindow(null);
    await expect.poll(() => stores.timeline.getState().place.view).toBeNull();
  });

  it('lists errors alone, and leaves out a lane', async () => {
    const { user } = await openTimeline();
    await option(/iptables-restore 0/);
    await user.click(screen.getByRole('button', { name: 'Errors' }));
    await expect.poll(() => screen.queryByRole('option', { name: /SyncLoop/ })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'All lines' }));
    await option(/SyncLoop ADD 1$/);
    await user.click(screen.getByRole('button', { name: 'Show kube-proxy' }));
    await expect.poll(() => screen.queryByRole('option', { name: /iptables-restore/ })).toBeNull();
    expect(screen.getByText('45 lines')).toBeDefined();
  });

  it('takes into the report what is listed, wherever one has gone since', async () => {
    const { user, stores, bridge } = await openTimeline();
    await option(/iptables-restore 0/);
    const asked = () => bridge.asked.filter(({ method }) => method === 'pin.set').map(({ input }) => input);
    const add = async () => {
      const before = asked().length;
      await user.click(screen.getByRole('button', { name: 'Add to report' }));
      await expect.poll(asked).toHaveLength(before + 1);
      return asked().at(-1);
    };
    const minutes = (from: number, to: number) => ({
      at: { time: new Date(TIMELINE_FROM + from * 60_000).toISOString() },
      until: new Date(TIMELINE_FROM + to * 60_000).toISOString(),
    });
    const { timeline } = stores;
    act(() => timeline.getState().look({ from: TIMELINE_FROM, to: TIMELINE_FROM + 30 * 60_000 }, 'here'));
    expect(await add()).toMatchObject({ input: { ...minutes(0, 30), lanes: null } });
    act(() => timeline.getState().change({ brush: { from: TIMELINE_FROM, to: TIMELINE_FROM + 20 * 60_000 } }));
    expect(await add()).toMatchObject({ input: minutes(0, 20) });
    const [first, second] = HISTOGRAM.lanes.map(({ id }) => id);
    act(() => timeline.getState().setLeftOut([first ?? ''], 'left out'));
    expect(await add()).toMatchObject({ input: { lanes: [second] } });
    // As many are left out as before.
    act(() => {
      timeline.getState().setLeftOut([first ?? ''], 'shown');
      timeline.getState().setLeftOut([second ?? ''], 'left out');
    });
    expect(await add()).toMatchObject({ input: { lanes: [first] } });
  });

  it('is a table for whoever asks for one', async () => {
    const { user } = await openTimeline();
    await user.click(await screen.findByRole('button', { name: 'Show as table' }));
    const table = await screen.findByRole('grid', { name: 'Lines by time' });
    expect(within(table).getAllByRole('row')[1]?.textContent).toBe('14 Oct 10:00 to 10:01110');
  });

  it('says why there is nothing', async () => {
    const sentence = 'No line of this case has a time.';
    await openTimeline({
      'timeline.histogram': () =>
        ok({ ...HISTOGRAM, whole: null, columns: 0, lanes: [], window: { ...HISTOGRAM.window, sentence } }),
    });
    expect(await screen.findByText(sentence)).toBeDefined();
  });

  it('says what failed, and tries again', async () => {
    let fails = 1;
    const failure = { code: 'internal', message: 'The worker ended', where: null, advice: null } as const;
    await openTimeline({ 'timeline.histogram': () => (fails-- > 0 ? { ok: false, failure } : ok(HISTOGRAM)) });
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('60 lines')).toBeDefined();
  });
});
