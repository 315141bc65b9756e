/**
 * Runs the e2e suites: `npm run e2e`, or one of them: `npm run e2e -- web`. Builds what they drive, finds a browser
 * and an Electron, brings a display where there is none, and says of every suite that cannot run here what would fix it.
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from '../../electron/tools/build.ts';
import { binaryPath, missingLibrariesHere } from '../../electron/tools/runtime.ts';
import { reporting, type SuiteOutcome, suiteOutcome } from '../support/vitest-report.ts';
import { testRuntime } from './runtime.ts';
import { findChromium } from './web-host.ts';

const run = promisify(execFile);
const projectRoot = path.join(import.meta.dirname, '..', '..');
const results = path.join(projectRoot, 'test-results');

export type SuiteName = 'web' | 'electron' | 'package';
const SUITES: readonly SuiteName[] = ['web', 'electron', 'package'];

/** A suite that takes longer than this hangs. */
const SUITE_MILLISECONDS_MAX = 15 * 60_000;
/** The Node-API that better-sqlite3 is built for; the runtime's own Node must offer it to load it in a utility process. */
const NODE_API_WANTED = 10;

export interface NotRun {
  readonly suite: string;
  /** The command that would let it run here. */
  readonly fix: string;
  /** 'yes': known and accepted everywhere. 'no': fails a run with CI=true. */
  readonly allowed: 'yes' | 'no';
}

export interface E2eResult {
  readonly passed: number;
  readonly failed: number;
  /** One line for each test that failed. */
  readonly failures: readonly string[];
  readonly notRun: readonly NotRun[];
  readonly seconds: number;
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const onPath = (name: string): boolean =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => folder !== '' && existsSync(path.join(folder, name)));

const hasDisplay = (): boolean =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** @returns Debian packages that the suites need and this machine lacks. */
async function missingPackages(suites: readonly SuiteName[]): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const missing: string[] = [];
  // A browser named on purpose is not silently replaced by another one.
  const named = process.env.COLDCASE_CHROMIUM !== undefined;
  if (suites.includes('web') && !named && findChromium() === null) missing.push('chromium');
  if (suites.some((suite) => suite !== 'web')) {
    if (!hasDisplay() && !onPath('xvfb-run')) missing.push('xvfb');
    if (!hasDisplay() && !onPath('xauth')) missing.push('xauth');
    missing.push(...(await missingLibrariesHere()));
  }
  return missing;
}

const installCommand = (packages: readonly string[]): string =>
  `apt-get update && apt-get install -y ${packages.join(' ')}`;

