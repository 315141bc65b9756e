/**
 * The engine's side of questions about networks. One worker is kept alive: it holds the parsed dumps of the last
 * bundles, so that a trace costs milliseconds and not the parsing of 100,000 rules.
 */
import { fail, ok, type Result } from '../core/failure.ts';
import type { BundleId } from '../core/ids.ts';
import type { Analysis } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import { bundlesOf } from './analysis-desk.ts';
import { type BundleRef, bundleRef } from './bundle-ref.ts';
import type { AnyAsk, FindingMark, NetworkAnswer, NetworkAsk, NetworkTopic } from './network-protocol.ts';
import { type ResidentOptions, ResidentWorker } from './resident-worker.ts';

export class NetworkDesk {
  readonly #worker: ResidentWorker<AnyAsk>;

  constructor(options: ResidentOptions = {}) {
    this.#worker = new ResidentWorker('network', 'lookup', options);
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
  close(): Promise<void> {
    return this.#worker.close();
  }

  async #ask<T extends NetworkTopic>(
    ask: NetworkAsk<T>,
    supersededBy: string | null,
  ): Promise<Result<NetworkAnswer<T>>> {
    return (await this.#worker.ask(ask as unknown as AnyAsk, supersededBy)) as Result<NetworkAnswer<T>>;
  }
}

function marks(analysis: Result<Analysis> | null): readonly FindingMark[] | null {
  if (analysis === null || !analysis.ok) return null;
  return analysis.value.findings.map(({ id, rule, title, severity, bundle, alsoIn, entities, evidence }) => ({
    id,
    rule,
    title,
    severity,
    bundle,
    alsoIn,
    entities,
    // What it cites of another bundle lies in files of that one: their numbers are others here.
    lines: evidence
      .filter((one) => one.bundle === bundle)
      .map(({ fileId, line, endLine }) => ({ fileId, line, endLine })),
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
