/**
 * Whether data objects of a journal fit the hashes that were stored with them. journalctl looks only when it is told
 * to (`--verify`), and prints a message with a wrong bit as it is; evidence that is cited must not do so unsaid.
 */
import type { JournalFile, Payload } from './journal-file.ts';
import { type Hash64, lookup3, sipHash24 } from './journal-hash.ts';

/**
 * Bytes that are hashed of one file, as a multiple of its size and at least. Objects of a sound file are hashed once,
 * and unpacked are a few times its size; in a file made for it they overlap.
 */
const HASHED_PER_BYTE_MAX = 16;
const HASHED_ALWAYS = 256 * 1024 * 1024;

export class JournalChecks {
  /** Data objects that do not fit. */
  unfit = 0;
  /** The work would have no end: what came later was not looked at. */
  gaveUp = false;
  readonly #file: JournalFile;
  readonly #hash: Hash64 = { low: 0, high: 0 };
  #left: number;
  /** A bit for each place where an object can start. */
  readonly #seen: Uint8Array;
  /** The same for those that do not fit; a sound file has none. */
  #bad: Uint8Array | null = null;

  constructor(file: JournalFile) {
    this.#file = file;
    this.#left = Math.max(HASHED_ALWAYS, file.length * HASHED_PER_BYTE_MAX);
    this.#seen = new Uint8Array(Math.ceil(file.length / 64));
  }

  /** Looks at an object once. @param payload of the data object at `offset`. */
  look(offset: number, { bytes, start, end }: Payload): void {
    const [at, bit] = [offset >>> 6, 1 << ((offset >>> 3) & 7)];
    if (((this.#seen[at] as number) & bit) !== 0) return;
    this.#left -= end - start;
    if (this.#left < 0) {
      this.gaveUp = true;
      return;
    }
    this.#seen[at] = (this.#seen[at] as number) | bit;
    const { hashKey } = this.#file.header;
    if (hashKey === null) lookup3(bytes, start, end, this.#hash);
    else sipHash24(hashKey, bytes, start, end, this.#hash);
    if (this.#file.hasHash(offset, this.#hash)) return;
    this.#bad ??= new Uint8Array(this.#seen.length);
    this.#bad[at] = (this.#bad[at] as number) | bit;
    this.unfit++;
  }

  /** Whether the object at `offset` was looked at and does not fit. */
  isUnfit(offset: number): boolean {
    return this.#bad !== null && ((this.#bad[offset >>> 6] as number) & (1 << ((offset >>> 3) & 7))) !== 0;
  }
}
