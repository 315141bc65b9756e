/**
 * `npm test`: types, lint, unit, integration and end-to-end tests, one after the other, with their seconds.
 * The last lines say what did not run and why; the very last one is `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runE2e } from './e2e/run.ts';
import { reporting, suiteOutcome } from './support/vitest-report.ts';

const ROOT = path.join(import.meta.dirname, '..');

interface SuiteResult {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly failures: readonly string[];
}

/** Runs an npm script whose exit code is its one result. */
function command(suite: string, script: string): SuiteResult {
  const startedAt = performance.now();
  const run = spawnSync('npm', ['run', '--silent', script], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: isWindows(),
  });
  const failures = run.status === 0 ? [] : [`npm run ${script} ended with code ${run.status}`];
  return { suite, passed: 1 - failures.length, failed: failures.length, seconds: seconds(startedAt), failures };
}

/** Runs vitest projects. */
function vitest(suite: string, projects: readonly string[]): SuiteResult {
  const startedAt = performance.now();
  const folder = mkdtempSync(path.join(tmpdir(), 'coldcase-test-'));
  const output = path.join(folder, 'report.json');
  const report = reporting(output);
  const args = ['run', '--config', 'test/vitest.config.ts', '--reporter=default', ...report.args];
  for (const project of projects) args.push('--project', project);
  const entry = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const run = spawnSync(process.execPath, [entry, ...args], {
    cwd: ROOT,
    env: report.env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  try {
    return { suite, ...suiteOutcome(output, run.status, ROOT), seconds: seconds(startedAt) };
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
results.push({ suite: 'e2e', ...e2e });

console.log('');
for (const one of results) {
  console.log(
    `${one.suite.padEnd(12)} ${String(one.passed).padStart(5)} passed ${String(one.failed).padStart(4)} failed ${one.seconds.toFixed(1).padStart(7)} s`,
  );
}
// What failed is named where the end of the output shows it.
for (const one of results) for (const failure of one.failures) console.log(`FAILED ${one.suite}: ${failure}`);
const passed = results.reduce((sum, one) => sum + one.passed, 0);
let failed = results.reduce((sum, one) => sum + one.failed, 0);
for (const one of e2e.notRun) {
  console.log(`NOT RUN: ${one.suite} (${one.fix})`);
  if (one.allowed === 'no' && process.env.CI === 'true') failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
