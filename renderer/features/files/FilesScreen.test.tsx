import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ok } from '../../../analyzer/core/failure.ts';
import { onPages, startApp } from '../../app/page.fixture.tsx';
import { AFFECTED, ANALYSIS, CASE, FILES, HEALTHY, makeFile } from '../../bridge/fake/fake-case.ts';
import { FIRST_LINE_AT, fakeFiles } from '../../bridge/fake/fake-files.ts';

const LOG = 'var_log/kube-proxy.log';
const MANY = 20_000_000;
const CASE_FILES = [
  ...FILES.map((file) => (file.path === LOG ? { ...file, format: 'klog' } : file)),
  makeFile(7, 'var_log/kubelet.log', {
    role: 'kubelet-log',
    format: 'klog',
    lines: MANY,
    firstTime: new Date(FIRST_LINE_AT).toISOString(),
  }),
  makeFile(8, 'var_log/wtmp', { format: 'binary', coverage: 'binary', lines: 0, bytes: 40_000 }),
];

async function openFiles(early: string | null = null) {
  const links: ((link: string) => void)[] = [];
  const { bridge, stores, user } = startApp(
    { ...fakeFiles(CASE_FILES), 'case.sample': () => ok({ case: CASE, job: null }) },
    {
      onLink: (listener) => {
        links.push(listener);
        return () => undefined;
      },
    },
  );
  if (early !== null) {
    links[0]?.(early);
    await screen.findByText(/^A link to a line is waiting/);
    await user.click(screen.getByRole('button', { name: 'Open sample' }));
    await screen.findByRole('tree', { name: 'Source files' });
  } else {
    await user.click(screen.getByRole('button', { name: 'Open sample' }));
    await screen.findByRole('region', { name: 'Verdict' });
  }
  await user.keyboard('{Alt>}[Digit7]{/Alt}');
  await screen.findByRole('tree', { name: 'Source files' });
  const open = async (file: string, line?: number) => {
    stores.navigation.getState().go({
      screen: 'files',
      params: { bundle: AFFECTED, file, ...(line === undefined ? {} : { line: String(line) }) },
    });
    return screen.findByRole('listbox', { name: `Lines of ${file}` });
  };
  const params = () => stores.navigation.getState().route.params;
  const focused = () => document.activeElement?.getAttribute('aria-label');
  return { bridge, stores, user, open, params, focused, hand: (link: string) => links[0]?.(link) };
}

let copied: readonly string[] = [];

onPages();
beforeEach(() => {
  copied = [];
});

function takeCopies() {
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(async (text) => {
    copied = [...copied, text];
  });
}

describe('the list of files', () => {
  it('tells role, format, size, lines, coverage and where in time each lies', async () => {
    const { user } = await openFiles();
    const row = await screen.findByRole('treeitem', { name: /^kube-proxy\.log/ });
    await waitFor(() =>
      expect(row.getAttribute('aria-label')).toBe(
        'kube-proxy.log, kube-proxy-log, klog, 900 kB, 5,902 lines, read, 14 Oct 08:00:00 to 14 Oct 09:00:00 UTC, 1 gap, the longest 20 min',
      ),
    );
    expect(row.querySelectorAll('.span i')).toHaveLength(2);
    await user.selectOptions(screen.getByRole('combobox', { name: 'Order of the files' }), 'Most lines first');
    const rows = screen.getAllByRole('treeitem').map((one) => one.getAttribute('aria-label')?.split(',')[0]);
    expect(rows.slice(0, 3)).toEqual(['ip-10-0-113-27', 'var_log/kubelet.log', LOG]);
  });

  it('opens a file, and another one beside it, by keys', async () => {
    const { user, params, focused } = await openFiles();
    await user.type(screen.getByRole('textbox', { name: 'Filter files by name, role or node' }), 'kube');
    screen.getByRole('tree', { name: 'Source files' }).focus();
    await user.keyboard('{End}{ArrowUp}');
    expect(focused()).toBe('Source files');
    await user.keyboard('{Home}{ArrowDown}{ArrowDown}{Enter}');
    await screen.findByRole('listbox', { name: `Lines of ${LOG}` });
    await user.keyboard('{ArrowDown}{Shift>}{Enter}{/Shift}');
    await screen.findByRole('listbox', { name: 'Lines of var_log/kubelet.log' });
    expect(params()).toMatchObject({ file: LOG, file2: 'var_log/kubelet.log' });
    await user.keyboard('{F6}');
    expect(focused()).toBe(`Lines of ${LOG}`);
    await user.keyboard('{F6}');
    expect(focused()).toBe('Lines of var_log/kubelet.log');
    await user.keyboard('g{Escape}');
    expect(focused()).toBe('Lines of var_log/kubelet.log');
    await user.click(screen.getByRole('button', { name: 'Close this pane' }));
    expect(params().file2).toBeUndefined();
    expect(focused()).toBe(`Lines of ${LOG}`);
    await user.keyboard('{Shift>}{F6}{/Shift}');
    expect(focused()).toBe('Source files');
    await user.keyboard('{Enter}');
    expect(focused()).toBe(`Lines of ${LOG}`);
  });
});