/** As root on Debian or Ubuntu the packages are installed; failures show up as suites that cannot run. */
async function installMissing(packages: readonly string[]): Promise<void> {
  if (packages.length === 0 || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  say(`Installing ${packages.join(' ')}`);
  const apt = (args: readonly string[]) =>
    run('apt-get', [...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 * 1024 ** 2,
    });
  try {
    await apt(['update', '-q']);
    for (const name of packages) {
      // Releases since 2024 name libraries with 64-bit time `libasound2t64`; the old name may have several providers.
      await apt(['install', '-y', '-q', name]).catch(() => apt(['install', '-y', '-q', `${name}t64`]));
    }
  } catch (error) {
    say(`Not installed: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
}

/** @returns the Node-API version inside an Electron, null when it cannot be asked. */
async function nodeApiOf(runtime: string): Promise<number | null> {
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  const asked = await run(binaryPath(runtime), ['-p', 'process.versions.napi'], { env }).catch(() => null);
  return asked === null ? null : Number(asked.stdout.trim());
}

/** @returns what stands in the way of a suite, or null. */
async function obstacle(suite: SuiteName): Promise<NotRun | null> {
  const missing = await missingPackages([suite]);
  if (missing.length > 0) return { suite, fix: installCommand(missing), allowed: 'no' };
  if (suite === 'web') {
    return findChromium() === null
      ? { suite, fix: 'COLDCASE_CHROMIUM=<path of a Chromium> npm run e2e', allowed: 'no' }
      : null;
  }
  const runtime = await testRuntime().catch((error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    return null;
  });
  return runtime === null
    ? { suite, fix: 'ELECTRON_OVERRIDE_DIST_PATH=<folder of an Electron> npm run e2e', allowed: 'no' }
    : null;
}

/** Runs one suite file in a process of its own, under a virtual display where there is none. */
async function runSuite(suite: SuiteName): Promise<SuiteOutcome> {
  const reportFile = path.join(results, `e2e-${suite}.json`);
  await rm(reportFile, { force: true });
  const report = reporting(reportFile);
  const vitest = [
    path.join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--config',
    path.join('test', 'e2e', 'vitest.config.ts'),
    path.join('test', 'e2e', `${suite}.e2e.ts`),
    '--reporter=verbose',
    ...report.args,
  ];
  const [command, args] =
    suite !== 'web' && !hasDisplay()
      ? ['xvfb-run', ['-a', '-s', '-screen 0 1920x1200x24', process.execPath, ...vitest]]
      : [process.execPath, vitest];
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn(command as string, args as string[], {
      cwd: projectRoot,
      env: report.env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const timer = setTimeout(() => {
      say(`e2e ${suite}: ended after ${SUITE_MILLISECONDS_MAX / 60_000} minutes`);
      child.kill('SIGTERM');
    }, SUITE_MILLISECONDS_MAX);
    child.on('error', () => resolve(null));
    child.on('exit', (status) => {
      clearTimeout(timer);
      resolve(status);
    });
  });
  return suiteOutcome(reportFile, code, projectRoot);
}

/** Builds and runs the suites. @returns counts of tests, and what could not run here. */
export async function runE2e(suites: readonly SuiteName[] = SUITES): Promise<E2eResult> {
  const started = performance.now();
  const notRun: NotRun[] = [];
  const failures: string[] = [];
  let passed = 0;
  let failed = 0;
  const seconds = (since: number): number => Math.round((performance.now() - since) / 100) / 10;
  await mkdir(results, { recursive: true });
  await installMissing(await missingPackages(suites));
  try {
    const built = await build({ parts: ['engine', 'electron', 'renderer'], log: say });
    say(`e2e build: ${built.length === 0 ? 'up to date' : built.join(', ')}, ${seconds(started)} s`);
  } catch (error) {
    failures.push(`e2e build failed: ${error instanceof Error ? error.message : String(error)}`);
    say(failures[0] as string);
    return { passed, failed: 1, failures, notRun, seconds: seconds(started) };
  }
  for (const suite of suites) {
    const since = performance.now();
    const stopped = await obstacle(suite);
    if (stopped) notRun.push(stopped);
    else {
      const ran = await runSuite(suite);
      passed += ran.passed;
      failed += ran.failed;
      failures.push(...ran.failures);
      say(`e2e ${suite}: ${ran.passed} passed, ${ran.failed} failed, ${seconds(since)} s`);
    }
    if (suite === 'electron' && !stopped) {
      const runtime = await testRuntime();
      const nodeApi = runtime === null ? null : await nodeApiOf(runtime);
      if (nodeApi === null || nodeApi < NODE_API_WANTED) {
        notRun.push({
          suite: 'engine with SQLite inside utilityProcess',
          fix: `needs an Electron with Node-API ${NODE_API_WANTED}`,
          allowed: 'yes',
        });
      }
    }
  }
  for (const one of notRun) say(`NOT RUN: ${one.suite} (${one.fix})`);
  return { passed, failed, failures, notRun, seconds: seconds(started) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv.slice(2);
  const unknown = asked.find((word) => !SUITES.some((suite) => suite === word));
  if (unknown !== undefined) {
    say(`Unknown suite "${unknown}". Suites: ${SUITES.join(', ')}`);
    process.exitCode = 2;
  } else {
    const result = await runE2e(asked.length === 0 ? SUITES : SUITES.filter((suite) => asked.includes(suite)));
    say(`e2e: ${result.passed} passed, ${result.failed} failed, ${result.notRun.length} not run, ${result.seconds} s`);
    const forbidden = process.env.CI === 'true' && result.notRun.some((one) => one.allowed === 'no');
    process.exitCode = result.failed > 0 || forbidden ? 1 : 0;
  }
}
