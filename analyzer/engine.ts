/** The engine: the contract's methods over cases, jobs and workers. Every host talks to this and nothing below it. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type * as z from 'zod';
import {
  type CaseSummary,
  CONTRACT,
  type EventName,
  type EventPayload,
  isMethodName,
  type MethodArguments,
  type MethodInput,
  type MethodName,
  type MethodOutput,
} from './contract/contract.ts';
import type { Engine } from './contract/engine-api.ts';
import { fail, ok, type Result, toFailure } from './core/failure.ts';
import { CaseId } from './core/ids.ts';
import { packageFile, sampleArchive } from './core/resources.ts';
import { type Analysis, type Finding, severityRank } from './core/vocabulary.ts';
import { AnalysisDesk } from './jobs/analysis-desk.ts';
import { overrideClock } from './jobs/clock-desk.ts';
import { compareDesk } from './jobs/compare-desk.ts';
import { correlateDesk } from './jobs/correlate-desk.ts';
import { fileDesk } from './jobs/file-desk.ts';
import { importInto } from './jobs/import-job.ts';
import { JobTable } from './jobs/job-table.ts';
import { Later, laterHandlers } from './jobs/later.ts';
import { NetworkDesk } from './jobs/network-desk.ts';
import { notebookHandlers } from './jobs/notebook-desk.ts';
import { readRecentCases, rememberCase } from './jobs/recent-cases.ts';
import { SearchDesk } from './jobs/search-desk.ts';
import { searchHandlers } from './jobs/search-handlers.ts';
import { SettingsDesk } from './jobs/settings-desk.ts';
import { timedLines } from './jobs/timed-lines.ts';
import { TimelineDesk } from './jobs/timeline-desk.ts';
import { dismissWorkers } from './jobs/worker-job.ts';
import { type CaseStore, isCaseFolder, openCase } from './store/case-store.ts';

export interface EngineOptions {
  /** Where cases made without a folder of their own are kept. */
  readonly casesFolder: string;
  /** Where the list of recent cases is kept; null keeps none (command line). */
  readonly stateFolder: string | null;
  /** Where the settings of the machine are kept, when it is not the state folder; null: nowhere. */
  readonly settingsFolder?: string | null;
  /** Folders with rules that hold for this engine alone, beside those of the settings. */
  readonly ruleFolders?: readonly string[];
}

/** By then the threads of an import are at work, and the engine's waits. */
const PREPARE_AFTER_MS = 300;
/** The threads of searches start once the case is on the screen. */
const WARM_AFTER_MS = 500;

/** Methods whose code an import does not need. */
const RUNBOOK_METHODS = ['runbooks.list', 'runbooks.get', 'runbooks.run'] as const;
const REPORT_METHODS = [
  'report.templates',
  'report.draft',
  'report.keepDraft',
  'report.redaction',
  'report.pack',
  'report.build',
  'report.profiles',
  'report.verify',
  'report.unredact',
  'pin.list',
  'pin.set',
  'pin.remove',
] as const;

