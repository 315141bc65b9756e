/**
 * The engine's side of the message channel: answers calls, forwards events. Knows nothing about what carries the
 * messages, so the same code is tested without a process and runs under child_process and utilityProcess.
 */
import type { MethodInput, MethodName } from '../contract/contract.ts';
import { EVENTS, type EventName, type EventPayload, isMethodName } from '../contract/contract.ts';
import type { Engine } from '../contract/engine-api.ts';
import { CallMessage, type EngineMessage, type EventMessage } from '../contract/messages.ts';
import { fail, type Result, toFailure } from '../core/failure.ts';

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
