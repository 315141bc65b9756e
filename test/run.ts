/**
 * `npm test`: types, lint, unit, integration and end-to-end tests, one after the other, with their seconds.
 * The last lines say what did not run and why; the very last one is `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runE2e } from './e2e/run.ts';

const ROOT = path.join(import.meta.dirname, '..');

interface SuiteResult {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly numPendingTests: number;
  readonly numTotalTests: number;
}

/** Runs an npm script whose exit code is its one result. */
function command(suite: string, script: string): SuiteResult {
  const startedAt = performance.now();
  const run = spawnSync('npm', ['run', '--silent', script], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: isWindows(),
  });
  return { suite, passed: run.status === 0 ? 1 : 0, failed: run.status === 0 ? 0 : 1, seconds: seconds(startedAt) };
}

/** Runs vitest projects; a run that cannot report, or reports no tests, has failed. */
function vitest(suite: string, projects: readonly string[]): SuiteResult {
  const startedAt = performance.now();
  const folder = mkdtempSync(path.join(tmpdir(), 'coldcase-test-'));
  const output = path.join(folder, 'report.json');
  const args = [
    'run',
    '--config',
    'test/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${output}`,
  ];
  for (const project of projects) args.push('--project', project);
  const entry = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const run = spawnSync(process.execPath, [entry, ...args], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  try {
    if (!existsSync(output)) return { suite, passed: 0, failed: 1, seconds: seconds(startedAt) };
    const report = JSON.parse(readFileSync(output, 'utf8')) as VitestReport;
    const failedFiles = run.status !== 0 && report.numFailedTests === 0 ? 1 : 0;
    const none = report.numTotalTests === 0 ? 1 : 0;
    // A skipped test is a test that did not pass: none may hide here.
    const failed = report.numFailedTests + report.numPendingTests + failedFiles + none;
    return { suite, passed: report.numPassedTests, failed, seconds: seconds(startedAt) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function seconds(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 100) / 10;
}

function isWindows(): boolean {
  return process.platform === 'win32';
}

const results: SuiteResult[] = [
  command('types', 'types'),
  command('lint', 'lint'),
  vitest('unit', ['unit', 'renderer']),
  vitest('integration', ['integration']),
];
const e2e = await runE2e();
results.push({ suite: 'e2e', passed: e2e.passed, failed: e2e.failed, seconds: e2e.seconds });

console.log('');
for (const one of results) {
  console.log(
    `${one.suite.padEnd(12)} ${String(one.passed).padStart(5)} passed ${String(one.failed).padStart(4)} failed ${one.seconds.toFixed(1).padStart(7)} s`,
  );
}
const passed = results.reduce((sum, one) => sum + one.passed, 0);
let failed = results.reduce((sum, one) => sum + one.failed, 0);
for (const one of e2e.notRun) {
  console.log(`NOT RUN: ${one.suite} (${one.fix})`);
  if (one.allowed === 'no' && process.env.CI === 'true') failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
