/** Starts the engine's own process from the desktop application, and the command line without a window. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { app, utilityProcess } from 'electron';
import {
  type EngineChannel,
  type EngineClient,
  type EngineFolders,
  engineArguments,
  superviseEngine,
} from '../analyzer/hosts/engine-client.ts';
import { forkEngine } from '../analyzer/hosts/engine-fork.ts';
import { engineFile, nodeCandidates, type ProcessKind, processKind } from './engine-choice.ts';

function kindHere(): ProcessKind {
  return processKind({ napi: process.versions.napi, delivery: app.isPackaged ? 'packaged' : 'source' });
}

/** @returns the engine, supervised: when its process ends unasked it is started again (see engine-client.ts). */
export function startEngine(folders: EngineFolders): EngineClient {
  const entry = engineFile(app.getAppPath(), 'engine-process');
  return superviseEngine(() =>
    kindHere() === 'utility'
      ? forkUtility(entry, folders)
      : forkEngine({ ...folders, entry, execPath: findNode(), log: (text) => process.stderr.write(text) }),
  );
}

/** After this long a process that was asked to end is killed; longer than the engine gives its own workers. */
const KILL_AFTER_MILLISECONDS = 6_000;

/** Adapts a utility process to what the supervisor needs. */
function forkUtility(entry: string, folders: EngineFolders): EngineChannel {
  const child = utilityProcess.fork(entry, [...engineArguments(folders)], {
    serviceName: 'Coldcase engine',
    stdio: ['ignore', 'ignore', 'inherit'],
    execArgv: [],
  });
  let ended: string | null = null;
  const exits: ((how: string) => void)[] = [];
  child.on('exit', (code) => {
    if (ended !== null) return;
    ended = `exit code ${code}`;
    for (const listener of exits) listener(ended);
  });
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => {
      child.on('message', listener);
    },
    onExit: (listener) => {
      if (ended === null) exits.push(listener);
      else listener(ended);
    },
    kill: () => {
      if (ended !== null) return;
      const { pid } = child;
      child.kill();
      // An engine that hangs must not keep the application from ending.
      const timer = setTimeout(() => {
        if (ended === null && pid !== undefined) killNow(pid);
      }, KILL_AFTER_MILLISECONDS);
      exits.push(() => clearTimeout(timer));
    },
  };
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended in between.
  }
}

/** @throws when the source tree was installed without its Node (`npm ci` leaves it in node_modules). */
function findNode(): string {
  const candidates = nodeCandidates(app.getAppPath(), process.platform, process.arch);
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined) throw new Error(`no Node.js 24 at ${candidates.join(' or ')}`);
  return found;
}

/**
 * Runs the command line without a window; results on stdout, as with `coldcase` itself.
 * @returns its exit code.
 */
export function runCommandLine(words: readonly string[]): Promise<number> {
  const entry = engineFile(app.getAppPath(), 'cli');
  return new Promise((resolve) => {
    if (kindHere() === 'utility') {
      const child = utilityProcess.fork(entry, [...words], { serviceName: 'Coldcase', stdio: 'inherit', execArgv: [] });
      child.on('exit', (code) => resolve(code));
      return;
    }
    const child = spawn(findNode(), [entry, ...words], { stdio: 'inherit', cwd: path.resolve('.') });
    child.on('error', (error) => {
      process.stderr.write(`The command line could not be started: ${error.message}\n`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
