import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BYTES_FILE_PATH, LONG_FILE_PATH, longFileLine, writeLongFile } from './big-archive.ts';
import { checkScreen, until } from './checks.ts';
import { startFlow } from './flow.ts';
import type { Launch, TestHost } from './host.ts';

/** About 200 MB of text. */
const LINES = 1_900_000;
/** Scattered over the file, the same ones in every run. */
const PLACES: readonly number[] = Array.from({ length: 12 }, (_, nth) => 1 + ((nth * 777_767_777) % LINES));
/** Text of a longer line is shown by its beginning. */
const CHARS_SHOWN = 4_000;
/** Rows that may be in the page, however long the file is. */
const ROWS_MAX = 120;

export function viewerFlow(name: TestHost['name'], launch: Launch): void {
  describe(`a file of 200 MB (${name})`, () => {
    const flow = startFlow(
      'viewer',
      launch,
      async ({ host, folder }) => {
        const archive = path.join(folder, 'eks_i-0e2e_2026-03-01_1500-UTC_0.7.9.tar.gz');
        await writeLongFile(archive, LINES);
        await host.drop([archive]);
        await host.page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: 180_000 });
      },
      300_000,
    );
    const { press } = flow;

    /** Number and text of every row in the page that has its text. */
    const rows = () =>
      flow.host.page.locator('#viewer-lines').evaluate((list) =>
        [...list.querySelectorAll('.line')]
          .filter((row) => row.querySelector(':scope > span > em') === null)
          .map((row) => ({
            number: Number(row.querySelector('b')?.textContent),
            text: row.querySelector(':scope > span')?.textContent ?? '',
          })),
      );
    /** Waits until the line is in the page with its text, then holds every row against the file. */
    async function expectLines(line: number): Promise<void> {
      const shown = await until(`line ${line} is shown`, async () => {
        const all = await rows();
        return all.some(({ number }) => number === line) ? all : null;
      });
      expect(shown.length).toBeLessThan(ROWS_MAX);
      for (const { number, text } of shown) {
        const wanted = longFileLine(number);
        if (wanted.length <= CHARS_SHOWN) expect(text).toBe(wanted);
        else expect(text.startsWith(wanted.slice(0, CHARS_SHOWN))).toBe(true);
      }
    }
    async function goTo(text: string): Promise<void> {
      await press('g', 'Control+a');
      await flow.host.page.keyboard.type(text);
      await press('Enter');
    }

    it('is listed with its size, its lines and where in time they lie', async () => {
      await press('Alt+7');
      const row = flow.host.page.getByRole('treeitem', { name: /^kubelet\.log/ });
      await row.waitFor();
      await until('its span is told', async () =>
        /1,900,000 lines.*1 Mar 00:00:00 to 1 Mar 10:/.test((await row.getAttribute('aria-label')) ?? '') ? true : null,
      );
      await checkScreen(flow.host, 'files-1-list');
    });

    it('opens at its first lines', async () => {
      await flow.host.page.getByRole('treeitem', { name: /^kubelet\.log/ }).click();
      await expectLines(1);
      await flow.host.page.getByRole('listbox', { name: `Lines of ${LONG_FILE_PATH}` }).focus();
    });

    it('ends at its last lines, to which nothing is added', async () => {
      await goTo('100%');
      await expectLines(LINES);
      expect((await rows()).at(-1)?.number).toBe(LINES);
      await goTo('1');
      await expectLines(1);
    });

    it('shows the right text at any line', async () => {
      for (const place of PLACES) {
        await goTo(String(place));
        await expectLines(place);
        const chosen = flow.host.page.locator(`#line-${place}`);
        expect(await chosen.getAttribute('aria-selected')).toBe('true');
        expect(await chosen.locator('> b').textContent()).toBe(String(place));
      }
    });

    it('shows the right text wherever the thumb of the scroll bar is dragged, and at a time', async () => {
      const bar = await flow.host.page.getByRole('scrollbar', { name: 'Position in the file' }).boundingBox();
      if (bar === null) throw new Error('there is no scroll bar');
      for (const share of [0.5, 0.91, 0.13]) {
        await flow.host.page.mouse.click(bar.x + bar.width / 2, bar.y + bar.height * share);
        const near = await until('the view is near there', async () => {
          const middle = (await rows())[5]?.number ?? 0;
          return Math.abs(middle / LINES - share) < 0.05 ? middle : null;
        });
        await expectLines(near);
      }
      await flow.host.page.getByRole('listbox', { name: `Lines of ${LONG_FILE_PATH}` }).focus();
      // A line every 20 ms from midnight: 5 hours are 900,000 lines.
      await goTo('05:00');
      await expectLines(900_000);
      expect(await flow.host.page.locator('#line-900000').getAttribute('aria-selected')).toBe('true');
    });

    it('finds a line in the file and goes back to where one was', async () => {
      await press('Control+f', 'Control+a');
      await flow.host.page.keyboard.type('seq=1234567;');
      await flow.host.page.getByRole('search', { name: 'Search in this file' }).getByText('1 match').waitFor();
      await press('Enter');
      await expectLines(1_234_567);
      expect(await flow.host.page.locator('#line-1234567 mark').textContent()).toBe('seq=1234567;');
      await checkScreen(flow.host, 'files-2-find');
      await flow.host.page.getByRole('textbox', { name: 'Search in this file' }).focus();
      await press('Escape');
      expect(await flow.host.page.evaluate(() => document.activeElement?.id)).toBe('viewer-lines');
      await press('Escape');
      await expectLines(900_000);
    });

    it('shows the fields of its lines, and another file beside it', async () => {
      await flow.host.page.getByRole('button', { name: 'Parsed' }).click();
      await flow.host.page.locator('#line-900000 time').waitFor();
      await checkScreen(flow.host, 'files-3-parsed');
      await flow.host.page.getByRole('button', { name: 'Raw' }).click();
      await flow.host.page.getByRole('treeitem', { name: /^wtmp/ }).click({ modifiers: ['Shift'] });
      await flow.host.page.getByRole('listbox', { name: `Bytes of ${BYTES_FILE_PATH}` }).waitFor();
      await checkScreen(flow.host, 'files-4-beside');
      await flow.host.page.getByRole('button', { name: 'Close this pane' }).click();
      expect(flow.host.problems()).toEqual([]);
    });
  });
}
