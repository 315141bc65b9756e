/** The command line as it is shipped and as users start it: a process of its own, with a home folder of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

const MAIN = path.join(import.meta.dirname, '..', '..', 'dist', 'engine', 'cli.cjs');

/** Milliseconds after which a command that should take one or two seconds counts as hanging. */
const HANGS_AFTER = 120_000;

export interface CliRun {
  /** null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Folder for the user's cache and settings. */
  readonly home: string;
  /** `permissions-count`: root, who may otherwise read everything, is held to the permissions of files. */
  readonly as?: 'permissions-count';
  /** kill -9 after so many milliseconds; without it, a command that hangs is killed after half a minute. */
  readonly killAfter?: number;
  /** Ctrl-C as soon as this is on stderr. */
  readonly interruptAt?: string;
}

/**
 * Another user could not always read the sources and the Node of this clone, so root gives up its two capabilities
 * instead: setpriv is part of util-linux, which every Debian has.
 */
function prefix(options: CliOptions): readonly string[] {
  if (options.as === undefined || process.getuid?.() !== 0) return [];
  return ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'];
}

/** @returns how the command ended; never rejects for an exit code. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliRun> {
  mkdirSync(options.home, { recursive: true });
  return new Promise((resolve, reject) => {
    const [program, ...words] = [...prefix(options), process.execPath, MAIN, ...args] as [string, ...string[]];
    const child = spawn(program, words, {
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
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const waited = options.interruptAt !== undefined && !stderr.includes(options.interruptAt);
      stderr += text;
      if (waited && stderr.includes(options.interruptAt ?? '')) child.kill('SIGINT');
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
