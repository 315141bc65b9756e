import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ok } from '../../../analyzer/core/failure.ts';
import { onPages, startApp } from '../../app/page.fixture.tsx';
import { CASE_ID, FILES } from '../../bridge/fake/fake-case.ts';
import { SEARCH } from '../../bridge/fake/fake-search.ts';
import type { Result, SearchAnswer } from '../../model/types.ts';

type Asked = { readonly query: string; readonly search: string };
type Run = (input: Asked) => Result<SearchAnswer> | Promise<Result<SearchAnswer>>;

async function openSearch(run: Run = () => ok(SEARCH)) {
  const { bridge, stores, user } = startApp({
    'search.run': (input) => run(input as unknown as Asked),
    'search.page': () => ok({ matches: SEARCH.matches, next: null }),
  });
  await act(async () => {
    await stores.session.getState().open(CASE_ID, 'one');
    stores.navigation.getState().go({ screen: 'search', params: {} });
  });
  const box = await screen.findByRole('textbox', { name: 'Query' });
  await user.click(box);
  const asked = () => bridge.asked.filter((one) => one.method === 'search.run').map((one) => one.input as Asked);
  return { bridge, stores, user, box: box as HTMLTextAreaElement, asked };
}

onPages();

describe('the search screen', () => {
  it('refines while typing, in both boxes, and moves to the results on Enter', async () => {
    const { user, asked, box } = await openSearch();
    await user.keyboard('lock');
    await screen.findByRole('heading', { name: '2 matching lines' });
    expect(asked().at(-1)?.query).toBe('lock');
    expect(document.activeElement).toBe(box);
    expect((screen.getByRole('textbox', { name: 'Search the case' }) as HTMLTextAreaElement).value).toBe('lock');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Matches'));
  });

  it('tells how far it has come, and ends it when asked', async () => {
    const { user, asked, bridge } = await openSearch(() => new Promise(() => undefined));
    await user.keyboard('lock');
    await waitFor(() => expect(asked().at(-1)?.query).toBe('lock'));
    const name = asked().at(-1)?.search ?? '';
    const part = { ...SEARCH, total: 1_204, complete: false, blocksDone: 38, blocks: 100 };
    act(() => bridge.send('onDidProgressSearch', { search: name, answer: part }));
    expect(screen.getByRole('heading', { name: '1,204 lines so far, 38 % of the text' })).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(bridge.asked.at(-1)).toEqual({ method: 'search.cancel', input: { search: name } });
  });

  it('underlines what is wrong and says what was expected, and does not run it', async () => {
    const { user, asked, box } = await openSearch();
    await user.keyboard('lock');
    await screen.findByRole('heading', { name: '2 matching lines' });
    const before = asked().length;
    await user.keyboard(' sev:loud');
    await waitFor(() => expect(box.getAttribute('aria-invalid')).toBe('true'));
    expect(
      asked()
        .slice(before)
        .some((one) => one.query.includes('loud')),
    ).toBe(false);
    const wrong = () => [...document.querySelectorAll('.query--many .q-fault')].map((one) => one.textContent).join('');
    // Wrong from its first letter on.
    await waitFor(() => expect(wrong()).toBe('loud'));
    expect(document.getElementById(box.getAttribute('aria-describedby') ?? '')?.textContent).toMatch(
      /Expected .*error/,
    );
    expect(screen.getByText('These are the matches of')).toBeDefined();
  });

  it('completes fields and values by keys alone', async () => {
    const { user, box } = await openSearch();
    await user.keyboard('se');
    const offers = await screen.findByRole('listbox', { name: 'Completions' });
    expect(within(offers).getAllByRole('option')[0]?.textContent).toContain('sev:');
    await user.keyboard('{Tab}');
    expect(box.value).toBe('sev:');
    await user.keyboard('{ArrowDown}');
    const [first] = within(screen.getByRole('listbox', { name: 'Completions' })).getAllByRole('option', {
      selected: true,
    });
    expect(box.getAttribute('aria-activedescendant')).toBe(first?.id);
    await user.keyboard('{Enter}');
    expect(box.value).toMatch(/^sev:\S+/);
    await user.keyboard(' fil');
    await screen.findByRole('listbox', { name: 'Completions' });
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('listbox', { name: 'Completions' })).toBeNull();
    expect(document.activeElement).toBe(box);
  });

  it('offers earlier searches in the empty box', async () => {
    const { user, box } = await openSearch();
    await user.keyboard('lock{Enter}');
    await screen.findByRole('listbox', { name: 'Matches' });
    await user.click(box);
    await user.clear(box);
    await user.keyboard('{ArrowUp}');
    expect(screen.getByRole('listbox', { name: 'Searches before' }).textContent).toContain('lock');
    await user.keyboard('{Enter}');
    expect(box.value).toBe('lock');
  });

  it('combines filters with the query, in and out, on and off', async () => {
    const { user, asked } = await openSearch();
    await user.keyboard('lock');
    const facets = await screen.findByRole('complementary', { name: 'Facets' });
    await user.click(within(facets).getByRole('button', { name: 'Only error, 1 line' }));
    await waitFor(() => expect(asked().at(-1)?.query).toBe('lock sev:error'));
    await user.keyboard('{Alt>}');
    await user.click(within(facets).getByRole('button', { name: /^Only networking\/iptables-save.txt/ }));
    await user.keyboard('{/Alt}');
    await waitFor(() => expect(asked().at(-1)?.query).toBe('lock sev:error -file:iptables-save.txt'));
    const chip = screen.getByRole('group', { name: 'Filter in: severity error' });
    await user.click(within(chip).getByRole('button', { name: 'error, filter on' }));
    await waitFor(() => expect(asked().at(-1)?.query).toBe('lock -file:iptables-save.txt'));
    await user.click(within(chip).getByRole('button', { name: 'Leave error out instead' }));
    await user.click(screen.getByRole('button', { name: 'error, filter on' }));
    await waitFor(() => expect(asked().at(-1)?.query).toBe('lock -sev:error -file:iptables-save.txt'));
    await user.click(screen.getByRole('button', { name: 'One query' }));
    expect(document.querySelector('.whole-query')?.textContent).toBe('lock -sev:error -file:iptables-save.txt');
    await user.click(screen.getByRole('button', { name: 'Remove filter error' }));
    await waitFor(() => expect(asked().at(-1)?.query).toBe('lock -file:iptables-save.txt'));
    expect(document.activeElement?.tagName).toBe('BUTTON');
  });

  it('lists thousands of files some at a time', async () => {
    const file = Array.from({ length: 1_000 }, (_, nth) => ({
      ...SEARCH.facets.file[0],
      file: `pods/${nth}/0.log`,
      count: 1,
    }));
    const { user } = await openSearch(() => ok({ ...SEARCH, facets: { ...SEARCH.facets, file } } as SearchAnswer));
    await user.keyboard('lock');
    const files = within(await screen.findByRole('region', { name: 'Source file' }));
    const rows = () => files.getAllByRole('listitem').length;
    expect(rows()).toBe(10);
    await user.click(files.getByRole('button', { name: 'More rows of Source file, 990 are left' }));
    expect(rows()).toBe(200);
    await user.click(files.getByRole('button', { name: 'Fewer rows of Source file' }));
    expect(rows()).toBe(10);
  });

  it('filters by a text with the keyboard', async () => {
    const { user, asked } = await openSearch();
    await user.keyboard('lock{Enter}');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Matches'));
    await user.keyboard('-');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Text to filter by'));
    await user.keyboard('{Control>}a{/Control}exit status{Alt>}{Enter}{/Alt}');
    await waitFor(() => expect(asked().at(-1)?.query).toBe('lock -"exit status"'));
  });

  it('searches in a window of time that holds across screens, and says what it leaves out', async () => {
    const { user, asked } = await openSearch(({ query }) =>
      ok(query.includes('after:') ? SEARCH : { ...SEARCH, total: 9 }),
    );
    await user.keyboard('lock');
    await screen.findByRole('heading', { name: '9 matching lines' });
    await user.click(screen.getByRole('button', { name: 'Time window: all times' }));
    await user.type(screen.getByRole('textbox', { name: 'From' }), '2025-10-14 10:00');
    await user.type(screen.getByRole('textbox', { name: 'To' }), '10:30{Enter}');
    await waitFor(() => expect(asked().some((one) => /^lock after:\S+ before:\S+$/.test(one.query))).toBe(true));
    await screen.findByText('6 matching lines');
    expect(screen.getByText('1 matching line')).toBeDefined();
    await user.keyboard('{Alt>}[Digit2]{/Alt}');
    await user.click(screen.getByRole('button', { name: 'Clear the time window' }));
    expect(screen.getByRole('button', { name: 'Time window: all times' })).toBe(document.activeElement);
  });

  it('says why it stopped, and goes on with more time', async () => {
    const stopped = { because: 'time-limit' as const, message: 'Stopped after 30 s: 41 of 640 blocks.' };
    const { user, bridge } = await openSearch(() => ok({ ...SEARCH, complete: false, stopped }));
    await user.keyboard('/(a+)+$/{Enter}');
    await screen.findByText('Stopped after 30 s: 41 of 640 blocks.');
    await user.click(screen.getByRole('button', { name: 'Raise the limit to 5 min' }));
    expect(bridge.asked.filter((one) => one.method === 'search.run').at(-1)?.input).toMatchObject({
      timeLimitMs: 300_000,
    });
  });

  it('keeps, notes, copies and opens the chosen match by keys', async () => {
    const { user, stores } = await openSearch();
    await user.keyboard('lock{Enter}');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Matches'));
    await user.keyboard('b');
    expect(await screen.findByRole('img', { name: 'Bookmarked' })).toBeDefined();
    await user.keyboard('n');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Note on this line'));
    await user.keyboard('first failure{Escape}');
    await waitFor(() => expect(stores.notebook.getState().bookmarks[0]?.note).toBe('first failure'));
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Matches');
    await user.keyboard('c');
    await screen.findByText('Copied the line with its source');
    await user.click(screen.getByRole('button', { name: 'More above' }));
    await screen.findByText('4815');
    screen.getByRole('listbox', { name: 'Matches' }).focus();
    await user.keyboard('{Enter}');
    expect(stores.navigation.getState().route.params).toMatchObject({ file: 'var_log/kube-proxy.log', line: '4821' });
  });

  it('says of a query without matches what was taken for text', async () => {
    const { user } = await openSearch(() => ok({ ...SEARCH, total: 0, matches: [], best: [] }));
    await user.keyboard('severity:error{Enter}');
    await screen.findByText('No line matches');
    screen.getByText('severity: is no field and is searched for as text; the field is sev:, as in sev:error.');
  });

  it('says of a query that no line can match why', async () => {
    const { user } = await openSearch(() => ok({ ...SEARCH, total: 0, matches: [], best: [] }));
    await user.keyboard('after:2024-05-02 before:2024-05-01 node:nowhere-at-all file:no-such-file{Enter}');
    await screen.findByText('No line matches');
    screen.getByText('No line can match: no time is at or after 2024-05-02 and before 2024-05-01.');
    screen.getByText(/^No node that is searched has the name `nowhere-at-all`: /);
    screen.getByText('No file that is searched has `no-such-file` in its path.');
  });

  it('keeps a note that is being written when the answers are made anew, and when the page goes', async () => {
    const { user, stores } = await openSearch();
    await user.keyboard('lock{Enter}');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Matches'));
    const write = async (text: string) => {
      screen.getByRole('listbox', { name: 'Matches' }).focus();
      await user.keyboard('n');
      await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Note on this line'));
      await user.keyboard(text);
    };
    const note = () => stores.notebook.getState().bookmarks[0]?.note;
    await write('first failure');
    expect(note()).toBeUndefined();
    act(() => window.dispatchEvent(new Event('pagehide')));
    await waitFor(() => expect(note()).toBe('first failure'));
    await user.keyboard(', then more');
    expect(note()).toBe('first failure');
    act(() => stores.search.getState().forgetAnswers('all'));
    await waitFor(() => expect(note()).toBe('first failure, then more'));
  });

  it('asks again under another clock, also for a search that was come back to', async () => {
    const { user, stores, asked } = await openSearch();
    await user.keyboard('lock{Enter}');
    await screen.findByRole('listbox', { name: 'Matches' });
    await act(async () => stores.navigation.getState().go({ screen: 'findings', params: {} }));
    await act(async () => stores.navigation.getState().back());
    await screen.findByRole('listbox', { name: 'Matches' });
    const before = asked().length;
    const value = FILES.map((file) => ({ ...file, clock: { ...file.clock, shiftMs: 60_000 } }));
    act(() => stores.session.setState({ files: { state: 'ready', value } }));
    await screen.findByRole('listbox', { name: 'Matches' });
    expect(
      asked()
        .slice(before)
        .map((one) => one.query),
    ).toEqual(['lock']);
  });

  it('takes a bookmark away by the key that set it, as Files does, and Files can put its note back', async () => {
    const { user, stores } = await openSearch();
    const kept = () => stores.notebook.getState().bookmarks.map((one) => one.note);
    await user.keyboard('lock{Enter}');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Matches'));
    const [line] = SEARCH.matches;
    if (line === undefined) throw new Error('a line matches');
    await act(async () => void (await stores.notebook.getState().mark(line, 'first failure')));
    await user.keyboard('b');
    await screen.findByText('Bookmark taken away: the list of bookmarks in Files can put it back');
    expect(kept()).toEqual([]);
    await act(async () => stores.navigation.getState().go({ screen: 'files', params: {} }));
    await user.click(await screen.findByRole('button', { name: 'Bookmarks 0' }));
    await user.click(screen.getByRole('button', { name: 'Put back' }));
    await waitFor(() => expect(kept()).toEqual(['first failure']));
  });

  it('marks highlighters in the lines, and keeps them with the case', async () => {
    const { user, bridge } = await openSearch();
    await user.keyboard('lock');
    await screen.findByRole('listbox', { name: 'Matches' });
    await user.click(screen.getByRole('button', { name: /^Highlighters/ }));
    await user.type(screen.getByRole('textbox', { name: /to highlight/ }), 'KUBE-SERVICES{Enter}');
    await waitFor(() => expect(document.querySelector('.result mark.hl')?.textContent).toBe('KUBE-SERVICES'));
    expect(bridge.asked.find((one) => one.method === 'highlighter.set')?.input).toMatchObject({
      highlighters: [{ query: 'KUBE-SERVICES', colour: 'yellow', shown: 'on' }],
    });
    await user.click(screen.getByRole('checkbox', { name: 'Highlight KUBE-SERVICES' }));
    expect(document.querySelector('.result mark.hl')).toBeNull();
  });

  it('saves a search with a name and runs it again', async () => {
    const { user, box } = await openSearch();
    await user.keyboard('lock');
    await screen.findByRole('listbox', { name: 'Matches' });
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await user.type(screen.getByRole('textbox', { name: 'Name' }), 'Lock lines{Enter}');
    await user.clear(box);
    await user.click(screen.getByRole('button', { name: 'Saved and earlier searches' }));
    await user.click(await screen.findByRole('button', { name: /^Lock lines/ }));
    expect(box.value).toBe('lock');
  });
});
