/** The engine's side of runbooks: which there are, which fit a case, and running one. */
import { ANALYZERS } from '../analyzers/registry.ts';
import type { MethodArguments, MethodName, MethodOutput } from '../contract/contract.ts';
import { fail, ok, type Result, toFailure } from '../core/failure.ts';
import { CaseId } from '../core/ids.ts';
import { didYouMean } from '../core/nearest.ts';
import { dataFolder } from '../core/resources.ts';
import type { RunbookHead, RunbookResult } from '../core/runbook.ts';
import { type Analysis, severityRank } from '../core/vocabulary.ts';
import { leadsTo } from '../runbooks/conditions.ts';
import { type FoundRunbook, type LoadedRunbooks, RunbookShelf } from '../runbooks/loader.ts';
import { kindOf, type Runbook, stepsOf } from '../runbooks/runbook.ts';
import type { CaseStore } from '../store/case-store.ts';
import type { AnalysisDesk } from './analysis-desk.ts';
import { bundleRef } from './bundle-ref.ts';
import type { Correlate } from './correlate-desk.ts';
import type { JobEnd, JobTable } from './job-table.ts';
import { RunbookCase } from './runbook-case.ts';
import { runRunbook } from './runbook-run.ts';
import { suggestionsOf } from './runbook-suggest.ts';
import type { SearchDesk } from './search-desk.ts';
import { shippedRules } from './shipped-rules.ts';

type RunbookMethod = Extract<MethodName, `runbooks.${string}`>;
export type RunbookHandlers = {
  readonly [M in RunbookMethod]: (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>>;
};

export interface RunbookDeskParts {
  readonly analyses: AnalysisDesk;
  readonly searches: SearchDesk;
  readonly correlate: Correlate;
  readonly jobs: JobTable;
  /** Opens a case. */
  readonly caseAt: (id: CaseId) => Result<CaseStore>;
  /** Folders of the settings. */
  readonly ownFolders: () => readonly string[];
}

export function runbookHandlers(parts: RunbookDeskParts): RunbookHandlers {
  const desk = new RunbookDesk(parts);
  return {
    'runbooks.list': (input) => desk.list(input),
    'runbooks.get': (input) => desk.get(input),
    'runbooks.run': (input) => desk.run(input),
  };
}

class RunbookDesk {
  readonly #parts: RunbookDeskParts;
  readonly #shelf = new RunbookShelf();

  constructor(parts: RunbookDeskParts) {
    this.#parts = parts;
  }

  async list({ caseId, folders }: MethodArguments<'runbooks.list'>): Promise<Result<MethodOutput<'runbooks.list'>>> {
    const loaded = await this.#load(folders);
    const broken = loaded.broken.map(({ file, origin, mistakes }) => ({ file, origin, mistakes: [...mistakes] }));
    const plain = loaded.runbooks.map((found) => ({ runbook: headOf(found), suggested: [] }));
    if (caseId === null) return ok({ runbooks: plain, broken, notSuggested: null });
    const store = this.#parts.caseAt(caseId);
    if (!store.ok) return store;
    const analysis = await this.#parts.analyses.analysis(store.value);
    if (!analysis.ok) {
      if (analysis.failure.code === 'cancelled') return analysis;
      return ok({ runbooks: plain, broken, notSuggested: analysis.failure.message });
    }
    const suggested = await suggestionsOf(loaded.runbooks, analysis.value, store.value, this.#parts.searches);
    const runbooks = suggested.map(({ found, reasons }) => ({ runbook: headOf(found), suggested: [...reasons] }));
    return ok({ runbooks, broken, notSuggested: null });
  }

  async get({ runbook, folders }: MethodArguments<'runbooks.get'>): Promise<Result<MethodOutput<'runbooks.get'>>> {
    const found = this.#find(await this.#load(folders), runbook);
    if (!found.ok) return found;
    const { phases, context, escalation, safetyRatings, commonIssues } = found.value.runbook;
    return ok({
      runbook: headOf(found.value),
      context,
      phases: phases.map(({ title, steps }) => ({
        title,
        steps: steps.map(({ id, depth, level, action, text }) => ({ id, depth, level, kind: kindOf(action), text })),
      })),
      escalation: escalation.map(({ condition }) => condition),
      safetyRatings: [...safetyRatings],
      commonIssues: commonIssues.map(({ symptoms, diagnosis, resolution, safety }) => ({
        symptoms,
        diagnosis,
        resolution,
        safety,
      })),
    });
  }

  async run({
    caseId,
    runbook,
    bundle,
    folders,
  }: MethodArguments<'runbooks.run'>): Promise<Result<MethodOutput<'runbooks.run'>>> {
    const store = this.#parts.caseAt(caseId);
    if (!store.ok) return store;
    const found = this.#find(await this.#load(folders), runbook);
    if (!found.ok) return found;
    const { analyses, searches, correlate, jobs } = this.#parts;
    let result: Result<RunbookResult> = fail('internal', 'the runbook did not run');
    const title = `Runbook ${found.value.runbook.title}`;
    const id = jobs.start('runbook', title, CaseId.parse(store.value.dir), async ({ signal, progress }) => {
      try {
        result = await this.#runFound(
          store.value,
          found.value,
          bundle,
          { analyses, searches, correlate },
          signal,
          progress,
        );
      } catch (error) {
        result = { ok: false, failure: toFailure(error) };
      }
      return jobEnd(result);
    });
    await jobs.wait(id);
    return result;
  }

  async #runFound(
    store: CaseStore,
    found: FoundRunbook,
    wanted: MethodArguments<'runbooks.run'>['bundle'],
    { analyses, searches, correlate }: Pick<RunbookDeskParts, 'analyses' | 'searches' | 'correlate'>,
    signal: AbortSignal,
    onProgress: Parameters<typeof runRunbook>[1]['onProgress'],
  ): Promise<Result<RunbookResult>> {
    const cancelled = fail('cancelled', 'cancelled');
    const asked = untilAborted(analyses.analysis(store), signal);
    const analysis = (await asked) ?? cancelled;
    if (!analysis.ok) return analysis;
    const chosen = chosenBundle(store, found.runbook, analysis.value, wanted);
    if (!chosen.ok) return chosen;
    const { reader, because } = chosen.value;
    const of = new RunbookCase({
      store,
      reader,
      analysis: analysis.value,
      runbook: found.runbook,
      searches,
      correlate,
      check: () => analyses.checkBundles([bundleRef(store, reader)], null, signal),
      known: knownIds(analysis.value),
      signal,
    });
    return ok(await runRunbook(of, { head: headOf(found), because, signal, onProgress }));
  }

  #load(folders: readonly string[]): Promise<LoadedRunbooks> {
    const own = [...folders, ...this.#parts.ownFolders()].map((path) => ({ path, origin: 'own' }) as const);
    return this.#shelf.load([...own, { path: dataFolder('runbooks'), origin: 'shipped' }]);
  }

  #find({ runbooks, broken }: LoadedRunbooks, name: string): Result<FoundRunbook> {
    const found = runbooks.find((one) => one.runbook.id === name || one.path === name);
    if (found !== undefined) return ok(found);
    const bad = broken.find(({ file }) => file === name);
    if (bad !== undefined) {
      const [first] = bad.mistakes;
      const where = `${name}:${first?.line ?? 1}:${first?.column ?? 1}`;
      return fail('wrong-usage', first?.message ?? 'this is no runbook', where);
    }
    const ids = runbooks.map(({ runbook }) => runbook.id);
    return fail(
      'not-found',
      `there is no runbook ${name}`,
      name,
      didYouMean(name, ids) ?? `There are ${ids.join(', ')}.`,
    );
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return null;
  let abort = (): void => undefined;
  const aborted = new Promise<null>((resolve) => {
    abort = () => resolve(null);
    signal.addEventListener('abort', abort, { once: true });
  });
  const first = await Promise.race([work, aborted]);
  signal.removeEventListener('abort', abort);
  return first;
}

