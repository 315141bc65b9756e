/** What vitest's JSON reporter wrote, as the runs of suites count and name it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The part of vitest's report (reporter `json`, the shape of Jest's) that is read. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

export interface SuiteOutcome {
  readonly passed: number;
  readonly failed: number;
  /** One line for each test or file that failed, and each error outside of tests: where it is, and the first line of why. */
  readonly failures: readonly string[];
}

/** In the environment of vitest: where its reporter of errors outside of tests (outside-errors.ts) writes them. */
export const OUTSIDE_ERRORS_FILE = 'COLDCASE_OUTSIDE_ERRORS';

/** @returns what a run of vitest needs on its command line and in its environment for `suiteOutcome`. */
export function reporting(file: string) {
  return {
    args: [
      '--reporter=json',
      `--outputFile.json=${file}`,
      `--reporter=${path.join(import.meta.dirname, 'outside-errors.ts')}`,
    ],
    env: { ...process.env, [OUTSIDE_ERRORS_FILE]: outsideErrorsOf(file) },
  };
}

const outsideErrorsOf = (file: string): string => `${file}.outside`;

/** Why, at most: the whole of it stands above, where the test ran. */
const WHY_CHARS_MAX = 300;

/**
 * @param file that the reporter was to write. @param exitCode of vitest; null when it was killed.
 * @returns what passed and what did not. A run that cannot report, reports no tests, or skips one has failed.
 */
export function suiteOutcome(file: string, exitCode: number | null, root: string): SuiteOutcome {
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : null;
  if (report === null) return { passed: 0, failed: 1, failures: ['vitest ended without a report'] };
  const failures = report.testResults.flatMap((one) => {
    const name = path.relative(root, one.name);
    const tests = one.assertionResults
      .filter(({ status }) => status !== 'passed')
      .map((test) => `${name} > ${test.fullName}: ${firstLine(test.failureMessages?.[0] ?? test.status)}`);
    return tests.length === 0 && one.status !== 'passed' ? [`${name}: ${firstLine(one.message ?? one.status)}`] : tests;
  });
  const outside = outsideErrorsOf(file);
  const errors = existsSync(outside) ? (JSON.parse(readFileSync(outside, 'utf8')) as readonly string[]) : [];
  failures.push(...errors.map((message) => `outside of tests: ${firstLine(message)}`));
  if (report.numTotalTests === 0) failures.push('no test ran');
  if (exitCode !== 0 && failures.length === 0) failures.push(`vitest ended with code ${exitCode}`);
  const failed = Math.max(failures.length, report.numFailedTests + report.numPendingTests);
  return { passed: report.numPassedTests, failed, failures };
}

function firstLine(text: string): string {
  return (text.split('\n').find((line) => line.trim() !== '') ?? '').trim().slice(0, WHY_CHARS_MAX);
}
