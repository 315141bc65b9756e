/** The rules part of the bench: what the whole catalogue adds to the time and the memory of an import. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { corpus } from './corpus.ts';
import { type Measured, measure, median } from './measure.ts';
import { type Aim, type BenchRow, rowOf, spread } from './rows.ts';
import { bundled } from './runner.ts';

const TIME: Aim = { bar: 0.2, goal: 0.1, unit: '' };
const MEMORY: Aim = { bar: 50, goal: 25, unit: ' MB' };
const ROUNDS = 5;

interface Round {
  readonly imported: Measured;
  readonly without: Measured;
  readonly whole: Measured;
  /** Import and analysis as the product does them, in one process. */
  readonly product: Measured;
}

/** @param cli the command line as it is shipped. @param megabytes of text in the archive. */
export async function rulesRows(cli: string, megabytes: number): Promise<readonly BenchRow[]> {
  const { archive } = corpus(megabytes);
  const program = bundled('rules-run');
  const folder = path.join(tmpdir(), `coldcase-bench-rules-${process.pid}`);
  const rounds: Round[] = [];
  try {
    for (let nth = 0; nth < ROUNDS; nth++) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      const home = path.join(folder, 'case');
      const imported = await ran([process.execPath, cli, 'import', archive, '--quiet', '--case', home]);
      const [name = ''] = readdirSync(path.join(home, 'bundles'));
      const bundle = path.join(home, 'bundles', name);
      const without = await ran([process.execPath, program, bundle, 'none']);
      const whole = await ran([process.execPath, program, bundle, 'all']);
      const other = path.join(folder, 'other');
      const product = await ran([process.execPath, cli, 'analyze', archive, '--quiet', '--case', other]);
      rounds.push({ imported, without, whole, product });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const count = rounds[0]?.whole.stdout.trim() ?? '';
  const ratios = rounds.map(({ imported, without, whole }) => (whole.seconds - without.seconds) / imported.seconds);
  // What an analysis takes, an import has taken before and given back: the peak of the product is what counts.
  const added = rounds.map(
    ({ imported, product }) => ((product.peakRssBytes ?? Number.NaN) - (imported.peakRssBytes ?? 0)) / 1e6,
  );
  const seconds = median(rounds.map(({ imported }) => imported.seconds));
  const more = median(rounds.map(({ without, whole }) => whole.seconds - without.seconds));
  return [
    rowOf(
      `time that ${count} rules add / import, ${megabytes} MB, median of ${ROUNDS}`,
      TIME,
      median(ratios),
      `${spread(ratios, median(ratios))}; ${more.toFixed(2)} s against ${seconds.toFixed(2)} s`,
    ),
    rowOf(
      `peak RSS of import and analysis above that of the import, ${megabytes} MB, median of ${ROUNDS}`,
      MEMORY,
      median(added),
      `${median(added).toFixed(0)} MB`,
    ),
  ];
}

async function ran(command: readonly string[]): Promise<Measured> {
  const done = await measure(command);
  if (done.code !== 0) throw new Error(`${command.slice(1, 3).join(' ')} ended with ${done.code}`);
  return done;
}
