/**
 * Indexes and stores slabs in threads of their own:
 *
 *     reader (this thread) --slabs--> index workers --indexed slabs--> sink
 *            ^-------- empty buffers --------'  ^----- slabs stored -----'
 *
 * Slabs on the way are bounded, so memory does not depend on the size of the archive or on who is slowest.
 */
import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import {
  type BundleSeal,
  NO_LITERALS,
  type SealedFile,
  type SealOutcome,
  type WantedLiterals,
} from '../core/case-writer.ts';
import { type Failure, FailureError, fail } from '../core/failure.ts';
import { FileTotals } from '../core/file-totals.ts';
import { IMPORT_YOUNG_GENERATION_MIB } from '../core/limits.ts';
import { workerEntry } from '../core/resources.ts';
import { endThread } from '../core/thread-end.ts';
import { removePartial, type SealWithoutFiles, type SinkPlace } from '../store/bundle-sink.ts';
import type { SlabTarget } from '../store/bundle-writer.ts';
import type { Plane } from '../store/gram-marks.ts';
import type { IndexedSlab } from '../store/indexed-slab.ts';
import type { Slab } from '../store/slab.ts';
import { newSlabBuffer } from '../store/slab-filler.ts';
import { WaitingThread } from './waiting-thread.ts';

/**
 * Indexing and compressing is two fifths of the work: one worker keeps up with reader and sink on two cores, as long as slabs
 * enough are on the way.
 */
const CORES_PER_INDEX_WORKER = 2;
const INDEX_WORKERS_MAX = 4;
/**
 * A source this large gets a second one on two cores as well: of an archive it is half a gigabyte of text, and the threads wait less
 * for each other than the second one takes to start (1 GB: wall time 0.94, processor time 1.01, 30 MB; 256 MB: 1.06).
 */
const SOURCE_BYTES_OF_TWO = 96 * 1024 * 1024;
/** Slabs that may be on their way to the sink, 2 MB each: with three no thread but the slowest is busy, with eight all are. */
const SLABS_ON_THE_WAY = 4;
const SLABS_PER_WORKER = 4;
/** A message is a copy, twice while it is on its way: of 200,000 files it would be half a gigabyte. */
const FILES_PER_MESSAGE = 1_000;
const STORING_LIMITS = { maxYoungGenerationSizeMb: IMPORT_YOUNG_GENERATION_MIB };

/** To an index worker. */
export type IndexRequest = { readonly type: 'slab'; readonly slab: Slab } | { readonly type: 'end' };
/** From an index worker to the sink, on a port of their own. */
export type IndexedMessage =
  | { readonly type: 'indexed'; readonly slab: IndexedSlab }
  | { readonly type: 'end'; readonly plane: Plane | null };
/** From an index worker to the reader. */
export type IndexReply = { readonly type: 'buffer'; readonly buffer: ArrayBuffer };

export interface IndexStart {
  /** Where indexed slabs go. */
  readonly sink: MessagePort;
  readonly wanted: WantedLiterals;
}
export interface SinkStart {
  readonly place: SinkPlace;
  readonly ports: readonly MessagePort[];
}
export type SinkRequest =
  | { readonly type: 'finish'; readonly slabs: number }
  | { readonly type: 'files'; readonly files: readonly SealedFile[] }
  | { readonly type: 'seal'; readonly seal: SealWithoutFiles }
  | { readonly type: 'abandon' };
export type SinkReply =
  | { readonly type: 'stored'; readonly slabs: number; readonly lines: number }
  /** `totals`: values of FileTotals. */
  | { readonly type: 'finished'; readonly totals: Float64Array<ArrayBuffer> }
  /** Files that have their rows so far. */
  | { readonly type: 'files-stored'; readonly files: number }
  | { readonly type: 'ended'; readonly outcome: SealOutcome | null }
  | { readonly type: 'failed'; readonly failure: Failure };

interface IndexThread {
  readonly worker: Worker;
  /** Slabs handed to it and not given back. */
  busy: number;
}

/** An index worker that nobody listens to yet. */
interface NewIndexer {
  readonly worker: Worker;
  /** Where what it has indexed comes out. */
  readonly port: MessagePort;
  readonly wanted: WantedLiterals;
}

const waiting = new WaitingThread<NewIndexer>();

function newIndexer(wanted: WantedLiterals): NewIndexer {
  const { port1, port2 } = new MessageChannel();
  const start: IndexStart = { sink: port1, wanted };
  const worker = new Worker(workerEntry('bundle-index'), {
    workerData: start,
    transferList: [port1],
    resourceLimits: STORING_LIMITS,
  });
  return { worker, port: port2, wanted };
}

/** Starts an index worker ahead of its import: text waits for it. */
export function warmIndexer(wanted: WantedLiterals): void {
  waiting.warm(() => newIndexer(wanted));
}

function takeIndexer(wanted: WantedLiterals): NewIndexer {
  return waiting.take((one) => one.wanted === wanted) ?? newIndexer(wanted);
}

/** @param sourceBytes size of what is read, packed as it is; 0 when it is not known. @returns 1 to 4. */
export function indexWorkers(sourceBytes: number, cores: number): number {
  const least = sourceBytes >= SOURCE_BYTES_OF_TWO && cores > 1 ? 2 : 1;
  return Math.min(INDEX_WORKERS_MAX, Math.max(least, Math.floor(cores / CORES_PER_INDEX_WORKER)));
}

