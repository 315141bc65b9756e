/** Runs one task in one worker thread: progress out, cancel in, and always a Result, whatever the thread does. */
import { Worker } from 'node:worker_threads';
import { fail, type Result } from '../core/failure.ts';
import type { JobProgress } from '../core/job.ts';
import { type WorkerName, workerEntry } from '../core/resources.ts';
import type { WorkerInput, WorkerMessage } from './task.ts';

/** A cancelled worker gets this long to tidy up by itself before its thread is ended. */
const GRACE_MS = 3_000;

export interface WorkerJobOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
}

/** @returns the task's Result; `cancelled` when the signal won, `internal` when the thread died. Resolves only after the thread has ended. */
export function runInWorker<Task, Output>(
  name: Exclude<WorkerName, 'engine-process'>,
  task: Task,
  options: WorkerJobOptions = {},
): Promise<Result<Output>> {
  const cancel = new SharedArrayBuffer(4);
  const { signal, onProgress } = options;
  if (signal?.aborted) return Promise.resolve(fail('cancelled', 'cancelled'));
  return new Promise((resolve) => {
    const input: WorkerInput<Task> = { task, cancel };
    const worker = new Worker(workerEntry(name), { workerData: input });
    let result: Result<Output> | null = null;
    let grace: NodeJS.Timeout | null = null;
    const abort = () => {
      Atomics.store(new Int32Array(cancel), 0, 1);
      grace = setTimeout(() => void worker.terminate(), GRACE_MS);
    };
    signal?.addEventListener('abort', abort, { once: true });
    worker.on('message', (message: WorkerMessage<Output>) => {
      if (message.type === 'progress') onProgress?.(message.progress);
      else result = message.result;
    });
    worker.on('error', (error) => {
      result = fail(
        'internal',
        `the ${name} worker failed: ${error.message}`,
        null,
        'This is a bug in Coldcase: please report it.',
      );
    });
    worker.on('exit', (code) => {
      if (grace !== null) clearTimeout(grace);
      signal?.removeEventListener('abort', abort);
      if (result === null && signal?.aborted) result = fail('cancelled', 'cancelled');
      resolve(result ?? fail('internal', `the ${name} worker ended with code ${code} without an outcome`));
    });
  });
}
