/**
 * The engine's side of searching: turns what is asked into work for the search workers (search-pool.ts), and what they
 * found into answers. A search with a name takes the place of an unfinished one with the same name; a map of matches only
 * of one that is another question, since a file that is shown beside itself asks twice.
 */
import type { MethodArguments, MethodOutput } from '../contract/contract.ts';
import type { SearchAnswer, SearchOrder, SearchPage, SearchStop } from '../contract/search.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import type { BundleId } from '../core/ids.ts';
import { BEST_MATCHES, SEARCH_MS_DEFAULT } from '../core/limits.ts';
import type { Analysis, SourceFile } from '../core/vocabulary.ts';
import { parseQuery } from '../query/parse.ts';
import type { QueryNode } from '../query/query.ts';
import { errorSentence } from '../query/wrong.ts';
import { compileQuery } from '../search/compile-query.ts';
import type { QueryNeeds } from '../search/file-query.ts';
import type { CaseStore } from '../store/case-store.ts';
import { bundleRef, refKey } from './bundle-ref.ts';
import { parseCursor, printCursor } from './search-cursor.ts';
import { type Runaway, SearchPool, type SearchPoolOptions } from './search-pool.ts';
import type { CitedLines, SearchAsk } from './search-protocol.ts';
import { type RunState, SearchRun, type SearchRunOptions } from './search-run.ts';

export type SearchRequest = Omit<MethodArguments<'search.run'>, 'caseId'>;
export type SearchPageRequest = Omit<MethodArguments<'search.page'>, 'caseId'>;
type FindRequest = Omit<MethodArguments<'file.find'>, 'caseId'>;
type MapRequest = Omit<MethodArguments<'file.matchMap'>, 'caseId'>;

/** Asked for when a query is about findings. */
export type AnalysisOf = (store: CaseStore) => Promise<Result<Analysis>>;

interface Understood {
  readonly query: QueryNode;
  readonly needs: QueryNeeds;
  /** Those in scope, in case order. */
  readonly readers: readonly BundleReader[];
  readonly cited: readonly CitedLines[];
}

const NOTHING_ASKED = { file: null, behind: null, context: 0, tally: 'nothing', best: 0 } as const;

export class SearchDesk {
  readonly #pool: SearchPool;
  readonly #analysisOf: AnalysisOf;
  readonly #runs = new Set<SearchRun>();
  /** Searches with a name, from when they are asked. */
  readonly #byName = new Map<string, AbortController>();
  /** Of those, what who asks the same may wait for. */
  readonly #shared = new Map<string, { readonly question: string; readonly outcome: Promise<Result<RunState>> }>();
  #lastId = 0;
  #state: 'open' | 'closed' = 'open';

  constructor(analysisOf: AnalysisOf, options: SearchPoolOptions = {}) {
    this.#pool = new SearchPool(options);
    this.#analysisOf = analysisOf;
  }

