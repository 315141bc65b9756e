/** A worker thread that was started ahead of its work, so that it has loaded its code when the work comes. */
import type { Worker } from 'node:worker_threads';

/** At most one at a time. @typeParam Started the thread, and what it was started with. */
export class WaitingThread<Started extends { readonly worker: Worker }> {
  #started: Started | null = null;

  /** Starts one unless one waits. It keeps no thread alive, and ends with the one that started it. */
  warm(start: () => Started): void {
    if (this.#started !== null) return;
    const started = start();
    started.worker.unref();
    this.#started = started;
    // One that dies while it waits is not missed: its work starts another.
    const forget = (): void => {
      if (this.#started === started) this.#started = null;
    };
    started.worker.once('error', forget);
    started.worker.once('exit', forget);
  }

  /** @returns the one that waits, for the caller alone; null when there is none, or it does not fit. */
  take(fits: (started: Started) => boolean = () => true): Started | null {
    const started = this.#started;
    if (started === null || !fits(started)) return null;
    this.#started = null;
    started.worker.ref();
    return started;
  }
}
