/**
 * The questions of the search bench, asked in one process, of the desk and the threads that the engine has: a search
 * through the command line would mostly measure the start of a process. Bundled before it runs, as the product is.
 *
 *     node search-run.cjs queries CASE TREE QUERIES.json    every query and ripgrep, in turns
 *     node search-run.cjs one CASE WORD                     the first search of a process whose threads have started
 *     node search-run.cjs lines CASE                        100 lines at many places of the largest file
 *     node search-run.cjs reopen CASE                       from an unopened case to its files and first lines
 *     node search-run.cjs timeline CASE                     pages of lines and histograms at random places
 *
 * Prints one JSON line, times in milliseconds.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../../analyzer/core/failure.ts';
import { CaseId } from '../../analyzer/core/ids.ts';
import type { TimelineHistogram } from '../../analyzer/core/timeline.ts';
import { SearchDesk } from '../../analyzer/jobs/search-desk.ts';
import { TimelineDesk } from '../../analyzer/jobs/timeline-desk.ts';
import { openBundle } from '../../analyzer/store/bundle-reader.ts';
import { type CaseStore, openCase } from '../../analyzer/store/case-store.ts';
import { median, percentile } from './measure.ts';
import type { StandardQuery } from './queries.ts';

export interface QueryTimes {
  readonly kind: StandardQuery['kind'];
  readonly typed: string;
  /** All matches counted. */
  readonly allMs: number;
  /** Until the first 100 matches can be shown: none can come before them any more. */
  readonly firstMs: number;
  readonly rgMs: number;
  readonly total: number;
  /** Lines that ripgrep finds, letters compared as our search compares them. */
  readonly rgTotal: number;
}

export interface QueriesRun {
  readonly asked: readonly QueryTimes[];
  /** Queries that the search box does not take. */
  readonly refused: readonly string[];
}

export interface LinesRun {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly fileBytes: number;
  readonly places: number;
}

export interface TimelineRun {
  readonly pageP50Ms: number;
  readonly pageP95Ms: number;
  /** Columns of 10 s and wider, from the whole case down. */
  readonly zoomP50Ms: number;
  readonly zoomP95Ms: number;
  /** The first histogram of the case: bundles are opened, gaps looked for. */
  readonly firstMs: number;
  readonly places: number;
  readonly zooms: number;
}

const ROUNDS = 3;
const FIRST = 100;
const PLACES = 300;
const LINES = 100;

function bundleFiles(caseFolder: string): readonly string[] {
  const folder = path.join(caseFolder, 'bundles');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.bundle'))
    .map((name) => path.join(folder, name));
}

const since = (from: number): number => performance.now() - from;

type Asked = { readonly total: number; readonly allMs: number; readonly firstMs: number };

/** Threads that have loaded their code take this long at most to say so. */
const WARM_MS = 1_500;

async function searching<T>(caseFolder: string, work: (desk: SearchDesk, store: CaseStore) => Promise<T>): Promise<T> {
  const opened = openCase(caseFolder, 'existing');
  if (!opened.ok) throw new Error(opened.failure.message);
  const desk = new SearchDesk(async () => fail('internal', 'no query here is about findings'));
  desk.warm(opened.value);
  await new Promise((resolve) => setTimeout(resolve, WARM_MS));
  try {
    return await work(desk, opened.value);
  } finally {
    await desk.close();
    opened.value.close();
  }
}

/** @returns null when the query is not understood. */
async function asked(desk: SearchDesk, store: CaseStore, typed: string): Promise<Asked | null> {
  const request = { query: typed, order: 'file', limit: FIRST, context: 0, bundles: null, search: null } as const;
  const from = performance.now();
  let firstMs: number | null = null;
  const answer = await desk.run(store, { ...request, timeLimitMs: 600_000 }, ({ matches, blocks, blocksDone }) => {
    if (matches.length === FIRST || (blocks > 0 && blocksDone === blocks)) firstMs ??= since(from);
  });
  const allMs = since(from);
  if (!answer.ok) return null;
  if (!answer.value.complete) throw new Error(`${typed}: ${answer.value.stopped?.message}`);
  return { total: answer.value.total, allMs, firstMs: firstMs ?? allMs };
}

function rg(words: readonly string[], tree: string): readonly [number, number] {
  const from = performance.now();
  const { stdout } = spawnSync(
    'rg',
    ['--no-config', '--no-ignore', '--hidden', '-a', '-c', '--no-filename', ...words, tree],
    {
      encoding: 'utf8',
    },
  );
  const ms = since(from);
  return [ms, stdout.split('\n').reduce((sum, line) => sum + Number(line), 0)];
}

async function queries(
  desk: SearchDesk,
  store: CaseStore,
  tree: string,
  wanted: readonly StandardQuery[],
): Promise<QueriesRun> {
  const refused: string[] = [];
  const times: QueryTimes[] = [];
  for (const query of wanted) {
    const ours: Asked[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      theirs.push(rg(query.rg, tree)[0]);
      const one = await asked(desk, store, query.typed);
      if (one !== null) ours.push(one);
    }
    const [first] = ours;
    if (first === undefined) {
      refused.push(query.typed);
      continue;
    }
    const anyCase = query.kind === 'pattern' ? [] : ['-i', '--no-unicode'];
    times.push({
      kind: query.kind,
      typed: query.typed,
      allMs: median(ours.map((one) => one.allMs)),
      firstMs: median(ours.map((one) => one.firstMs)),
      rgMs: median(theirs),
      total: first.total,
      rgTotal: rg([...anyCase, ...query.rg], tree)[1],
    });
  }
  return { asked: times, refused };
}

