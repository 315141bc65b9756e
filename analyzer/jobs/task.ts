/** How a worker thread and the engine talk: the task goes in as the one message, progress and one Result come out. */
import { parentPort, workerData } from 'node:worker_threads';
import { FailureError, fail, ok, type Result, toFailure } from '../core/failure.ts';
import type { JobProgress } from '../core/job.ts';

export interface WorkerInput {
  /** One Int32: 1 once the job is cancelled. Shared, so that busy synchronous code sees it too. */
  readonly cancel: SharedArrayBuffer;
}

export type WorkerMessage<Output> =
  | { readonly type: 'progress'; readonly progress: JobProgress }
  | { readonly type: 'done'; readonly result: Result<Output> };

export interface TaskContext {
  isCancelled(): boolean;
  /** Throws a `cancelled` FailureError when the job was cancelled. */
  checkCancelled(): void;
  /** Sends progress, at most ten times a second; `force` sends it in any case. */
  report(progress: JobProgress, when?: 'soon' | 'now'): void;
}

const REPORT_EVERY_MS = 100;

/** Runs the worker's one task. Everything it throws becomes a Failure; the thread then ends by itself. */
export async function runTask<Task, Output>(
  work: (task: Task, context: TaskContext) => Promise<Output> | Output,
): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('this file is a worker entry');
  const { cancel } = workerData as WorkerInput;
  const task = await new Promise<Task>((resolve) => port.once('message', resolve));
  const flag = new Int32Array(cancel);
  const isCancelled = () => Atomics.load(flag, 0) === 1;
  let reportedAt = 0;
  const context: TaskContext = {
    isCancelled,
    checkCancelled: () => {
      if (isCancelled()) throw new FailureError(fail('cancelled', 'cancelled').failure);
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
