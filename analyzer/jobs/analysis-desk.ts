/** The engine's side of analysis: asks the worker only for what is not yet concluded, and keeps the answers in the case. */
import { createHash } from 'node:crypto';
import type { ChainsAnswer, KubeProxyCheck } from '../contract/contract.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { fail, ok, type Result, toFailure } from '../core/failure.ts';
import { type BundleId, CaseId } from '../core/ids.ts';
import { type Analysis, NodeAnalysis } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import { bundlesNotOpened } from './analysis-not-opened.ts';
import type { AnalysisTask, AnalysisTaskOutput } from './analysis-task.ts';
import { type BundleRef, bundleRef, bundleRefs } from './bundle-ref.ts';
import { engineFingerprint } from './fingerprint.ts';
import type { JobEnd, JobTable } from './job-table.ts';
import { ownRulesFingerprint } from './own-rule-files.ts';
import { runInWorker } from './worker-job.ts';

export class AnalysisDesk {
  readonly #jobs: JobTable;
  readonly #version: string;
  readonly #ruleFolders: () => readonly string[];
  /** Last analysis by case folder, valid while the case holds the same bundles, read with the same clocks and rules. */
  readonly #latest = new Map<string, { readonly of: string; readonly analysis: Promise<Result<Analysis>> }>();
  #madeBy: string | null = null;

  /** @param ruleFolders the user's own, as they are set now. */
  constructor(jobs: JobTable, version: string, ruleFolders: () => readonly string[] = () => []) {
    this.#jobs = jobs;
    this.#version = version;
    this.#ruleFolders = ruleFolders;
  }

  /** Works out beforehand what kept analyses are told apart by, while what is to be analysed is still being imported. */
  prepare(): void {
    try {
      this.#engineAndRules();
    } catch {
      // Told by the analysis that needs it.
    }
  }

  #engineAndRules(): string {
    this.#madeBy ??= `${this.#version} ${engineFingerprint()}`;
    return this.#madeBy;
  }

  /**
   * @returns the analysis of the whole case. Several callers at once share one worker; of a case that changed meanwhile it begins
   *   when the one before it has ended, which leaves it only what is new.
   */
  analysis(store: CaseStore): Promise<Result<Analysis>> {
    const ruleFolders = this.#ruleFolders();
    const ownRules = ownRulesFingerprint(ruleFolders);
    const refs = bundleRefs(store);
    const of = JSON.stringify([ownRules, refs, bundlesNotOpened(store)]);
    const latest = this.#latest.get(store.dir);
    if (latest?.of === of) return latest.analysis;
    const analysis = (latest?.analysis ?? Promise.resolve())
      .then(() => this.#analyse(store, ruleFolders, ownRules))
      .catch((error: unknown): Result<Analysis> => ({ ok: false, failure: toFailure(error) }));
    const entry = { of, analysis };
    this.#latest.set(store.dir, entry);
    void analysis.then((result) => {
      if (!result.ok && this.#latest.get(store.dir) === entry) this.#latest.delete(store.dir);
    });
    return analysis;
  }

  /** @param node null = every node of the case. */
  async chains(store: CaseStore, node: string | null): Promise<Result<readonly ChainsAnswer[]>> {
    const bundles = bundlesOf(store, node);
    if (!bundles.ok) return bundles;
    const output = await runInWorker<AnalysisTask, AnalysisTaskOutput>('analysis', {
      want: 'chains',
      bundles: bundles.value,
    });
    if (!output.ok) return output;
    return output.value.want === 'chains'
      ? ok(output.value.answers)
      : fail('internal', 'the worker answered another task');
  }

  async check(store: CaseStore, node: string | null, podIp: string | null): Promise<Result<readonly KubeProxyCheck[]>> {
    const bundles = bundlesOf(store, node);
    return bundles.ok ? this.checkBundles(bundles.value, podIp) : bundles;
  }

  async checkBundles(
    bundles: readonly BundleRef[],
    podIp: string | null,
    signal?: AbortSignal,
  ): Promise<Result<readonly KubeProxyCheck[]>> {
    const task: AnalysisTask = { want: 'check', bundles, podIp };
    const options = signal === undefined ? {} : { signal };
    const output = await runInWorker<AnalysisTask, AnalysisTaskOutput>('analysis', task, options);
    if (!output.ok) return output;
    return output.value.want === 'check'
      ? ok(output.value.answers)
      : fail('internal', 'the worker answered another task');
  }

  async #analyse(store: CaseStore, ruleFolders: readonly string[], ownRules: string): Promise<Result<Analysis>> {
    const engine = this.#engineAndRules();
    const maker = ownRules === '' ? engine : `${engine} ${ownRules}`;
    const madeBy = new Map(
      store.bundles().map((reader) => [reader.bundle.id, `${maker}${clocksOf(store, reader)}`] as const),
    );
    const known = [...madeBy].flatMap(([bundle, maker]) => {
      const kept = NodeAnalysis.safeParse(store.analysisOf(bundle, maker));
      return kept.success ? [kept.data] : [];
    });
    const bundles = bundlesOf(store, null);
    let result: Result<Analysis> = fail('internal', 'the analysis did not run');
    const id = this.#jobs.start('analysis', `Analyse ${store.title}`, CaseId.parse(store.dir), async (context) => {
      const output = bundles.ok
        ? await runInWorker<AnalysisTask, AnalysisTaskOutput>(
            'analysis',
            { want: 'analysis', bundles: bundles.value, notOpened: bundlesNotOpened(store), known, ruleFolders },
            { signal: context.signal, onProgress: context.progress },
          )
        : bundles;
      result = this.#keep(store, { madeBy, ownRules }, output);
      return jobEnd(result);
    });
    await this.#jobs.wait(id);
    return result;
  }

  #keep(
    store: CaseStore,
    { madeBy, ownRules }: { readonly madeBy: ReadonlyMap<BundleId, string>; readonly ownRules: string },
    output: Result<AnalysisTaskOutput>,
  ): Result<Analysis> {
    if (!output.ok) return output;
    if (output.value.want !== 'analysis') return fail('internal', 'the worker answered another task');
    // Rules that changed while it ran concluded something else than is written down here.
    if (output.value.ownRules !== ownRules) return ok(output.value.analysis);
    for (const node of output.value.fresh) {
      const maker = madeBy.get(node.bundle);
      if (maker !== undefined && isWhole(node)) keepIfPossible(store, maker, node);
    }
    return ok(output.value.analysis);
  }
}

