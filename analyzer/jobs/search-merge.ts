/**
 * Chunks of one search put together, in whatever order they come: counts, and the first lines, each as soon as no chunk
 * that is still to come could hold one before it.
 */
import { FacetCount } from './search-facets.ts';
import { firstOf, NO_LINES } from './search-first.ts';
import { type ChunkPart, compareKeys, type FoundLine, type LineKey } from './search-protocol.ts';

export class SearchMerge {
  readonly facets = new FacetCount();
  readonly #first: number;
  readonly #done = new Set<number>();
  #found = NO_LINES;
  /** Chunks up to here were all read, and no line behind them comes before `#bound`; null: there is none behind. */
  #doneTo = 0;
  #bound: LineKey | null = START;
  readonly #bounds = new Map<number, ChunkPart['next']>();
  #chunks: number | null = null;
  #blocks = 0;
  #blocksDone = 0;
  #lines = 0;

  /** @param first how many of the first lines are wanted. */
  constructor(first: number) {
    this.#first = first;
  }

  /** What there is to read. @returns false when workers disagree about it. */
  plan(blocks: number, chunks: number): boolean {
    if (this.#chunks !== null) return this.#chunks === chunks && this.#blocks === blocks;
    this.#chunks = chunks;
    this.#blocks = blocks;
    if (chunks === 0) this.#bound = null;
    return true;
  }

  /** A chunk that was read twice counts once. */
  add(part: ChunkPart): void {
    if (this.#done.has(part.chunk)) return;
    this.#lines += part.lines;
    this.#blocksDone += part.blocks;
    if (part.tally !== null) this.facets.add(part.tally);
    if (part.found.length > 0 && !this.isPageFinal) this.#found = firstOf(this.#found, part.found, this.#first);
    if (part.read === 'stopped') return;
    this.#done.add(part.chunk);
    this.#bounds.set(part.chunk, part.next);
    for (let next = this.#bounds.get(this.#doneTo); next !== undefined; next = this.#bounds.get(this.#doneTo)) {
      this.#bounds.delete(this.#doneTo);
      this.#doneTo += 1;
      this.#bound = next === null ? null : { ...next, nth: Number.NEGATIVE_INFINITY };
    }
  }

  /** Lines that match, so far. */
  get lines(): number {
    return this.#lines;
  }

  get blocks(): number {
    return this.#blocks;
  }

  get blocksDone(): number {
    return this.#blocksDone;
  }

  /** Every chunk was read. */
  get isComplete(): boolean {
    return this.#chunks !== null && this.#done.size === this.#chunks;
  }

  /** Chunks that were not read. */
  get missing(): readonly number[] {
    return Array.from({ length: this.#chunks ?? 0 }, (_, chunk) => chunk).filter((chunk) => !this.#done.has(chunk));
  }

  /** The first lines known, as many as a page has room for, whether or not one may still come before them. */
  get found(): readonly FoundLine[] {
    return this.#found.lines;
  }

  /** Those of the first lines that nothing can come before any more. */
  get final(): readonly FoundLine[] {
    const bound = this.#bound;
    const { lines } = this.#found;
    const end = bound === null ? -1 : lines.findIndex((line) => compareKeys(line, bound) >= 0);
    return end < 0 ? lines : lines.slice(0, end);
  }

  get isPageFinal(): boolean {
    const { lines, full } = this.#found;
    const last = lines.at(-1);
    if (this.#bound === null || this.#first === 0) return true;
    return full === 'yes' && last !== undefined && compareKeys(last, this.#bound) < 0;
  }

  /** No line behind this instant can be among the first. */
  get latest(): number {
    const { lines, full } = this.#found;
    return full === 'yes' ? (lines.at(-1)?.when ?? 0) : Number.POSITIVE_INFINITY;
  }
}

/** Before the first chunk nothing is final. */
const START: LineKey = {
  when: Number.NEGATIVE_INFINITY,
  seq: Number.NEGATIVE_INFINITY,
  nth: Number.NEGATIVE_INFINITY,
};
