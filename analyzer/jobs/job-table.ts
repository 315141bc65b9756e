/** The running and lately ended jobs of one engine. */
import { randomUUID } from 'node:crypto';
import { type Failure, toFailure } from '../core/failure.ts';
import { type CaseId, JobId } from '../core/ids.ts';
import type { ImportResult, Job, JobProgress, JobState } from '../core/job.ts';
import { ENDED_JOBS_KEPT } from '../core/limits.ts';

/** How a job's work says that it ended. */
export interface JobEnd {
  readonly state: Exclude<JobState, 'running'>;
  readonly outcome: string;
  readonly failure: Failure | null;
  readonly imports?: readonly ImportResult[];
}

export interface JobContext {
  readonly signal: AbortSignal;
  progress(progress: JobProgress): void;
}

interface Entry {
  job: Job;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

const NOT_STARTED: JobProgress = {
  phase: 'starting',
  bytesDone: 0,
  bytesTotal: null,
  files: 0,
  lines: 0,
  bytesPerSecond: 0,
};

export class JobTable {
  readonly #entries = new Map<JobId, Entry>();
  readonly #onChange: (job: Job) => void;
  #state: 'open' | 'closed' = 'open';

  constructor(onChange: (job: Job) => void) {
    this.#onChange = onChange;
  }

  /** Starts `work` and lists it; whatever `work` throws becomes a failed outcome of this job alone. */
  start(kind: Job['kind'], title: string, caseId: CaseId, work: (context: JobContext) => Promise<JobEnd>): JobId {
    const id = JobId.parse(randomUUID());
    const abort = new AbortController();
    // Nobody waits any more for what an answer that was under way starts now.
    if (this.#state === 'closed') abort.abort();
    const job: Job = {
      id,
      kind,
      title,
      caseId,
      state: 'running',
      progress: NOT_STARTED,
      outcome: null,
      failure: null,
      startedAt: new Date().toISOString(),
      endedAt: null,
      imports: [],
    };
    const run = async () => {
      let end: JobEnd;
      try {
        end = await work({ signal: abort.signal, progress: (progress) => this.#change(id, { progress }) });
      } catch (error) {
        const failure = toFailure(error);
        end = { state: 'failed', outcome: failure.message, failure };
      }
      this.#change(id, {
        state: end.state,
        outcome: end.outcome,
        failure: end.failure,
        imports: end.imports ?? [],
        endedAt: new Date().toISOString(),
      });
      this.#forgetOldest();
    };
    // The work begins in the next turn, so that the caller knows the id before the first change is announced.
    const ended = Promise.resolve().then(run);
    this.#entries.set(id, { job, abort, ended });
    this.#onChange(job);
    return id;
  }

  list(): readonly Job[] {
    return [...this.#entries.values()].map((entry) => entry.job);
  }

  get(id: JobId): Job | null {
    return this.#entries.get(id)?.job ?? null;
  }

  /** Asks a job to end; answers at once. An ended job stays as it is. */
  cancel(id: JobId): Job | null {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    if (entry.job.state === 'running') entry.abort.abort();
    return entry.job;
  }

  /** @returns the job once it has ended, null when there is none of this id. */
  async wait(id: JobId): Promise<Job | null> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    await entry.ended;
    return entry.job;
  }

  /** Cancels everything, also what is started from now on, and waits until no worker is left. */
  async close(): Promise<void> {
    this.#state = 'closed';
    for (const entry of this.#entries.values()) entry.abort.abort();
    // What waited for one of them may be started by its end.
    while (this.list().some(({ state }) => state === 'running')) {
      await Promise.all([...this.#entries.values()].map((entry) => entry.ended));
    }
  }

  #change(id: JobId, changed: Partial<Job>): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.job = { ...entry.job, ...changed };
    this.#onChange(entry.job);
  }

  #forgetOldest(): void {
    const ended = [...this.#entries.values()].filter((entry) => entry.job.state !== 'running');
    for (const entry of ended.slice(0, Math.max(0, ended.length - ENDED_JOBS_KEPT))) this.#entries.delete(entry.job.id);
  }
}
