/** One search on the engine's side: what its workers find is merged, shown while it grows, and ends in one outcome. */
import type { SearchMatch, SearchStop } from '../contract/search.ts';
import { type Failure, fail, ok, type Result } from '../core/failure.ts';
import { BEST_MATCHES } from '../core/limits.ts';
import { SearchMerge } from './search-merge.ts';
import type { PoolMember, PoolSearch, Runaway, SearchPool } from './search-pool.ts';
import type { BestLine, FoundLine, FromSearchWorker, SearchAsk } from './search-protocol.ts';
import { SearchShared } from './search-shared.ts';

/** Answers while a search runs come no faster than this, and the first of them no later. */
const PARTIAL_MS = 100;
/** Making and sending one takes a tenth of the time at most. */
const PARTIAL_SHARE = 10;

/** What ends a run before everything was read. */
export type RunEnd = Exclude<SearchStop['because'], 'not-opened'>;

export interface SearchRunOptions {
  /** `page`: as soon as the first lines are known. */
  readonly until: 'everything is read' | 'the first lines are known';
  /** From when it is known what there is to read; null: none. */
  readonly timeLimitMs: number | null;
  /** Says what a stopped search came to. */
  readonly stopWords: (because: RunEnd, state: RunState, runaway: Runaway | null) => string;
  readonly onPartial?: (state: RunState) => void;
}

/** What is known of a search at one moment. */
export interface RunState {
  readonly lines: number;
  readonly complete: 'yes' | 'no';
  readonly stopped: SearchStop | null;
  readonly blocksDone: number;
  readonly blocks: number;
  /** The first lines, as far as they are final. */
  readonly matches: readonly SearchMatch[];
  /** The places of `matches`. */
  readonly places: readonly FoundLine[];
  /** Whether more lines are known behind these. */
  readonly more: 'yes' | 'no';
  readonly best: readonly SearchMatch[];
  readonly merge: SearchMerge;
}

export class SearchRun implements PoolSearch {
  readonly id: number;
  readonly ask: SearchAsk;
  readonly shared: SearchShared;
  readonly outcome: Promise<Result<RunState>>;
  readonly #pool: SearchPool;
  readonly #options: SearchRunOptions;
  readonly #merge: SearchMerge;
  readonly #best = new Map<number, readonly BestLine[]>();
  readonly #rested = new Set<PoolMember>();
  #settle: (result: Result<RunState>) => void = () => undefined;
  #state: 'runs' | 'stops' | 'ended' = 'runs';
  #limit: NodeJS.Timeout | null = null;
  #partial: NodeJS.Timeout | null = null;
  #nextPartialAt = 0;
  /** The first lines of all. */
  #page: 'grows' | 'final' = 'grows';

