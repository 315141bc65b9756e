/** The network part of the bench: 1,000 services as a kernel printed them, and five times as many. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import esbuild from 'esbuild';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { scaledSave } from '../support/scaled-save.ts';
import { median } from './measure.ts';
import type { NetworkRun } from './network-run.ts';

export interface BenchRow {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly verdict: 'pass' | 'miss' | 'not measured';
}

const SAMPLE = 's2-1000-services-nft-backend';
const RUNS = 5;
const ROOT = path.join(import.meta.dirname, '..', '..');
/** Inside the repository, so that it finds the native module. */
const RUN = path.join(ROOT, '.cache', 'bench', 'network-run.cjs');

/** As the product is built: one file, types removed. */
function bundleRun(): void {
  esbuild.buildSync({
    entryPoints: [path.join(import.meta.dirname, 'network-run.ts')],
    outfile: RUN,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    external: ['better-sqlite3'],
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'error',
  });
}

/** @param cli the command line as it is shipped: it imports the dumps. */
export function networkRows(cli: string): readonly BenchRow[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'coldcase-bench-network-'));
  try {
    const dumps = caseDumps(SAMPLE);
    const save = dumps.get('iptables-save-c.txt')?.toString() ?? '';
    bundleRun();
    const small = measured(cli, folder, 'small', dumps);
    // Of the large node only the dump that was made larger: the others would tell of other rules.
    const beside = [...dumps].filter(([name]) => /^(?:iproute|iprule|ifconfig)\.txt$/.test(name));
    const scaled: ReadonlyMap<string, string | Buffer> = new Map<string, string | Buffer>([
      ...beside,
      ['iptables-save-c.txt', scaledSave(save, 5)],
    ]);
    const large = measured(cli, folder, 'large', scaled);
    return [...rowsOf(small, 1, 250), ...rowsOf(large, 4, 500)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measured(
  cli: string,
  folder: string,
  name: string,
  dumps: ReadonlyMap<string, string | Buffer>,
): readonly NetworkRun[] {
  const source = path.join(folder, `${name}-dumps`);
  const caseFolder = path.join(folder, name);
  mkdirSync(source);
  for (const [file, content] of dumps) writeFileSync(path.join(source, file), content);
  execFileSync(process.execPath, [cli, 'import', source, '--case', caseFolder, '--quiet'], { stdio: 'pipe' });
  return Array.from(
    { length: RUNS },
    () => JSON.parse(execFileSync(process.execPath, [RUN, caseFolder], { encoding: 'utf8' })) as NetworkRun,
  );
}

function rowsOf(runs: readonly NetworkRun[], secondsMax: number, megabytesMax: number): readonly BenchRow[] {
  const middle = (of: (run: NetworkRun) => number): number => median(runs.map(of));
  const [first] = runs;
  const seconds = middle((run) => run.parseMs + run.analyseMs + run.servicesMs) / 1000;
  const ratio = middle((run) => (run.parseMs + run.analyseMs + run.servicesMs) / run.readMs);
  const megabytes = middle((run) => run.peakRssBytes) / 1e6;
  const trace = middle((run) => run.traceMs);
  const parts = [
    `facts ${(middle((run) => run.parseMs) / 1000).toFixed(2)}`,
    `analysis ${(middle((run) => run.analyseMs + run.servicesMs) / 1000).toFixed(2)}`,
    `${(middle((run) => run.cpuMs) / 1000).toFixed(2)} s of its thread's processor time`,
  ].join(', ');
  const size = `${first?.rules.toLocaleString('en-US')} rules, ${first?.services.toLocaleString('en-US')} service ports`;
  const verdict = (pass: boolean): BenchRow['verdict'] => (pass ? 'pass' : 'miss');
  return [
    {
      what: `facts, chain analysis and services of ${size}`,
      target: `<= ${secondsMax} s`,
      measured: `${seconds.toFixed(2)} s (${parts}), ${ratio.toFixed(1)} times reading the lines`,
      verdict: verdict(seconds <= secondsMax),
    },
    {
      what: 'peak RSS of the same process',
      target: `<= ${megabytesMax} MB`,
      measured: `${megabytes.toFixed(0)} MB`,
      verdict: verdict(megabytes <= megabytesMax),
    },
    {
      what: 'one trace there, median over 200 services',
      target: '<= 5 ms',
      measured: `${trace.toFixed(2)} ms (first ${middle((run) => run.firstTraceMs).toFixed(0)} ms)`,
      verdict: verdict(trace <= 5),
    },
  ];
}