  /** Starts the workers, and opens the bundles of a case in them, ahead of its first search. */
  warm(store: CaseStore): void {
    if (this.#state === 'open') this.#pool.warm(store.bundles().map((reader) => bundleRef(store, reader)));
  }

  /**
   * All matches counted, the first of them shown. @param onPartial gets answers while it runs, see SearchProgress.
   * @param signal ends it with what was found so far, as `cancel` does.
   */
  async run(
    store: CaseStore,
    request: SearchRequest,
    onPartial?: (answer: SearchAnswer) => void,
    signal?: AbortSignal,
  ): Promise<Result<SearchAnswer>> {
    const from = performance.now();
    return this.#named(request.search, signal, async (ended) => {
      const understood = await this.#understand(store, request.query, request.bundles);
      return understood.ok ? this.#count(store, request, understood.value, from, onPartial, ended) : understood;
    });
  }

  async #count(
    store: CaseStore,
    request: SearchRequest,
    { query, readers, cited, needs }: Understood,
    from: number,
    onPartial: ((answer: SearchAnswer) => void) | undefined,
    signal: AbortSignal,
  ): Promise<Result<SearchAnswer>> {
    const bundles = readers.map(({ bundle }) => bundle);
    const answer = (state: RunState, which: 'all' | 'largest'): SearchAnswer => ({
      total: state.lines,
      complete: state.complete === 'yes',
      stopped: state.stopped,
      blocksDone: state.blocksDone,
      blocks: state.blocks,
      matches: [...state.matches],
      next: nextOf(state, request.order, readers),
      best: [...state.best],
      facets: state.merge.facets.facets(bundles, which),
      milliseconds: performance.now() - from,
    });
    const ask: SearchAsk = {
      ...NOTHING_ASKED,
      bundles: readers.map((reader) => bundleRef(store, reader)),
      query,
      order: request.order,
      first: request.limit,
      context: request.context,
      tally: 'facets',
      best: request.limit === 0 ? 0 : BEST_MATCHES,
      cited,
    };
    const outcome = await this.#work(ask, signal, {
      until: 'everything is read',
      timeLimitMs: limitOf(needs, request.timeLimitMs),
      stopWords: stopWords(readers, request.timeLimitMs),
      ...(onPartial === undefined ? {} : { onPartial: (state) => onPartial(answer(state, 'largest')) }),
    });
    return outcome.ok ? ok(answer(outcome.value, 'all')) : outcome;
  }

  /** The matches behind a cursor of an earlier answer to the same question. */
  async page(store: CaseStore, request: SearchPageRequest, signal?: AbortSignal): Promise<Result<SearchPage>> {
    const understood = await this.#understand(store, request.query, request.bundles);
    if (!understood.ok) return understood;
    const { query, readers, cited, needs } = understood.value;
    const cursor = parseCursor(request.after);
    const bundle = readers.findIndex((reader) => reader.bundle.id === cursor?.bundle);
    if (cursor === null || cursor.order !== request.order || bundle < 0) {
      const advice = 'Search again, and go on with what that search answers as `next`.';
      return fail('wrong-usage', 'this place to go on from is not one of this search', 'after', advice);
    }
    const { when, file, line } = cursor;
    const ask: SearchAsk = {
      ...NOTHING_ASKED,
      bundles: readers.map((reader) => bundleRef(store, reader)),
      query,
      order: request.order,
      behind: { when: request.order === 'time' ? when : 0, bundle, file, line },
      // One more tells whether there are more: nothing is read behind the page.
      first: request.limit + 1,
      context: request.context,
      cited,
    };
    const outcome = await this.#work(ask, signal, {
      until: 'the first lines are known',
      timeLimitMs: limitOf(needs, request.timeLimitMs),
      stopWords: stopWords(readers, request.timeLimitMs),
    });
    if (!outcome.ok) return outcome;
    const { stopped, lines, complete } = outcome.value;
    if (stopped !== null) return failureOf(stopped);
    const matches = outcome.value.matches.slice(0, request.limit);
    const places = outcome.value.places.slice(0, request.limit);
    // A page that ends for its size ends before it is known what comes behind.
    const more = lines > matches.length || complete === 'no' ? 'yes' : 'no';
    return ok({ matches, next: nextOf({ more, places }, request.order, readers) });
  }

  /** The nearest matching line of one file, at `from` or beyond. */
  async find(store: CaseStore, request: FindRequest): Promise<Result<MethodOutput<'file.find'>>> {
    const asked = await this.#inFile(store, request);
    if (!asked.ok) return asked;
    const { ask, source, readers, needs } = asked.value;
    const down = request.direction === 'down';
    const behind = { when: 0, bundle: 0, file: source.id, line: down ? request.from - 1 : request.from + 1 };
    const lineAsk: SearchAsk = { ...ask, order: down ? 'file' : 'backwards', behind, first: 1 };
    const outcome = await this.#named(inFileName('find', store, request), undefined, (ended) =>
      this.#work(lineAsk, ended, {
        until: 'the first lines are known',
        timeLimitMs: limitOf(needs, SEARCH_MS_DEFAULT),
        stopWords: stopWords(readers, SEARCH_MS_DEFAULT),
      }),
    );
    if (!outcome.ok) return outcome;
    if (outcome.value.stopped !== null) return failureOf(outcome.value.stopped);
    return ok({ line: outcome.value.matches[0]?.line ?? null });
  }

  /** How many lines match in each part of one file. */
  async matchMap(store: CaseStore, request: MapRequest): Promise<Result<MethodOutput<'file.matchMap'>>> {
    const asked = await this.#inFile(store, request);
    if (!asked.ok) return asked;
    const { ask, readers, needs } = asked.value;
    const { parts } = request;
    // Under another clock, or with other findings, other lines match.
    const question = JSON.stringify([request.query, parts, ask.bundles.map(refKey), ask.cited]);
    const outcome = await this.#namedShared(inFileName('map', store, request), question, (ended) =>
      this.#work({ ...ask, tally: { parts } }, ended, {
        until: 'everything is read',
        timeLimitMs: limitOf(needs, SEARCH_MS_DEFAULT),
        stopWords: stopWords(readers, SEARCH_MS_DEFAULT),
      }),
    );
    if (!outcome.ok) return outcome;
    const { lines, complete, merge, stopped } = outcome.value;
    if (stopped?.because === 'cancelled') return failureOf(stopped);
    const counts = Array.from({ length: parts }, (_, part) => merge.facets.parts[part] ?? 0);
    return ok({ total: lines, complete: complete === 'yes', counts });
  }

  /** Ends the search with this name, if it runs. @returns how many were ended. */
  cancel(name: string): number {
    const ended = this.#byName.get(name);
    ended?.abort();
    return this.#forget(name) ? 1 : 0;
  }

  /** Ends all searches and workers. */
  async close(): Promise<void> {
    this.#state = 'closed';
    for (const run of this.#runs) run.cancel();
    await this.#pool.close();
  }

  /** Does the work under a name that ends an earlier one, and by which it can be ended. */
  async #named<T>(
    name: string | null,
    signal: AbortSignal | undefined,
    work: (ended: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const mine = new AbortController();
    if (name !== null) {
      this.cancel(name);
      this.#byName.set(name, mine);
    }
    try {
      return await work(signal === undefined ? mine.signal : AbortSignal.any([mine.signal, signal]));
    } finally {
      if (name !== null && this.#byName.get(name) === mine) this.#forget(name);
    }
  }

  /** As #named, but one with this name that answers the same question goes on, for whoever asks it. */
  #namedShared(
    name: string,
    question: string,
    work: (ended: AbortSignal) => Promise<Result<RunState>>,
  ): Promise<Result<RunState>> {
    const running = this.#shared.get(name);
    if (running?.question === question) return running.outcome;
    const outcome = this.#named(name, undefined, work);
    this.#shared.set(name, { question, outcome });
    return outcome;
  }

  #forget(name: string): boolean {
    this.#shared.delete(name);
    return this.#byName.delete(name);
  }

  async #work(ask: SearchAsk, signal: AbortSignal | undefined, options: SearchRunOptions): Promise<Result<RunState>> {
    if (this.#state === 'closed') return fail('cancelled', 'cancelled');
    const run = new SearchRun(++this.#lastId, ask, this.#pool, options);
    this.#runs.add(run);
    const abort = () => run.cancel();
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) run.cancel();
    else run.start();
    try {
      return await run.outcome;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#runs.delete(run);
    }
  }

  async #understand(store: CaseStore, text: string, bundles: readonly BundleId[] | null): Promise<Result<Understood>> {
    const parsed = parseQuery(text);
    if (!parsed.ok) {
      const { start, end } = parsed.error;
      return fail('wrong-usage', errorSentence(parsed.error), `${start}-${end}`);
    }
    const { query } = parsed;
    const unknown = bundles?.find((id) => store.bundle(id) === null);
    if (unknown !== undefined) return fail('not-found', 'no such bundle in this case', unknown);
    const readers = store.bundles().filter(({ bundle }) => bundles === null || bundles.includes(bundle.id));
    const { needs } = compileQuery(query);
    if (needs.findings === 'no') return ok({ query, needs, readers, cited: [] });
    const analysis = await this.#analysisOf(store);
    if (!analysis.ok) return analysis;
    return ok({ query, needs, readers, cited: citedLines(analysis.value, readers) });
  }

  async #inFile(
    store: CaseStore,
    request: Pick<FindRequest, 'bundle' | 'file' | 'query'>,
  ): Promise<Result<Understood & { readonly ask: SearchAsk; readonly source: SourceFile }>> {
    const reader = store.bundle(request.bundle);
    const file = reader?.fileByPath(request.file) ?? null;
    const source = file === null || file.aliasOf === null ? file : (reader?.fileByPath(file.aliasOf) ?? null);
    if (reader === null || source === null) {
      return fail('not-found', `no file ${request.file} in this bundle`, request.file);
    }
    if (source.format === 'binary')
      return fail('not-found', `${request.file} is binary: it has no lines`, request.file);
    const understood = await this.#understand(store, request.query, [request.bundle]);
    if (!understood.ok) return understood;
    const { query, cited } = understood.value;
    const bundles = [bundleRef(store, reader)];
    const ask: SearchAsk = { ...NOTHING_ASKED, bundles, query, order: 'file', file: source.id, first: 0, cited };
    return ok({ ...understood.value, ask, source });
  }
}

