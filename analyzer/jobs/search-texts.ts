/**
 * Text of blocks that a search worker has read, kept for the searches to come: a question is typed letter by letter, then
 * narrowed, paged, asked again, and each time the same blocks are read first. Unpacking one takes longer than searching it.
 */
import type { BlockPlace, TextBlock } from '../core/case-reader.ts';
import { giveBack } from '../core/give-back.ts';
import type { OpenBundle } from './search-bundles.ts';

/** Of the first blocks that a search reads, each of its workers keeps so many: the first page of most needs fewer. */
export const BLOCKS_KEPT_OF_SEARCH = 256;
/** What one worker keeps of all searches together: those blocks of one and a half. */
const KEPT_BYTES_MAX = 48 * 2 ** 20;
/** Numbers of blocks are below: a bundle of that many would be larger than any disk. */
const BLOCK_NUMBERS = 2 ** 40;

export class SearchTexts {
  readonly #bytesMax: number;
  readonly #numbers = new WeakMap<OpenBundle, number>();
  #lastNumber = 0;
  /** By the numbers of bundle and block; least recently read first. */
  readonly #kept = new Map<number, TextBlock>();
  #bytes = 0;

  constructor(bytesMax = KEPT_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /**
   * @param afterwards what was kept before stays in any case. @param read gets the text, which may be gone when it returns.
   * @returns what `read` returns. @throws FailureError `corrupt`, and what `read` throws.
   */
  read<T>(open: OpenBundle, place: BlockPlace, afterwards: 'keep' | 'give back', read: (block: TextBlock) => T): T {
    const key = this.#numberOf(open) * BLOCK_NUMBERS + place.id;
    const known = this.#take(key);
    const block = known ?? open.reader.ownBlock(place);
    try {
      return read(block);
    } finally {
      if (known === null && afterwards === 'give back') giveBack(block.bytes);
      else this.#keep(key, block);
    }
  }

  #numberOf(open: OpenBundle): number {
    const number = this.#numbers.get(open) ?? ++this.#lastNumber;
    this.#numbers.set(open, number);
    return number;
  }

  /** While a text is read nothing can push it out. */
  #take(key: number): TextBlock | null {
    const known = this.#kept.get(key) ?? null;
    if (known !== null) {
      this.#kept.delete(key);
      this.#bytes -= known.bytes.length;
    }
    return known;
  }

  #keep(key: number, block: TextBlock): void {
    this.#kept.set(key, block);
    this.#bytes += block.bytes.length;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#kept.delete(oldest);
      this.#bytes -= bytes.length;
      giveBack(bytes);
    }
  }
}
