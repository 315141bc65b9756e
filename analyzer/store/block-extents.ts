/** Which blocks each file has, as its row says: by that a block that cannot be found is told from one that never was. */
import type { FileRow } from './bundle-rows.ts';

export interface Extent {
  /** Ids of its blocks follow each other. */
  readonly first: number;
  readonly count: number;
  readonly lines: number;
}

export type ExtentRow = Pick<FileRow, 'id' | 'first_block' | 'blocks' | 'lines'>;

const NONE: Extent = { first: 0, count: 0, lines: 0 };

export class BlockExtents {
  readonly #of = new Map<number, Extent>();
  /** Those with blocks, by their ids. */
  readonly #inOrder: readonly Extent[];
  /** Of all files. */
  readonly blocks: number;

  constructor(files: readonly ExtentRow[]) {
    for (const { id, first_block: first, blocks: count, lines } of files) {
      if (count > 0) this.#of.set(id, { first, count, lines });
    }
    this.#inOrder = [...this.#of.values()].sort((one, two) => one.first - two.first);
    this.blocks = this.#inOrder.reduce((sum, { count }) => sum + count, 0);
  }

  of(file: number): Extent {
    return this.#of.get(file) ?? NONE;
  }

  has(block: number): boolean {
    return this.between(block, block) === 1;
  }

  /** @returns how many blocks of these ids there are. */
  between(first: number, last: number): number {
    let sum = 0;
    for (let at = this.#firstEndingAt(first); at < this.#inOrder.length; at++) {
      const extent = this.#inOrder[at] as Extent;
      if (extent.first > last) break;
      sum += Math.min(last, extent.first + extent.count - 1) - Math.max(first, extent.first) + 1;
    }
    return sum;
  }

  /** @returns the place of the first extent that ends at this block or behind it. */
  #firstEndingAt(block: number): number {
    let low = 0;
    let high = this.#inOrder.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const { first, count } = this.#inOrder[middle] as Extent;
      if (first + count - 1 < block) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
