/**
 * The viewer part of the bench: a file of gigabytes in the page of the web host, in Chromium. How long it takes until its
 * lines are on the screen, and how much the process of the page grows by jumping about in it.
 */
import { execFileSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright';
import { tarHeader } from '../e2e/big-archive.ts';
import { findChromium } from '../e2e/web-host.ts';
import { CACHE } from './corpus.ts';
import { pageOf, withHost } from './host-page.ts';
import { median, percentile } from './measure.ts';
import { type Aim, type BenchRow, rowOf, rowWithout, spread } from './rows.ts';

const OPEN: Aim = { bar: 1_000, goal: 300, unit: ' ms' };
const GROWTH: Aim = { bar: 300, goal: 100, unit: ' MB' };
const WHAT = {
  open: (file: string) => `opening ${file} at a random line until it is on the screen, p95`,
  growth: (file: string) => `growth of the page's process (resident) by 200 random jumps in ${file}`,
} as const;

const OPENS = 20;
const JUMPS = 200;
const FILE = 'var_log/kubelet.log';
const LINE_BYTES = 100;
const CHUNK_LINES = 10_000;

interface Opened {
  readonly milliseconds: readonly number[];
  readonly rssBefore: number;
  readonly rssAfter: number;
  readonly heapBefore: number;
  readonly heapAfter: number;
}

/** @param cli the command line as it is shipped. @param megabytes of text, in lines of 100 bytes. */
export async function viewerRows(cli: string, megabytes: number): Promise<readonly BenchRow[]> {
  const lines = Math.floor((megabytes * 1_000_000) / LINE_BYTES);
  const file = `a file of ${megabytes} MB, ${(lines / 1_000_000).toFixed(1)} million lines,`;
  const executablePath = findChromium();
  if (executablePath === null) {
    return [
      rowWithout(WHAT.open(file), OPEN, 'not measured', 'no Chromium here'),
      rowWithout(WHAT.growth(file), GROWTH, 'not measured', 'no Chromium here'),
    ];
  }
  const folder = path.join(CACHE, `viewer-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    const archive = await longArchive(megabytes, lines);
    // Where the host looks for cases: it opens no others.
    const caseFolder = path.join(folder, 'cases', 'long');
    execFileSync(process.execPath, [cli, 'import', archive, '--case', caseFolder, '--quiet'], { stdio: 'pipe' });
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--enable-precise-memory-info'] });
    try {
      const ran = await withHost(cli, folder, (link) => runIn(browser, link, caseFolder, lines));
      const grown = (ran.rssAfter - ran.rssBefore) / 1_000_000;
      const heap = ((ran.heapAfter - ran.heapBefore) / 1_000_000).toFixed(0);
      return [
        rowOf(
          WHAT.open(file),
          OPEN,
          percentile(ran.milliseconds, 0.95),
          `${percentile(ran.milliseconds, 0.95).toFixed(0)} ms; p50 and range ${spread(ran.milliseconds, median(ran.milliseconds))}`,
        ),
        rowOf(
          WHAT.growth(file),
          GROWTH,
          grown,
          `${grown.toFixed(0)} MB, from ${(ran.rssBefore / 1_000_000).toFixed(0)} MB; its JS heap ${heap} MB`,
        ),
      ];
    } finally {
      await browser.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns a line of exactly 100 bytes with its ending. */
function lineOf(number: number): string {
  const stamp = new Date(Date.UTC(2026, 2, 1) + number * 5).toISOString();
  const text = `${stamp} node-1 kubelet[1234]: I0301 pod_workers.go:190] "Sync" seq=${String(number).padStart(9, '0')}`;
  return `${text.padEnd(LINE_BYTES - 1, '.')}\n`;
}

/** @returns the packed file, made once. */
async function longArchive(megabytes: number, lines: number): Promise<string> {
  const archive = path.join(CACHE, `eks_i-0viewer${megabytes}_2026-03-02_1200-UTC_0.7.9.tar.gz`);
  if (existsSync(archive)) return archive;
  const bytes = lines * LINE_BYTES;
  function* members(): Generator<Buffer> {
    yield tarHeader(FILE, bytes);
    for (let from = 1; from <= lines; from += CHUNK_LINES) {
      const count = Math.min(CHUNK_LINES, lines - from + 1);
      yield Buffer.from(Array.from({ length: count }, (_, nth) => lineOf(from + nth)).join(''), 'latin1');
    }
    yield Buffer.alloc(((512 - (bytes % 512)) % 512) + 1024);
  }
  await pipeline(Readable.from(members()), createGzip({ level: 1 }), createWriteStream(`${archive}.part`));
  renameSync(`${archive}.part`, archive);
  return archive;
}

async function runIn(browser: Browser, link: string, caseFolder: string, lines: number): Promise<Opened> {
  const page = await pageOf(browser, link, caseFolder, { width: 1280, height: 720 });
  await page.getByRole('link', { name: 'Files' }).click();
  await page.getByRole('treeitem', { name: /^kubelet\.log/ }).click();
  await page.locator('#line-1').waitFor();
  const params = new URLSearchParams(new URL(page.url()).hash.replace(/^#\/files\?/, ''));

  const milliseconds: number[] = [];
  for (let nth = 0; nth < OPENS; nth += 1) {
    await page.evaluate(() => {
      location.hash = '#/overview';
    });
    await page.getByRole('region', { name: 'Verdict' }).waitFor();
    params.set('line', String(place(nth, lines)));
    milliseconds.push(await shownAfter(page, `#/files?${params}`, place(nth, lines)));
  }

  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.enable');
  const pid = await processOf(browser);
  const heap = async () => (await devtools.send('Runtime.getHeapUsage')).usedSize;
  await devtools.send('HeapProfiler.collectGarbage');
  const [rssBefore, heapBefore] = [resident(pid), await heap()];
  await page.locator('#viewer-lines').focus();
  for (let nth = 0; nth < JUMPS; nth += 1) {
    const line = place(OPENS + nth, lines);
    await page.keyboard.press('g');
    await page.keyboard.press('Control+a');
    await page.keyboard.type(String(line));
    await page.keyboard.press('Enter');
    await page.waitForFunction((number) => {
      const text = document.querySelector(`#line-${number} > span`)?.textContent ?? '';
      return text.includes(`seq=${String(number).padStart(9, '0')}`);
    }, line);
  }
  // What is no longer used but not yet collected counts: it is there.
  const [rssAfter, heapAfter] = [resident(pid), await heap()];
  return { milliseconds, rssBefore, rssAfter, heapBefore, heapAfter };
}

/** Scattered over the file, the same in every run. */
const place = (nth: number, lines: number) => 1 + ((nth * 777_767_777 + 12_345) % lines);

/** Opens a route, and waits until the frame with the text of its line was drawn. */
function shownAfter(page: Page, hash: string, line: number): Promise<number> {
  return page.evaluate(
    ({ hash: to, line: number }) =>
      new Promise<number>((resolve) => {
        const wanted = `seq=${String(number).padStart(9, '0')}`;
        const started = performance.now();
        const look = () => {
          const row = document.getElementById(`line-${number}`);
          if (row?.textContent?.includes(wanted) !== true) {
            requestAnimationFrame(look);
            return;
          }
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started)));
        };
        location.hash = to;
        requestAnimationFrame(look);
      }),
    { hash, line },
  );
}

/** @returns the process of the one page there is: of the renderers the largest. */
async function processOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const largest = renderers.sort((a, b) => resident(b) - resident(a))[0];
  if (largest === undefined) throw new Error('there is no process of the page');
  return largest;
}

/** @returns bytes of memory that the process holds (VmRSS). */
function resident(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