describe('the viewer', () => {
  it('goes to lines, shares and times, and back', async () => {
    const { user, open, params, focused } = await openFiles();
    await open('var_log/kubelet.log');
    const goTo = async (text: string) => user.keyboard(`g{Control>}a{/Control}${text}{Enter}`);
    (await screen.findByRole('listbox', { name: 'Lines of var_log/kubelet.log' })).focus();
    await goTo('100%');
    await waitFor(() => expect(params().line).toBe(String(MANY)));
    await screen.findByText(/^:KUBE-SVC-20000000 /);
    await goTo('-1000');
    await waitFor(() => expect(params().line).toBe(String(MANY - 1_000)));
    await goTo('2025-10-14 10:00');
    await waitFor(() => expect(params().line).toBe('7201'));
    expect(focused()).toBe('Lines of var_log/kubelet.log');
    await user.keyboard('gnowhere{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('from 1 to 20,000,000');
    await user.keyboard('{Escape}{Escape}');
    await waitFor(() => expect(params().line).toBe(String(MANY - 1_000)));
    expect(document.querySelectorAll('[role="option"][id^="line-"]').length).toBeLessThan(80);
  });

  it('searches the file: how many, the next one, and around its end', async () => {
    const { user, open, params, focused } = await openFiles();
    (await open(LOG)).focus();
    await user.keyboard('{Control>}f{/Control}');
    expect(focused()).toBe('Search in this file');
    await user.keyboard('xtables');
    expect(await screen.findByText('1 match')).toBeDefined();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(params().line).toBe('4822'));
    await waitFor(() => expect(document.querySelector('#line-4822 mark')?.textContent).toBe('xtables'));
    expect(screen.getByRole('img', { name: /^1 match between lines/ })).toBeDefined();
    await user.keyboard('{Escape}');
    expect(focused()).toBe(`Lines of ${LOG}`);
    await user.keyboard('k]');
    await waitFor(() => expect(params().line).toBe('4822'));
    await user.keyboard('[[');
    expect(await screen.findByText('Went on from the last line')).toBeDefined();
  });

  it('walks one match a press however slow a find is, and not away from a line chosen meanwhile', async () => {
    const { user, open, params, bridge } = await openFiles();
    await open(LOG, 100);
    await user.keyboard('{Control>}f{/Control}Syncing');
    await screen.findByText('5,899 matches');
    await user.keyboard('{Escape}');
    const finds: (() => void)[] = [];
    const call = bridge.call.bind(bridge);
    vi.spyOn(bridge, 'call').mockImplementation(async (method, input) => {
      if (method === 'file.find') await new Promise<void>((resolve) => void finds.push(resolve));
      return call(method, input);
    });
    await user.keyboard(']]');
    expect(finds).toHaveLength(1);
    await act(async () => finds[0]?.());
    await waitFor(() => expect(finds).toHaveLength(2));
    expect(params().line).toBe('101');
    await act(async () => finds[1]?.());
    await waitFor(() => expect(params().line).toBe('102'));
    await user.keyboard(']jj');
    expect(params().line).toBe('104');
    await act(async () => finds[2]?.());
    expect(params().line).toBe('104');
  });

  it('counts matches anew under another clock, and those of what is cited after another analysis', async () => {
    const { user, open, bridge, stores } = await openFiles();
    (await open(LOG)).focus();
    const counted = () => bridge.asked.filter((one) => one.method === 'file.matchMap').length;
    await user.keyboard('{Control>}f{/Control}xtables');
    await screen.findByText('1 match');
    const before = counted();
    const value = CASE_FILES.map((file) => ({ ...file, clock: { ...file.clock, shiftMs: 60_000 } }));
    act(() => stores.session.setState({ files: { state: 'ready', value } }));
    await waitFor(() => expect(counted()).toBe(before + 1));
    await user.keyboard(' has:finding');
    await screen.findByText('no match');
    const asked = counted();
    act(() => stores.session.setState({ analysis: { state: 'ready', value: { ...ANALYSIS, findings: [] } } }));
    await waitFor(() => expect(counted()).toBe(asked + 1));
    await user.keyboard('{Escape}');
    expect(screen.queryByText('no match')).toBeNull();
  });

  it('copies the chosen lines as evidence and as a link', async () => {
    const { user, open, params } = await openFiles();
    takeCopies();
    (await open(LOG, 4821)).focus();
    await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}');
    expect(params()).toMatchObject({ line: '4821', end: '4823' });
    await user.keyboard('c');
    await waitFor(() => expect(copied[0]).toContain('xtables lock'));
    await user.keyboard('l');
    await waitFor(() => expect(copied[1]).toContain(`coldcase://line/${AFFECTED}/`));
  });

  it('keeps lines with a note, lists them, takes them away and puts them back', async () => {
    const { user, open, params, stores } = await openFiles();
    (await open(LOG, 100)).focus();
    await user.keyboard('b');
    await waitFor(() => expect(stores.notebook.getState().bookmarks).toHaveLength(1));
    await user.keyboard('n');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Note on this line'));
    await user.keyboard('it began here{Control>}{Enter}{/Control}');
    expect(await screen.findByRole('img', { name: 'Bookmarked: it began here' })).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Bookmarks 1' }));
    const list = screen.getByRole('listbox', { name: 'Bookmarks' });
    list.focus();
    await user.keyboard('{Delete}');
    await waitFor(() => expect(within(list).queryAllByRole('option')).toHaveLength(0));
    await user.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(stores.notebook.getState().bookmarks[0]?.note).toBe('it began here'));
    await open(LOG, 1);
    list.focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(params().line).toBe('100'));
  });

  it('keeps a note that is left by going back', async () => {
    const { user, open, stores } = await openFiles();
    (await open(LOG, 100)).focus();
    await user.keyboard('n');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Note on this line'));
    await user.keyboard('left early{Alt>}{ArrowLeft}{/Alt}');
    await waitFor(() => expect(stores.notebook.getState().bookmarks[0]?.note).toBe('left early'));
  });

  it('shows what the format tells, with what it names marked', async () => {
    const { user, open } = await openFiles();
    await open(LOG, 10);
    await user.click(await screen.findByRole('button', { name: 'Parsed' }));
    await waitFor(() => expect(document.getElementById('line-10')?.textContent).toContain('message 10 of shop/web-1'));
    const line = document.getElementById('line-10');
    expect(line?.textContent).toContain('proxier.go:1482');
    expect(line?.querySelector('.entity')?.getAttribute('title')).toBe('pod shop/web-1');
  });

  it('shows bytes of what is no text', async () => {
    const { user, stores } = await openFiles();
    takeCopies();
    stores.navigation.getState().go({ screen: 'files', params: { bundle: AFFECTED, file: 'var_log/wtmp' } });
    const list = await screen.findByRole('listbox', { name: 'Bytes of var_log/wtmp' });
    await within(list).findAllByText('40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f');
    list.focus();
    await user.keyboard('g0x40{Enter}c');
    await waitFor(() => expect(copied[0]).toContain('00000040  40 41 42 43'));
  });

  it('brings two files to the same instant', async () => {
    const { user, stores, params } = await openFiles();
    stores.navigation.getState().go({
      screen: 'files',
      params: { bundle: AFFECTED, file: LOG, line: '3000', bundle2: AFFECTED, file2: 'var_log/kubelet.log' },
    });
    await screen.findByText(/line=3000$/);
    await user.click(await screen.findByRole('button', { name: 'Follow time' }));
    await waitFor(() => expect(document.getElementById('beside-line-3000')?.className).toContain('is-same-time'));
    expect(params().line2).toBeUndefined();
  });

  it('claims no instant of a file that has none, when it comes beside another', async () => {
    const { user, stores } = await openFiles();
    const beside = (file2: string) =>
      stores.navigation
        .getState()
        .go({ screen: 'files', params: { bundle: AFFECTED, file: LOG, line: '50', bundle2: AFFECTED, file2 } });
    beside('var_log/kubelet.log');
    await screen.findByText(/line=50$/);
    await user.click(await screen.findByRole('button', { name: 'Follow time' }));
    await waitFor(() => expect(document.getElementById('beside-line-50')?.className).toContain('is-same-time'));
    beside('system/ps.txt');
    await screen.findByRole('listbox', { name: 'Lines of system/ps.txt' });
    expect(document.querySelector('[id^="beside-line-"].is-same-time')).toBeNull();
  });
});

