/** Runs one task in one worker thread: progress out, cancel in, and always a Result, whatever the thread does. */
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { type CancelFlag, cancel, isCancelled, newCancelFlag } from '../core/cancel-flag.ts';
import { fail, type Result } from '../core/failure.ts';
import type { JobProgress } from '../core/job.ts';
import { IMPORT_YOUNG_GENERATION_MIB, YOUNG_GENERATION_MIB } from '../core/limits.ts';
import { type WorkerName, workerEntry } from '../core/resources.ts';
import { endThread } from '../core/thread-end.ts';
import type { Expected, WorkerInput, WorkerMessage } from './task.ts';
import { WaitingThread } from './waiting-thread.ts';

/** A cancelled worker gets this long to tidy up by itself before its thread is ended. */
const GRACE_MS = 3_000;

export interface WorkerJobOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
}

/** Workers that do one task and end; those for networks (network-desk.ts), timelines (timeline-desk.ts) and searches (search-pool.ts) stay, and rule-thread.ts has its own. */
type TaskWorker = Exclude<WorkerName, 'engine-process' | 'network' | 'timeline' | 'search' | 'rules'>;

interface StartedWorker {
  readonly worker: Worker;
  readonly flag: CancelFlag;
}

/** Workers that have loaded their code and wait for a task: loading takes a quarter of a second. */
const waiting = new Map<TaskWorker, WaitingThread<StartedWorker>>();

/** The others do little; their young generation stays as V8 has it. */
const YOUNG_GENERATIONS: Partial<Record<TaskWorker, ResourceLimits>> = {
  analysis: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
  // With more, 30,000 files take 100 MB more and as long.
  ingest: { maxYoungGenerationSizeMb: IMPORT_YOUNG_GENERATION_MIB },
};

function startWorker(name: TaskWorker, expected?: Expected): StartedWorker {
  const flag = newCancelFlag();
  const input: WorkerInput = { flag, ...(expected === undefined ? {} : { expected }) };
  const resourceLimits = YOUNG_GENERATIONS[name] ?? {};
  return { worker: new Worker(workerEntry(name), { workerData: input, resourceLimits }), flag };
}

/** Starts a worker ahead of its task; `dismissWorkers` ends it when no task comes. */
export function warmWorker(name: TaskWorker, expected: Expected = 'any'): void {
  const place = waiting.get(name) ?? new WaitingThread<StartedWorker>();
  waiting.set(name, place);
  place.warm(() => startWorker(name, expected));
}

/** Ends the workers that wait for a task. */
export async function dismissWorkers(): Promise<void> {
  const idle = [...waiting.values()].flatMap((place) => place.take() ?? []);
  await Promise.all(idle.map(({ worker }) => endThread(worker)));
}

/** @returns the task's Result; `cancelled` when the signal won, `internal` when the thread died. Resolves only after the thread has ended. */
export function runInWorker<Task, Output>(
  name: TaskWorker,
  task: Task,
  options: WorkerJobOptions = {},
): Promise<Result<Output>> {
  const { signal, onProgress } = options;
  if (signal?.aborted) return Promise.resolve(fail('cancelled', 'cancelled'));
  return new Promise((resolve) => {
    const { worker, flag } = waiting.get(name)?.take() ?? startWorker(name);
    let result: Result<Output> | null = null;
    let grace: NodeJS.Timeout | null = null;
    const abort = () => {
      // What has taken its last step is about to end, and to say what it did.
      if (cancel(flag) === 'too-late') return;
      grace = setTimeout(() => void endThread(worker), GRACE_MS);
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
    worker.postMessage(task);
    worker.on('exit', (code) => {
      if (grace !== null) clearTimeout(grace);
      signal?.removeEventListener('abort', abort);
      if (result === null && isCancelled(flag)) result = fail('cancelled', 'cancelled');
      resolve(result ?? fail('internal', `the ${name} worker ended with code ${code} without an outcome`));
    });
  });
}