export class SlabThreads implements SlabTarget {
  readonly #place: SinkPlace;
  readonly #sink: Worker;
  readonly #sinkExited: Promise<void>;
  readonly #indexers: readonly IndexThread[];
  readonly #buffers: ArrayBuffer[] = [];
  #sent = 0;
  #stored = 0;
  lines = 0;
  #filesStored = 0;
  #totals: FileTotals | null = null;
  #outcome: SealOutcome | null = null;
  #sinkEnded: 'no' | 'yes' = 'no';
  #failure: FailureError | null = null;
  /** Called whenever something changed that a waiting call may be waiting for. */
  #wake: () => void = () => {};

  /** @param wanted the lines that hold one of these are kept apart. @param sourceBytes see `indexWorkers`. */
  constructor(place: SinkPlace, wanted: WantedLiterals = NO_LITERALS, sourceBytes = 0) {
    this.#place = { ...place, literals: wanted.literals };
    const count = indexWorkers(sourceBytes, availableParallelism());
    const indexers = Array.from({ length: count }, () => takeIndexer(wanted));
    const ports = indexers.map(({ port }) => port);
    const start: SinkStart = { place: this.#place, ports };
    this.#sink = new Worker(workerEntry('bundle-sink'), {
      workerData: start,
      transferList: ports,
      resourceLimits: STORING_LIMITS,
    });
    this.#sink.on('message', (reply: SinkReply) => this.#readSink(reply));
    this.#sinkExited = this.#watch(this.#sink);
    this.#indexers = indexers.map(({ worker }) => {
      const thread: IndexThread = { worker, busy: 0 };
      worker.on('message', (reply: IndexReply) => {
        thread.busy -= 1;
        this.#buffers.push(reply.buffer);
        this.#wake();
      });
      void this.#watch(worker);
      return thread;
    });
  }

  buffer(): ArrayBuffer {
    return this.#buffers.pop() ?? newSlabBuffer();
  }

  slab(slab: Slab): void {
    const idlest = this.#indexers.reduce((one, other) => (other.busy < one.busy ? other : one));
    idlest.busy += 1;
    this.#sent += 1;
    const request: IndexRequest = { type: 'slab', slab };
    idlest.worker.postMessage(request, [slab.buffer]);
  }

  async ready(): Promise<void> {
    await this.#until(() => this.#sent - this.#stored <= SLABS_ON_THE_WAY + this.#indexers.length * SLABS_PER_WORKER);
  }

  async finish(slabs: number): Promise<FileTotals> {
    const end: IndexRequest = { type: 'end' };
    for (const { worker } of this.#indexers) worker.postMessage(end);
    this.#tellSink({ type: 'finish', slabs });
    await this.#until(() => this.#totals !== null);
    return this.#totals ?? new FileTotals();
  }

  async seal({ files, ...seal }: BundleSeal): Promise<SealOutcome> {
    let sent = 0;
    for (const some of inGroups(files, FILES_PER_MESSAGE)) {
      sent += some.length;
      this.#tellSink({ type: 'files', files: some });
      await this.#until(() => this.#filesStored >= sent);
    }
    this.#tellSink({ type: 'seal', seal });
    await this.#until(() => this.#sinkEnded === 'yes');
    await this.#close();
    return this.#outcome ?? 'sealed';
  }

  async abandon(): Promise<void> {
    this.#tellSink({ type: 'abandon' });
    // Also after a failure the thread closes its file first; only one that died cannot.
    while (this.#sinkEnded === 'no') await Promise.race([this.#change(), this.#sinkExited]);
    await this.#close();
    removePartial(this.#place.partial);
  }

  /** Waits until something holds. @throws FailureError as soon as a thread has failed. */
  async #until(holds: () => boolean): Promise<void> {
    while (this.#failure === null && !holds()) await this.#change();
    if (this.#failure !== null) throw this.#failure;
  }

  async #close(): Promise<void> {
    this.#sinkEnded = 'yes';
    await Promise.all([this.#sink, ...this.#indexers.map(({ worker }) => worker)].map(endThread));
  }

  /** A thread that ends before the bundle does has failed. @returns once it has ended. */
  #watch(worker: Worker): Promise<void> {
    worker.on('error', (error) => this.#fail(bug(`a thread that stores it failed: ${error.message}`)));
    return new Promise((resolve) => {
      worker.on('exit', () => {
        if (this.#sinkEnded === 'no' && this.#totals === null) this.#fail(bug('a thread that stores it ended'));
        if (worker === this.#sink) {
          if (this.#sinkEnded === 'no') this.#fail(bug('the thread that stores it ended'));
          this.#sinkEnded = 'yes';
        }
        resolve();
      });
    });
  }

  #tellSink(request: SinkRequest): void {
    if (this.#sinkEnded === 'no') this.#sink.postMessage(request);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #readSink(reply: SinkReply): void {
    switch (reply.type) {
      case 'stored':
        this.#stored = reply.slabs;
        this.lines = reply.lines;
        break;
      case 'finished':
        this.#totals = new FileTotals(reply.totals);
        break;
      case 'files-stored':
        this.#filesStored = reply.files;
        break;
      case 'ended':
        this.#sinkEnded = 'yes';
        this.#outcome = reply.outcome;
        break;
      case 'failed':
        this.#fail(reply.failure);
    }
    this.#wake();
  }

  /** The first failure is the one to report: the others follow from it. */
  #fail(failure: Failure): void {
    this.#failure ??= new FailureError(failure);
    this.#wake();
  }
}

function bug(message: string): Failure {
  const advice = 'This is a bug in Coldcase: please report it.';
  return fail('internal', `the bundle could not be stored: ${message}`, null, advice).failure;
}

function* inGroups<T>(all: Iterable<T>, most: number): Generator<readonly T[], void> {
  let group: T[] = [];
  for (const one of all) {
    if (group.length === most) {
      yield group;
      group = [];
    }
    group.push(one);
  }
  if (group.length > 0) yield group;
}
