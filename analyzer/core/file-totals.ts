/** What the text of the files of one bundle told: counts, and the times of their stamps. */
import type { FileId } from './ids.ts';
import { NumberRows } from './number-rows.ts';

/** The stamps of one file. Times are stored times (see FileClock) in ms, null without stamps. */
export interface StampTotals {
  /** Of the first and last stamped line in file order. */
  readonly first: number | null;
  readonly last: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Lines by kind of stamp. */
  readonly zoned: number;
  readonly zoneless: number;
  readonly yearless: number;
  readonly boot: number;
}

export const NO_STAMPS: StampTotals = {
  ...{ first: null, last: null, min: null, max: null },
  ...{ zoned: 0, zoneless: 0, yearless: 0, boot: 0 },
};

/** Columns of the table. */
const TOTAL = {
  ...{ lines: 0, warnings: 1, errors: 2 },
  ...{ zoned: 3, zoneless: 4, yearless: 5, boot: 6 },
  ...{ first: 7, last: 8, min: 9, max: 10 },
} as const;
const COUNTED = ['lines', 'warnings', 'errors', 'zoned', 'zoneless', 'yearless', 'boot'] as const;
/** Of one block: its lines, by kind. */
type LineCounts = Readonly<Record<(typeof COUNTED)[number], number>>;
/** Of the stamps of one block, stored times in ms. */
type StampTimes = Readonly<Record<'first' | 'last' | 'min' | 'max', number>>;
const EMPTY: readonly number[] = [...COUNTED.map(() => 0), Number.NaN, Number.NaN, Number.NaN, Number.NaN];

/** Of a file without text all counts are 0. */
export class FileTotals {
  readonly #rows: NumberRows;

  /** @param values of the same in another thread. */
  constructor(values?: Float64Array<ArrayBuffer>) {
    this.#rows = new NumberRows(EMPTY, values);
  }

  /** All of it, for another thread. */
  get values(): Float64Array<ArrayBuffer> {
    return this.#rows.values;
  }

  /** @param counts of one more block of the file. */
  addLines(file: FileId, counts: LineCounts): void {
    for (const name of COUNTED) if (counts[name] > 0) this.#rows.add(file, TOTAL[name], counts[name]);
  }

  /** @param times of one more block of the file, which has stamps. */
  addTimes(file: FileId, times: StampTimes): void {
    const rows = this.#rows;
    const isFirst = Number.isNaN(rows.get(file, TOTAL.last));
    rows.set(file, TOTAL.first, isFirst ? times.first : rows.get(file, TOTAL.first));
    rows.set(file, TOTAL.last, times.last);
    rows.set(file, TOTAL.min, isFirst ? times.min : Math.min(rows.get(file, TOTAL.min), times.min));
    rows.set(file, TOTAL.max, isFirst ? times.max : Math.max(rows.get(file, TOTAL.max), times.max));
  }

  /**
   * The first and the last stamp turned out to be of other years, or not of the kind of most; the least and the greatest have told
   * that, and are not asked any more.
   * @param first and last in ms: see StampTotals.
   */
  moveTimes(file: FileId, first: number, last: number): void {
    this.#rows.set(file, TOTAL.first, first);
    this.#rows.set(file, TOTAL.last, last);
  }

  lines(file: FileId): number {
    return this.#rows.get(file, TOTAL.lines);
  }

  warnings(file: FileId): number {
    return this.#rows.get(file, TOTAL.warnings);
  }

  errors(file: FileId): number {
    return this.#rows.get(file, TOTAL.errors);
  }

  /** Of the first stamped line in file order. */
  firstTime(file: FileId): number | null {
    return this.#timeAt(file, TOTAL.first);
  }

  /** Of the last stamped line so far, in file order. */
  lastTime(file: FileId): number | null {
    return this.#timeAt(file, TOTAL.last);
  }

  stamps(file: FileId): StampTotals {
    const at = (column: number): number => this.#rows.get(file, column);
    return {
      ...{ zoned: at(TOTAL.zoned), zoneless: at(TOTAL.zoneless), yearless: at(TOTAL.yearless), boot: at(TOTAL.boot) },
      first: this.firstTime(file),
      last: this.lastTime(file),
      min: this.#timeAt(file, TOTAL.min),
      max: this.#timeAt(file, TOTAL.max),
    };
  }

  #timeAt(file: FileId, column: number): number | null {
    const time = this.#rows.get(file, column);
    return Number.isNaN(time) ? null : time;
  }
}