/** A check fails when its bundle is damaged: the archive imported again is the same bundle, and must not be told as damaged. */
function isWhole({ outcomes }: NodeAnalysis): boolean {
  return outcomes.every(({ outcome }) => outcome.outcome !== 'failed');
}

/** What cannot be kept (the disk is full, the case file damaged) is concluded anew the next time. */
function keepIfPossible(store: CaseStore, maker: string, node: NodeAnalysis): void {
  try {
    store.keepAnalysis(node.bundle, maker, node);
  } catch {
    // The analysis itself is there.
  }
}

/** Times depend on what the engineer says about clocks, so conclusions do. */
function clocksOf(store: CaseStore, reader: BundleReader): string {
  const said = store
    .overridesOf(reader)
    .map(({ what, value, file, node, bundle }) => [what, value, file, node, bundle]);
  return said.length === 0 ? '' : ` ${createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16)}`;
}

function jobEnd(result: Result<Analysis>): JobEnd {
  if (result.ok) {
    const count = result.value.findings.length;
    const outcome = `Analysed: ${count} finding${count === 1 ? '' : 's'}.`;
    return { state: 'done', outcome, failure: null };
  }
  const cancelled = result.failure.code === 'cancelled';
  return {
    state: cancelled ? 'cancelled' : 'failed',
    outcome: result.failure.message,
    failure: cancelled ? null : result.failure,
  };
}

/** @returns the bundles of a node, or of the whole case; fails naming the nodes there are. */
export function bundlesOf(store: CaseStore, node: string | null): Result<readonly BundleRef[]> {
  const chosen = store.bundles().filter(({ bundle }) => node === null || bundle.node === node);
  if (chosen.length === 0 && node !== null) {
    const names = [...new Set(store.bundles().map(({ bundle }) => bundle.node ?? 'unnamed'))].join(', ');
    return fail('not-found', `no bundle of node ${node} in this case`, node, `Nodes here: ${names}.`);
  }
  return ok(chosen.map((reader) => bundleRef(store, reader)));
}
