/** The report part of the bench: a large report of a real case, every reference of it read again. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { REPORT_FORMATS } from '../../analyzer/contract/report.ts';
import { corpus } from './corpus.ts';
import { type Measured, measure, median } from './measure.ts';
import { type Aim, type BenchRow, rowOf, spread } from './rows.ts';
import { bundled } from './runner.ts';

const TIME: Aim = { bar: 3, goal: 1.5, unit: ' s' };
const MEMORY: Aim = { bar: 300, goal: 200, unit: ' MB' };
const ROUNDS = 5;

/** @param cli the command line as it is shipped. @param megabytes of text in the archive. */
export async function reportRows(cli: string, megabytes: number): Promise<readonly BenchRow[]> {
  const { archive } = corpus(megabytes);
  const program = bundled('report-run');
  const folder = path.join(tmpdir(), `coldcase-bench-report-${process.pid}`);
  const rounds: Measured[] = [];
  try {
    mkdirSync(folder, { recursive: true });
    const home = path.join(folder, 'case');
    await ran([process.execPath, cli, 'import', archive, '--quiet', '--case', home]);
    const [name = ''] = readdirSync(path.join(home, 'bundles'));
    const bundle = path.join(home, 'bundles', name);
    const question = path.join(folder, 'question.json');
    await ran([process.execPath, program, 'ask', bundle, question]);
    for (let nth = 0; nth < ROUNDS; nth++) {
      for (const format of REPORT_FORMATS) {
        rounds.push(await ran([process.execPath, program, 'make', bundle, question, format]));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = rounds.map((one) => one.seconds);
  const peaks = rounds.map(({ peakRssBytes }) => (peakRssBytes ?? Number.NaN) / 1e6);
  const cpu = median(rounds.map(({ cpuSeconds }) => cpuSeconds ?? Number.NaN));
  const characters = Math.max(...rounds.map(({ stdout }) => Number(stdout)));
  const what = `report of 200 findings and 2,000 excerpts, whole process, ${megabytes} MB, four formats`;
  return [
    rowOf(
      `${what}: time, median of ${rounds.length}`,
      TIME,
      median(seconds),
      `${spread(seconds, median(seconds))} s, ${cpu.toFixed(1)} s of processor time, up to ${(characters / 1e6).toFixed(1)} million characters`,
    ),
    rowOf(`${what}: peak RSS, the highest`, MEMORY, Math.max(...peaks), `${Math.max(...peaks).toFixed(0)} MB`),
  ];
}

async function ran(command: readonly string[]): Promise<Measured> {
  const done = await measure(command);
  if (done.code !== 0) throw new Error(`${command.slice(1, 3).join(' ')} ended with ${done.code}`);
  return done;
}
