/**
 * `npm run bench`: how fast the product is, as ratios to other tools in the same run, interleaved, medians of five.
 * Prints a table with pass or miss and writes test/bench/RESULTS.md.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright';
import { build } from '../../electron/tools/build.ts';
import { findChromium } from '../e2e/web-host.ts';
import { type Measured, measure, median } from './measure.ts';
import { type BenchRow, networkRows } from './network.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const MEGABYTES = 100;
const PAIRS = 5;
/** The engine as it is shipped: the bundle, not the sources. */
const CLI = path.join(ROOT, 'dist', 'engine', 'cli.cjs');

/** @returns path of the packed corpus, made once and kept in the cache folder. */
function corpus(): string {
  const cache = path.join(ROOT, '.cache', 'bench');
  const archive = path.join(cache, `eks_i-0bench${MEGABYTES}_2024-05-01_1200-UTC_0.7.9.tar.gz`);
  if (existsSync(archive)) return archive;
  const folder = path.join(cache, `corpus-${MEGABYTES}`);
  mkdirSync(folder, { recursive: true });
  execFileSync(process.execPath, [path.join(import.meta.dirname, 'gen-corpus.mjs'), folder, String(MEGABYTES)]);
  execFileSync('tar', ['-C', folder, '-czf', archive, '.']);
  rmSync(folder, { recursive: true });
  return archive;
}

async function importRows(archive: string): Promise<readonly BenchRow[]> {
  const folder = path.join(tmpdir(), `coldcase-bench-${process.pid}`);
  const yardstick = ['sh', '-c', 'gzip -dc "$1" | wc -l', 'sh', archive];
  const product = [process.execPath, CLI, 'analyze', archive, '--json', '--quiet', '--case', folder];
  await measure(yardstick);
  const pairs: { readonly ours: Measured; readonly gzip: Measured }[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const gzip = await measure(yardstick);
    rmSync(folder, { recursive: true, force: true });
    const ours = await measure(product);
    if (ours.code !== 0) throw new Error(`coldcase analyze ended with ${ours.code}`);
    pairs.push({ ours, gzip });
  }
  rmSync(folder, { recursive: true, force: true });
  const ratios = pairs.map(({ ours, gzip }) => ours.seconds / gzip.seconds);
  const ratio = median(ratios);
  const spread = `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`;
  const wall = median(pairs.map(({ ours }) => ours.seconds));
  const rss = Math.max(...pairs.map(({ ours }) => ours.peakRssBytes ?? 0)) / 1e6;
  return [
    {
      what: `import and analysis of ${MEGABYTES} MB, wall, ratio to gzip -dc piped into wc -l`,
      target: '<= 4',
      measured: `${ratio.toFixed(2)} (${spread}; ${wall.toFixed(2)} s)`,
      verdict: ratio <= 4 ? 'pass' : 'miss',
    },
    {
      what: 'peak RSS of the same',
      target: '<= 500 MB',
      measured: `${rss.toFixed(0)} MB`,
      verdict: rss > 0 && rss <= 500 ? 'pass' : 'miss',
    },
  ];
}

/** From starting the web host to a page on which an archive can be dropped. */
async function startRow(): Promise<BenchRow> {
  const what = 'page usable after start (web host)';
  const target = '<= 2 s';
  const executablePath = findChromium();
  if (executablePath === null) return { what, target, measured: 'no Chromium here', verdict: 'not measured' };
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const seconds: number[] = [];
  try {
    for (let run = 0; run < PAIRS; run++) {
      const startedAt = performance.now();
      const host = spawn(process.execPath, [CLI, 'serve'], { stdio: ['ignore', 'pipe', 'pipe'] });
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

const loadAtStart = loadavg()[0] ?? 0;
await build({ parts: ['engine', 'renderer'] });
const archive = corpus();
const rows = [...(await importRows(archive)), ...networkRows(CLI), await startRow()];
const size = readFileSync(archive).length / 1e6;
const text = [
  '# Bench results',
  '',
  `${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}; archive of ${MEGABYTES} MB text (${size.toFixed(1)} MB packed).`,
  `Medians of ${PAIRS} interleaved pairs; ratios hold better than absolute times. Load average of the machine before the start: ${loadAtStart.toFixed(1)}.`,
  '',
  '| what | target | measured | |',
  '|---|---|---|---|',
  ...rows.map((row) => `| ${row.what} | ${row.target} | ${row.measured} | ${row.verdict} |`),
  '',
].join('\n');
writeFileSync(path.join(import.meta.dirname, 'RESULTS.md'), text);
console.log(text);
process.exitCode = rows.some((row) => row.verdict === 'miss') ? 1 : 0;
