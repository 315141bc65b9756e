/** A case in the page of the web host, in Chromium, for the parts of the bench that look at screens. */
import { spawn } from 'node:child_process';
import type { Browser, Page } from 'playwright';

/** @param cli the command line as it is shipped. @param folder of the state, null: the user's; the host opens cases below it alone. */
export async function withHost<T>(cli: string, folder: string | null, work: (link: string) => Promise<T>): Promise<T> {
  const host = spawn(process.execPath, [cli, 'serve'], {
    env: folder === null ? process.env : { ...process.env, COLDCASE_STATE: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
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
    return await work(link);
  } finally {
    host.removeAllListeners('exit');
    const ended = new Promise((resolve) => host.once('exit', resolve));
    host.kill('SIGTERM');
    await ended;
  }
}

/** @returns a page with the case open, its analysis on the screen. */
export async function pageOf(
  browser: Browser,
  link: string,
  caseFolder: string,
  viewport: { readonly width: number; readonly height: number },
): Promise<Page> {
  const page = await browser.newPage({ viewport });
  page.setDefaultTimeout(60_000);
  await page.goto(link);
  await page.getByRole('button', { name: 'Open sample' }).waitFor();
  await page.evaluate((folder) => {
    location.hash = `#/start?open=${encodeURIComponent(folder)}`;
  }, caseFolder);
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('region', { name: 'Verdict' }).waitFor();
  return page;
}
