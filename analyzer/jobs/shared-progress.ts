/** The progress of imports that run side by side, as that of one job. */
import type { JobProgress } from '../core/job.ts';

export class SharedProgress {
  readonly #imports: number;
  readonly #report: (progress: JobProgress) => void;
  readonly #latest = new Map<number, JobProgress>();
  readonly #running = new Set<number>();

  constructor(imports: number, report: (progress: JobProgress) => void) {
    this.#imports = imports;
    this.#report = report;
  }

  of(nth: number, progress: JobProgress): void {
    this.#latest.set(nth, progress);
    this.#running.add(nth);
    this.#tell(progress);
  }

  /** What it read stays counted. */
  ended(nth: number): void {
    this.#running.delete(nth);
  }

  #tell(last: JobProgress): void {
    const all = [...this.#latest.values()];
    const running = [...this.#latest.keys()].sort((a, b) => a - b).filter((nth) => this.#running.has(nth));
    const sum = (of: (one: JobProgress) => number) => all.reduce((total, one) => total + of(one), 0);
    // How large those are that have not begun is not known yet.
    const known = all.length === this.#imports && all.every((one) => one.bytesTotal !== null);
    // Of the first that runs: that of whichever spoke last would change ten times a second.
    const first = this.#latest.get(running[0] ?? Number.NaN) ?? last;
    this.#report({
      phase: first.phase,
      bytesDone: sum((one) => one.bytesDone),
      bytesTotal: known ? sum((one) => one.bytesTotal ?? 0) : null,
      files: sum((one) => one.files),
      lines: sum((one) => one.lines),
      bytesPerSecond: running.reduce((total, nth) => total + (this.#latest.get(nth)?.bytesPerSecond ?? 0), 0),
    });
  }
}
