/** The ingest part of the bench: the whole product, import and analysis, against gzip and lnav in the same run. */
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bytesBelow, type Corpus, corpus, installed, withTree } from './corpus.ts';
import { type Measured, measure, median } from './measure.ts';
import { type Aim, type BenchRow, rowOf, rowWithout, spread } from './rows.ts';

/** Pairs for each size in MiB; small ones vary more and cost less. */
const pairsOf = (megabytes: number): number => (megabytes <= 512 ? 5 : megabytes <= 2048 ? 3 : 1);
/** Start-up weighs more in the small corpus. */
const wallAim = (megabytes: number): Aim =>
  megabytes <= 512 ? { bar: 2, goal: 1.2, unit: '' } : { bar: 1.5, goal: 1, unit: '' };
const CPU: Aim = { bar: 2.6, goal: 1.7, unit: '' };
/** Below this the start of the threads is most of the difference: the design sets no bar. */
const CPU_MEGABYTES_MIN = 1024;
const LNAV: Aim = { bar: 0.6, goal: 0.3, unit: '' };
const RSS: Aim = { bar: 550, goal: 400, unit: ' MB' };
const DISK: Aim = { bar: 0.3, goal: 0.22, unit: '' };
/** Larger trees take lnav minutes and tell nothing new. */
const LNAV_MEGABYTES_MAX = 2048;
/** A word of one line: what lnav costs then is its index and one pass of a filter. */
const LNAV_FILTER = ':filter-in zanzibarQuux7731';

interface Round {
  readonly gzip: Measured;
  readonly ours: Measured;
  readonly lnav: Measured | null;
  readonly diskBytes: number;
}

/** @param cli the command line as it is shipped. @param sizes in MiB of text. */
export async function ingestRows(cli: string, sizes: readonly number[]): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const megabytes of sizes) rows.push(...(await rowsOf(cli, corpus(megabytes))));
  return rows;
}

async function rowsOf(cli: string, made: Corpus): Promise<readonly BenchRow[]> {
  const withLnav = made.megabytes <= LNAV_MEGABYTES_MAX && installed('lnav') !== null;
  const rounds = withLnav
    ? await withTree(made.archive, (tree) => measured(cli, made, tree))
    : await measured(cli, made, null);
  const size = `${made.megabytes} MB, ${rounds.length === 1 ? 'one pair' : `median of ${rounds.length} pairs`}`;
  const seconds = (of: (round: Round) => Measured): string =>
    `${median(rounds.map((round) => of(round).seconds)).toFixed(2)} s`;
  const against = (what: string, aim: Aim, ratios: readonly (number | null)[], told: string): BenchRow => {
    const known = ratios.filter((one) => one !== null);
    const middle = known.length === 0 ? null : median(known);
    return rowOf(`${what}, ${size}`, aim, middle, middle === null ? '' : `${spread(known, middle)}; ${told}`);
  };
  const cpu = (of: (round: Round) => Measured): string =>
    `${median(rounds.map((round) => of(round).cpuSeconds ?? Number.NaN)).toFixed(2)} s`;
  const peaks = rounds.map(({ ours }) => (ours.peakRssBytes ?? Number.NaN) / 1e6);
  const peak = Math.max(...peaks);
  const disk = median(rounds.map(({ diskBytes }) => diskBytes / made.textBytes));
  const cpuRow = against(
    'processor time of all processes / the same',
    CPU,
    rounds.map(({ ours, gzip }) =>
      ours.cpuSeconds === null || gzip.cpuSeconds === null ? null : ours.cpuSeconds / gzip.cpuSeconds,
    ),
    `${cpu(({ ours }) => ours)} against ${cpu(({ gzip }) => gzip)}`,
  );
  return [
    against(
      'import and analysis, wall / `gzip -dc \\| wc -l`',
      wallAim(made.megabytes),
      rounds.map(({ ours, gzip }) => ours.seconds / gzip.seconds),
      `${seconds(({ ours }) => ours)} against ${seconds(({ gzip }) => gzip)}`,
    ),
    ...(made.megabytes < CPU_MEGABYTES_MIN ? [] : [cpuRow]),
    withLnav
      ? against(
          'wall / lnav opening the extracted tree with one filter',
          LNAV,
          rounds.map(({ ours, lnav }) => (lnav === null ? null : ours.seconds / lnav.seconds)),
          `lnav ${seconds(({ lnav, gzip }) => lnav ?? gzip)}, ${median(rounds.map(({ lnav }) => (lnav?.peakRssBytes ?? 0) / 1e6)).toFixed(0)} MB`,
        )
      : rowWithout(
          `wall / lnav opening the extracted tree with one filter, ${made.megabytes} MB`,
          LNAV,
          made.megabytes > LNAV_MEGABYTES_MAX ? 'not measured' : 'not installed',
          made.megabytes > LNAV_MEGABYTES_MAX ? 'takes minutes' : 'no lnav here',
        ),
    rowOf(
      `peak RSS of all processes, ${made.megabytes} MB, the largest of ${rounds.length}`,
      RSS,
      peak,
      `${peak.toFixed(0)} MB`,
    ),
    rowOf(`disk / text, everything stored, ${made.megabytes} MB`, DISK, disk, disk.toFixed(3)),
  ];
}

async function measured(cli: string, made: Corpus, tree: string | null): Promise<readonly Round[]> {
  const folder = path.join(tmpdir(), `coldcase-bench-${process.pid}`);
  const home = path.join(tmpdir(), `coldcase-bench-home-${process.pid}`);
  mkdirSync(home, { recursive: true });
  const yardstick = ['sh', '-c', 'gzip -dc "$1" | wc -l', 'sh', made.archive];
  const product = [process.execPath, cli, 'analyze', made.archive, '--json', '--quiet', '--case', folder];
  const rounds: Round[] = [];
  try {
    await measure(yardstick);
    if (tree !== null) await warmed(tree, home);
    for (let pair = 0; pair < pairsOf(made.megabytes); pair++) {
      const gzip = await measure(yardstick);
      rmSync(folder, { recursive: true, force: true });
      const ours = await measure(product);
      if (ours.code !== 0) throw new Error(`coldcase analyze ended with ${ours.code}`);
      rounds.push({ gzip, ours, lnav: tree === null ? null : await lnav(tree, home), diskBytes: bytesBelow(folder) });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  }
  return rounds;
}

/** lnav in batch mode, in a home of its own, so that nothing is kept from run to run. */
function lnav(tree: string, home: string): Promise<Measured> {
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, TERM: 'dumb' };
  return measure(['lnav', '-n', '-r', '-c', LNAV_FILTER, '-c', ':goto 0', tree], { env });
}

/** All pairs find the tree in the page cache, as they find the archive there. */
async function warmed(tree: string, home: string): Promise<void> {
  const first = await lnav(tree, home);
  if (first.code !== 0) throw new Error(`lnav ended with ${first.code}`);
  if (!first.stdout.includes('zanzibarQuux7731')) throw new Error('lnav did not find the line that the corpus holds');
}
