/** The search part of the bench: the standard query set, first matches, cold caches, pages of a large file, reopening. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { CACHE, corpus, generate, installed, withTree } from './corpus.ts';
import { median, percentile } from './measure.ts';
import { RARE_WORD, standardQueries } from './queries.ts';
import { type Aim, type BenchRow, rowOf, rowWithout, type Verdict } from './rows.ts';
import { bundled } from './runner.ts';
import type { LinesRun, QueriesRun, TimelineRun } from './search-run.ts';

const ALL_P50: Aim = { bar: 0.8, goal: 0.3, unit: '' };
const ALL_P95: Aim = { bar: 3, goal: 1, unit: '' };
const FIRST: Aim = { bar: 0.15, goal: 0.05, unit: '' };
const COLD: Aim = { bar: 0.05, goal: 0.01, unit: '' };
const LINES: Aim = { bar: 2, goal: 1, unit: ' ms' };
/** Both of the timeline: a page of lines, and a histogram of 600 columns that are 10 s wide or wider. */
const TIMELINE: Aim = { bar: 50, goal: 20, unit: ' ms' };
const REOPEN: Aim = { bar: 300, goal: 100, unit: ' ms' };

const WHAT = {
  all50: 'all matches, warm, p50 of the standard query set / ripgrep on the extracted tree',
  all95: 'the same, p95',
  first: 'first 100 matches, p50 / ripgrep',
  cold: 'a rare word, cold page cache / ripgrep',
} as const;

const REOPENED_BUNDLES = 10;
const REOPENED_MEGABYTES = 16;
const RUNS = 5;
const COLD_RUNS = 3;

/** @param cli the command line as it is shipped: it imports. @param megabytes of text of the searched bundle. */
export async function searchRows(cli: string, megabytes: number): Promise<readonly BenchRow[]> {
  const folder = path.join(CACHE, `search-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const run = bundled('search-run', ['search', 'timeline']);
  const ask = <T>(...words: readonly string[]): T =>
    JSON.parse(
      execFileSync(process.execPath, [run, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
    ) as T;
  const imported = (name: string, ...sources: readonly string[]): string => {
    const caseFolder = path.join(folder, name);
    execFileSync(process.execPath, [cli, 'import', ...sources, '--case', caseFolder, '--quiet'], { stdio: 'pipe' });
    return caseFolder;
  };
  try {
    const made = corpus(megabytes);
    const caseFolder = imported('case', made.archive);
    return await withTree(made.archive, async (tree) => [
      ...queryRows(ask, caseFolder, tree, folder, megabytes),
      coldRow(ask, caseFolder, tree, megabytes),
      await linesRow(ask, imported, tree, folder, 2 * megabytes),
      ...timelineRows(ask, caseFolder, megabytes),
      reopenRow(ask, imported, folder),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Ask = <T>(...words: readonly string[]) => T;
type Imported = (name: string, ...sources: readonly string[]) => string;

function queryRows(ask: Ask, caseFolder: string, tree: string, folder: string, megabytes: number): readonly BenchRow[] {
  const size = `${megabytes} MB`;
  if (installed('rg') === null) return withoutPeer(size, 'not installed', 'no ripgrep here');
  const wanted = path.join(folder, 'queries.json');
  writeFileSync(wanted, JSON.stringify(standardQueries(tree)));
  const { asked, refused } = ask<QueriesRun>('queries', caseFolder, tree, wanted);
  if (asked.length === 0) return withoutPeer(size, 'not measured', 'no query was understood');
  const of = (pick: (one: QueriesRun['asked'][number]) => number, share: number): number =>
    percentile(asked.map(pick), share);
  const [rg50, rg95] = [of((one) => one.rgMs, 0.5), of((one) => one.rgMs, 0.95)];
  const told = (ms: number, rg: number): string =>
    `${(ms / rg).toFixed(2)} (${ms.toFixed(0)} ms against ${rg.toFixed(0)} ms)`;
  const wrong = asked.filter((one) => one.total !== one.rgTotal);
  const totals =
    wrong.length === 0 ? 'all totals as ripgrep counts them' : `${wrong.length} totals differ from ripgrep's`;
  const set = `${asked.length} queries, ${totals}${refused.length === 0 ? '' : `; ${refused.length} not understood`}`;
  for (const one of wrong) console.error(`${one.typed}: ${one.total} lines, ripgrep ${one.rgTotal}`);
  for (const one of asked)
    console.error(
      `${one.kind.padEnd(10)} ${one.allMs.toFixed(1).padStart(8)} ms all ${one.firstMs.toFixed(1).padStart(8)} ms first ${one.rgMs.toFixed(1).padStart(8)} ms rg ${String(one.total).padStart(9)} lines  ${one.typed}`,
    );
  const all50 = of((one) => one.allMs, 0.5);
  const all95 = of((one) => one.allMs, 0.95);
  const first = of((one) => one.firstMs, 0.5);
  const row50 = rowOf(`${WHAT.all50}, ${size}`, ALL_P50, all50 / rg50, `${told(all50, rg50)}; ${set}`);
  return [
    wrong.length === 0 ? row50 : { ...row50, verdict: 'miss' },
    rowOf(`${WHAT.all95}, ${size}`, ALL_P95, all95 / rg95, told(all95, rg95)),
    rowOf(`${WHAT.first}, ${size}`, FIRST, first / rg50, told(first, rg50)),
  ];
}

function withoutPeer(size: string, why: Verdict, because: string): readonly BenchRow[] {
  return [
    rowWithout(`${WHAT.all50}, ${size}`, ALL_P50, why, because),
    rowWithout(`${WHAT.all95}, ${size}`, ALL_P95, why, because),
    rowWithout(`${WHAT.first}, ${size}`, FIRST, why, because),
  ];
}

function coldRow(ask: Ask, caseFolder: string, tree: string, megabytes: number): BenchRow {
  const what = `${WHAT.cold}, ${megabytes} MB`;
  if (installed('rg') === null) return rowWithout(what, COLD, 'not installed', 'no ripgrep here');
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < COLD_RUNS; run++) {
    if (!droppedCaches()) return rowWithout(what, COLD, 'not measured', 'the page cache cannot be dropped here');
    ours.push(ask<{ ms: number }>('one', caseFolder, RARE_WORD).ms);
    droppedCaches();
    // Its program is read before the time runs, as ours is.
    installed('rg');
    const from = performance.now();
    spawnSync('rg', ['--no-config', '--no-ignore', '-c', '-F', RARE_WORD, tree]);
    theirs.push(performance.now() - from);
  }
  const [mine, rg] = [median(ours), median(theirs)];
  return rowOf(what, COLD, mine / rg, `${(mine / rg).toFixed(3)} (${mine.toFixed(0)} ms against ${rg.toFixed(0)} ms)`);
}

