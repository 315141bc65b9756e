/** Searches without threads and files, for tests: real search workers in this thread, over bundles in memory. */
import { EventEmitter } from 'node:events';
import type { BundleReader } from '../../analyzer/core/case-reader.ts';
import { fail, type Result } from '../../analyzer/core/failure.ts';
import type { Analysis } from '../../analyzer/core/vocabulary.ts';
import { OpenBundles } from '../../analyzer/jobs/search-bundles.ts';
import { SearchDesk } from '../../analyzer/jobs/search-desk.ts';
import type { PoolThread, SearchPoolOptions } from '../../analyzer/jobs/search-pool.ts';
import type { FromSearchWorker, ToSearchWorker } from '../../analyzer/jobs/search-protocol.ts';
import type { WorkerPlace } from '../../analyzer/jobs/search-shared.ts';
import { SearchWorker } from '../../analyzer/jobs/search-task.ts';
import type { CaseStore } from '../../analyzer/store/case-store.ts';
import { memoryBundle } from './memory-bundle.ts';

/** What a thread does with a search, by a word of its query. */
const STUCK = 'stuck';
const CRASH = 'crash';

/** A search worker in this thread. It gets stuck in a search for `stuck`, and dies of one for `crash`. */
export class FakeThread extends EventEmitter {
  ended: 'no' | 'from outside' | 'by itself' = 'no';
  /** Answers to chunks that get lost, as if the thread had ended before it sent them. */
  lostChunks = 0;
  stuck: 'no' | 'yes' = 'no';
  /** `any`: in whatever search comes next; `opening`: the same, before it is at a line. */
  sticksIn: 'stuck' | 'any' | 'opening' = 'stuck';
  readonly #place: WorkerPlace;
  readonly #worker: SearchWorker;

  constructor(place: WorkerPlace, open: (file: string) => BundleReader, starts: 'well' | 'never') {
    super();
    this.#place = place;
    this.#worker = new SearchWorker({
      place,
      post: (message) => this.#say(message),
      later: (work) => setImmediate(() => this.#whileAlive(work)),
      bundles: new OpenBundles((ref) => open(ref.file)),
    });
    if (starts === 'never') this.die('no such file');
    else setImmediate(() => this.#say({ type: 'ready' }));
  }

  postMessage(message: ToSearchWorker): void {
    const copy = message.type === 'search' ? { ...message, ask: structuredClone(message.ask) } : message;
    setImmediate(() => this.#whileAlive(() => this.#hear(copy)));
  }

  ref(): void {}
  unref(): void {}

  async terminate(): Promise<number> {
    if (this.ended === 'no') this.ended = 'from outside';
    this.emit('exit', 1);
    return 1;
  }

  /** The end of a thread that was not asked for. */
  die(message: string): void {
    this.ended = 'by itself';
    // Behind what it has said before.
    setImmediate(() => {
      this.emit('error', new Error(message));
      this.emit('exit', 1);
    });
  }

  #hear(message: ToSearchWorker): void {
    const text = message.type === 'search' ? JSON.stringify(message.ask.query) : '';
    if (message.type === 'search' && (text.includes(STUCK) || this.sticksIn !== 'stuck')) {
      this.#place.enter(message.id);
      if (this.sticksIn === 'stuck') this.#say({ type: 'planned', id: message.id, blocks: 1, chunks: 1 });
      if (this.sticksIn !== 'opening') this.#place.at({ bundle: 0, file: message.ask.file ?? (1 as never), line: 7 });
      this.stuck = 'yes';
    } else if (message.type === 'search' && text.includes(CRASH)) {
      this.#place.enter(message.id);
      this.die('out of memory');
    } else this.#worker.hear(message);
  }

  #say(message: FromSearchWorker): void {
    if (message.type === 'chunk' && this.lostChunks > 0) {
      this.lostChunks -= 1;
      return;
    }
    const copy = structuredClone(message);
    setImmediate(() => this.emit('message', copy));
  }

  #whileAlive(work: () => void): void {
    if (this.ended === 'no' && this.stuck === 'no') work();
  }
}

export interface FakeCase {
  readonly desk: SearchDesk;
  readonly store: CaseStore;
  readonly readers: readonly BundleReader[];
  readonly threads: FakeThread[];
}

/** @param bundles texts of each by path; each file is one block. */
export function fakeCase(
  bundles: readonly Readonly<Record<string, string>>[],
  options: SearchPoolOptions & { readonly analysis?: Result<Analysis>; readonly threadsStart?: 'well' | 'never' } = {},
): FakeCase {
  const readers = bundles.map((texts, at) => memoryBundle(texts, `node-${at}.tar.gz`));
  const byId = new Map<string, BundleReader>(readers.map((reader) => [reader.bundle.id, reader]));
  const threads: FakeThread[] = [];
  const start = (place: WorkerPlace): PoolThread => {
    const thread = new FakeThread(place, (file) => byId.get(file) as BundleReader, options.threadsStart ?? 'well');
    threads.push(thread);
    return thread as unknown as PoolThread;
  };
  const analysis = options.analysis ?? fail('internal', 'nobody analyses here');
  const desk = new SearchDesk(async () => analysis, { start, workers: 2, reactMs: 30, ...options });
  const store = {
    dir: '/case',
    bundles: () => readers,
    bundle: (id: string) => byId.get(id) ?? null,
    bundleFile: (id: string) => id,
    overridesOf: () => [],
  } as unknown as CaseStore;
  return { desk, store, readers, threads };
}
