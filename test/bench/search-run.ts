/**
 * The questions of the search bench, asked in one process: a search through the command line would mostly measure the
 * start of a process. Bundled before it runs, as the product is.
 *
 *     node search-run.cjs queries CASE TREE QUERIES.json    every query and ripgrep, in turns
 *     node search-run.cjs one CASE WORD                     one search by a process that has just started
 *     node search-run.cjs lines CASE                        100 lines at many places of the largest file
 *     node search-run.cjs reopen CASE                       from an unopened case to its files and first lines
 *
 * Prints one JSON line, times in milliseconds.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { searchCase } from '../../analyzer/jobs/search-case.ts';
import type { TaskContext } from '../../analyzer/jobs/task.ts';
import { parseQuery } from '../../analyzer/query/plain.ts';
import { openBundle } from '../../analyzer/store/bundle-reader.ts';
import { openCase } from '../../analyzer/store/case-store.ts';
import { median, percentile } from './measure.ts';
import type { StandardQuery } from './queries.ts';

export interface QueryTimes {
  readonly kind: StandardQuery['kind'];
  readonly typed: string;
  /** All matches counted. */
  readonly allMs: number;
  /** Until the first 100 matches are known. */
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

const ROUNDS = 3;
const FIRST = 100;
const PLACES = 300;
const LINES = 100;

const CONTEXT: TaskContext = {
  isCancelled: () => false,
  checkCancelled: () => undefined,
  report: () => undefined,
};

function bundleFiles(caseFolder: string): readonly string[] {
  const folder = path.join(caseFolder, 'bundles');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.bundle'))
    .map((name) => path.join(folder, name));
}

const since = (from: number): number => performance.now() - from;

type Asked = { readonly total: number; readonly allMs: number; readonly firstMs: number };

/** @returns null when the query is not understood. */
function asked(bundles: readonly string[], typed: string): Asked | null {
  const parsed = parseQuery(typed);
  if (!parsed.ok) return null;
  const from = performance.now();
  const answer = searchCase(
    {
      bundles: bundles.map((file) => ({ file, marked: null, overrides: [] })),
      query: parsed.query,
      limit: FIRST,
      context: 0,
    },
    CONTEXT,
  );
  const allMs = since(from);
  return { total: answer.total, allMs, firstMs: allMs };
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

function queries(caseFolder: string, tree: string, wanted: readonly StandardQuery[]): QueriesRun {
  const bundles = bundleFiles(caseFolder);
  const refused: string[] = [];
  const times: QueryTimes[] = [];
  for (const query of wanted) {
    const ours: Asked[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      theirs.push(rg(query.rg, tree)[0]);
      const one = asked(bundles, query.typed);
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

/** The native module is loaded before the time runs, as in an engine that has been started. */
function one(caseFolder: string, typed: string): { readonly ms: number } {
  openBundle(path.join(caseFolder, 'no such bundle'));
  const from = performance.now();
  const answer = asked(bundleFiles(caseFolder), typed);
  if (answer === null || answer.total === 0) throw new Error(`${typed} was not found`);
  return { ms: since(from) };
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

const [what, caseFolder = '', ...rest] = process.argv.slice(2);
const answer =
  what === 'queries'
    ? queries(caseFolder, rest[0] ?? '', JSON.parse(readFileSync(rest[1] ?? '', 'utf8')) as readonly StandardQuery[])
    : what === 'one'
      ? one(caseFolder, rest[0] ?? '')
      : what === 'lines'
        ? lines(caseFolder)
        : reopen(caseFolder);
process.stdout.write(`${JSON.stringify(answer)}\n`);