  constructor(id: number, ask: SearchAsk, pool: SearchPool, options: SearchRunOptions) {
    this.id = id;
    this.ask = ask;
    this.shared = new SearchShared({ workers: pool.size });
    this.#pool = pool;
    this.#options = options;
    this.#merge = new SearchMerge(ask.first);
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  start(): void {
    const { onPartial } = this.#options;
    if (this.ask.first === 0) this.shared.pageIsFull();
    if (onPartial !== undefined) this.#partial = setTimeout(() => this.#tellPartial(), PARTIAL_MS);
    this.#pool.enter(this);
  }

  /** Ends with what was found so far. Workers that do not come back are ended later. */
  cancel(): void {
    if (this.#state !== 'runs') return;
    this.#state = 'stops';
    this.shared.stop();
    this.#end(this.#stoppedState('cancelled', null));
    this.#leaveSettled();
  }

  readonly hear = (message: FromSearchWorker, member: PoolMember): void => {
    if (this.#state === 'ended') return;
    switch (message.type) {
      case 'planned':
        if (!this.#merge.plan(message.blocks, message.chunks)) {
          this.#fail(fail('internal', 'search workers read different bundles').failure);
          return;
        }
        this.#startLimit();
        break;
      case 'chunk':
        this.#merge.add(message.part);
        if (this.ask.order === 'time') this.shared.latest = this.#merge.latest;
        if (this.#merge.isPageFinal) this.shared.pageIsFull();
        break;
      case 'best':
        this.#best.set(message.bundle, message.lines);
        break;
      case 'rested':
        this.#rested.add(member);
        break;
      case 'failed':
        this.#fail(message.failure);
        return;
      case 'ready':
        return;
    }
    if (this.#state === 'runs') this.#goOn();
  };

  /** Counts from when the first worker begins to read: it is said of the pattern, not of threads and disks. */
  #startLimit(): void {
    const { timeLimitMs } = this.#options;
    if (timeLimitMs === null || this.#limit !== null || this.#state !== 'runs') return;
    this.#limit = setTimeout(() => void this.#stopAtLimit(), timeLimitMs);
  }

  readonly lose = (member: PoolMember, why: 'crashed' | 'ended', message: string): void => {
    if (this.#state !== 'runs') return;
    if (why === 'crashed') {
      const advice = 'Search again. If it fails again this is a bug in Coldcase: please report it.';
      this.#fail(fail('internal', message, null, advice).failure);
      return;
    }
    this.#rested.delete(member);
    this.#goOn();
  };

  #goOn(): void {
    if (this.#page === 'grows' && this.#merge.isPageFinal) {
      this.#page = 'final';
      this.#tellPartial();
    }
    const pageOnly = this.#options.until === 'the first lines are known';
    const isRead = pageOnly || (this.#merge.isComplete && this.#isBestKnown());
    if (isRead && this.#page === 'final') this.#finish();
    else this.#askAgain();
  }

  #isBestKnown(): boolean {
    return this.ask.best === 0 || this.#best.size === this.ask.bundles.length;
  }

  /** Work that a worker had taken before it was ended is done by another once all others have nothing left. */
  #askAgain(): void {
    const members = this.#pool.membersOf(this.id);
    const [first] = members;
    if (first === undefined || !members.every((member) => this.#rested.has(member))) return;
    const best = this.ask.best === 0 ? [] : this.ask.bundles.map((_, at) => at).filter((at) => !this.#best.has(at));
    const chunks = this.#merge.missing;
    if (chunks.length === 0 && best.length === 0) return;
    this.#rested.delete(first);
    this.#pool.send(first, { type: 'again', id: this.id, chunks, best });
  }

  #tellPartial(): void {
    const { onPartial } = this.#options;
    if (onPartial === undefined || this.#state !== 'runs') return;
    if (this.#partial !== null) clearTimeout(this.#partial);
    const from = performance.now();
    if (from >= this.#nextPartialAt) {
      onPartial(this.#stateNow(null));
      const now = performance.now();
      this.#nextPartialAt = now + Math.max(PARTIAL_MS, (now - from) * PARTIAL_SHARE);
    }
    const left = Math.ceil(this.#nextPartialAt - performance.now());
    this.#partial = setTimeout(() => this.#tellPartial(), Math.max(0, left));
  }

  async #stopAtLimit(): Promise<void> {
    if (this.#state !== 'runs') return;
    this.#state = 'stops';
    this.shared.stop();
    const [runaway] = await this.#pool.settle(this);
    this.#end(this.#stoppedState(runaway === undefined ? 'time-limit' : 'runaway-pattern', runaway ?? null));
    this.#pool.leave(this);
  }

  /** Where only the first lines were asked for, a worker may be in a line behind them, and never come back from it. */
  #finish(): void {
    this.shared.stop();
    this.#end(ok(this.#stateNow(null)));
    if (this.#options.until === 'everything is read') this.#pool.leave(this);
    else this.#leaveSettled();
  }

  #fail(failure: Failure): void {
    this.shared.stop();
    this.#end({ ok: false, failure });
    this.#leaveSettled();
  }

  #leaveSettled(): void {
    void this.#pool.settle(this).then(() => this.#pool.leave(this));
  }

  #end(result: Result<RunState>): void {
    this.#state = 'ended';
    if (this.#limit !== null) clearTimeout(this.#limit);
    if (this.#partial !== null) clearTimeout(this.#partial);
    this.#settle(result);
  }

  #stoppedState(because: RunEnd, runaway: Runaway | null): Result<RunState> {
    const state = this.#stateNow(null);
    const message = this.#options.stopWords(because, state, runaway);
    // Blocks before the last of these lines may be unread: there is no place to go on from.
    return ok({ ...state, complete: 'no', more: 'no', stopped: { because, message } });
  }

  #stateNow(stopped: SearchStop | null): RunState {
    const merge = this.#merge;
    const places = this.#state === 'runs' ? merge.final : merge.found;
    const best = [...this.#best.values()]
      .flat()
      .sort((one, other) => other.score - one.score)
      .slice(0, BEST_MATCHES)
      .map(({ match }) => match);
    return {
      lines: merge.lines,
      complete: merge.isComplete ? 'yes' : 'no',
      stopped,
      blocksDone: merge.blocksDone,
      blocks: merge.blocks,
      matches: places.map(({ shown }) => shown),
      places,
      more: merge.lines > places.length ? 'yes' : 'no',
      best,
      merge,
    };
  }
}
