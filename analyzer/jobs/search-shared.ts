/** What the engine and its search workers tell each other without messages, while a worker reads. */
import type { FileId } from '../core/ids.ts';
import type { LinePlace } from './search-protocol.ts';

/** Numbers in memory that threads share, by name. */
class SharedWords<Name extends string> {
  readonly #words: Int32Array;
  readonly #names: readonly Name[];

  constructor(buffer: SharedArrayBuffer, names: readonly Name[]) {
    this.#words = new Int32Array(buffer, 0, names.length);
    this.#names = names;
  }

  read(name: Name): number {
    return Atomics.load(this.#words, this.#names.indexOf(name));
  }

  write(name: Name, value: number): void {
    Atomics.store(this.#words, this.#names.indexOf(name), value);
  }

  /** @returns what it was before it was raised by one. */
  raise(name: Name): number {
    return Atomics.add(this.#words, this.#names.indexOf(name), 1);
  }
}

const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;
const OF_SEARCH = ['next best', 'stop', 'page', 'workers'] as const;
const OF_WORKER = ['search', 'beat', 'bundle', 'file', 'line'] as const;

/** A worker does not run ahead of another by more chunks of its own: the first lines wait for all chunks before them. */
const AHEAD_MAX = 2;

/** What all who work on a search share. Of so many workers each has a lane, the chunks that it takes first: see takeChunk. */
export class SearchShared {
  readonly buffer: SharedArrayBuffer;
  readonly #words: SharedWords<(typeof OF_SEARCH)[number]>;
  readonly #latest: Float64Array;
  /** Of each lane: its chunks that were taken. */
  readonly #taken: Int32Array;

  constructor(from: SharedArrayBuffer | { readonly workers: number }) {
    const words = OF_SEARCH.length * WORD_BYTES;
    const lanes = words + Float64Array.BYTES_PER_ELEMENT;
    this.buffer = 'workers' in from ? new SharedArrayBuffer(lanes + from.workers * WORD_BYTES) : from;
    this.#words = new SharedWords(this.buffer, OF_SEARCH);
    this.#latest = new Float64Array(this.buffer, words, 1);
    if ('workers' in from) {
      this.#words.write('workers', from.workers);
      this.#latest[0] = Number.POSITIVE_INFINITY;
    }
    this.#taken = new Int32Array(this.buffer, lanes, this.workers);
  }

  /** How many share the work when all goes well. */
  get workers(): number {
    return this.#words.read('workers');
  }

  /**
   * Chunks go round the lanes. A worker takes those of its own lane, so that it gets the same ones when the question is
   * asked again and still has their text; those of another lane when that one lags behind, or nothing else is left.
   * @param worker any number: some may have one lane. @param chunks how many there are.
   * @returns a chunk that nobody gets again; null when all were taken.
   */
  takeChunk(worker: number, chunks: number): number | null {
    const own = worker % this.workers;
    for (;;) {
      const next = Array.from(this.#taken, (_, lane) => lane + Atomics.load(this.#taken, lane) * this.workers);
      const first = Math.min(...next);
      if (first >= chunks) return null;
      const mine = next[own] as number;
      const isAhead = mine >= chunks || mine - first > AHEAD_MAX * this.workers;
      const lane = isAhead ? next.indexOf(first) : own;
      const chunk = lane + Atomics.add(this.#taken, lane, 1) * this.workers;
      // Another may have taken the last one of the lane meanwhile.
      if (chunk < chunks) return chunk;
    }
  }

  takeBest(): number {
    return this.#words.raise('next best');
  }

  stop(): void {
    this.#words.write('stop', 1);
  }

  get isStopped(): boolean {
    return this.#words.read('stop') === 1;
  }

  /** The first lines are known: those of other chunks need not be kept. */
  pageIsFull(): void {
    this.#words.write('page', 1);
  }

  get isPageFull(): boolean {
    return this.#words.read('page') === 1;
  }

  /** Lines behind this instant are not among the first. */
  get latest(): number {
    return this.#latest[0] as number;
  }

  set latest(when: number) {
    this.#latest[0] = when;
  }
}

/** Where a worker is; it writes this, the engine reads it when the worker does not answer. */
export class WorkerPlace {
  readonly buffer: SharedArrayBuffer;
  readonly #words: SharedWords<(typeof OF_WORKER)[number]>;

  constructor(buffer = new SharedArrayBuffer(OF_WORKER.length * WORD_BYTES)) {
    this.buffer = buffer;
    this.#words = new SharedWords(buffer, OF_WORKER);
  }

  /** @param search its number, 0 when the worker waits. It is at no line yet. */
  enter(search: number): void {
    this.#words.write('line', 0);
    this.#words.write('search', search);
    this.goOn();
  }

  at({ bundle, file, line }: LinePlace): void {
    this.#words.write('bundle', bundle);
    this.#words.write('file', file);
    this.#words.write('line', line);
    this.goOn();
  }

  /** Something else is done. */
  goOn(): void {
    this.#words.raise('beat');
  }

  get search(): number {
    return this.#words.read('search');
  }

  /** Another number whenever the worker has gone on. */
  get beat(): number {
    return this.#words.read('beat');
  }

  /** null: it opens bundles, or asks their indexes; that takes as long as the disk takes. */
  get line(): LinePlace | null {
    const line = this.#words.read('line');
    if (line === 0) return null;
    return { bundle: this.#words.read('bundle'), file: this.#words.read('file') as FileId, line };
  }
}
