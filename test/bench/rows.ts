/** Rows of the result table: what was measured, what it should be, and whether it is. */

/** `goal`: better than the first bar and the goal; `pass`: better than the first bar. */
export type Verdict = 'goal' | 'pass' | 'miss' | 'not measured' | 'not installed' | 'not yet';

export interface BenchRow {
  readonly what: string;
  /** The first bar: worse is a miss. */
  readonly target: string;
  /** What is aimed at beyond it. */
  readonly goal?: string;
  readonly measured: string;
  readonly verdict: Verdict;
}

/** Bar and goal of a row; less is better. */
export interface Aim {
  readonly bar: number;
  readonly goal: number;
  /** Unit behind the numbers, with the space that it wants: ` ms`; empty for ratios. */
  readonly unit: string;
}

/** @param value in the aim's unit; null when it could not be measured. @param told the value as shown, with its range. */
export function rowOf(what: string, aim: Aim, value: number | null, told: string): BenchRow {
  return {
    what,
    target: `<= ${aim.bar}${aim.unit}`,
    goal: `<= ${aim.goal}${aim.unit}`,
    measured: value === null || !Number.isFinite(value) ? 'no number' : told,
    verdict: verdictOf(aim, value),
  };
}

/** A row without a number, and why. */
export function rowWithout(what: string, aim: Aim, why: Verdict, because: string): BenchRow {
  return { ...rowOf(what, aim, 0, because), verdict: why };
}

function verdictOf(aim: Aim, value: number | null): Verdict {
  if (value === null || !Number.isFinite(value)) return 'not measured';
  if (value <= aim.goal) return 'goal';
  return value <= aim.bar ? 'pass' : 'miss';
}

/** @returns e.g. `1.42 (1.20-1.68)`. */
export function spread(values: readonly number[], middle: number): string {
  return `${middle.toFixed(2)} (${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)})`;
}

/** @returns the table in Markdown. */
export function tableOf(rows: readonly BenchRow[]): string {
  return [
    '| what | first bar | goal | measured | |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row.what} | ${row.target} | ${row.goal ?? ''} | ${row.measured} | ${row.verdict} |`),
  ].join('\n');
}
