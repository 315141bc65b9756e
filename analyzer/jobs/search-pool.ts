/**
 * The engine's search workers. They are started by the first search, take part in every search that runs, and are
 * dismissed when nobody searched for a while. A worker that does not come back from a line is ended and replaced; the
 * searches it worked on go on without it.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { workerEntry } from '../core/resources.ts';
import { endThread } from '../core/thread-end.ts';
import type { BundleRef } from './bundle-ref.ts';
import type { FromSearchWorker, LinePlace, SearchAsk, ToSearchWorker } from './search-protocol.ts';
import { type SearchShared, WorkerPlace } from './search-shared.ts';
import type { SearchWorkerData } from './search-task.ts';

/** More share a disk and a memory bus, and each holds tens of megabytes. */
const WORKERS_MAX = 4;
/** Open bundles and their blocks are not kept through a lunch break. */
const IDLE_MS = 5 * 60_000;
/** A worker that was told to stop has this long to come back from the block it reads: it takes milliseconds. */
const REACT_MS = 1_000;
/** Workers are looked at so many times in REACT_MS while searches run. */
const LOOKS = 4;

/** What the pool needs of a worker thread. */
export type PoolThread = Pick<Worker, 'postMessage' | 'on' | 'terminate' | 'ref' | 'unref'>;

export interface SearchPoolOptions {
  /** Starts a worker thread; tests give another. */
  readonly start?: (place: WorkerPlace) => PoolThread;
  readonly workers?: number;
  readonly idleMs?: number;
  readonly reactMs?: number;
}

/** A search as the pool sees it. */
export interface PoolSearch {
  readonly id: number;
  readonly ask: SearchAsk;
  readonly shared: SearchShared;
  readonly hear: (message: FromSearchWorker, member: PoolMember) => void;
  /** A worker that took part is gone; `crashed`: while it worked on this search. */
  readonly lose: (member: PoolMember, why: 'crashed' | 'ended', message: string) => void;
}

export interface PoolMember {
  readonly number: number;
  readonly thread: PoolThread;
  readonly place: WorkerPlace;
  /** Searches it was told of. */
  readonly searches: Set<number>;
  state: 'starting' | 'ready' | 'gone';
  diedOf: string | null;
  /** Where it was when it was last looked at, and since when. */
  seen: { readonly beat: number; readonly at: number };
}

/** A worker that did not come back, and the line it was at. */
export interface Runaway {
  readonly line: LinePlace;
}

export class SearchPool {
  readonly #start: (place: WorkerPlace) => PoolThread;
  readonly #size: number;
  readonly #idleMs: number;
  readonly #reactMs: number;
  readonly #members = new Set<PoolMember>();
  readonly #searches = new Map<number, PoolSearch>();
  #idle: NodeJS.Timeout | null = null;
  #watch: NodeJS.Timeout | null = null;
  #lastMember = 0;

  constructor(options: SearchPoolOptions = {}) {
    this.#start = options.start ?? startThread;
    this.#size = options.workers ?? Math.max(1, Math.min(WORKERS_MAX, availableParallelism()));
    this.#idleMs = options.idleMs ?? IDLE_MS;
    this.#reactMs = options.reactMs ?? REACT_MS;
  }

  /** How many workers there are when all goes well. */
  get size(): number {
    return this.#size;
  }