describe('links to lines', () => {
  it.each([
    ['0', 'Line 61 is the line that the link was made for.'],
    ['1', 'stands elsewhere in the file now: it is line 61'],
    ['f', 'is not in this file any more'],
  ])('say what they found (%s)', async (hash, says) => {
    const { hand, params } = await openFiles();
    hand(`coldcase://line/${AFFECTED}/${encodeURIComponent(LOG)}?line=61&sha256=${hash}`);
    await waitFor(() => expect(params()).toMatchObject({ file: LOG, line: '61' }));
    expect(await screen.findByText(new RegExp(says))).toBeDefined();
  });

  it('wait for the case when none is open', async () => {
    const { params } = await openFiles(`coldcase://line/${AFFECTED}/${encodeURIComponent(LOG)}?line=61&sha256=0`);
    expect(params()).toMatchObject({ file: LOG, line: '61' });
  });

  it('can be pasted where one goes to a line, and say when they lead nowhere', async () => {
    const { user, open, params } = await openFiles();
    (await open(LOG)).focus();
    const link = `coldcase://line/${HEALTHY}/${encodeURIComponent('networking/iproute.txt')}?line=9&sha256=0`;
    await user.keyboard('g');
    await user.paste(link);
    await user.keyboard('{Enter}');
    await waitFor(() => expect(params()).toMatchObject({ bundle: HEALTHY, line: '9' }));
    await user.keyboard('g');
    await user.paste('coldcase://line/x/y?line=1&sha256=0');
    await user.keyboard('{Enter}');
    expect((await screen.findAllByText('There is no such file.')).length).toBeGreaterThan(0);
  });
});