type Handlers = { [M in MethodName]: (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>> };
type Listeners = { [E in EventName]: Set<(payload: EventPayload<E>) => void> };

/** @returns the version in package.json. */
function engineVersion(): string {
  return (JSON.parse(readFileSync(packageFile(), 'utf8')) as { version: string }).version;
}

/** Starts nothing by itself: files are opened and workers started by the calls. */
export function createEngine(options: EngineOptions): Engine {
  const listeners: Listeners = {
    onDidChangeJob: new Set(),
    onDidChangeCase: new Set(),
    onDidProgressSearch: new Set(),
  };
  const emit = <E extends EventName>(event: E, payload: EventPayload<E>) => {
    for (const listener of listeners[event]) listener(payload);
  };
  const version = engineVersion();
  const open = new Map<CaseId, CaseStore>();
  const jobs = new JobTable((job) => emit('onDidChangeJob', job));
  const settings = new SettingsDesk(
    options.settingsFolder === undefined ? options.stateFolder : options.settingsFolder,
    options.ruleFolders,
  );
  const analyses = new AnalysisDesk(jobs, version, () => settings.ruleFolders());
  const networks = new NetworkDesk();
  const searches = new SearchDesk((store) => analyses.analysis(store));

  const caseAt = (id: CaseId): Result<CaseStore> => {
    const key = CaseId.parse(path.resolve(id));
    const known = open.get(key);
    if (known !== undefined) return ok(known);
    const opened = openCase(key, 'existing');
    if (opened.ok) open.set(key, opened.value);
    return opened;
  };
  const files = fileDesk(caseAt);
  const analysisOf = (store: CaseStore) => analyses.analysis(store);
  const timelines = new TimelineDesk();
  const correlations = correlateDesk({ caseAt, analysisOf, searches, ruleFolders: () => settings.ruleFolders() });
  const comparisons = compareDesk({ caseAt, analysisOf });
  const countRules = async () => (await import('./jobs/rule-shelf.ts')).ruleShelf(settings.ruleFolders()).rules.length;
  const reports = new Later(async () =>
    (await import('./jobs/report-desk.ts')).reportDesk({
      caseAt,
      analysisOf,
      version,
      rules: countRules,
      ask: (method, input) => engine.call(method, input as MethodInput<typeof method>),
    }),
  );
  const runbooks = new Later(async () =>
    (await import('./jobs/runbook-desk.ts')).runbookHandlers({
      analyses,
      searches,
      correlate: correlations.correlate,
      jobs,
      caseAt,
      ownFolders: () => settings.current().runbookFolders,
    }),
  );
  const inCase = async <T>(
    { caseId }: { readonly caseId: CaseId },
    work: (store: CaseStore) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const store = caseAt(caseId);
    return store.ok ? work(store.value) : store;
  };
  const createCase = (dir: string, title: string | null): Result<CaseStore> => {
    const key = CaseId.parse(path.resolve(dir));
    const known = open.get(key);
    if (known !== undefined) return ok(known);
    const opened = openCase(key, 'create', title);
    if (opened.ok) open.set(key, opened.value);
    return opened;
  };
  const remember = (store: CaseStore, analysis: Analysis | null) => {
    if (options.stateFolder === null) return;
    const worst = analysis?.findings.find((finding) => finding.id === analysis.verdict.cause);
    rememberCase(options.stateFolder, CaseId.parse(store.dir), {
      title: store.title,
      bundles: store.bundles().length,
      nodes: [...new Set(store.bundles().flatMap((reader) => reader.bundle.node ?? []))],
      ...(analysis === null ? {} : { verdict: analysis.verdict.sentence, severity: worst?.severity ?? null }),
    });
  };
  const warmSearches = (store: CaseStore) => {
    try {
      searches.warm(store);
    } catch {
      // Told by the search that needs it.
    }
  };
  const startImport = (store: CaseStore, input: Omit<MethodArguments<'case.import'>, 'caseId'>) => {
    const title = input.paths.length === 1 ? path.basename(input.paths[0] as string) : `${input.paths.length} archives`;
    const caseId = CaseId.parse(store.dir);
    // What was imported is analysed next.
    setTimeout(() => analyses.prepare(), PREPARE_AFTER_MS).unref();
    return jobs.start('import', `Import ${title}`, caseId, async (context) =>
      importInto(store, { ...input, limits: settings.importLimits() }, context, () => {
        remember(store, null);
        emit('onDidChangeCase', { caseId });
      }),
    );
  };
  const analysed = async (caseId: CaseId): Promise<Result<Analysis>> => {
    const store = caseAt(caseId);
    if (!store.ok) return store;
    const analysis = await analyses.analysis(store.value);
    if (analysis.ok) remember(store.value, analysis.value);
    return analysis;
  };

  const handlers: Handlers = {
    'engine.about': async () =>
      ok({
        version,
        runtime: `Node ${process.versions.node}`,
        casesFolder: options.casesFolder,
        rules: await countRules(),
        analyzers: (await import('./analyzers/registry.ts')).ANALYZERS.length,
      }),
    'case.recent': async () =>
      ok(
        options.stateFolder === null ? [] : readRecentCases(options.stateFolder).filter((one) => isCaseFolder(one.id)),
      ),
    'case.create': async ({ dir, title }) => {
      const store = createCase(dir ?? path.join(options.casesFolder, newCaseName()), title);
      return store.ok ? ok(summaryOf(store.value)) : store;
    },
    'case.open': async ({ caseId }) => {
      const store = caseAt(caseId);
      if (!store.ok) return store;
      store.value.refresh();
      remember(store.value, null);
      // A host that remembers cases is one that people search in.
      if (options.stateFolder !== null && store.value.bundles().length > 0) {
        setTimeout(() => warmSearches(store.value), WARM_AFTER_MS).unref();
      }
      return ok(summaryOf(store.value));
    },
    'case.sample': async () => {
      const store = createCase(path.join(options.casesFolder, 'sample'), 'Sample case');
      if (!store.ok) return store;
      const job =
        store.value.bundles().length > 0
          ? null
          : startImport(store.value, { paths: [sampleArchive()], node: null, layout: null, mark: null });
      remember(store.value, null);
      return ok({ case: summaryOf(store.value), job });
    },
    'case.import': async ({ caseId, ...request }) => {
      if (request.layout !== null) {
        // Read only when one is named: an import has not begun yet.
        const known = (await import('./layouts/definitions.ts')).layoutDefinitions();
        if (!known.has(request.layout)) {
          const advice = `Choose one of ${[...known.keys()].join(', ')}.`;
          return fail('wrong-usage', `there is no layout ${request.layout}`, 'layout', advice);
        }
      }
      const store = caseAt(caseId);
      return store.ok ? ok({ job: startImport(store.value, request) }) : store;
    },
    'case.analysis': async ({ caseId }) => analysed(caseId),
    'finding.list': async ({ caseId, severity, node, rule }) => {
      const analysis = await analysed(caseId);
      if (!analysis.ok) return analysis;
      const wanted = (finding: Finding) =>
        (severity === null || severityRank(finding.severity) >= severityRank(severity)) &&
        (node === null || finding.node === node) &&
        (rule === null || finding.rule === rule);
      return ok(analysis.value.findings.filter(wanted));
    },
    'finding.get': async ({ caseId, finding }) => {
      const analysis = await analysed(caseId);
      if (!analysis.ok) return analysis;
      const found = analysis.value.findings.find((one) => one.id === finding);
      return found === undefined ? fail('not-found', `no finding ${finding} in this case`) : ok(found);
    },
    'file.list': async ({ caseId }) => {
      const store = caseAt(caseId);
      return store.ok ? ok(store.value.bundles().flatMap((reader) => reader.files())) : store;
    },
    'file.lines': async ({ caseId, bundle, file, from, count }) => {
      const store = caseAt(caseId);
      if (!store.ok) return store;
      const reader = store.value.bundle(bundle);
      const source = reader?.fileByPath(file) ?? null;
      if (reader === null || source === null) return fail('not-found', `no file ${file} in this bundle`, file);
      if (source.format === 'binary') return fail('not-found', `${file} is binary: it has no lines`, file);
      return ok({ file: source, lines: [...timedLines(reader, source, from, count)] });
    },
    ...files.handlers,
    ...notebookHandlers(caseAt),
    'clock.overrides': async (input) => inCase(input, async (store) => ok(store.overrides())),
    'clock.override': async (input) =>
      inCase(input, async (store) => {
        const done = overrideClock(store, input.override);
        if (done.ok) emit('onDidChangeCase', { caseId: CaseId.parse(store.dir) });
        return done;
      }),
    'clock.restore': async (input) =>
      inCase(input, async (store) => {
        const gone = store.removeOverrides(input.overrides ?? 'all');
        if (gone.length > 0) emit('onDidChangeCase', { caseId: CaseId.parse(store.dir) });
        return ok(gone);
      }),
    ...searchHandlers(searches, inCase, (progress) => emit('onDidProgressSearch', progress)),
    'chains.analyze': async ({ caseId, node }) => {
      const store = caseAt(caseId);
      return store.ok ? analyses.chains(store.value, node) : store;
    },
    'network.services': async (input) =>
      inCase(input, async (store) => networks.askAll(store, 'services', input, await analyses.analysis(store))),
    'network.graph': async (input) =>
      inCase(input, async (store) => networks.askOne(store, 'graph', input, await analyses.analysis(store))),
    'network.names': async (input) => inCase(input, (store) => networks.askAll(store, 'names', input)),
    'network.trace': async (input) => inCase(input, (store) => networks.askOne(store, 'trace', input)),
    'network.traceFlows': async (input) => inCase(input, (store) => networks.askOne(store, 'traceFlows', input)),
    'network.lookup': async (input) => inCase(input, (store) => networks.askAll(store, 'lookup', input)),
    'network.chains': async (input) => inCase(input, (store) => networks.askAll(store, 'chains', input)),
    'network.chain': async (input) => inCase(input, (store) => networks.askOne(store, 'chain', input)),
    'kubeProxy.check': async ({ caseId, node, podIp }) => {
      const store = caseAt(caseId);
      return store.ok ? analyses.check(store.value, node, podIp) : store;
    },
    ...laterHandlers(RUNBOOK_METHODS, () => runbooks.get()),
    ...timelines.handlers(caseAt, analysisOf),
    ...correlations.handlers,
    ...comparisons.handlers,
    ...laterHandlers(REPORT_METHODS, async () => (await reports.get()).handlers),
    'settings.get': async () => ok(settings.answer()),
    'settings.set': async (input) => settings.set(input),
    'rules.list': async () => ok(await settings.rules()),
    'job.list': async () => ok([...jobs.list()]),
    'job.cancel': async ({ job }) => {
      const found = jobs.cancel(job);
      return found === null ? fail('not-found', `no job ${job}`) : ok(found);
    },
    'job.wait': async ({ job }) => {
      const found = await jobs.wait(job);
      return found === null ? fail('not-found', `no job ${job}`) : ok(found);
    },
  };

  let state: 'open' | 'closed' = 'open';
  const engine: Engine = {
    async call(method, input) {
      // It would open a case again that nobody closes, or start a job that nobody waits for.
      if (state === 'closed') return fail('cancelled', 'cancelled');
      if (!isMethodName(method)) return fail('wrong-usage', `there is no method ${String(method)}`);
      const parsed = CONTRACT[method].input.safeParse(input) as z.ZodSafeParseResult<MethodArguments<typeof method>>;
      if (!parsed.success) {
        const first = parsed.error.issues[0];
        return fail('wrong-usage', `${method}: ${first?.path.join('.') ?? ''} ${first?.message ?? ''}`.trim());
      }
      try {
        const handler = handlers[method] as (input: unknown) => Promise<Result<MethodOutput<typeof method>>>;
        return await handler(parsed.data);
      } catch (error) {
        return { ok: false, failure: toFailure(error) };
      }
    },
    on(event, listener) {
      listeners[event].add(listener);
      return () => listeners[event].delete(listener);
    },
    async close() {
      state = 'closed';
      // A report ends when the answers that it asked for have: they are cancelled by what is closed after it.
      const reportsEnded = (await reports.known())?.close();
      await files.close();
      await timelines.close();
      await correlations.close();
      await comparisons.close();
      await searches.close();
      await networks.close();
      await jobs.close();
      await reportsEnded;
      await dismissWorkers();
      for (const store of open.values()) store.close();
      open.clear();
    },
  };
  return engine;
}

function summaryOf(store: CaseStore): CaseSummary {
  return {
    id: CaseId.parse(store.dir),
    title: store.title,
    bundles: store.bundles().map((reader) => reader.bundle),
    unreadable: [...store.unreadable],
  };
}

function newCaseName(): string {
  return `${new Date().toISOString().slice(0, 19).replaceAll(':', '')}-${randomUUID().slice(0, 8)}`;
}
