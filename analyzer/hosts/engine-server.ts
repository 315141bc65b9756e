/**
 * The engine's side of the message channel: answers calls, forwards events. Knows nothing about what carries the
 * messages, so the same code is tested without a process and runs under child_process and utilityProcess.
 * Imports no engine: the process entry passes one in, and so can a test.
 */
import { parseArgs } from 'node:util';
import type { MethodInput, MethodName } from '../contract/contract.ts';
import { EVENTS, type EventName, type EventPayload, isMethodName } from '../contract/contract.ts';
import type { Engine } from '../contract/engine-api.ts';
import { CallMessage, type EngineMessage, type EventMessage } from '../contract/messages.ts';
import { fail, type Result, toFailure } from '../core/failure.ts';
import { endProcess } from '../core/thread-end.ts';
import type { EngineFolders } from './engine-client.ts';

/** What carries messages to and from the parent. */
export interface ParentPort {
  post(message: EngineMessage): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** @returns the answer of one call; whatever goes wrong inside is a Failure, never a rejection. */
async function answer(engine: Engine, method: string, input: unknown): Promise<Result<unknown>> {
  if (!isMethodName(method)) return fail('wrong-usage', `The engine has no method "${method}".`, method);
  try {
    // The engine validates the input against the contract: the sender's types end at the process boundary.
    return await engine.call(method, input as MethodInput<MethodName>);
  } catch (error) {
    return { ok: false, failure: toFailure(error) };
  }
}

/**
 * Connects an engine to its parent: one answer a call, in the order they finish, and every event.
 * Calls that arrive while the engine is being created wait for it.
 * @returns a function that ends the subscriptions and closes the engine.
 */
export async function serveEngine(port: ParentPort, creating: Promise<Engine>): Promise<() => Promise<void>> {
  port.onMessage((message) => {
    const call = CallMessage.safeParse(message);
    if (!call.success) return;
    const { id, method, input } = call.data;
    creating
      .then((engine) => answer(engine, method, input))
      .catch((error: unknown): Result<unknown> => ({ ok: false, failure: toFailure(error) }))
      .then((result) => {
        if (result.ok) port.post({ type: 'answer', id, value: result.value ?? null, failure: null });
        else port.post({ type: 'answer', id, value: null, failure: result.failure });
      })
      .catch(() => {
        // The parent is gone, or the value cannot be copied: say so in words that always can be.
        const failure = { code: 'internal' as const, message: 'The answer could not be sent.', where: method };
        try {
          port.post({ type: 'answer', id, value: null, failure: { ...failure, advice: null } });
        } catch {
          // No parent, nobody to tell.
        }
      });
  });
  const engine = await creating;
  const forward = <E extends EventName>(event: E): (() => void) =>
    engine.on(event, (payload: EventPayload<E>) => {
      port.post({ type: 'event', event, payload } as EventMessage);
    });
  const ends = (Object.keys(EVENTS) as EventName[]).map((event) => forward(event));
  port.post({ type: 'ready' });
  return async () => {
    for (const end of ends) end();
    await engine.close();
  };
}

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
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => process.on('message', listener),
  };
}

/**
 * Runs the engine for the parent of this process and ends with it. Folders come as arguments, see engineArguments
 * in engine-client.ts.
 */
export async function runEngineProcess(create: (folders: EngineFolders) => Engine | Promise<Engine>): Promise<void> {
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
    setTimeout(() => endProcess(0), CLOSE_MILLISECONDS_MAX).unref();
    Promise.resolve(close?.()).then(
      () => endProcess(0),
      () => endProcess(1),
    );
  };
  process.on('disconnect', end);
  process.on('SIGTERM', end);
  // Ctrl-C reaches the whole terminal group; the parent decides when the engine ends.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);

  const folders = { casesFolder: values.cases, stateFolder: values.state };
  try {
    close = await serveEngine(port, Promise.resolve(create(folders)));
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The engine could not be started: ${because}\n`);
    endProcess(1);
  }
  if (ending) await close();
  // A parent that died while the engine was loading sent its 'disconnect' before anyone listened.
  else if (typeof process.send === 'function' && !process.connected) end();
}
