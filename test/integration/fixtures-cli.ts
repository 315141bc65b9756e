/** The command line as users start it: a process of its own, with a home folder of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

const MAIN = path.join(import.meta.dirname, '..', '..', 'analyzer', 'hosts', 'cli', 'main.ts');

/** Milliseconds after which a command that should take one or two seconds counts as hanging. */
const HANGS_AFTER = 30_000;

export interface CliRun {
  /** null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Folder for the user's cache and settings. */
  readonly home: string;
  /** Runs as this user and group (root only). */
  readonly uid?: number;
  /** kill -9 after so many milliseconds; without it, a command that hangs is killed after half a minute. */
  readonly killAfter?: number;
}

/** @returns how the command ended; never rejects for an exit code. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliRun> {
  mkdirSync(options.home, { recursive: true });
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: options.home,
        USERPROFILE: options.home,
        LOCALAPPDATA: path.join(options.home, 'local'),
        XDG_CACHE_HOME: path.join(options.home, 'cache'),
        XDG_STATE_HOME: path.join(options.home, 'state'),
        XDG_DATA_HOME: path.join(options.home, 'data'),
        XDG_CONFIG_HOME: path.join(options.home, 'config'),
        TMPDIR: process.env.TMPDIR ?? '/tmp',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), options.killAfter ?? HANGS_AFTER);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

/** @returns the one JSON document of a `--json` run. Throws with the run's own words when there is none. */
export function documentOf<T>(run: CliRun): T {
  try {
    return JSON.parse(run.stdout) as T;
  } catch {
    throw new Error(`no JSON on stdout (exit ${run.code}): ${run.stdout.slice(0, 400)}\n${run.stderr.slice(-2000)}`);
  }
}
