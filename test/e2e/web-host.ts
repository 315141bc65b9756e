/** Drives the web host (`coldcase serve`) in the Chromium of this machine. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright';
import { dropFiles } from './drop.ts';
import { type LaunchOptions, PATIENCE_MILLISECONDS, type TestHost } from './host.ts';

const projectRoot = path.join(import.meta.dirname, '..', '..');

/** @returns a Chromium of this machine; Playwright's own download is not asked for. */
export function findChromium(): string | null {
  const named = process.env.COLDCASE_CHROMIUM;
  const places = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
  ];
  return (named === undefined ? places : [named]).find((file) => existsSync(file)) ?? null;
}

/** Starts `coldcase serve` and waits for its link. */
async function startServer(stateFolder: string) {
  const child = spawn(process.execPath, [path.join(projectRoot, 'analyzer', 'hosts', 'cli', 'main.ts'), 'serve'], {
    env: { ...process.env, COLDCASE_STATE: stateFolder },
    // A pipe: the server ends with this process whatever becomes of it.
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const link = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(said);
      if (found) resolve(found[0]);
    };
    child.on('error', reject);
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void exited.then((code) => reject(new Error(`coldcase serve ended with ${code} before its link:\n${said}`)));
  });
  return { child, exited, link, said: () => said };
}

/**
 * Starts the web host and opens its link.
 * @throws when there is no Chromium or the host does not start.
 */
export async function launchWeb({ stateFolder }: LaunchOptions): Promise<TestHost> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('There is no Chromium on this machine.');
  const server = await startServer(stateFolder);
  let browser: Browser;
  try {
    browser = await chromium.launch({
      executablePath,
      // Chromium refuses to run as root with its sandbox.
      chromiumSandbox: process.getuid?.() !== 0,
    });
  } catch (error) {
    server.child.kill();
    throw error;
  }
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, acceptDownloads: true });
  const page = await context.newPage();
  const seen: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') seen.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => seen.push(`page: ${error.stack ?? error.message}`));
  page.on('crash', () => seen.push('page: crashed'));
  page.on('requestfailed', (request) => {
    // Closing the page ends its event stream; that is no failure of the application.
    if (!request.url().endsWith('/api/events')) seen.push(`request: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) seen.push(`request: ${response.url()} answered ${response.status()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.hostname !== '127.0.0.1' && !['blob:', 'data:'].includes(url.protocol))
      seen.push(`request leaves the machine: ${url}`);
  });
  let saveAs: string | null = null;
  page.on('download', (download) => {
    if (saveAs === null) void download.cancel();
    else download.saveAs(saveAs).catch((error: Error) => seen.push(`download: ${error.message}`));
  });
  page.setDefaultTimeout(PATIENCE_MILLISECONDS);
  await page.goto(server.link);
  return {
    name: 'web',
    page,
    pid: server.child.pid ?? 0,
    drop: (paths, target = 'body') => dropFiles(page, paths, target),
    resize: (width, height) => page.setViewportSize({ width, height }),
    saveTo: async (file) => {
      saveAs = file;
    },
    problems: () => [
      ...seen,
      ...server
        .said()
        .split('\n')
        .filter((line) => /^A request failed|^Restarting/.test(line)),
    ],
    close: async () => {
      await browser.close();
      server.child.kill('SIGTERM');
      const code = await server.exited;
      if (code !== 0) throw new Error(`coldcase serve ended with ${code}:\n${server.said()}`);
    },
  };
}
