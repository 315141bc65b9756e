/** A bundle sink in a thread of its own. What is on its way to it is bounded. */
import { Worker } from 'node:worker_threads';
import type { BundleSeal, SealOutcome } from '../core/case-reader.ts';
import { FailureError, fail } from '../core/failure.ts';
import { workerEntry } from '../core/resources.ts';
import {
  type BlockToStore,
  type BundleSink,
  type BundleTotals,
  type FileToStore,
  removePartial,
  type SectionToStore,
  type SinkPlace,
} from '../store/bundle-sink.ts';

/** What may be on its way to the sink: enough to keep it busy, little enough not to matter. */
const IN_FLIGHT_BYTES_MAX = 4 * 1024 * 1024;
/** What a request weighs beside its text, so that a million empty members count too. */
const REQUEST_BYTES = 1024;

export type SinkRequest =
  | { readonly type: 'block'; readonly block: BlockToStore }
  | { readonly type: 'section'; readonly section: SectionToStore }
  | { readonly type: 'file'; readonly file: FileToStore }
  | { readonly type: 'seal'; readonly seal: BundleSeal; readonly totals: BundleTotals }
  | { readonly type: 'abandon' };

export type SinkReply =
  | { readonly type: 'stored'; readonly textBytes: number }
  | { readonly type: 'ended'; readonly outcome: SealOutcome | null }
  | { readonly type: 'failed'; readonly message: string };

export class RemoteSink implements BundleSink {
  readonly #place: SinkPlace;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #inFlight = 0;
  #failure: FailureError | null = null;
  #state: 'open' | 'ended' = 'open';
  #outcome: SealOutcome = 'sealed';
  /** Called whenever something changed that a waiting call may be waiting for. */
  #wake: () => void = () => {};

  constructor(place: SinkPlace) {
    this.#place = place;
    this.#worker = new Worker(workerEntry('bundle-sink'), { workerData: place });
    this.#worker.on('message', (reply: SinkReply) => this.#read(reply));
    this.#worker.on('error', (error) => this.#fail(error.message));
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        if (this.#state === 'open') this.#fail('the thread that stores it ended');
        resolve();
      });
    });
  }

  block(block: BlockToStore): void {
    this.#send({ type: 'block', block }, block.text.length, [block.text.buffer]);
  }

  section(section: SectionToStore): void {
    this.#send({ type: 'section', section }, section.text.length);
  }

  file(file: FileToStore): void {
    this.#send({ type: 'file', file }, 0);
  }

  async ready(): Promise<void> {
    while (this.#inFlight > IN_FLIGHT_BYTES_MAX && this.#failure === null) await this.#change();
    if (this.#failure !== null) throw this.#failure;
  }

  async seal(seal: BundleSeal, totals: BundleTotals): Promise<SealOutcome> {
    this.#send({ type: 'seal', seal, totals }, 0);
    await this.#ended();
    if (this.#failure !== null) throw this.#failure;
    await this.#close();
    return this.#outcome;
  }

  async abandon(): Promise<void> {
    this.#send({ type: 'abandon' }, 0);
    // Also after a failure the thread closes its file first; only one that died cannot.
    while (this.#state === 'open') await Promise.race([this.#change(), this.#exited.then(() => this.#markEnded())]);
    await this.#close();
    removePartial(this.#place.partial);
  }

  #markEnded(): void {
    this.#state = 'ended';
  }

  async #ended(): Promise<void> {
    while (this.#state === 'open' && this.#failure === null) await this.#change();
  }

  async #close(): Promise<void> {
    this.#state = 'ended';
    await this.#worker.terminate();
    await this.#exited;
  }

  #send(request: SinkRequest, textBytes: number, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#state !== 'open') return;
    this.#inFlight += REQUEST_BYTES + textBytes;
    this.#worker.postMessage(request, transfer);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #read(reply: SinkReply): void {
    if (reply.type === 'stored') this.#inFlight -= REQUEST_BYTES + reply.textBytes;
    else if (reply.type === 'ended') {
      this.#state = 'ended';
      this.#outcome = reply.outcome ?? this.#outcome;
    } else this.#fail(reply.message);
    this.#wake();
  }

  #fail(message: string): void {
    this.#failure ??= new FailureError(
      fail(
        'disk',
        `the bundle could not be stored: ${message}`,
        null,
        'Check that the disk has room and can be written.',
      ).failure,
    );
    this.#wake();
  }
}
