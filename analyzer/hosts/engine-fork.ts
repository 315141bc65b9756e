/** Starts the engine as a child process of Node; see engine-process.ts for the other end. */
import { fork } from 'node:child_process';
import { workerEntry } from '../core/resources.ts';
import { type EngineChannel, type EngineFolders, engineArguments } from './engine-client.ts';

/** After this long a process that was asked to end is killed; longer than the engine gives its own workers. */
const KILL_AFTER_MILLISECONDS = 6_000;

export interface ForkOptions extends EngineFolders {
  /** Node to run the engine with; this process's own one unless given. Node-API 10 or newer. */
  readonly execPath?: string;
  /** Engine file; the engine of this build unless given. */
  readonly entry?: string;
  /** Receives what the engine writes to stderr, line ends kept; the parent's stderr unless given. */
  readonly log?: (text: string) => void;
}

/**
 * Forks the engine with `serialization: 'advanced'`, so typed arrays, Map, Date and BigInt cross unchanged.
 * @returns its channel, with the process id for logs and tests.
 */
export function forkEngine(options: ForkOptions): EngineChannel & { readonly pid: number | undefined } {
  const child = fork(options.entry ?? workerEntry('engine-process'), [...engineArguments(options)], {
    serialization: 'advanced',
    // Flags of the parent (inspector, test runner) are not the engine's.
    execArgv: [],
    ...(options.execPath === undefined ? {} : { execPath: options.execPath }),
    stdio: ['ignore', 'ignore', options.log ? 'pipe' : 'inherit', 'ipc'],
  });
  const { log } = options;
  if (log) child.stderr?.setEncoding('utf8').on('data', (text: string) => log(text));
  let ended: string | null = null;
  const exits: ((how: string) => void)[] = [];
  const end = (how: string): void => {
    if (ended !== null) return;
    ended = how;
    for (const listener of exits) listener(how);
  };
  child.on('error', (error) => {
    // 'error' also reports a failed send; only a process that never started has ended.
    if (child.pid === undefined) end(error.message);
  });
  child.on('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  return {
    pid: child.pid,
    post: (message) => {
      if (child.connected) child.send(message, () => undefined);
    },
    onMessage: (listener) => {
      child.on('message', listener);
    },
    onExit: (listener) => {
      if (ended === null) exits.push(listener);
      else listener(ended);
    },
    kill: () => {
      if (ended !== null) return;
      // Windows has no SIGTERM to catch; there the closed channel asks.
      if (process.platform !== 'win32') child.kill('SIGTERM');
      else if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MILLISECONDS);
      child.once('exit', () => clearTimeout(timer));
    },
  };
}
