/** Where an import's threads stand in the product: the same indexing and storing, in the thread of the test. */
import {
  type BundleSeal,
  NO_LITERALS,
  type SealOutcome,
  type WantedLiterals,
} from '../../analyzer/core/case-writer.ts';
import type { FileTotals } from '../../analyzer/core/file-totals.ts';
import { type SinkPlace, SqliteSink } from '../../analyzer/store/bundle-sink.ts';
import type { SlabTarget } from '../../analyzer/store/bundle-writer.ts';
import type { Slab } from '../../analyzer/store/slab.ts';
import { newSlabBuffer } from '../../analyzer/store/slab-filler.ts';
import { SlabIndexer } from '../../analyzer/store/slab-indexer.ts';

export class LocalTarget implements SlabTarget {
  readonly #indexer: SlabIndexer;
  readonly #sink: SqliteSink;
  readonly #buffers: ArrayBuffer[] = [];

  constructor(place: SinkPlace, wanted: WantedLiterals = NO_LITERALS) {
    this.#indexer = new SlabIndexer(wanted);
    this.#sink = new SqliteSink({ ...place, literals: wanted.literals });
  }

  get lines(): number {
    return this.#sink.lines;
  }

  buffer(): ArrayBuffer {
    return this.#buffers.pop() ?? newSlabBuffer();
  }

  slab(slab: Slab): void {
    this.#sink.slab(this.#indexer.index(slab).slab);
    this.#sink.indexText();
    this.#buffers.push(slab.buffer);
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  async finish(): Promise<FileTotals> {
    const plane = this.#indexer.end();
    if (plane !== null) this.#sink.plane(plane);
    const totals = this.#sink.totals();
    this.#sink.settle();
    return totals;
  }

  seal({ files, ...seal }: BundleSeal): Promise<SealOutcome> {
    this.#sink.files([...files]);
    return this.#sink.seal(seal);
  }

  abandon(): Promise<void> {
    return this.#sink.abandon();
  }
}
