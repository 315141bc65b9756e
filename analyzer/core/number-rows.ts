/** A row of numbers for each id, all in one piece of memory: an archive may hold 200,000 files, and an object of each is 50 MB. */

const ROWS_AT_FIRST = 1024;

export class NumberRows {
  readonly #empty: readonly number[];
  #values: Float64Array<ArrayBuffer>;

  /** @param empty what a row is until something is set, a number a column. @param values what another one of the same columns had. */
  constructor(empty: readonly number[], values: Float64Array<ArrayBuffer> = new Float64Array(0)) {
    this.#empty = empty;
    this.#values = values;
  }

  /** All rows, for another thread. */
  get values(): Float64Array<ArrayBuffer> {
    return this.#values;
  }

  /** @param id from 1. @returns what a row is at first, too, for an id of which nothing was set. */
  get(id: number, column: number): number {
    return this.#values[(id - 1) * this.#empty.length + column] ?? (this.#empty[column] as number);
  }

  /** @param id whole, from 1: there is room for all ids below it, too. */
  set(id: number, column: number, value: number): void {
    this.#makeRoom(id);
    this.#values[(id - 1) * this.#empty.length + column] = value;
  }

  add(id: number, column: number, value: number): void {
    this.set(id, column, this.get(id, column) + value);
  }

  #makeRoom(id: number): void {
    const columns = this.#empty.length;
    const rows = this.#values.length / columns;
    if (id <= rows) return;
    const larger = new Float64Array(Math.max(ROWS_AT_FIRST, id, rows * 2) * columns);
    larger.set(this.#values);
    for (let at = this.#values.length; at < larger.length; at += columns) larger.set(this.#empty, at);
    this.#values = larger;
  }
}
