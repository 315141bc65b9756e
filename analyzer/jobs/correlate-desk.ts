/** The engine's side of correlation and of the alignment of clocks. */
import type { MethodArguments, MethodOutput } from '../contract/contract.ts';
import type { Correlation } from '../core/correlation.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import type { CaseId } from '../core/ids.ts';
import type { Analysis } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import { bundleRef } from './bundle-ref.ts';
import { alignedClocks } from './clock-alignment.ts';
import type { CitedPlace } from './correlate-cited.ts';
import { pivotPlace } from './correlate-pivot.ts';
import type { CorrelateRunTask } from './correlate-question.ts';
import type { CorrelateTaskOutput } from './correlate-task.ts';
import type { SearchDesk } from './search-desk.ts';
import { windowOf } from './timeline-instant.ts';
import { runInWorker } from './worker-job.ts';

type CorrelateMethod = 'clocks.align' | 'correlate.run';
type CorrelateHandlers = {
  readonly [M in CorrelateMethod]: (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>>;
};

export type CorrelateRequest = Omit<MethodArguments<'correlate.run'>, 'caseId'>;
/** Correlates in a case that is open. */
export type Correlate = (
  store: CaseStore,
  request: CorrelateRequest,
  signal?: AbortSignal,
) => Promise<Result<Correlation>>;

export interface CorrelateDesk {
  readonly handlers: CorrelateHandlers;
  readonly correlate: Correlate;
  close(): Promise<void>;
}

export interface CorrelateDeskOptions {
  readonly caseAt: (id: CaseId) => Result<CaseStore>;
  readonly analysisOf: (store: CaseStore) => Promise<Result<Analysis>>;
  readonly searches: SearchDesk;
  /** Folders of the user's own rules. */
  readonly ruleFolders: () => readonly string[];
}

export function correlateDesk(options: CorrelateDeskOptions): CorrelateDesk {
  const { caseAt } = options;
  const stop = new AbortController();
  const correlate: Correlate = (store, request, signal) =>
    correlated(options, store, request, signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]));
  return {
    handlers: {
      'clocks.align': async ({ caseId }) => {
        const store = caseAt(caseId);
        return store.ok ? alignedClocks(store.value, stop.signal) : store;
      },
      'correlate.run': async ({ caseId, ...request }) => {
        const store = caseAt(caseId);
        return store.ok ? correlate(store.value, request) : store;
      },
    },
    correlate,
    close: async () => stop.abort(),
  };
}

async function correlated(
  { analysisOf, searches, ruleFolders }: CorrelateDeskOptions,
  store: CaseStore,
  request: CorrelateRequest,
  signal: AbortSignal,
): Promise<Result<Correlation>> {
  const window = windowOf(request);
  if (!window.ok) return window;
  const { bundles, windowMs, limit } = request;
  const unknown = bundles?.find((id) => store.bundle(id) === null);
  if (unknown !== undefined) return fail('not-found', 'no such bundle in this case', unknown);
  const readers = store.bundles().filter(({ bundle }) => bundles === null || bundles.includes(bundle.id));
  const analysis = await analysisOf(store);
  if (!analysis.ok) return analysis;
  const pivot = await pivotPlace(request.pivot, { store, readers, analysis: analysis.value, searches, signal });
  if (!pivot.ok) return pivot;
  const task: CorrelateRunTask = {
    want: 'correlate',
    bundles: readers.map((reader) => bundleRef(store, reader)),
    question: {
      pivot: pivot.value,
      windowMs,
      ...window.value,
      limit,
      cited: citedPlaces(analysis.value),
    },
    ruleFolders: ruleFolders(),
  };
  const output = await runInWorker<CorrelateRunTask, CorrelateTaskOutput>('correlate', task, { signal });
  if (!output.ok) return output;
  return output.value.want === 'correlate'
    ? ok(output.value.correlation)
    : fail('internal', 'the worker answered another task');
}

function citedPlaces({ findings }: Analysis): readonly CitedPlace[] {
  return findings.flatMap(({ id, evidence }) =>
    evidence.map(({ bundle, fileId, line, endLine }) => ({ finding: id, bundle, fileId, line, endLine })),
  );
}
