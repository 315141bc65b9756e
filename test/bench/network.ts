/** The network part of the bench: 1,000 services as a kernel printed them, and five times as many. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { scaledSave } from '../support/scaled-save.ts';
import { median } from './measure.ts';
import type { NetworkRun } from './network-run.ts';
import type { BenchRow } from './rows.ts';
import { bundled } from './runner.ts';

const SAMPLE = 's2-1000-services-nft-backend';
const RUNS = 5;
/** @param cli the command line as it is shipped: it imports the dumps. */
export function networkRows(cli: string): readonly BenchRow[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'coldcase-bench-network-'));
  try {
    const dumps = caseDumps(SAMPLE);
    const save = dumps.get('iptables-save-c.txt')?.toString() ?? '';
    const run = bundled('network-run');
    const small = measured({ cli, run, folder }, 'small', dumps);
    // Of the large node only the dump that was made larger: the others would tell of other rules.
    const beside = [...dumps].filter(([name]) => /^(?:iproute|iprule|ifconfig)\.txt$/.test(name));
    const scaled: ReadonlyMap<string, string | Buffer> = new Map<string, string | Buffer>([
      ...beside,
      ['iptables-save-c.txt', scaledSave(save, 5)],
    ]);
    const large = measured({ cli, run, folder }, 'large', scaled);
    return [...rowsOf(small, 1, 250), ...rowsOf(large, 4, 500)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly cli: string;
  /** The program that measures. */
  readonly run: string;
  readonly folder: string;
}

function measured(
  { cli, run, folder }: Place,
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
    () => JSON.parse(execFileSync(process.execPath, [run, caseFolder], { encoding: 'utf8' })) as NetworkRun,
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
