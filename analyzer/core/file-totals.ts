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

/** Of one file, or of one block of it. */
export interface LineCounts {
  readonly lines: number;
  readonly warnings: number;
  readonly errors: number;
  readonly zoned: number;
  readonly zoneless: number;
  readonly yearless: number;
  readonly boot: number;
}

/** Stored times in ms. */
export interface StampTimes {
  readonly first: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
}

export const NO_STAMPS: StampTotals = {
  ...{ first: null, last: null, min: null, max: null },
  ...{ zoned: 0, zoneless: 0, yearless: 0, boot: 0 },
};

/** Columns of the table. */
const AT = {
  ...{ lines: 0, warnings: 1, errors: 2 },
  ...{ zoned: 3, zoneless: 4, yearless: 5, boot: 6 },
  ...{ first: 7, last: 8, min: 9, max: 10 },
} as const;
const COUNTED = ['lines', 'warnings', 'errors', 'zoned', 'zoneless', 'yearless', 'boot'] as const;
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
    for (const name of COUNTED) if (counts[name] > 0) this.#rows.add(file, AT[name], counts[name]);
  }

  /** @param times of one more block of the file, which has stamps. */
  addTimes(file: FileId, times: StampTimes): void {
    const rows = this.#rows;
    const isFirst = Number.isNaN(rows.get(file, AT.last));
    rows.set(file, AT.first, isFirst ? times.first : rows.get(file, AT.first));
    rows.set(file, AT.last, times.last);
    rows.set(file, AT.min, isFirst ? times.min : Math.min(rows.get(file, AT.min), times.min));
    rows.set(file, AT.max, isFirst ? times.max : Math.max(rows.get(file, AT.max), times.max));
  }

  /** The first and the last stamp turned out to be of other years. */
  moveTimes(file: FileId, to: (time: number) => number): void {
    for (const column of [AT.first, AT.last]) {
      const time = this.#rows.get(file, column);
      if (!Number.isNaN(time)) this.#rows.set(file, column, to(time));
    }
  }

  counts(file: FileId): LineCounts {
    const at = (column: number): number => this.#rows.get(file, column);
    return {
      ...{ lines: at(AT.lines), warnings: at(AT.warnings), errors: at(AT.errors) },
      ...{ zoned: at(AT.zoned), zoneless: at(AT.zoneless), yearless: at(AT.yearless), boot: at(AT.boot) },
    };
  }

  /** Of the last stamped line so far, in file order. */
  lastTime(file: FileId): number | null {
    return this.#timeAt(file, AT.last);
  }

  stamps(file: FileId): StampTotals {
    const { zoned, zoneless, yearless, boot } = this.counts(file);
    return {
      ...{ zoned, zoneless, yearless, boot },
      first: this.#timeAt(file, AT.first),
      last: this.#timeAt(file, AT.last),
      min: this.#timeAt(file, AT.min),
      max: this.#timeAt(file, AT.max),
    };
  }

  #timeAt(file: FileId, column: number): number | null {
    const time = this.#rows.get(file, column);
    return Number.isNaN(time) ? null : time;
  }
}
