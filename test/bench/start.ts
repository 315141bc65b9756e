/** The start part of the bench: from starting the web host to a page on which an archive can be dropped. */
import { spawn } from 'node:child_process';
import { chromium } from 'playwright';
import { findChromium } from '../e2e/web-host.ts';
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
      const host = spawn(process.execPath, [cli, 'serve'], { stdio: ['ignore', 'pipe', 'pipe'] });
      const link = await new Promise<string>((resolve, reject) => {
        let text = '';
        const look = (chunk: Buffer) => {
          text += chunk.toString();
          const found = /http:\/\/\S+token=\S+/.exec(text);
          if (found !== null) resolve(found[0]);
        };
        host.stdout.on('data', look);
        host.stderr.on('data', look);
        host.on('exit', () => reject(new Error(`serve ended: ${text}`)));
      });
      const page = await browser.newPage();
      await page.goto(link);
      await page.getByRole('button', { name: 'Open sample' }).waitFor();
      seconds.push((performance.now() - startedAt) / 1000);
      await page.close();
      host.removeAllListeners('exit');
      const ended = new Promise((resolve) => host.once('exit', resolve));
      host.kill('SIGTERM');
      await ended;
    }
  } finally {
    await browser.close();
  }
  const middle = median(seconds);
  return { what, target, measured: `${middle.toFixed(2)} s`, verdict: middle <= 2 ? 'pass' : 'miss' };
}
