import { describe, expect, it } from 'vitest';
import { checkScreen, until } from './checks.ts';
import { startFlow } from './flow.ts';
import type { Launch, TestHost } from './host.ts';

/** Goes over every line in more ways than there is time for. */
const RUNAWAY = '/(([a-z0-9])+.)+[A-Z]([a-z0-9])+$/';
/** A whole query may not be longer (query/query.ts). */
const LONG = `/${'(a|b)+'.repeat(2_000)}/`;
/** As long as one may be, nearly, and answered. */
const LONGEST = `/${Array.from({ length: 1_000 }, (_, at) => `word${at}x`).join('|')}|kubelet/`;

export function searchFlow(name: TestHost['name'], launch: Launch): void {
  describe(`search by keys alone (${name})`, () => {
    const flow = startFlow('search', launch, async ({ host }) => {
      await host.page.getByRole('button', { name: 'Open sample' }).press('Enter');
      await host.page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: 60_000 });
    });
    const { press, main, screen } = flow;

    const matches = () => main().getByRole('listbox', { name: 'Matches' });
    const selected = () => matches().getByRole('option', { selected: true });
    const focused = () => flow.host.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    const total = async (): Promise<number> => {
      const text = (await main().getByRole('heading', { level: 1 }).textContent()) ?? '';
      return Number(/^([\d,]+) matching lines?$/.exec(text)?.[1]?.replaceAll(',', '') ?? Number.NaN);
    };
    const settled = () =>
      until('the count is final', async () => {
        const count = await total();
        return Number.isNaN(count) ? null : count;
      });
    const query = async (text: string) => {
      await press('Control+k', 'Control+a');
      await flow.host.page.keyboard.type(text);
    };

    it('finds while it is typed, and completes what is begun', async () => {
      await press('Alt+5');
      await screen('Search');
      await query('failed');
      await matches().locator('mark').first().waitFor();
      const all = await settled();
      expect(await focused()).toBe('Query');
      await flow.host.page.keyboard.type(' se');
      await main().getByRole('listbox', { name: 'Completions' }).waitFor();
      await press('Tab');
      await flow.host.page.keyboard.type('err');
      await press('ArrowDown', 'Enter', 'Enter');
      await until('the list has the focus', async () => ((await focused()) === 'Matches' ? true : null));
      const errors = await settled();
      expect(errors).toBeGreaterThan(0);
      expect(errors).toBeLessThanOrEqual(all);
    });

    it('keeps a match, opens it in its file and comes back to it', async () => {
      await query('KUBE-SERVICES');
      await press('Enter');
      await until('the list has the focus', async () => ((await focused()) === 'Matches' ? true : null));
      await settled();
      await press('j', 'j', 'k', ']');
      const text = (await selected().locator('.result__line:not(.result__context)').textContent()) ?? '';
      const id = await selected().getAttribute('id');
      expect(id).toBe('match-2');
      await press('b');
      await selected().getByRole('img', { name: 'Bookmarked' }).waitFor();
      await press('Enter');
      await screen('Files');
      const line = flow.host.page.locator('[id^="line-"][aria-selected="true"]').first();
      await until('the match is shown', async () =>
        ((await line.textContent()) ?? '').includes(text.replace('… ', '').slice(0, 30)) ? true : null,
      );
      await press('Alt+ArrowLeft');
      await screen('Search');
      await selected().getByRole('img', { name: 'Bookmarked' }).waitFor();
      expect(await selected().getAttribute('id')).toBe('match-2');
    });

    it('leaves lines out by their text, and shows it all as one query', async () => {
      const before = await settled();
      await press('-');
      await until('the box has the focus', async () => ((await focused()) === 'Text to filter by' ? true : null));
      await press('Control+a');
      await flow.host.page.keyboard.type('Chain');
      await press('Alt+Enter');
      await main().getByRole('group', { name: 'Filter out: text "Chain"' }).waitFor();
      await until('fewer are left', async () => ((await total()) < before ? true : null));
      await main().getByRole('button', { name: 'One query' }).press('Enter');
      await main().getByText('KUBE-SERVICES -Chain', { exact: true }).waitFor();
      await checkScreen(flow.host, '9-search-filters');
      await main().getByRole('button', { name: 'Remove filter "Chain"' }).press('Enter');
      await until('all are back', async () => ((await total()) === before ? true : null));
    });

    it('stays alive whatever the pattern is', async () => {
      const before = await settled();
      await query('/(unclosed/');
      await until('the fault is said', async () =>
        ((await main().locator('.asking__fault').textContent()) ?? '').includes('character') ? true : null,
      );
      await press('Control+k', 'Control+a');
      await flow.host.page.keyboard.insertText(LONG);
      await main()
        .locator('.asking__fault')
        .getByText(/at most/)
        .waitFor();
      await press('Control+k', 'Control+a');
      await flow.host.page.keyboard.insertText(LONGEST);
      await press('Enter');
      const all = await until('the long pattern is answered', async () => {
        const count = await total();
        return Number.isNaN(count) || count === before ? null : count;
      });
      expect(all).toBeGreaterThan(before);
      await query(RUNAWAY);
      await press('Enter');
      await main().getByRole('button', { name: 'Cancel' }).waitFor();
      await press('Alt+2');
      await flow.host.page.getByRole('region', { name: 'Verdict' }).waitFor();
      await press('Alt+5');
      await screen('Search');
      await query('KUBE-SERVICES');
      await press('Enter');
      await matches().locator('mark').first().waitFor();
      expect(await settled()).toBeGreaterThan(0);
      expect(flow.host.problems()).toEqual([]);
    });
  });
}
