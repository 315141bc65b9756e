/** Handlers of a desk that can be closed: what they are at ends before the files that they read are closed. */
import { fail, type Result } from '../core/failure.ts';

type Handlers = Readonly<Record<string, (input: never) => Promise<Result<unknown>>>>;

export interface ClosableHandlers<H> {
  readonly handlers: H;
  /** Ends when nothing runs any more; from now on every answer is `cancelled`. The caller ends what runs. */
  close(): Promise<void>;
}

/** @returns the handlers, and how to wait for them. */
export function untilClosed<H extends Handlers>(handlers: H): ClosableHandlers<H> {
  const running = new Set<Promise<unknown>>();
  let state: 'open' | 'closed' = 'open';
  const closable = Object.entries(handlers).map(([method, handler]) => [
    method,
    (input: never) => {
      if (state === 'closed') return Promise.resolve(fail('cancelled', 'cancelled'));
      const answer = handler(input);
      running.add(answer);
      const forget = () => running.delete(answer);
      answer.then(forget, forget);
      return answer;
    },
  ]);
  return {
    handlers: Object.fromEntries(closable) as H,
    close: async () => {
      state = 'closed';
      await Promise.allSettled(running);
    },
  };
}
