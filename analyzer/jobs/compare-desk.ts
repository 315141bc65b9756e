/** The engine's side of comparison, and of the table of nodes. */
import type { MethodArguments, MethodOutput } from '../contract/contract.ts';
import type { Comparison, TextComparison } from '../core/comparison.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import type { BundleId, CaseId } from '../core/ids.ts';
import type { Analysis } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import { type BundleRef, bundleRef } from './bundle-ref.ts';
import type { CorrelateTask, CorrelateTaskOutput } from './correlate-task.ts';
import { caseFleet } from './fleet.ts';
import { runInWorker } from './worker-job.ts';

type CompareMethod = 'compare.run' | 'compare.text' | 'case.fleet';
type CompareHandlers = {
  readonly [M in CompareMethod]: (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>>;
};

export interface CompareDesk {
  readonly handlers: CompareHandlers;
  close(): Promise<void>;
}

export interface CompareDeskOptions {
  readonly caseAt: (id: CaseId) => Result<CaseStore>;
  readonly analysisOf: (store: CaseStore) => Promise<Result<Analysis>>;
}

export function compareDesk(options: CompareDeskOptions): CompareDesk {
  const { caseAt, analysisOf } = options;
  const running = new Running();
  return {
    handlers: {
      'compare.run': (input) => compareInCase(options, input, () => running.begin(`run ${input.caseId}`)),
      'compare.text': async ({ caseId, left, right }) => {
        const store = caseAt(caseId);
        if (!store.ok) return store;
        const asked = refsOf(store.value, [left.bundle, right.bundle]);
        if (!asked.ok) return asked;
        return comparedTexts(asked.value, [left.file, right.file], running.begin(`text ${caseId}`));
      },
      'case.fleet': async ({ caseId }) => {
        const store = caseAt(caseId);
        return store.ok ? caseFleet(store.value, analysisOf, running.begin(`fleet ${caseId}`)) : store;
      },
    },
    close: async () => running.end(),
  };
}

/** @param begin called once it is known that there is something to compare; its signal ends the comparison. */
export async function compareInCase(
  { caseAt, analysisOf }: CompareDeskOptions,
  input: MethodArguments<'compare.run'>,
  begin: () => AbortSignal,
): Promise<Result<Comparison>> {
  const store = caseAt(input.caseId);
  if (!store.ok) return store;
  const asked = askedBundles(store.value, input);
  if (!asked.ok) return asked;
  const signal = begin();
  const analysis = await analysisOf(store.value);
  return analysis.ok ? compared(asked.value, input.affected, analysis.value, signal) : analysis;
}

/** One comparison of each kind runs in a case for the screen: who asks again no longer wants the answer before. */
class Running {
  readonly #last = new Map<string, AbortController>();

  begin(key: string): AbortSignal {
    this.#last.get(key)?.abort();
    const controller = new AbortController();
    this.#last.set(key, controller);
    return controller.signal;
  }

  end(): void {
    for (const controller of this.#last.values()) controller.abort();
    this.#last.clear();
  }
}

function askedBundles(
  store: CaseStore,
  { bundles, affected }: Pick<MethodArguments<'compare.run'>, 'bundles' | 'affected'>,
): Result<readonly BundleRef[]> {
  const distinct = [...new Set(bundles)];
  if (distinct.length < 2) return fail('wrong-usage', 'two bundles at least are compared', 'bundles');
  const stranger = affected.find((one) => !distinct.includes(one));
  if (stranger !== undefined) {
    return fail('wrong-usage', 'a bundle that is not compared cannot be the affected one', stranger);
  }
  return refsOf(store, distinct);
}

function refsOf(store: CaseStore, bundles: readonly BundleId[]): Result<readonly BundleRef[]> {
  const refs: BundleRef[] = [];
  for (const id of bundles) {
    const reader = store.bundle(id);
    if (reader === null) return fail('not-found', 'no such bundle in this case', id);
    refs.push(bundleRef(store, reader));
  }
  return ok(refs);
}

async function compared(
  bundles: readonly BundleRef[],
  affected: readonly BundleId[],
  { findings, causes, coverage }: Analysis,
  signal: AbortSignal,
): Promise<Result<Comparison>> {
  const analysis = { findings, causes, coverage };
  const output = await inWorker({ want: 'compare', bundles, affected, analysis }, signal);
  if (!output.ok) return output;
  return output.value.want === 'compare'
    ? ok(output.value.comparison)
    : fail('internal', 'the worker answered another task');
}

async function comparedTexts(
  bundles: readonly BundleRef[],
  [left, right]: readonly [string, string],
  signal: AbortSignal,
): Promise<Result<TextComparison>> {
  const output = await inWorker({ want: 'compare-text', bundles, left, right }, signal);
  if (!output.ok) return output;
  return output.value.want === 'compare-text'
    ? ok(output.value.texts)
    : fail('internal', 'the worker answered another task');
}

function inWorker(task: CorrelateTask, signal: AbortSignal): Promise<Result<CorrelateTaskOutput>> {
  return runInWorker<CorrelateTask, CorrelateTaskOutput>('correlate', task, { signal });
}
