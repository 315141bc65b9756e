/**
 * The engine's side of the timeline. One worker is kept alive: it holds where the blocks of the last bundles are in time,
 * and the lines around the places that were looked at, so that a zoom or a page costs milliseconds.
 */
import type { MethodArguments, MethodOutput } from '../contract/contract.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import type { BundleId, CaseId } from '../core/ids.ts';
import type { TimelineMarker } from '../core/timeline.ts';
import type { Analysis } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import { type BundleRef, bundleRef } from './bundle-ref.ts';
import { type ResidentOptions, ResidentWorker } from './resident-worker.ts';
import type { AnyTimelineAsk, HistogramPart } from './timeline-protocol.ts';

type TimelineMethod = 'timeline.histogram' | 'timeline.lines';
export type TimelineHandlers = {
  readonly [M in TimelineMethod]: (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>>;
};

export class TimelineDesk {
  readonly #worker: ResidentWorker<AnyTimelineAsk>;

  constructor(options: ResidentOptions = {}) {
    this.#worker = new ResidentWorker('timeline', 'view of the timeline', options);
  }

  handlers(
    caseAt: (id: CaseId) => Result<CaseStore>,
    analysisOf: (store: CaseStore) => Promise<Result<Analysis>>,
  ): TimelineHandlers {
    return {
      'timeline.histogram': async (input) => {
        const store = caseAt(input.caseId);
        return store.ok ? this.histogram(store.value, input, analysisOf) : store;
      },
      'timeline.lines': async (input) => {
        const store = caseAt(input.caseId);
        return store.ok ? this.lines(store.value, input) : store;
      },
    };
  }

  /** Markers and densest windows are left out where the analysis failed: what failed is told where it is asked for. */
  async histogram(
    store: CaseStore,
    input: MethodArguments<'timeline.histogram'>,
    analysisOf: (store: CaseStore) => Promise<Result<Analysis>>,
  ): Promise<Result<MethodOutput<'timeline.histogram'>>> {
    const bundles = refsOf(store, input.bundles);
    if (!bundles.ok) return bundles;
    const ask = { want: 'histogram', input, bundles: bundles.value } as const;
    const [part, analysis] = await Promise.all([
      this.#worker.ask(ask, `histogram ${store.dir}`) as Promise<Result<HistogramPart>>,
      analysisOf(store),
    ]);
    if (!part.ok) return part;
    const scope = input.bundles === null ? null : new Set(input.bundles);
    return ok({ ...part.value, ...(analysis.ok ? found(analysis.value, scope) : { markers: [], densest: [] }) });
  }

  async lines(
    store: CaseStore,
    input: MethodArguments<'timeline.lines'>,
  ): Promise<Result<MethodOutput<'timeline.lines'>>> {
    const bundles = refsOf(store, input.bundles);
    if (!bundles.ok) return bundles;
    const answer = this.#worker.ask({ want: 'lines', input, bundles: bundles.value }, null);
    return answer as Promise<Result<MethodOutput<'timeline.lines'>>>;
  }

  close(): Promise<void> {
    return this.#worker.close();
  }
}

/** @returns those of the case that are meant, in case order; fails with `not-found` for one that it does not hold. */
function refsOf(store: CaseStore, wanted: readonly BundleId[] | null): Result<readonly BundleRef[]> {
  const readers = store.bundles();
  const missing = wanted?.find((id) => !readers.some((reader) => reader.bundle.id === id));
  if (missing !== undefined) return fail('not-found', 'no such bundle in this case', missing);
  const scope = wanted === null ? null : new Set(wanted);
  return ok(
    readers.filter((reader) => scope?.has(reader.bundle.id) !== false).map((reader) => bundleRef(store, reader)),
  );
}

function found(
  { findings, nodes }: Analysis,
  scope: ReadonlySet<BundleId> | null,
): Pick<MethodOutput<'timeline.histogram'>, 'markers' | 'densest'> {
  const markers = findings.flatMap((one): readonly TimelineMarker[] => {
    const { id, bundle, node, title, severity, first, last } = one;
    if (first === null || scope?.has(bundle) === false) return [];
    return [{ finding: id, bundle, node, title, severity, first, last: last ?? first }];
  });
  const densest = nodes
    .flatMap(({ bundle, node, densestErrors }) =>
      densestErrors == null || scope?.has(bundle) === false ? [] : [{ bundle, node, ...densestErrors }],
    )
    .sort((one, other) => other.count - one.count);
  return { markers, densest };
}
