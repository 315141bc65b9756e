/** The open case and what is known of it. Every engine call that several screens share is made here. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import type { TimeWindow } from '../model/time-window.ts';
import type {
  About,
  Analysis,
  BundleId,
  CaseId,
  CaseSummary,
  Failure,
  JobId,
  Loadable,
  RecentCase,
  SourceFile,
} from '../model/types.ts';
import { isRunning, type JobsStore } from './jobs.ts';
import { lookingAgain } from './look-again.ts';
import { type NavigationStore, needsNoCase } from './navigation.ts';

export type EngineState = 'ready' | 'restarting' | 'lost';

/** Files on their way to the web host, before the import can start. */
export interface Upload {
  readonly names: readonly string[];
  readonly sent: number;
  readonly total: number;
}

export interface SessionState {
  readonly about: Loadable<About>;
  readonly engine: EngineState;
  readonly recent: Loadable<readonly RecentCase[]>;
  readonly openCase: CaseSummary | null;
  /** What is being opened, for the loading state; null when nothing is. */
  readonly opening: string | null;
  readonly analysis: Loadable<Analysis>;
  readonly files: Loadable<readonly SourceFile[]>;
  /** Bundles whose node is out of scope; the others are shown on every screen. */
  readonly hidden: ReadonlySet<BundleId>;
  /** The span of time looked at on every screen; all of it when null. */
  readonly window: TimeWindow | null;
  readonly upload: Upload | null;
  /** What the next import is of: a healthy node is the baseline that the others are held against. */
  readonly importMark: 'healthy' | null;
  /** The import that was started last, running or ended. */
  readonly lastImport: JobId | null;
  /** Why the last action could not be done. */
  readonly failure: Failure | null;
  readonly start: () => Promise<void>;
  readonly open: (id: CaseId, title: string) => Promise<void>;
  readonly openSample: () => Promise<void>;
  readonly closeCase: () => void;
  readonly importPaths: (paths: readonly string[]) => Promise<void>;
  readonly importFiles: (files: readonly File[]) => Promise<void>;
  readonly reload: () => Promise<void>;
  readonly loadAnalysis: () => Promise<void>;
  readonly toggleScope: (bundle: BundleId) => void;
  /** Looks at this node alone, or at all of them where it is looked at alone already. */
  readonly scopeTo: (bundle: BundleId) => void;
  readonly cancelJob: (job: JobId) => Promise<void>;
  readonly setImportMark: (mark: 'healthy' | null) => void;
  readonly setWindow: (window: TimeWindow | null) => void;
  readonly dismissFailure: () => void;
}

export type SessionStore = StoreApi<SessionState>;

/** Where a reload of the page finds the case it had open. */
const OPEN_CASE_KEY = 'coldcase.open-case';

/** A case that was made for an import that never came in: nothing is in it, not even a name. */
const neverUsed = (recent: RecentCase) =>
  recent.title === UNNAMED && recent.bundles === 0 && recent.nodes.length === 0 && recent.verdict === null;
/** What the engine calls a case until its first bundle names it. */
const UNNAMED = 'New case';

const CLOSED = {
  openCase: null,
  opening: null,
  analysis: { state: 'idle' },
  files: { state: 'idle' },
  hidden: new Set<BundleId>(),
  window: null,
  lastImport: null,
} as const;

