/** The progress of imports that run side by side, as that of one job. */
import type { JobProgress } from '../core/job.ts';

export class SharedProgress {
  readonly #sizes: readonly (number | null)[];
  readonly #report: (progress: JobProgress) => void;
  readonly #latest = new Map<number, JobProgress>();
  readonly #ended = new Set<number>();

  /** @param sizes bytes of each source, null where only reading it tells. */
  constructor(sizes: readonly (number | null)[], report: (progress: JobProgress) => void) {
    this.#sizes = sizes;
    this.#report = report;
  }

  of(nth: number, progress: JobProgress): void {
    this.#latest.set(nth, progress);
    this.#tell();
  }

  /** What it read stays counted. @param lines of the bundle that became of it: those of a small one are all stored at its end. */
  ended(nth: number, lines: number | null): void {
    this.#ended.add(nth);
    const last = this.#latest.get(nth);
    if (last !== undefined && lines !== null) this.#latest.set(nth, { ...last, lines });
  }

  #tell(): void {
    const all = [...this.#latest.values()];
    const sum = (of: (one: JobProgress) => number) => all.reduce((total, one) => total + of(one), 0);
    const totals = this.#sizes.map((size, nth) => this.#latest.get(nth)?.bytesTotal ?? size);
    const count = totals.length;
    // Of the first that has not ended, also before it said anything: that of whichever spoke last would go to and fro.
    const first = this.#sizes.findIndex((_, nth) => !this.#ended.has(nth));
    const nth = first < 0 ? count - 1 : first;
    const phase = this.#latest.get(nth)?.phase ?? 'starting';
    this.#report({
      phase: count === 1 ? phase : `${phase}, archive ${nth + 1} of ${count}`,
      bytesDone: sum((one) => one.bytesDone),
      bytesTotal: totals.includes(null) ? null : totals.reduce<number>((total, one) => total + (one ?? 0), 0),
      files: sum((one) => one.files),
      lines: sum((one) => one.lines),
      bytesPerSecond: [...this.#latest].reduce(
        (total, [at, one]) => total + (this.#ended.has(at) ? 0 : one.bytesPerSecond),
        0,
      ),
    });
  }
}
