/** All stores of one window, made around one bridge and handed down by context so that tests can make their own. */
import { createContext, type ReactNode, useContext } from 'react';
import { useStore } from 'zustand';
import type { Bridge } from '../bridge/bridge.ts';
import { sameCitations, sameTimes } from '../model/basis.ts';
import type { Analysis, SourceFile } from '../model/types.ts';
import { type ClocksActions, type ClocksState, type ClocksStore, createClocks } from './clocks.ts';
import { type CompareActions, type CompareState, type CompareStore, createCompare } from './compare.ts';
import { createFiles, type FilesState, type FilesStore } from './files.ts';
import { createHighlights, type HighlightsState, type HighlightsStore } from './highlights.ts';
import { createJobs, type JobsState, type JobsStore } from './jobs.ts';
import { createMarks, type MarksState, type MarksStore } from './marks.ts';
import { createNavigation, type NavigationState, type NavigationStore } from './navigation.ts';
import { createNetwork, type NetworkStore, type NetworkStoreState } from './network.ts';
import { createNotebook, type NotebookState, type NotebookStore } from './notebook.ts';
import { createPins, type PinsState, type PinsStore } from './pins.ts';
import { createReport, type ReportActions, type ReportState, type ReportStore } from './report.ts';
import { createReportAnswers, type ReportAnswersState, type ReportAnswersStore } from './report-answers.ts';
import { createRunbooks, type RunbooksStore, type RunbooksStoreState } from './runbooks.ts';
import { createScreens, type ScreensActions, type ScreensState, type ScreensStore } from './screens.ts';
import { createSearch, type SearchState, type SearchStore } from './search.ts';
import { searchRoute } from './search-route.ts';
import { createSession, type SessionState, type SessionStore } from './session.ts';
import { createSettings, type SettingsStore, type SettingsStoreState } from './settings.ts';
import { createTimeline, type TimelineState, type TimelineStore } from './timeline.ts';
import { createTimelineLines, type TimelineLinesState, type TimelineLinesStore } from './timeline-lines.ts';
import { timelineRoute } from './timeline-route.ts';

export interface Stores {
  readonly bridge: Bridge;
  readonly navigation: NavigationStore;
  readonly jobs: JobsStore;
  readonly session: SessionStore;
  readonly screens: ScreensStore;
  readonly network: NetworkStore;
  readonly search: SearchStore;
  readonly notebook: NotebookStore;
  readonly highlights: HighlightsStore;
  readonly marks: MarksStore;
  readonly runbooks: RunbooksStore;
  readonly settings: SettingsStore;
  readonly files: FilesStore;
  readonly timeline: TimelineStore;
  readonly timelineLines: TimelineLinesStore;
  readonly compare: CompareStore;
  readonly clocks: ClocksStore;
  readonly pins: PinsStore;
  readonly report: ReportStore;
  readonly reportAnswers: ReportAnswersStore;
}

const bundlesOf = ({ openCase }: SessionState) => openCase?.bundles.map((bundle) => bundle.id).join(' ');

/** @returns the nodes that are looked at; null when it is all of them. */
function bundlesInScope({ openCase, hidden }: SessionState) {
  if (openCase === null || hidden.size === 0) return null;
  return openCase.bundles.map((bundle) => bundle.id).filter((id) => !hidden.has(id));
}

