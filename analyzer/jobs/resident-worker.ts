/**
 * The engine's side of a worker that stays: numbered questions in, one Result out for each. It is started by the first
 * question, started anew after it died, and dismissed when nobody asked for a while, for what it remembers is large.
 */
import { Worker } from 'node:worker_threads';
import { fail, type Result } from '../core/failure.ts';
import { YOUNG_GENERATION_MIB } from '../core/limits.ts';
import { workerEntry } from '../core/resources.ts';
import { endThread } from '../core/thread-end.ts';

/** What a worker remembers can take hundreds of megabytes: not kept through a lunch break. */
const IDLE_MS = 5 * 60_000;

/** What is needed of a worker thread. */
export type ResidentThread = Pick<Worker, 'postMessage' | 'on' | 'terminate' | 'ref' | 'unref'>;

export type ToResident<Ask> =
  | { readonly type: 'ask'; readonly id: number; readonly ask: Ask }
  /** Nobody waits for this answer any more. */
  | { readonly type: 'forget'; readonly id: number };

export interface FromResident {
  readonly id: number;
  readonly result: Result<unknown>;
}

export interface ResidentOptions {
  /** Starts the worker thread; tests give another. */
  readonly start?: () => ResidentThread;
  readonly idleMs?: number;
}

interface Pending {
  readonly settle: (result: Result<unknown>) => void;
  /** A later question with the same key takes this one's place. */
  readonly supersededBy: string | null;
}

interface Running {
  readonly thread: ResidentThread;
  readonly pending: Map<number, Pending>;
  diedOf: string | null;
}

export class ResidentWorker<Ask> {
  readonly #name: Parameters<typeof workerEntry>[0];
  readonly #question: string;
  readonly #start: () => ResidentThread;
  readonly #idleMs: number;
  #running: Running | null = null;
  #idle: NodeJS.Timeout | null = null;
  #lastId = 0;
  #closed = false;

  /** @param name of its entry in workers/. @param question what the questions are called that supersede each other: `lookup`. */
  constructor(name: Parameters<typeof workerEntry>[0], question: string, options: ResidentOptions = {}) {
    this.#name = name;
    this.#question = question;
    this.#start =
      options.start ??
      (() => new Worker(workerEntry(name), { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB } }));
    this.#idleMs = options.idleMs ?? IDLE_MS;
  }

  /** @param supersededBy a later question with the same key ends this one as cancelled; null: none does. */
  ask(ask: Ask, supersededBy: string | null): Promise<Result<unknown>> {
    if (this.#closed) return Promise.resolve(fail('cancelled', 'cancelled'));
    const running = this.#worker();
    this.#stopIdling();
    this.#supersede(running, supersededBy);
    const id = ++this.#lastId;
    return new Promise((settle) => {
      running.pending.set(id, { settle, supersededBy });
      running.thread.ref();
      running.thread.postMessage({ type: 'ask', id, ask } satisfies ToResident<Ask>);
    });
  }

  /** Ends the worker; questions without an answer end as cancelled. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = this.#running;
    this.#stopIdling();
    this.#running = null;
    if (running === null) return;
    settleAll(running, fail('cancelled', 'cancelled'));
    await endThread(running.thread);
  }

  #supersede(running: Running, key: string | null): void {
    if (key === null) return;
    for (const [id, pending] of running.pending) {
      if (pending.supersededBy !== key) continue;
      running.thread.postMessage({ type: 'forget', id } satisfies ToResident<Ask>);
      running.pending.delete(id);
      pending.settle(fail('cancelled', `A later ${this.#question} took the place of this one.`));
    }
  }

  #worker(): Running {
    if (this.#running !== null) return this.#running;
    const running: Running = { thread: this.#start(), pending: new Map(), diedOf: null };
    const { thread } = running;
    thread.on('message', (message: FromResident) => {
      const pending = running.pending.get(message.id);
      running.pending.delete(message.id);
      pending?.settle(message.result);
      if (running.pending.size === 0) this.#becomeIdle(running);
    });
    thread.on('error', (error: Error) => {
      running.diedOf = error.message;
    });
    thread.on('exit', (code: number) => {
      if (this.#running === running) {
        this.#running = null;
        this.#stopIdling();
      }
      const why = running.diedOf ?? `it ended with code ${code}`;
      settleAll(
        running,
        fail(
          'internal',
          `the ${this.#name} worker failed: ${why}`,
          null,
          'Ask again: it is started anew. If it fails again this is a bug in Coldcase: please report it.',
        ),
      );
    });
    this.#running = running;
    return running;
  }

  #becomeIdle(running: Running): void {
    running.thread.unref();
    this.#stopIdling();
    this.#idle = setTimeout(() => {
      if (this.#running !== running || running.pending.size > 0) return;
      this.#running = null;
      void endThread(running.thread);
    }, this.#idleMs);
    this.#idle.unref();
  }

  #stopIdling(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
  }
}

function settleAll(running: Running, result: Result<never>): void {
  const waiting = [...running.pending.values()];
  running.pending.clear();
  for (const { settle } of waiting) settle(result);
}