/** @returns the store; `start` must be called once. */
export function createSession(
  bridge: Bridge,
  jobs: JobsStore,
  navigation: NavigationStore,
  storage: Storage,
): SessionStore {
  // Answers that arrive after another case was opened, or after a newer question, are dropped.
  let analysisAsked = 0;
  let filesAsked = 0;
  /** Loading of what the open case shows, the last that was begun. */
  let shown: Promise<unknown> = Promise.resolve();

  const store = createStore<SessionState>()((set, get) => {
    const show = (summary: CaseSummary) => {
      const same = get().openCase?.id === summary.id;
      set({ ...(same ? {} : CLOSED), openCase: summary, opening: null });
      storage.setItem(OPEN_CASE_KEY, summary.id);
      if (summary.bundles.length > 0) shown = Promise.all([get().loadAnalysis(), loadFiles()]);
    };
    const loadFiles = async () => {
      const id = get().openCase?.id;
      if (id === undefined) return;
      const asked = ++filesAsked;
      if (get().files.state !== 'ready') set({ files: { state: 'loading' } });
      const answer = await bridge.call('file.list', { caseId: id });
      if (asked !== filesAsked || get().openCase?.id !== id) return;
      set({
        files: answer.ok ? { state: 'ready', value: answer.value } : { state: 'failed', failure: answer.failure },
      });
    };
    const refreshRecent = async () => {
      const answer = await bridge.call('case.recent', {});
      set({
        recent: answer.ok
          ? { state: 'ready', value: answer.value.filter((one) => !neverUsed(one)) }
          : { state: 'failed', failure: answer.failure },
      });
    };
    const follow = async (job: JobId, caseId: CaseId) => {
      set({ lastImport: job });
      const ended = await jobs.getState().ended(job);
      void refreshRecent();
      if (get().openCase?.id !== caseId) return;
      await get().reload();
      const clean = ended.state === 'done' || ended.state === 'done-with-gaps';
      const allIn = ended.imports.every(({ outcome }) => outcome === 'imported' || outcome === 'already-imported');
      // Whoever has gone on to another screen is not pulled away; whoever has a failure to read, or another import
      // to watch, stays with it.
      const more = jobs.getState().jobs.some((other) => isRunning(other) && other.kind === 'import');
      if (clean && allIn && !more && navigation.getState().route.screen === 'start')
        navigation.getState().go({ screen: 'overview', params: {} });
    };

    /** @param into null makes a case; it is shown unless another one was opened meanwhile. */
    const importInto = async (into: CaseSummary | null, paths: readonly string[], mark: SessionState['importMark']) => {
      if (paths.length === 0) return;
      set({ failure: null });
      let summary = into;
      if (summary === null) {
        const made = await bridge.call('case.create', { title: null, dir: null });
        if (!made.ok) {
          set({ failure: made.failure });
          return;
        }
        summary = made.value;
        if (get().openCase === null) show(summary);
      }
      const { id: caseId } = summary;
      const answer = await bridge.call('case.import', { caseId, paths: [...paths], node: null, layout: null, mark });
      if (!answer.ok) {
        set({ failure: answer.failure });
        return;
      }
      if (get().importMark === mark) set({ importMark: null });
      await follow(answer.value.job, caseId);
    };

    /** The shell asks for a case by the route `#/start?open=sample` or `#/start?open=<case id>`. */
    const openAsked = async (): Promise<'none' | 'opened'> => {
      const { screen, params } = navigation.getState().route;
      if (screen !== 'start' || params.open === undefined) return 'none';
      navigation.getState().replace({ screen: 'start', params: {} });
      if (params.open === 'sample') await get().openSample();
      else {
        await get().open(params.open as CaseId, params.open);
        const running = jobs.getState().jobs.findLast((job) => job.kind === 'import' && job.caseId === params.open);
        if (running !== undefined) await follow(running.id, running.caseId);
      }
      return 'opened';
    };

    return {
      ...CLOSED,
      about: { state: 'idle' },
      engine: 'ready',
      recent: { state: 'idle' },
      upload: null,
      importMark: null,
      failure: null,
      start: async () => {
        set({ about: { state: 'loading' }, recent: { state: 'loading' } });
        const before = storage.getItem(OPEN_CASE_KEY);
        void refreshRecent();
        const known = jobs.getState().refresh();
        void bridge.call('engine.about', {}).then((about) => {
          set({
            about: about.ok ? { state: 'ready', value: about.value } : { state: 'failed', failure: about.failure },
          });
        });
        const asked = await openAsked();
        navigation.subscribe(() => void openAsked());
        if (asked === 'none' && before !== null) await get().open(before as CaseId, 'the case that was open');
        // An import that the host was started with, or that outlived a reload of the page, brings its case.
        await known;
        const running = jobs.getState().jobs.findLast((job) => job.kind === 'import');
        if (get().openCase === null && running !== undefined) {
          await get().open(running.caseId, running.title);
          if (get().openCase !== null) void follow(running.id, running.caseId);
        }
        if (get().openCase === null && !needsNoCase(navigation.getState().route.screen)) {
          navigation.getState().replace({ screen: 'start', params: {} });
        }
      },
      open: async (id, title) => {
        set({ opening: title, failure: null });
        const answer = await bridge.call('case.open', { caseId: id });
        if (!answer.ok) {
          storage.removeItem(OPEN_CASE_KEY);
          set({ opening: null, failure: answer.failure });
          return;
        }
        show(answer.value);
      },
      openSample: async () => {
        set({ opening: 'the sample case', failure: null });
        const answer = await bridge.call('case.sample', {});
        if (!answer.ok) {
          set({ opening: null, failure: answer.failure });
          return;
        }
        show(answer.value.case);
        if (answer.value.job !== null) await follow(answer.value.job, answer.value.case.id);
        else navigation.getState().go({ screen: 'overview', params: {} });
      },
      closeCase: () => {
        const { openCase } = get();
        const busy = jobs.getState().jobs.some((job) => isRunning(job) && job.caseId === openCase?.id);
        if (openCase !== null && openCase.bundles.length === 0 && !busy) {
          // A cancelled import left it empty: it is the new case, another one would only lie beside it.
          set({ lastImport: null, failure: null });
          navigation.getState().go({ screen: 'start', params: {} });
          return;
        }
        storage.removeItem(OPEN_CASE_KEY);
        analysisAsked += 1;
        filesAsked += 1;
        set({ ...CLOSED, importMark: null, failure: null });
        navigation.getState().go({ screen: 'start', params: {} });
      },
      importPaths: (paths) => importInto(get().openCase, paths, get().importMark),
      importFiles: async (files) => {
        if (files.length === 0) return;
        set({ failure: null });
        if (bridge.pathsOf !== undefined) {
          await get().importPaths(bridge.pathsOf(files).filter((path) => path !== ''));
          return;
        }
        if (bridge.upload === undefined) return;
        // What is opened while bytes are on their way is not where they were dropped.
        const { openCase: into, importMark: mark } = get();
        const names = files.map((file) => file.name);
        set({ upload: { names, sent: 0, total: files.reduce((sum, file) => sum + file.size, 0) } });
        const answer = await bridge.upload(files, (sent, total) => set({ upload: { names, sent, total } }));
        set({ upload: null });
        if (answer.ok) await importInto(into, answer.value, mark);
        else set({ failure: answer.failure });
      },
      reload: async () => {
        const id = get().openCase?.id;
        if (id === undefined) return;
        const answer = await bridge.call('case.open', { caseId: id });
        if (get().openCase?.id !== id) return;
        if (answer.ok) show(answer.value);
        else set({ failure: answer.failure });
      },
      loadAnalysis: async () => {
        const id = get().openCase?.id;
        if (id === undefined) return;
        const asked = ++analysisAsked;
        if (get().analysis.state !== 'ready') set({ analysis: { state: 'loading' } });
        const answer = await bridge.call('case.analysis', { caseId: id });
        if (asked !== analysisAsked || get().openCase?.id !== id) return;
        set({
          analysis: answer.ok ? { state: 'ready', value: answer.value } : { state: 'failed', failure: answer.failure },
        });
        // The list of cases carries the verdict.
        if (answer.ok) void refreshRecent();
      },
      toggleScope: (bundle) =>
        set(({ hidden, openCase }) => {
          const next = new Set(hidden);
          if (!next.delete(bundle)) next.add(bundle);
          // With no node in scope every screen would be empty and look like a clean case.
          return (openCase?.bundles ?? []).every((known) => next.has(known.id)) ? {} : { hidden: next };
        }),
      scopeTo: (bundle) =>
        set(({ hidden, openCase }) => {
          const others = (openCase?.bundles ?? []).map(({ id }) => id).filter((id) => id !== bundle);
          const isAlone = !hidden.has(bundle) && others.every((id) => hidden.has(id));
          return { hidden: new Set(isAlone ? [] : others) };
        }),
      cancelJob: async (job) => {
        const failure = await jobs.getState().cancel(job);
        if (failure !== null) set({ failure });
      },
      setImportMark: (importMark) => set({ importMark }),
      setWindow: (window) => set({ window }),
      dismissFailure: () => set({ failure: null }),
    };
  });

  const isImporting = (caseId: CaseId): boolean =>
    jobs.getState().jobs.some((job) => isRunning(job) && job.kind === 'import' && job.caseId === caseId);
  const followImport = lookingAgain(async () => {
    await store.getState().reload();
    await shown;
  });
  bridge.on('onDidChangeCase', ({ caseId }) => {
    if (store.getState().openCase?.id !== caseId) return;
    if (isImporting(caseId)) void followImport();
    else void store.getState().reload();
  });
  bridge.onEngineState((engine) => {
    store.setState({ engine });
    if (engine === 'ready') {
      void jobs.getState().refresh();
      void store.getState().reload();
    } else jobs.getState().abandonRunning();
  });
  return store;
}
