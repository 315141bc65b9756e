/**
 * The engine's side of questions about networks. One worker is kept alive: it holds the parsed dumps of the last
 * bundles, so that a trace costs milliseconds and not the parsing of 100,000 rules. It is started by the first
 * question, started anew after it died, and dismissed when nobody asked for a while.
 */
import { Worker } from 'node:worker_threads';
import { fail, ok, type Result } from '../core/failure.ts';
import type { BundleId } from '../core/ids.ts';
import { YOUNG_GENERATION_MIB } from '../core/limits.ts';
import { workerEntry } from '../core/resources.ts';
import { endThread } from '../core/thread-end.ts';
import type { Analysis } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import { bundlesOf } from './analysis-desk.ts';
import { type BundleRef, bundleRef } from './bundle-ref.ts';
import type {
  AnyAsk,
  FindingMark,
  FromWorker,
  NetworkAnswer,
  NetworkAsk,
  NetworkTopic,
  ToWorker,
} from './network-protocol.ts';

/** Parsed dumps of large nodes take hundreds of megabytes: not kept through a lunch break. */
const IDLE_MS = 5 * 60_000;

/** What the desk needs of a worker thread. */
export type NetworkWorker = Pick<Worker, 'postMessage' | 'on' | 'terminate' | 'ref' | 'unref'>;

export interface NetworkDeskOptions {
  /** Starts the worker thread; tests give another. */
  readonly start?: () => NetworkWorker;
  readonly idleMs?: number;
}

interface Pending {
  readonly settle: (result: Result<unknown>) => void;
  /** A later question with the same key takes this one's place. */
  readonly supersededBy: string | null;
}

interface Running {
  readonly worker: NetworkWorker;
  readonly pending: Map<number, Pending>;
  diedOf: string | null;
}

export class NetworkDesk {
  readonly #start: () => NetworkWorker;
  readonly #idleMs: number;
  #running: Running | null = null;
  #idle: NodeJS.Timeout | null = null;
  #lastId = 0;
  #closed = false;

  constructor(options: NetworkDeskOptions = {}) {
    this.#start =
      options.start ??
      (() =>
        new Worker(workerEntry('network'), { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB } }));
    this.#idleMs = options.idleMs ?? IDLE_MS;
  }

  /** A question about every bundle of a node, or of the whole case (`node` null). */
  async askAll<T extends 'services' | 'names' | 'lookup' | 'chains'>(
    store: CaseStore,
    want: T,
    input: NetworkAsk<T>['input'],
    analysis: Result<Analysis> | null = null,
  ): Promise<Result<NetworkAnswer<T>>> {
    const bundles = bundlesOf(store, input.node);
    if (!bundles.ok) return bundles;
    // Looking an address up reads every line: a new lookup in the same case makes an unfinished one useless.
    const supersededBy = want === 'lookup' ? `lookup ${store.dir}` : null;
    return this.#ask({ want, input, bundles: bundles.value, findings: marks(analysis) }, supersededBy);
  }

  /** A question about one bundle. */
  async askOne<T extends 'graph' | 'trace' | 'traceFlows' | 'chain'>(
    store: CaseStore,
    want: T,
    input: NetworkAsk<T>['input'],
    analysis: Result<Analysis> | null = null,
  ): Promise<Result<NetworkAnswer<T>>> {
    const bundle = oneBundle(store, input.bundle, 'node' in input ? input.node : null);
    if (!bundle.ok) return bundle;
    return this.#ask({ want, input, bundles: [bundle.value], findings: marks(analysis) }, null);
  }

  /** Ends the worker; questions without an answer end as cancelled. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = this.#running;
    this.#stopIdling();
    this.#running = null;
    if (running === null) return;
    settleAll(running, fail('cancelled', 'cancelled'));
    await endThread(running.worker);
  }

  #ask<T extends NetworkTopic>(ask: NetworkAsk<T>, supersededBy: string | null): Promise<Result<NetworkAnswer<T>>> {
    if (this.#closed) return Promise.resolve(fail('cancelled', 'cancelled'));
    const running = this.#worker();
    this.#stopIdling();
    this.#supersede(running, supersededBy);
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const settle = (result: Result<unknown>) => resolve(result as Result<NetworkAnswer<T>>);
      running.pending.set(id, { settle, supersededBy });
      running.worker.ref();
      running.worker.postMessage({ type: 'ask', id, ask: ask as unknown as AnyAsk } satisfies ToWorker);
    });
  }

  #supersede(running: Running, key: string | null): void {
    if (key === null) return;
    for (const [id, pending] of running.pending) {
      if (pending.supersededBy !== key) continue;
      running.worker.postMessage({ type: 'forget', id } satisfies ToWorker);
      running.pending.delete(id);
      pending.settle(fail('cancelled', 'A later lookup took the place of this one.'));
    }
  }

  #worker(): Running {
    if (this.#running !== null) return this.#running;
    const running: Running = { worker: this.#start(), pending: new Map(), diedOf: null };
    const { worker } = running;
    worker.on('message', (message: FromWorker) => {
      const pending = running.pending.get(message.id);
      running.pending.delete(message.id);
      pending?.settle(message.result);
      if (running.pending.size === 0) this.#becomeIdle(running);
    });
    worker.on('error', (error: Error) => {
      running.diedOf = error.message;
    });
    worker.on('exit', (code: number) => {
      if (this.#running === running) {
        this.#running = null;
        this.#stopIdling();
      }
      const why = running.diedOf ?? `it ended with code ${code}`;
      settleAll(
        running,
        fail(
          'internal',
          `the network worker failed: ${why}`,
          null,
          'Ask again: it is started anew. If it fails again this is a bug in Coldcase: please report it.',
        ),
      );
    });
    this.#running = running;
    return running;
  }

  #becomeIdle(running: Running): void {
    running.worker.unref();
    this.#stopIdling();
    this.#idle = setTimeout(() => {
      if (this.#running !== running || running.pending.size > 0) return;
      this.#running = null;
      void endThread(running.worker);
    }, this.#idleMs);
    this.#idle.unref();
  }

  #stopIdling(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
  }
}

function settleAll(running: Running, result: Result<never>): void {
  const waiting = [...running.pending.values()];
  running.pending.clear();
  for (const { settle } of waiting) settle(result);
}

function marks(analysis: Result<Analysis> | null): readonly FindingMark[] | null {
  if (analysis === null || !analysis.ok) return null;
  return analysis.value.findings.map(({ id, rule, title, severity, bundle, entities, evidence }) => ({
    id,
    rule,
    title,
    severity,
    bundle,
    entities,
    lines: evidence.map(({ fileId, line, endLine }) => ({ fileId, line, endLine })),
  }));
}

/** @returns the one bundle that is meant; fails with the names when it could be several. */
function oneBundle(store: CaseStore, bundle: BundleId | null, node: string | null): Result<BundleRef> {
  if (bundle !== null) {
    const reader = store.bundle(bundle);
    if (reader === null) return fail('not-found', 'no such bundle in this case', bundle);
    return ok(bundleRef(store, reader));
  }
  const found = bundlesOf(store, node);
  if (!found.ok) return found;
  const [first] = found.value;
  if (first !== undefined && found.value.length === 1) return ok(first);
  if (first === undefined) return fail('wrong-usage', 'this case holds no bundle');
  const names = [...new Set(store.bundles().map((reader) => reader.bundle.node ?? reader.bundle.name))];
  return node === null
    ? fail('wrong-usage', 'this case holds several bundles: say which node', null, `Nodes: ${names.join(', ')}`)
    : fail('wrong-usage', 'several bundles are of this node: say which bundle', node);
}
