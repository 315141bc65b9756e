/** The start part of the bench: from starting the web host to a page on which an archive can be dropped. */
import { chromium } from 'playwright';
import { findChromium } from '../e2e/web-host.ts';
import { withHost } from './host-page.ts';
import { median } from './measure.ts';
import type { BenchRow } from './rows.ts';

const RUNS = 5;

/** @param cli the command line as it is shipped. */
export async function startRow(cli: string): Promise<BenchRow> {
  const what = 'page usable after start (web host)';
  const target = '<= 2 s';
  const executablePath = findChromium();
  if (executablePath === null) return { what, target, measured: 'no Chromium here', verdict: 'not measured' };
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const seconds: number[] = [];
  try {
    for (let run = 0; run < RUNS; run++) {
      const startedAt = performance.now();
      await withHost(cli, null, async (link) => {
        const page = await browser.newPage();
        await page.goto(link);
        await page.getByRole('button', { name: 'Open sample' }).waitFor();
        seconds.push((performance.now() - startedAt) / 1000);
        await page.close();
      });
    }
  } finally {
    await browser.close();
  }
  const middle = median(seconds);
  return { what, target, measured: `${middle.toFixed(2)} s`, verdict: middle <= 2 ? 'pass' : 'miss' };
}
