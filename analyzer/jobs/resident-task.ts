/** What every worker that stays does around its answers: see resident-worker.ts. */
import { parentPort } from 'node:worker_threads';
import { FailureError, fail, ok, type Result, toFailure } from '../core/failure.ts';
import type { FromResident, ToResident } from './resident-worker.ts';

/** Lets other questions through while a long one is answered. Throws `cancelled` once nobody waits any more. */
export type Pause = () => Promise<void>;

/** Answers questions until the thread is ended from outside. @param answer may throw a FailureError. */
export function serveQuestions<Ask>(answer: (ask: Ask, pause: Pause) => Promise<unknown>): void {
  const port = parentPort;
  if (port === null) throw new Error('this file is a worker entry');
  const forgotten = new Set<number>();
  const open = new Set<number>();
  port.on('message', (message: ToResident<Ask>) => {
    if (message.type === 'forget') {
      if (open.has(message.id)) forgotten.add(message.id);
      return;
    }
    const { id, ask } = message;
    open.add(id);
    const pause: Pause = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      if (forgotten.has(id)) throw new FailureError(fail('cancelled', 'cancelled').failure);
    };
    void settled(() => answer(ask, pause)).then((result) => {
      open.delete(id);
      if (!forgotten.delete(id)) port.postMessage({ id, result } satisfies FromResident);
    });
  });
}

async function settled(work: () => Promise<unknown>): Promise<Result<unknown>> {
  try {
    return ok(await work());
  } catch (error) {
    return { ok: false, failure: toFailure(error) };
  }
}