/** @returns false where only an administrator may do it, or the system has no such file. */
function droppedCaches(): boolean {
  try {
    execFileSync('sync');
    writeFileSync('/proc/sys/vm/drop_caches', '3');
    return true;
  } catch {
    return false;
  }
}

function timelineRows(ask: Ask, caseFolder: string, megabytes: number): readonly BenchRow[] {
  const run = ask<TimelineRun>('timeline', caseFolder);
  const page = `${run.pageP95Ms.toFixed(1)} ms (p50 ${run.pageP50Ms.toFixed(1)} ms, ${run.places} places, ${megabytes} MB)`;
  const zoom = `${run.zoomP95Ms.toFixed(1)} ms (p50 ${run.zoomP50Ms.toFixed(1)} ms, ${run.zooms} windows; the first ${run.firstMs.toFixed(0)} ms, ${megabytes} MB)`;
  return [
    rowOf('a merged page of 200 lines of the timeline at a random instant, p95', TIMELINE, run.pageP95Ms, page),
    rowOf('the histogram of the timeline at a random zoom, p95', TIMELINE, run.zoomP95Ms, zoom),
  ];
}

async function linesRow(
  ask: Ask,
  imported: Imported,
  tree: string,
  folder: string,
  megabytes: number,
): Promise<BenchRow> {
  const source = path.join(folder, 'large');
  mkdirSync(source);
  await writeLarge(path.join(tree, 'kubelet', 'kubelet.log'), path.join(source, 'kubelet.log'), megabytes);
  const caseFolder = imported('large-case', source);
  rmSync(source, { recursive: true });
  const run = ask<LinesRun>('lines', caseFolder);
  rmSync(caseFolder, { recursive: true });
  const told = `${run.p95Ms.toFixed(2)} ms (p50 ${run.p50Ms.toFixed(2)} ms, ${run.places} places, ${megabytes} MB)`;
  return rowOf(`100 lines anywhere in a file of ${(run.fileBytes / 1e9).toFixed(1)} GB, p95`, LINES, run.p95Ms, told);
}

/** One log, written again and again until the file is that large. */
async function writeLarge(log: string, target: string, megabytes: number): Promise<void> {
  const text = readFileSync(log);
  const out = createWriteStream(target);
  for (let written = 0; written < megabytes * 2 ** 20; written += text.length) {
    if (!out.write(text)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
  }
  out.end();
  await finished(out);
}

function reopenRow(ask: Ask, imported: Imported, folder: string): BenchRow {
  const sources = Array.from({ length: REOPENED_BUNDLES }, (_, seed) => {
    const source = path.join(folder, `node-${seed}`);
    generate(source, REOPENED_MEGABYTES, seed + 1);
    return source;
  });
  const caseFolder = imported('many', ...sources);
  for (const source of sources) rmSync(source, { recursive: true });
  const runs = Array.from({ length: RUNS }, () => ask<{ ms: number; bundles: number }>('reopen', caseFolder));
  const bundles = runs[0]?.bundles ?? 0;
  if (bundles !== REOPENED_BUNDLES) throw new Error(`the case holds ${bundles} bundles`);
  const ms = median(runs.map((run) => run.ms));
  const what = `reopen a case of ${bundles} bundles of ${REOPENED_MEGABYTES} MB, to files and first lines of each`;
  return rowOf(what, REOPEN, ms, `${ms.toFixed(0)} ms`);
}
