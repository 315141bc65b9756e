/**
 * What a search worker does: it takes part in all searches that run, one chunk of each in turn, so that a long one keeps
 * no other waiting. Between two chunks it hears what the engine says.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { toFailure } from '../core/failure.ts';
import { compileQuery } from '../search/compile-query.ts';
import { bestLines } from './search-best.ts';
import { OpenBundles } from './search-bundles.ts';
import { planSearch } from './search-plan.ts';
import { chunkStarts, type FromSearchWorker, type SearchAsk, type ToSearchWorker } from './search-protocol.ts';
import { type Reading, readChunk } from './search-scan.ts';
import { SearchShared, WorkerPlace } from './search-shared.ts';
import { SearchTexts } from './search-texts.ts';

/** What a search worker is started with. */
export interface SearchWorkerData {
  readonly place: SharedArrayBuffer;
}

/** Takes part in searches until the thread is ended from outside. */
export function serveSearches(): void {
  const port = parentPort;
  if (port === null) throw new Error('this file is a worker entry');
  const place = new WorkerPlace((workerData as SearchWorkerData).place);
  const worker = new SearchWorker({
    place,
    post: (message) => port.postMessage(message),
    later: (work) => setImmediate(work),
  });
  port.on('message', (message: ToSearchWorker) => worker.hear(message));
  port.postMessage({ type: 'ready' } satisfies FromSearchWorker);
}

export interface SearchWorkerOptions {
  readonly place: WorkerPlace;
  readonly post: (message: FromSearchWorker) => void;
  /** Lets messages in, then does the work. */
  readonly later: (work: () => void) => void;
  readonly bundles?: OpenBundles;
}

interface Joined {
  readonly id: number;
  readonly ask: SearchAsk;
  readonly shared: SearchShared;
  readonly worker: number;
  reading: Reading | null;
  /** To be done again. */
  chunks: readonly number[];
  best: readonly number[];
  bestLeft: 'yes' | 'no';
  state: 'at work' | 'rests';
}

export class SearchWorker {
  readonly #options: SearchWorkerOptions;
  readonly #bundles: OpenBundles;
  readonly #texts = new SearchTexts();
  /** Whose turn is next comes first. */
  readonly #joined = new Map<number, Joined>();
  #waits: 'for a turn' | 'for a message' = 'for a message';

  constructor(options: SearchWorkerOptions) {
    this.#options = options;
    this.#bundles = options.bundles ?? new OpenBundles();
  }

  hear(message: ToSearchWorker): void {
    if (message.type === 'open') {
      for (const ref of message.bundles) this.#bundles.prepare(ref);
      return;
    }
    if (message.type === 'search') {
      const { id, ask, shared, worker } = message;
      const mine = { chunks: [], best: [], reading: null } as const;
      this.#joined.set(id, {
        id,
        ask,
        shared: new SearchShared(shared),
        worker,
        ...mine,
        bestLeft: ask.best > 0 ? 'yes' : 'no',
        state: 'at work',
      });
      this.#workLater();
      return;
    }
    const joined = this.#joined.get(message.id);
    if (joined === undefined) return;
    switch (message.type) {
      case 'again':
        joined.chunks = [...joined.chunks, ...message.chunks];
        joined.best = [...joined.best, ...message.best];
        joined.state = 'at work';
        this.#workLater();
        return;
      case 'forget':
        this.#joined.delete(joined.id);
        if (joined.reading !== null) for (const ref of joined.ask.bundles) this.#bundles.release(ref);
    }
  }

  #workLater(): void {
    if (this.#waits === 'for a turn') return;
    this.#waits = 'for a turn';
    this.#options.later(() => {
      this.#waits = 'for a message';
      const next = [...this.#joined.values()].find(({ state }) => state === 'at work');
      if (next === undefined) return;
      // To the end of the queue.
      this.#joined.delete(next.id);
      this.#joined.set(next.id, next);
      this.#guarded(next, () => this.#work(next));
      this.#workLater();
    });
  }

  /** One piece of work. */
  #work(joined: Joined): void {
    const { id, shared } = joined;
    const { post } = this.#options;
    if (shared.isStopped) {
      this.#rest(joined);
      return;
    }
    const reading = this.#readingOf(joined);
    if (reading === null) {
      this.#rest(joined);
      return;
    }
    const best = this.#nextBest(joined, shared.isPageFull ? 'now' : 'only again');
    if (best !== null) {
      post({ type: 'best', id, bundle: best, lines: bestLines(reading, best) });
      return;
    }
    const [again, ...others] = joined.chunks;
    if (again !== undefined) joined.chunks = others;
    const chunk = again ?? shared.takeChunk(joined.worker, reading.starts.length - 1);
    if (chunk !== null) {
      post({ type: 'chunk', id, part: readChunk(reading, chunk) });
      return;
    }
    const left = this.#nextBest(joined, 'now');
    if (left === null) this.#rest(joined);
    else post({ type: 'best', id, bundle: left, lines: bestLines(reading, left) });
  }

  /** @returns the place of a bundle whose best matches nobody else looks for, or null. */
  #nextBest(joined: Joined, when: 'now' | 'only again'): number | null {
    const [again, ...others] = joined.best;
    if (again !== undefined) {
      joined.best = others;
      return again;
    }
    if (when === 'only again' || joined.bestLeft === 'no') return null;
    const bundle = joined.shared.takeBest();
    if (bundle < joined.ask.bundles.length) return bundle;
    joined.bestLeft = 'no';
    return null;
  }

  #rest(joined: Joined): void {
    joined.state = 'rests';
    this.#options.post({ type: 'rested', id: joined.id });
  }

  /** @returns null when the search was stopped before it was known what there is to read. */
  #readingOf(joined: Joined): Reading | null {
    if (joined.reading !== null) return joined.reading;
    const { id, ask, shared } = joined;
    const { place } = this.#options;
    const taken: (typeof ask.bundles)[number][] = [];
    const goOn = (): void => {
      place.goOn();
      if (shared.isStopped) throw new SearchStopped();
    };
    try {
      const bundles = ask.bundles.map((ref) => {
        goOn();
        const open = this.#bundles.take(ref);
        taken.push(ref);
        return open;
      });
      const plan = planSearch(ask, bundles, compileQuery(ask.query), goOn);
      const starts = chunkStarts(plan.length);
      joined.reading = { ask, plan, starts, shared, place, texts: this.#texts };
      this.#options.post({ type: 'planned', id, blocks: plan.length, chunks: starts.length - 1 });
      return joined.reading;
    } catch (error) {
      for (const ref of taken) this.#bundles.release(ref);
      if (error instanceof SearchStopped) return null;
      throw error;
    }
  }

  #guarded(joined: Joined, work: () => void): void {
    const { place, post } = this.#options;
    place.enter(joined.id);
    try {
      work();
    } catch (error) {
      joined.state = 'rests';
      post({ type: 'failed', id: joined.id, failure: toFailure(error) });
    } finally {
      place.enter(0);
    }
  }
}

/** Nobody waits for the plan any more. Never leaves this file. */
class SearchStopped extends Error {}
