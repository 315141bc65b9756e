/** What the runs of suites say of vitest's own report. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reporting, suiteOutcome } from '../support/vitest-report.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'coldcase-report-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COUNTS = { numPassedTests: 1, numFailedTests: 0, numPendingTests: 0, numTotalTests: 1 };
const PASSED = { fullName: 'a b', status: 'passed', failureMessages: [] };

function outcomeOf(report: object, exitCode: number | null = 0) {
  const file = path.join(folder, 'report.json');
  writeFileSync(file, JSON.stringify({ ...COUNTS, testResults: [], ...report }));
  return suiteOutcome(file, exitCode, folder);
}

test('a suite that passed', () => {
  const testResults = [{ name: path.join(folder, 'a.test.ts'), status: 'passed', assertionResults: [PASSED] }];
  expect(outcomeOf({ testResults })).toEqual({ passed: 1, failed: 0, failures: [] });
});

test('a test that failed, one that was skipped, and a file that could not be read are named with the first line of why', () => {
  const failed = { fullName: 'c d', status: 'failed', failureMessages: ['\nError: it is 3\n  at c.ts:1'] };
  const skipped = { fullName: 'e', status: 'pending', failureMessages: [] };
  const testResults = [
    { name: path.join(folder, 'a.test.ts'), status: 'failed', assertionResults: [PASSED, failed, skipped] },
    { name: path.join(folder, 'b.test.ts'), status: 'failed', message: 'no such module', assertionResults: [] },
  ];
  const report = { testResults, numFailedTests: 1, numPendingTests: 1, numTotalTests: 3 };
  expect(outcomeOf(report, 1)).toEqual({
    passed: 1,
    failed: 3,
    failures: ['a.test.ts > c d: Error: it is 3', 'a.test.ts > e: pending', 'b.test.ts: no such module'],
  });
});

test.each([
  ['no test', { numTotalTests: 0, numPassedTests: 0 }, 0, 'no test ran'],
  ['an error outside of tests', {}, 1, 'vitest ended with code 1'],
  ['an end by force', {}, null, 'vitest ended with code null'],
])('a suite with %s has failed', (_, report, exitCode, failure) => {
  expect(outcomeOf(report, exitCode)).toMatchObject({ failed: 1, failures: [failure] });
});

test('a worker that was killed is named, though its tests are only said to be pending', () => {
  const project = path.join(folder, 'killed');
  mkdirSync(project);
  const kill = "import { test } from 'vitest'; test('killed', () => process.kill(process.pid, 'SIGKILL'));";
  writeFileSync(path.join(project, 'killed.test.js'), kill);
  const file = path.join(folder, 'killed.json');
  const report = reporting(file);
  const vitest = path.join(import.meta.dirname, '..', '..', 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--root', project, '--pool=forks', ...report.args];
  const { status } = spawnSync(process.execPath, args, { env: report.env });
  const outcome = suiteOutcome(file, status, project);
  expect(outcome.passed).toBe(0);
  expect(outcome.failures).toContainEqual(expect.stringMatching(/^outside of tests: .*SIGKILL.*killed\.test\.js/));
});

test('a suite without a report has failed', () => {
  expect(suiteOutcome(path.join(folder, 'none.json'), 0, folder)).toEqual({
    passed: 0,
    failed: 1,
    failures: ['vitest ended without a report'],
  });
});