/** @returns the stores of a window, connected to each other. */
export function createStores(bridge: Bridge, win: Window): Stores {
  const navigation = createNavigation(win);
  const jobs = createJobs(bridge);
  const session = createSession(bridge, jobs, navigation, win.sessionStorage);
  const screens = createScreens(win.localStorage);
  const caseId = () => session.getState().openCase?.id ?? null;
  const network = createNetwork(bridge, caseId);
  const highlights = createHighlights(bridge, caseId);
  const notebook = createNotebook(bridge, caseId);
  const marks = createMarks(bridge, caseId);
  const runbooks = createRunbooks(bridge, caseId);
  const settings = createSettings(bridge, () => {
    runbooks.getState().forgetAnswers();
    if (caseId() !== null) void session.getState().loadAnalysis();
  });
  const compare = createCompare(bridge, caseId);
  const clocks = createClocks(bridge, caseId);
  const pins = createPins(bridge, caseId);
  const report = createReport(bridge, caseId);
  const reportAnswers = createReportAnswers(bridge, caseId);
  const files = createFiles(bridge, navigation, caseId, (text) => screens.getState().announce(text));
  const search = createSearch(bridge, {
    caseId,
    bundles: () => bundlesInScope(session.getState()),
    window: () => session.getState().window,
    visit: (place, how) => {
      const { route, go, replace } = navigation.getState();
      if (how === 'new entry' || route.screen !== 'search') go(searchRoute(place));
      else replace(searchRoute(place));
    },
    entered: (query) => void notebook.getState().remember(query),
  });
  const timeline = createTimeline(bridge, {
    caseId,
    bundles: () => bundlesInScope(session.getState()),
    visit: (place, how) => {
      const { route, go, replace } = navigation.getState();
      if (how === 'new entry') go(timelineRoute(place));
      else if (route.screen === 'timeline') replace(timelineRoute(place));
    },
  });
  const timelineLines = createTimelineLines(bridge, caseId, () => bundlesInScope(session.getState()));
  const forgetTimes = () => {
    timeline.getState().forgetAnswers();
    timelineLines.getState().forget();
  };
  // As they were known last: while they are fetched anew they are not known.
  let listed: readonly SourceFile[] = [];
  let concluded: Analysis | null = null;
  session.subscribe((now, before) => {
    if (now.openCase?.id !== before.openCase?.id) {
      screens.getState().forgetCase();
      network.getState().forgetCase();
      search.getState().forgetCase();
      highlights.getState().forgetCase();
      notebook.getState().forgetCase();
      marks.getState().forgetCase();
      runbooks.getState().forgetCase();
      files.getState().forgetCase();
      timeline.getState().forgetCase();
      timelineLines.getState().forget();
      compare.getState().forgetCase();
      clocks.getState().forgetCase();
      pins.getState().forgetCase();
      report.getState().forgetCase();
      reportAnswers.getState().forgetCase();
      listed = [];
      concluded = null;
      void highlights.getState().load();
      void notebook.getState().load();
      void marks.getState().load();
      void pins.getState().load();
    } else if (bundlesOf(now) !== bundlesOf(before)) {
      search.getState().forgetAnswers('all');
      network.getState().forgetAnswers();
      forgetTimes();
      runbooks.getState().forgetAnswers();
      compare.getState().forgetAnswers();
      clocks.getState().forgetAnswers();
    }
    // Imported, or under another clock: files lie elsewhere in time.
    if (now.files !== before.files) {
      files.getState().forgetSpans();
      if (now.files.state === 'ready') {
        if (!sameTimes(listed, now.files.value)) {
          search.getState().forgetAnswers('all');
          compare.getState().forgetAnswers();
          clocks.getState().forgetAnswers();
          forgetTimes();
        }
        listed = now.files.value;
      }
    }
    if (now.analysis !== before.analysis && now.analysis.state === 'ready') {
      if (concluded !== null && !sameCitations(concluded, now.analysis.value)) {
        search.getState().forgetAnswers('findings');
        // Its markers are findings.
        timeline.getState().forgetAnswers();
      }
      // What was compared rests on what was concluded.
      if (concluded !== null) compare.getState().forgetAnswers();
      concluded = now.analysis.value;
    }
  });
  return {
    bridge,
    navigation,
    jobs,
    session,
    screens,
    network,
    search,
    notebook,
    highlights,
    marks,
    runbooks,
    settings,
    files,
    timeline,
    timelineLines,
    compare,
    clocks,
    pins,
    report,
    reportAnswers,
  };
}

const StoresContext = createContext<Stores | null>(null);

export function StoresProvider({ stores, children }: { readonly stores: Stores; readonly children: ReactNode }) {
  return <StoresContext.Provider value={stores}>{children}</StoresContext.Provider>;
}

export function useStores(): Stores {
  const stores = useContext(StoresContext);
  if (stores === null) throw new Error('StoresProvider is missing');
  return stores;
}

export const useNavigation = <T,>(select: (state: NavigationState) => T): T => useStore(useStores().navigation, select);
export const useJobs = <T,>(select: (state: JobsState) => T): T => useStore(useStores().jobs, select);
export const useSession = <T,>(select: (state: SessionState) => T): T => useStore(useStores().session, select);
export const useNetwork = <T,>(select: (state: NetworkStoreState) => T): T => useStore(useStores().network, select);
export const useSearch = <T,>(select: (state: SearchState) => T): T => useStore(useStores().search, select);
export const useNotebook = <T,>(select: (state: NotebookState) => T): T => useStore(useStores().notebook, select);
export const useMarks = <T,>(select: (state: MarksState) => T): T => useStore(useStores().marks, select);
export const useRunbooks = <T,>(select: (state: RunbooksStoreState) => T): T => useStore(useStores().runbooks, select);
export const useSettings = <T,>(select: (state: SettingsStoreState) => T): T => useStore(useStores().settings, select);
export const useHighlighters = <T,>(select: (state: HighlightsState) => T): T =>
  useStore(useStores().highlights, select);
export const useTimeline = <T,>(select: (state: TimelineState) => T): T => useStore(useStores().timeline, select);
export const useTimelineLines = <T,>(select: (state: TimelineLinesState) => T): T =>
  useStore(useStores().timelineLines, select);
export const useFiles = <T,>(select: (state: FilesState) => T): T => useStore(useStores().files, select);
export const useCompare = <T,>(select: (state: CompareState & CompareActions) => T): T =>
  useStore(useStores().compare, select);
export const useClocks = <T,>(select: (state: ClocksState & ClocksActions) => T): T =>
  useStore(useStores().clocks, select);
export const usePins = <T,>(select: (state: PinsState) => T): T => useStore(useStores().pins, select);
export const useReport = <T,>(select: (state: ReportState & ReportActions) => T): T =>
  useStore(useStores().report, select);
export const useReportAnswers = <T,>(select: (state: ReportAnswersState) => T): T =>
  useStore(useStores().reportAnswers, select);
export const useScreens = <T,>(select: (state: ScreensState & ScreensActions) => T): T =>
  useStore(useStores().screens, select);
