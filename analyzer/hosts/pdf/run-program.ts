/** Runs a program that may hang or have children, and makes sure that nothing of it stays. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

export interface ProgramRun {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly milliseconds: number;
  readonly signal: AbortSignal | null;
}

export type ProgramEnd =
  | { readonly how: 'ended'; readonly code: number | null; readonly by: string | null; readonly said: string }
  | { readonly how: 'not-started'; readonly because: string }
  | { readonly how: 'time-limit' }
  | { readonly how: 'cancelled' };

/** Of what the program writes the last part is kept: a fatal message is its last one. */
const SAID_CHARS_MAX = 16 * 1024;
/** A killed process that the system does not let go (a hung disk) is no longer waited for. */
const KILL_MILLISECONDS_MAX = 5_000;
/** What a program said last is read from its pipes; one that left a daemon behind never closes them. */
const PIPE_MILLISECONDS_MAX = 1_000;

/** Process trees to be killed should this process end. */
const running = new Set<ChildProcess>();
let watchesExit = false;

/** Runs `file` without a shell until it ends, the time is over or `signal` says so. Never rejects. */
export function runProgram(file: string, words: readonly string[], run: ProgramRun): Promise<ProgramEnd> {
  if (run.signal?.aborted === true) return Promise.resolve({ how: 'cancelled' });
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = spawn(file, words, {
        env: { ...run.env },
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own, so that its children can be killed with it.
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
    } catch (error) {
      resolve({ how: 'not-started', because: (error as NodeJS.ErrnoException).code ?? String(error) });
      return;
    }
    watch(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-SAID_CHARS_MAX);
      });
    }
    let stopped: 'time-limit' | 'cancelled' | null = null;
    const end = (how: ProgramEnd): void => {
      clearTimeout(timer);
      run.signal?.removeEventListener('abort', onAbort);
      running.delete(child);
      resolve(how);
    };
    const stop = (why: 'time-limit' | 'cancelled'): void => {
      stopped ??= why;
      killTree(child);
      setTimeout(() => end({ how: why }), KILL_MILLISECONDS_MAX).unref();
    };
    const timer = setTimeout(() => stop('time-limit'), run.milliseconds);
    const onAbort = (): void => stop('cancelled');
    run.signal?.addEventListener('abort', onAbort, { once: true });
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) end({ how: 'not-started', because: error.code ?? error.message });
    });
    child.on('exit', () => {
      // What it has started must neither keep its folder nor the pipes that are read here.
      killTree(child);
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, PIPE_MILLISECONDS_MAX).unref();
    });
    child.on('close', (code, by) => end(stopped === null ? { how: 'ended', code, by, said } : { how: stopped }));
  });
}

function watch(child: ChildProcess): void {
  running.add(child);
  if (watchesExit) return;
  watchesExit = true;
  process.on('exit', () => {
    for (const one of running) killTree(one);
  });
}

/** Kills the program and what it started. A tree that is gone is no error. */
function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL');
    else if (child.exitCode === null) {
      const taskkill = path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe');
      const words = ['/PID', String(child.pid), '/T', '/F'];
      spawn(taskkill, words, { stdio: 'ignore', windowsHide: true }).on('error', () => child.kill('SIGKILL'));
    }
  } catch {
    child.kill('SIGKILL');
  }
}
