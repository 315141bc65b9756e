/** How a worker thread and the engine talk: the task goes in as the one message, progress and one Result come out. */
import { parentPort, workerData } from 'node:worker_threads';
import { type CancelFlag, isCancelled } from '../core/cancel-flag.ts';
import { FailureError, fail, ok, type Result, toFailure } from '../core/failure.ts';
import type { JobProgress } from '../core/job.ts';

export interface WorkerInput {
  readonly flag: CancelFlag;
  /** What the worker was started ahead of; not there when its task comes at once. */
  readonly expected?: Expected;
}

export type Expected = 'large' | 'any';

export type WorkerMessage<Output> =
  | { readonly type: 'progress'; readonly progress: JobProgress }
  | { readonly type: 'done'; readonly result: Result<Output> };

export interface TaskContext {
  isCancelled(): boolean;
  /** Throws a `cancelled` FailureError when the job was cancelled. */
  checkCancelled(): void;
  /** Sends progress, at most ten times a second; `now` sends it in any case. */
  report(progress: JobProgress, when?: 'soon' | 'now'): void;
}

/** Of a task that starts threads of its own. */
export interface ThreadedContext extends TaskContext {
  readonly flag: CancelFlag;
}

const REPORT_EVERY_MS = 100;

/** Runs the worker's one task. Everything it throws becomes a Failure; the thread then ends by itself. */
export async function runTask<Task, Output>(
  work: (task: Task, context: ThreadedContext) => Promise<Output> | Output,
): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('this file is a worker entry');
  const { flag } = workerData as WorkerInput;
  const task = await new Promise<Task>((resolve) => port.once('message', resolve));
  let reportedAt = 0;
  const context: ThreadedContext = {
    flag,
    isCancelled: () => isCancelled(flag),
    checkCancelled: () => {
      if (isCancelled(flag)) throw new FailureError(fail('cancelled', 'cancelled').failure);
    },
    report: (progress, when = 'soon') => {
      const now = Date.now();
      if (when === 'soon' && now - reportedAt < REPORT_EVERY_MS) return;
      reportedAt = now;
      port.postMessage({ type: 'progress', progress } satisfies WorkerMessage<Output>);
    },
  };
  let result: Result<Output>;
  try {
    result = ok(await work(task, context));
  } catch (error) {
    result = { ok: false, failure: toFailure(error) };
  }
  port.postMessage({ type: 'done', result } satisfies WorkerMessage<Output>);
}