type Chosen = { readonly reader: ReturnType<CaseStore['bundles']>[number]; readonly because: string };

/** Without a wish the bundle with the first finding (causes come first) that leads to the runbook. */
function chosenBundle(
  store: CaseStore,
  runbook: Runbook,
  analysis: Analysis,
  wanted: MethodArguments<'runbooks.run'>['bundle'],
): Result<Chosen> {
  const readers = store.bundles();
  const [only] = readers;
  if (only === undefined) return fail('wrong-usage', 'this case holds no bundle');
  if (wanted !== null) {
    const reader = store.bundle(wanted);
    if (reader === null) return fail('not-found', 'no such bundle in this case', wanted);
    return ok({ reader, because: 'it was asked for' });
  }
  if (readers.length === 1) return ok({ reader: only, because: 'it is the only bundle of the case' });
  const suspect = readers.filter(({ bundle }) => !bundle.markedHealthy);
  const of = (id: string) => suspect.find(({ bundle }) => bundle.id === id);
  const tied = analysis.findings
    .filter((one) => leadsTo(one, runbook) && severityRank(one.severity) >= severityRank('medium'))
    .find(({ bundle }) => of(bundle) !== undefined);
  const first = tied ?? analysis.findings.find(({ bundle }) => of(bundle) !== undefined);
  const reader = first === undefined ? undefined : of(first.bundle);
  if (reader !== undefined) {
    const because = tied === undefined ? 'it has the first finding of the case' : `it has: ${first?.title}`;
    return ok({ reader, because });
  }
  return ok({ reader: suspect[0] ?? only, because: 'it is the first bundle that is not marked healthy' });
}

/** Rules of the engineer's own are known by how they ended. */
function knownIds({ coverage, findings }: Analysis): ReadonlySet<string> {
  return new Set([
    ...shippedRules().rules.map(({ id }) => id),
    ...ANALYZERS.map(({ id }) => id),
    ...coverage.analyzers.map(({ id }) => id),
    ...findings.map(({ rule }) => rule),
  ]);
}

function headOf({ runbook, origin, file }: FoundRunbook): RunbookHead {
  const { id, title, description, severity, owner, objective, status, form, triggers } = runbook;
  return {
    id,
    title,
    description,
    severity,
    owner,
    objective,
    status,
    form,
    origin,
    file,
    triggers: triggers.map(({ text }) => text),
    steps: stepsOf(runbook).length,
  };
}

function jobEnd(result: Result<RunbookResult>): JobEnd {
  if (result.ok) return { state: 'done', outcome: `Root cause: ${result.value.rootCause}.`, failure: null };
  const cancelled = result.failure.code === 'cancelled';
  return {
    state: cancelled ? 'cancelled' : 'failed',
    outcome: result.failure.message,
    failure: cancelled ? null : result.failure,
  };
}
