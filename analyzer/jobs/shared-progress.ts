/** The progress of imports that run side by side, as that of one job. */
import type { JobProgress } from '../core/job.ts';

export class SharedProgress {
  readonly #sizes: readonly (number | null)[];
  readonly #report: (progress: JobProgress) => void;
  readonly #latest = new Map<number, JobProgress>();
  readonly #running = new Set<number>();

  /** @param sizes bytes of each source, null where only reading it tells. */
  constructor(sizes: readonly (number | null)[], report: (progress: JobProgress) => void) {
    this.#sizes = sizes;
    this.#report = report;
  }

  of(nth: number, progress: JobProgress): void {
    this.#latest.set(nth, progress);
    this.#running.add(nth);
    this.#tell(progress);
  }

  /** What it read stays counted. @param lines of the bundle that became of it: those of a small one are all stored at its end. */
  ended(nth: number, lines: number | null): void {
    this.#running.delete(nth);
    const last = this.#latest.get(nth);
    if (last !== undefined && lines !== null) this.#latest.set(nth, { ...last, lines });
  }

  #tell(last: JobProgress): void {
    const all = [...this.#latest.values()];
    const running = [...this.#latest.keys()].sort((a, b) => a - b).filter((nth) => this.#running.has(nth));
    const sum = (of: (one: JobProgress) => number) => all.reduce((total, one) => total + of(one), 0);
    const totals = this.#sizes.map((size, nth) => this.#latest.get(nth)?.bytesTotal ?? size);
    const count = totals.length;
    // Of the first that runs: that of whichever spoke last would change ten times a second.
    const [nth = count - 1] = running;
    const { phase } = this.#latest.get(nth) ?? last;
    this.#report({
      phase: count === 1 ? phase : `${phase}, archive ${nth + 1} of ${count}`,
      bytesDone: sum((one) => one.bytesDone),
      bytesTotal: totals.includes(null) ? null : totals.reduce<number>((total, one) => total + (one ?? 0), 0),
      files: sum((one) => one.files),
      lines: sum((one) => one.lines),
      bytesPerSecond: running.reduce((total, nth) => total + (this.#latest.get(nth)?.bytesPerSecond ?? 0), 0),
    });
  }
}