  /** Starts the workers ahead of a search of these bundles; they keep no process alive. */
  warm(bundles: readonly BundleRef[]): void {
    this.#fill(this.#size);
    for (const member of this.#members) this.send(member, { type: 'open', bundles });
    if (this.#searches.size === 0) this.#becomeIdle();
  }

  /** Every worker takes part in the search until it `leave`s. */
  enter(search: PoolSearch): void {
    this.#searches.set(search.id, search);
    this.#stopIdling();
    this.#fill(this.#size);
    for (const member of this.#members) this.#tell(member, search);
    this.#watch ??= setInterval(() => this.#look(), this.#reactMs / LOOKS);
  }

  send(member: PoolMember, message: ToSearchWorker): void {
    if (member.state !== 'gone') member.thread.postMessage(message);
  }

  /** @returns workers that take part in a search. */
  membersOf(search: number): readonly PoolMember[] {
    return [...this.#members].filter((member) => member.searches.has(search));
  }

  /**
   * Waits until no worker is at this search any more; it must have been stopped. Workers that do not come back from a
   * line are ended; one that still opens bundles is left alone, and forgets the search when it has opened the next.
   * @returns those that were ended.
   */
  async settle(search: PoolSearch): Promise<readonly Runaway[]> {
    const watched = new Map(
      this.membersOf(search.id).map((member) => [member, { beat: member.place.beat, at: performance.now() }]),
    );
    const deadline = performance.now() + this.#reactMs;
    const runaways: { readonly member: PoolMember; readonly line: LinePlace }[] = [];
    for (;;) {
      const now = performance.now();
      for (const [member, seen] of watched) {
        const { beat, line } = member.place;
        if (!isAt(member, search) || (line === null && now >= deadline)) watched.delete(member);
        else if (beat !== seen.beat) watched.set(member, { beat, at: now });
        else if (line !== null && now - seen.at >= this.#reactMs) {
          runaways.push({ member, line });
          watched.delete(member);
        }
      }
      if (watched.size === 0) break;
      await new Promise((resolve) => setTimeout(resolve, Math.min(20, this.#reactMs)));
    }
    for (const { member } of runaways) void this.#end(member);
    // What the others said before they stopped is heard before this goes on: one whole turn of the event loop.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    return runaways.map(({ line }) => ({ line }));
  }

  /** The search is over. */
  leave(search: PoolSearch): void {
    if (!this.#searches.delete(search.id)) return;
    for (const member of this.#members) {
      if (member.searches.delete(search.id)) this.send(member, { type: 'forget', id: search.id });
    }
    if (this.#searches.size === 0) this.#becomeIdle();
  }

  /** Ends all workers. */
  async close(): Promise<void> {
    this.#stopIdling();
    this.#stopWatching();
    this.#searches.clear();
    await Promise.all([...this.#members].map((member) => this.#end(member)));
  }

  #fill(size: number): void {
    while (this.#members.size < size) this.#add();
  }

  #add(): PoolMember {
    const place = new WorkerPlace();
    const thread = this.#start(place);
    const member: PoolMember = {
      number: ++this.#lastMember,
      thread,
      place,
      searches: new Set(),
      state: 'starting',
      diedOf: null,
      seen: { beat: 0, at: performance.now() },
    };
    this.#members.add(member);
    thread.on('message', (message: FromSearchWorker) => {
      if (message.type === 'ready') {
        if (member.state === 'starting') member.state = 'ready';
      } else this.#searches.get(message.id)?.hear(message, member);
    });
    thread.on('error', (error: Error) => {
      member.diedOf = error.message;
    });
    thread.on('exit', (code: number) => this.#lost(member, code));
    if (this.#searches.size === 0) thread.unref();
    return member;
  }

  #tell(member: PoolMember, search: PoolSearch): void {
    if (member.state === 'gone' || member.searches.has(search.id)) return;
    member.searches.add(search.id);
    member.thread.ref();
    const { id, ask, shared } = search;
    const { number: worker } = member;
    member.thread.postMessage({ type: 'search', id, ask, shared: shared.buffer, worker } satisfies ToSearchWorker);
  }

  /** A worker that ended by itself. */
  #lost(member: PoolMember, code: number): void {
    if (member.state === 'gone') return;
    const neverWorked = member.state === 'starting';
    const why = member.diedOf ?? `it ended with code ${code}`;
    const at = member.place.search;
    this.#forget(member);
    for (const id of [...member.searches]) {
      const search = this.#searches.get(id);
      search?.lose(member, neverWorked || id === at ? 'crashed' : 'ended', `the search worker failed: ${why}`);
    }
    if (!neverWorked) this.#replace();
  }

  /** Ends a worker whose searches go on with others. */
  async #end(member: PoolMember): Promise<void> {
    if (member.state === 'gone') return;
    this.#forget(member);
    await endThread(member.thread);
    this.#replace();
    for (const id of member.searches) this.#searches.get(id)?.lose(member, 'ended', 'the search worker was ended');
  }

  #forget(member: PoolMember): void {
    member.state = 'gone';
    this.#members.delete(member);
  }

  #replace(): void {
    if (this.#searches.size === 0 || this.#members.size >= this.#size) return;
    const member = this.#add();
    for (const search of this.#searches.values()) if (!search.shared.isStopped) this.#tell(member, search);
  }

  /** While a worker is stuck in a line of one search, another one takes its place in all others. */
  #look(): void {
    const now = performance.now();
    const stuckIn = new Set<number>();
    for (const member of this.#members) {
      const { search, beat } = member.place;
      if (search === 0 || beat !== member.seen.beat) member.seen = { beat, at: now };
      else if (now - member.seen.at >= this.#reactMs) stuckIn.add(search);
    }
    const others = [...this.#searches.values()].filter(({ id, shared }) => !stuckIn.has(id) && !shared.isStopped);
    if (stuckIn.size === 0 || others.length === 0) return;
    const stuck = [...this.#members].filter(({ place }) => stuckIn.has(place.search)).length;
    while (this.#members.size - stuck < 1 && this.#members.size < 2 * this.#size) this.#add();
    for (const member of this.#members) {
      if (stuckIn.has(member.place.search)) continue;
      for (const search of others) this.#tell(member, search);
    }
  }

  #becomeIdle(): void {
    this.#stopIdling();
    this.#stopWatching();
    for (const { thread } of this.#members) thread.unref();
    this.#idle = setTimeout(() => {
      for (const member of [...this.#members]) void this.#end(member);
    }, this.#idleMs);
    this.#idle.unref();
  }

  #stopIdling(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
  }

  #stopWatching(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
  }
}

function isAt({ place, state }: PoolMember, search: PoolSearch): boolean {
  return state !== 'gone' && place.search === search.id;
}

function startThread(place: WorkerPlace): Worker {
  return new Worker(workerEntry('search'), { workerData: { place: place.buffer } satisfies SearchWorkerData });
}
