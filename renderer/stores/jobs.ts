/** Running and ended jobs, as the strip and Start show them. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import type { Failure, Job, JobId } from '../model/types.ts';

export interface JobsState {
  /** In the order they were started. */
  readonly jobs: readonly Job[];
  /** Ended jobs whose outcome was read and put away. */
  readonly read: ReadonlySet<JobId>;
  readonly put: (job: Job) => void;
  readonly cancel: (job: JobId) => Promise<Failure | null>;
  readonly markRead: (job: JobId) => void;
  /** Resolves with the job once it has ended. */
  readonly ended: (job: JobId) => Promise<Job>;
  /** Fetches the jobs the engine knows: after a start, or when events may have been missed. */
  readonly refresh: () => Promise<void>;
  /** The engine is gone: what was running did not end well. */
  readonly abandonRunning: () => void;
}

export type JobsStore = StoreApi<JobsState>;

export const isRunning = (job: Job): boolean => job.state === 'running';

/** @returns the store, following the engine's job events from now on. */
export function createJobs(bridge: Bridge): JobsStore {
  const store = createStore<JobsState>()((set, get) => ({
    jobs: [],
    read: new Set(),
    put: (job) =>
      set(({ jobs }) => {
        const known = jobs.find((other) => other.id === job.id);
        // Events and answers may cross: what has ended stays ended.
        if (known !== undefined && !isRunning(known) && isRunning(job)) return {};
        return {
          jobs: known === undefined ? [...jobs, job] : jobs.map((other) => (other.id === job.id ? job : other)),
        };
      }),
    cancel: async (job) => {
      const answer = await bridge.call('job.cancel', { job });
      if (!answer.ok) return answer.failure;
      get().put(answer.value);
      return null;
    },
    markRead: (job) => set(({ read }) => ({ read: new Set(read).add(job) })),
    ended: (id) =>
      new Promise((resolve) => {
        const look = () => {
          const job = get().jobs.find((other) => other.id === id);
          if (job === undefined || isRunning(job)) return false;
          stop();
          resolve(job);
          return true;
        };
        const stop = store.subscribe(look);
        // The job may have ended before anyone listened.
        if (!look()) void get().refresh();
      }),
    refresh: async () => {
      const answer = await bridge.call('job.list', {});
      if (answer.ok) for (const job of answer.value) get().put(job);
    },
    abandonRunning: () =>
      set(({ jobs }) => ({
        jobs: jobs.map((job) =>
          isRunning(job)
            ? {
                ...job,
                state: 'failed',
                outcome: 'The engine stopped before this had ended.',
                failure: {
                  code: 'internal',
                  message: 'The engine stopped before this had ended.',
                  where: null,
                  advice: 'Start it again once the engine is back; nothing half-made was kept.',
                },
              }
            : job,
        ),
      })),
  }));
  bridge.on('onDidChangeJob', (job) => store.getState().put(job));
  return store;
}