async function one(desk: SearchDesk, store: CaseStore, typed: string): Promise<{ readonly ms: number }> {
  const answer = await asked(desk, store, typed);
  if (answer === null || answer.total === 0) throw new Error(`${typed} was not found`);
  return { ms: answer.firstMs };
}

function lines(caseFolder: string): LinesRun {
  const [file] = bundleFiles(caseFolder);
  const opened = openBundle(file ?? '');
  if (!opened.ok) throw new Error(opened.failure.message);
  const reader = opened.value;
  const source = reader.files().reduce((largest, each) => (each.bytes > largest.bytes ? each : largest));
  const times: number[] = [];
  // The numbers of a linear congruential generator: the same places in every run.
  let state = 12345;
  for (let place = 0; place < PLACES; place++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const line = 1 + Math.floor((state / 2 ** 32) * (source.lines - LINES));
    const from = performance.now();
    const got = reader.lines(source.id, line, LINES);
    times.push(since(from));
    if (got.length !== LINES) throw new Error(`${got.length} lines from line ${line} of ${source.path}`);
  }
  reader.close();
  return { p50Ms: percentile(times, 0.5), p95Ms: percentile(times, 0.95), fileBytes: source.bytes, places: PLACES };
}

/** Of the whole span: as wide as a screen shows at first, down to columns of 10 s. */
const ZOOMS = [1, 0.5, 0.2, 0.1, 0.05, 0.02] as const;
const PAGE_LINES = 200;
const COLUMNS = 600;

async function timeline(caseFolder: string): Promise<TimelineRun> {
  const opened = openCase(caseFolder, 'existing');
  if (!opened.ok) throw new Error(opened.failure.message);
  const store = opened.value;
  const desk = new TimelineDesk();
  const scope = { caseId: CaseId.parse(caseFolder), bundles: null };
  const histogram = async (from: number | null, to: number | null): Promise<TimelineHistogram> => {
    const window = { from: isoOf(from), to: isoOf(to), incident: null, columns: COLUMNS, lanes: 'component' } as const;
    const answer = await desk.histogram(store, { ...scope, ...window }, async () => fail('internal', 'not analysed'));
    if (!answer.ok) throw new Error(answer.failure.message);
    return answer.value;
  };
  const page = async (time: number, direction: 'after' | 'before'): Promise<number> => {
    const at = { time: new Date(time).toISOString() };
    const ask = { ...scope, at, direction, count: PAGE_LINES, until: null, severity: null, lanes: null };
    const answer = await desk.lines(store, ask);
    if (!answer.ok) throw new Error(answer.failure.message);
    return answer.value.lines.length;
  };
  const first = performance.now();
  const { whole } = await histogram(null, null);
  const firstMs = since(first);
  if (whole === null) throw new Error('no line has a time');
  const [start, end] = [Date.parse(whole.from), Date.parse(whole.to)];
  // The numbers of a linear congruential generator: the same places in every run.
  let state = 12345;
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
  const pages: number[] = [];
  const zooms: number[] = [];
  // The first places make the code warm, not the lines: hardly one of the others is near them.
  for (let place = -TIMELINE_WARM; place < PLACES; place++) {
    const time = Math.floor(start + random() * (end - start));
    const from = performance.now();
    await page(time, place % 2 === 0 ? 'after' : 'before');
    if (place >= 0) pages.push(since(from));
  }
  for (let place = -TIMELINE_WARM; place < PLACES; place++) {
    const width = (end - start) * (ZOOMS[Math.abs(place) % ZOOMS.length] as number);
    const left = Math.floor(start + random() * (end - start - width));
    const from = performance.now();
    const { bucketMs } = await histogram(left, Math.ceil(left + width));
    if (place >= 0 && bucketMs >= 10_000) zooms.push(since(from));
  }
  await desk.close();
  store.close();
  return {
    pageP50Ms: percentile(pages, 0.5),
    pageP95Ms: percentile(pages, 0.95),
    zoomP50Ms: percentile(zooms, 0.5),
    zoomP95Ms: percentile(zooms, 0.95),
    firstMs,
    places: pages.length,
    zooms: zooms.length,
  };
}

const TIMELINE_WARM = 50;

function isoOf(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

function reopen(caseFolder: string): { readonly ms: number; readonly bundles: number } {
  const from = performance.now();
  const opened = openCase(caseFolder, 'existing');
  if (!opened.ok) throw new Error(opened.failure.message);
  const bundles = opened.value.bundles();
  for (const reader of bundles) {
    const [file] = reader.files();
    if (file === undefined || reader.lines(file.id, 1, LINES).length === 0) throw new Error('a bundle without lines');
  }
  const ms = since(from);
  opened.value.close();
  return { ms, bundles: bundles.length };
}

/** @returns what is printed. */
async function answered([what, caseFolder = '', word = '', file = '']: readonly string[]): Promise<unknown> {
  switch (what) {
    case 'queries': {
      const wanted = JSON.parse(readFileSync(file, 'utf8')) as readonly StandardQuery[];
      return searching(caseFolder, (desk, store) => queries(desk, store, word, wanted));
    }
    case 'one':
      return searching(caseFolder, (desk, store) => one(desk, store, word));
    case 'lines':
      return lines(caseFolder);
    case 'timeline':
      return timeline(caseFolder);
    default:
      return reopen(caseFolder);
  }
}

void answered(process.argv.slice(2)).then((answer) => process.stdout.write(`${JSON.stringify(answer)}\n`));
