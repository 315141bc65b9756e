/** The same way through the application without a pointer, and through a crash of the engine. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from './checks.ts';
import { startFlow } from './flow.ts';
import type { Launch, TestHost } from './host.ts';
import { enginePid } from './processes.ts';

/** More presses of Tab than any screen has stops. */
const TABS_MAX = 120;

export function keyboardFlow(name: TestHost['name'], launch: Launch): void {
  describe(`keyboard only (${name})`, () => {
    const flow = startFlow('keys', launch);
    const { press, screen } = flow;

    /** What has the focus: its accessible words, and whether one can see that it has it. */
    const focused = () =>
      flow.host.page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return { words: '', seen: 'nothing' };
        const visible = (one: Element): boolean => {
          const style = getComputedStyle(one);
          return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
        };
        // A ring may be drawn by the frame around an input.
        const seen = visible(element) || (element.parentElement !== null && visible(element.parentElement));
        return {
          words: (element.getAttribute('aria-label') ?? element.textContent ?? '').trim(),
          seen: seen ? 'ring' : 'no ring',
        };
      });

    /** Presses Tab until the words have the focus; every stop on the way must show that it has it. */
    async function tabTo(words: RegExp): Promise<void> {
      const passed: string[] = [];
      const blind: string[] = [];
      for (let count = 0; count < TABS_MAX; count += 1) {
        await press('Tab');
        const stop = await focused();
        if (stop.seen === 'no ring') blind.push(stop.words);
        passed.push(stop.words);
        if (words.test(stop.words)) {
          expect(blind).toEqual([]);
          return;
        }
      }
      throw new Error(`Tab never reached ${words}: ${[...new Set(passed)].join(' | ')}`);
    }

    it('opens the sample case', async () => {
      await flow.host.page.getByRole('button', { name: 'Open sample' }).waitFor();
      await tabTo(/^Open sample$/);
      await press('Enter');
      await flow.host.page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: 60_000 });
    });

    it('goes from the verdict to the line', async () => {
      await press('Alt+3');
      await screen('Findings');
      await press('j', 'k', 'Enter');
      await screen('Files');
      await flow.host.page.locator('[id^="line-"][aria-selected="true"]').waitFor();
      await press('Alt+ArrowLeft');
      await screen('Findings');
      await press('Alt+ArrowRight');
      await screen('Files');
    });

    it('searches and opens a match', async () => {
      await press('Control+k');
      await flow.host.page.keyboard.type('connection refused');
      await press('Enter');
      await screen('Search');
      await flow.host.page.getByLabel('Matches', { exact: true }).locator('mark').first().waitFor();
      if ((await focused()).words !== 'Matches') await tabTo(/^Matches$/);
      await press('j', 'Enter');
      await screen('Files');
      const line = flow.host.page.locator('[id^="line-"][aria-selected="true"]');
      await line.waitFor();
      await until('the match is shown', async () =>
        /connection refused/i.test((await line.textContent()) ?? '') ? true : null,
      );
    });

    it('exports the report', async () => {
      const file = path.join(flow.folder, 'keys.html');
      await flow.host.saveTo(file);
      await press('Alt+0');
      await screen('Report');
      await tabTo(/^(Export|Save)/);
      await press('Enter');
      const html = await until('the report is saved', async () =>
        existsSync(file) ? await readFile(file, 'utf8') : null,
      );
      expect(html).toMatch(/^<!doctype html>/i);
      expect(flow.host.problems()).toEqual([]);
    });

    it('shows that the engine ended, starts it again and goes on', async () => {
      const engine = enginePid(flow.host.pid);
      if (engine === null) throw new Error('there is no engine process');
      process.kill(engine, 'SIGKILL');
      const strip = flow.host.page.getByRole('contentinfo');
      await strip.getByRole('alert').waitFor();
      await strip.getByRole('alert').waitFor({ state: 'detached' });
      const next = await until('another engine process is there', () => enginePid(flow.host.pid));
      expect(next).not.toBe(engine);
      await press('Control+k', 'Control+a');
      await flow.host.page.keyboard.type('KUBE-SERVICES');
      await press('Enter');
      await screen('Search');
      await flow.host.page.getByRole('main').locator('mark').first().waitFor();
    });
  });
}