/** A bundle may be in several cases. */
function inFileName(what: 'find' | 'map', { dir }: CaseStore, { bundle, file }: Pick<FindRequest, 'bundle' | 'file'>) {
  return `${what} ${dir} ${bundle} ${file}`;
}

/** For questions that a search which did not read everything leaves without an answer. */
function failureOf({ because, message }: SearchStop) {
  return fail(because === 'cancelled' ? 'cancelled' : 'time-limit', message);
}

/** Only patterns can take long on a line; all else ends by itself. */
function limitOf({ pattern }: QueryNeeds, timeLimitMs: number): number | null {
  return pattern === 'none' ? null : timeLimitMs;
}

function nextOf(
  { more, places }: Pick<RunState, 'more' | 'places'>,
  order: SearchOrder,
  readers: readonly BundleReader[],
): string | null {
  const last = places.at(-1);
  const bundle = last === undefined ? undefined : readers[last.bundle]?.bundle.id;
  if (more === 'no' || last === undefined || bundle === undefined) return null;
  return printCursor({ order, when: last.when, bundle, file: last.file, line: last.line });
}

function citedLines({ findings }: Analysis, readers: readonly BundleReader[]): readonly CitedLines[] {
  const places = new Map(readers.map(({ bundle }, at) => [bundle.id, at]));
  return findings
    .flatMap(({ evidence }) => evidence)
    .flatMap(({ bundle, fileId, line, endLine }) => {
      const place = places.get(bundle);
      return place === undefined ? [] : [{ bundle: place, file: fileId, from: line, to: endLine }];
    });
}

/** @returns what a search that did not read everything says of itself. */
function stopWords(readers: readonly BundleReader[], limitMs: number): SearchRunOptions['stopWords'] {
  return (because, { blocksDone, blocks }, runaway) => {
    const read = `${blocksDone} of ${blocks} blocks of text were searched`;
    const seconds = `${limitMs / 1000} s`;
    switch (because) {
      case 'cancelled':
        return `Stopped: ${read}.`;
      case 'time-limit':
        return `Stopped after ${seconds}: ${read}. Raise the time limit, or add a word that the lines hold.`;
      case 'runaway-pattern':
        return `Stopped after ${seconds}: the pattern does not come to an end ${placeOf(readers, runaway)}; ${read}. Raise the time limit, or repeat less inside of what is repeated.`;
    }
  };
}

function placeOf(readers: readonly BundleReader[], runaway: Runaway | null): string {
  const source = runaway === null ? null : readers[runaway.line.bundle]?.file(runaway.line.file);
  return runaway === null || source == null ? 'on one line' : `near line ${runaway.line.line} of ${source.path}`;
}
