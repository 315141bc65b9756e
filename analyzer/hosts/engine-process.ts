/**
 * Entry of the engine's own process, started by the web host (child_process.fork) and by Electron main
 * (utilityProcess.fork, or child_process.fork where the runtime's Node-API is too old for better-sqlite3).
 * Folders come as arguments, see engineArguments in engine-client.ts.
 */
import { parseArgs } from 'node:util';
import type { EngineMessage } from '../contract/messages.ts';
import { createEngine } from '../engine.ts';
import { type ParentPort, serveEngine } from './engine-server.ts';

/** The part of Electron's process.parentPort that is used; absent under plain Node. */
interface UtilityPort {
  postMessage(message: EngineMessage): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Time for workers to stop and files to close before the process ends anyway. */
const CLOSE_MILLISECONDS_MAX = 4_000;

function parentPort(): ParentPort | null {
  const utility = (process as unknown as { readonly parentPort?: UtilityPort }).parentPort;
  if (utility) {
    return {
      post: (message) => utility.postMessage(message),
      onMessage: (listener) => utility.on('message', (event) => listener(event.data)),
    };
  }
  if (typeof process.send !== 'function') return null;
  return {
    post: (message) => {
      // After the parent has gone there is nobody to answer; the disconnect handler is already closing.
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => process.on('message', listener),
  };
}

async function main(): Promise<void> {
  const port = parentPort();
  if (port === null) {
    process.stderr.write('The engine process is started by Coldcase itself and takes no commands.\n');
    process.exitCode = 2;
    return;
  }
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: { cases: { type: 'string' }, state: { type: 'string' } },
    strict: false,
  });
  if (typeof values.cases !== 'string' || typeof values.state !== 'string') {
    process.stderr.write('The engine process needs --cases and --state.\n');
    process.exitCode = 2;
    return;
  }

  let close: (() => Promise<void>) | null = null;
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(0), CLOSE_MILLISECONDS_MAX).unref();
    Promise.resolve(close?.()).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('disconnect', end);
  process.on('SIGTERM', end);
  // Ctrl-C reaches the whole terminal group; the parent decides when the engine ends.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);

  close = await serveEngine(
    port,
    Promise.resolve(createEngine({ casesFolder: values.cases, stateFolder: values.state })),
  );
  if (ending) await close();
  // A parent that died while the engine was loading sent its 'disconnect' before anyone listened.
  else if (typeof process.send === 'function' && !process.connected) end();
}

main().catch((error: unknown) => {
  process.stderr.write(`The engine could not be started: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
