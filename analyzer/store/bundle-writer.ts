/** Writes one bundle: fills slabs in this thread; where they are indexed and stored is the target's affair. */
import type { BundleSeal, BundleWriter, FileToWrite, SealOutcome } from '../core/case-writer.ts';
import type { FileTotals } from '../core/file-totals.ts';
import type { Slab } from './slab.ts';
import { SlabFiller } from './slab-filler.ts';

/** Indexes and stores slabs. */
export interface SlabTarget {
  /** Lines stored so far. */
  readonly lines: number;
  /** A buffer for the next slab. */
  buffer(): ArrayBuffer;
  slab(slab: Slab): void;
  ready(): Promise<void>;
  /** @param slabs how many there were. */
  finish(slabs: number): Promise<FileTotals>;
  seal(seal: BundleSeal): Promise<SealOutcome>;
  abandon(): Promise<void>;
}

export class SlabWriter implements BundleWriter {
  readonly #target: SlabTarget;
  readonly #filler: SlabFiller;

  constructor(target: SlabTarget) {
    this.#target = target;
    this.#filler = new SlabFiller({ take: () => target.buffer(), handOver: (slab) => target.slab(slab) });
  }

  get lines(): number {
    return this.#target.lines;
  }

  startFile(file: FileToWrite): void {
    this.#filler.startFile(file);
  }

  write(chunk: Uint8Array): void {
    this.#filler.write(chunk);
  }

  mark(offset: number, severity: number): void {
    this.#filler.mark(offset, severity);
  }

  endFile(): { readonly splitLines: number } {
    this.#filler.endFile();
    return { splitLines: this.#filler.splitLines };
  }

  takeBack(): void {
    this.#filler.takeBack();
  }

  ready(): Promise<void> {
    return this.#target.ready();
  }

  finish(): Promise<FileTotals> {
    this.#filler.end();
    return this.#target.finish(this.#filler.slabs);
  }

  seal(seal: BundleSeal): Promise<SealOutcome> {
    return this.#target.seal(seal);
  }

  abandon(): Promise<void> {
    return this.#target.abandon();
  }
}
