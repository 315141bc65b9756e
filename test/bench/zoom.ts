/**
 * The zoom part of the bench: the Timeline of 10 million lines in 12 files of a node, in the page of the web host. How much the
 * page's main thread works for each step of the wheel: the answer that comes for the new window, drawing and layout included.
 */
import { execFileSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type CDPSession, chromium, type Page } from 'playwright';
import { tarHeader } from '../e2e/big-archive.ts';
import { findChromium } from '../e2e/web-host.ts';
import { CACHE } from './corpus.ts';
import { pageOf, withHost } from './host-page.ts';
import { median, percentile } from './measure.ts';
import { type Aim, type BenchRow, rowOf, rowWithout } from './rows.ts';

const ZOOM: Aim = { bar: 8, goal: 4, unit: ' ms' };
const WHAT = (lines: number) =>
  `work of the page's main thread for a step of zooming the Timeline of ${(lines / 1_000_000).toFixed(0)} million lines, p95`;

const STEPS = 120;
/** Twenty in, twenty out. */
const STEPS_ONE_WAY = 20;
/** A wheel that is turned steadily; the answer to a step comes within it or with one of the next. */
const STEP_MS = 50;
/** The wheel rests, and the answer to it is drawn. */
const RESTS_MS = 1_500;
const FILES = [
  'kubelet/kubelet.log',
  'containerd/containerd-log.txt',
  'var_log/messages',
  'var_log/aws-routed-eni/ipamd.log',
  'var_log/aws-routed-eni/plugin.log',
  'var_log/kube-proxy-abcde_kube-system_kube-proxy-1.log',
  ...[1, 2, 3, 4, 5, 6].map((nth) => `var_log/web-${nth}_shop_web-${nth}.log`),
];
/** Shorter than those of real logs, so that 10 million of them are unpacked in seconds. */
const LINE_BYTES = 60;
const CHUNK_LINES = 10_000;
/** Between lines of a file: a day of 10 million lines. */
const EVERY_MS = 100;

/** @param cli the command line as it is shipped. @param lines of all files together. */
export async function zoomRows(cli: string, lines: number): Promise<readonly BenchRow[]> {
  const executablePath = findChromium();
  if (executablePath === null) return [rowWithout(WHAT(lines), ZOOM, 'not measured', 'no Chromium here')];
  const folder = path.join(CACHE, `zoom-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    const archive = await logsArchive(Math.ceil(lines / FILES.length));
    const caseFolder = path.join(folder, 'cases', 'long');
    execFileSync(process.execPath, [cli, 'import', archive, '--case', caseFolder, '--quiet'], { stdio: 'pipe' });
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      const steps = await withHost(cli, folder, async (link) => {
        const page = await pageOf(browser, link, caseFolder, { width: 1920, height: 1080 });
        return workBySteps(page);
      });
      const work = steps.map(({ whole }) => whole);
      const own = steps.map(({ own: part }) => part);
      const told = `${percentile(work, 0.95).toFixed(1)} ms; p50 ${median(work).toFixed(1)}, most ${Math.max(...work).toFixed(1)}; of it script, style and layout p95 ${percentile(own, 0.95).toFixed(1)}, p50 ${median(own).toFixed(1)}`;
      return [rowOf(WHAT(lines), ZOOM, percentile(work, 0.95), told)];
    } finally {
      await browser.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** ms of processor time of the main thread. */
interface Work {
  readonly whole: number;
  /** Script, style and layout: what the page itself decides on. The rest is Chromium's painting, layers and tasks. */
  readonly own: number;
}

async function workBySteps(page: Page): Promise<readonly Work[]> {
  await page.getByRole('link', { name: 'Timeline' }).click();
  const picture = page.locator('.tl-overlay');
  await picture.waitFor();
  await page.waitForTimeout(1_000);
  const box = await picture.boundingBox();
  if (box === null) throw new Error('the picture of the timeline is not on the screen');
  await page.mouse.move(box.x + box.width * 0.6, box.y + 50);
  await seeThatItZooms(page);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const work: Work[] = [];
  let before = await taskTime(devtools);
  for (let step = 0; step < STEPS; step += 1) {
    await page.mouse.wheel(0, step % (2 * STEPS_ONE_WAY) < STEPS_ONE_WAY ? -60 : 60);
    await page.waitForTimeout(STEP_MS);
    const now = await taskTime(devtools);
    work.push({ whole: now.whole - before.whole, own: now.own - before.own });
    before = now;
  }
  return work;
}

/** The title is told when the wheel rests. */
async function seeThatItZooms(page: Page): Promise<void> {
  const title = page.locator('.tl-head h1');
  const whole = await title.textContent();
  for (const way of [-60, 60]) {
    for (let step = 0; step < STEPS_ONE_WAY; step += 1) await page.mouse.wheel(0, way);
    await page.waitForTimeout(RESTS_MS);
    if (((await title.textContent()) === whole) !== way > 0) throw new Error('the wheel does not zoom');
  }
}

/** @returns what tasks of the page's main thread took so far: processor time, not what it waited for other programs. */
async function taskTime(devtools: CDPSession): Promise<Work> {
  const { metrics } = await devtools.send('Performance.getMetrics');
  const ms = (wanted: string) => (metrics.find(({ name }) => name === wanted)?.value ?? 0) * 1000;
  return {
    whole: ms('TaskDuration'),
    own: ms('ScriptDuration') + ms('RecalcStyleDuration') + ms('LayoutDuration'),
  };
}

/** @returns the packed files, made once. */
async function logsArchive(linesEach: number): Promise<string> {
  const archive = path.join(CACHE, `eks_i-0zoom${linesEach}_2026-03-02_1200-UTC_0.7.9.tar.gz`);
  if (existsSync(archive)) return archive;
  const bytes = linesEach * LINE_BYTES;
  function* members(): Generator<Buffer> {
    for (const [nth, file] of FILES.entries()) {
      yield tarHeader(file, bytes);
      for (let from = 1; from <= linesEach; from += CHUNK_LINES) {
        const count = Math.min(CHUNK_LINES, linesEach - from + 1);
        yield Buffer.from(Array.from({ length: count }, (_, at) => lineOf(nth, from + at)).join(''), 'latin1');
      }
      yield Buffer.alloc((512 - (bytes % 512)) % 512);
    }
    yield Buffer.alloc(1024);
  }
  await pipeline(Readable.from(members()), createGzip({ level: 1 }), createWriteStream(`${archive}.part`));
  renameSync(`${archive}.part`, archive);
  return archive;
}

/** @returns a line of LINE_BYTES with its ending; a warning or an error now and then. */
function lineOf(file: number, line: number): string {
  const stamp = new Date(Date.UTC(2026, 2, 1) + line * EVERY_MS + file).toISOString();
  const level = line % 97 === 0 ? 'level=error' : line % 31 === 0 ? 'level=warning' : 'level=info';
  return `${`${stamp} ${level} seq=${line}`.padEnd(LINE_BYTES - 1, '.')}\n`;
}
