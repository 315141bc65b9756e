/** The runbooks there are, those that fit the case, and the results of those that were run in it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import type {
  BundleId,
  CaseId,
  Loadable,
  Result,
  RunbookContents,
  RunbookResult,
  RunbooksAnswer,
} from '../model/types.ts';

/** A runbook as it was asked for; without a bundle the engine chooses one. */
export interface RunQuestion {
  readonly runbook: string;
  readonly bundle: BundleId | null;
}

export interface RunbooksState {
  readonly list: Loadable<RunbooksAnswer>;
  /** What each runbook says, by its id. */
  readonly contents: ReadonlyMap<string, Loadable<RunbookContents>>;
  /** By runKey. */
  readonly results: ReadonlyMap<string, Loadable<RunbookResult>>;
  readonly view: {
    readonly text: string;
    readonly shown: 'all' | 'suggested' | 'own';
    /** Id of the selected runbook; null: the first. */
    readonly selected: string | null;
    readonly scroll: number;
    /** On which node to run; null lets the engine choose. */
    readonly bundle: BundleId | null;
  };
  /** How each result was left, by runKey. */
  readonly resultViews: ReadonlyMap<string, ResultView>;
}

export interface ResultView {
  /** Id of the selected step. */
  readonly step: string | null;
  readonly inspects: 'output' | 'step';
  readonly scroll: number;
}

export interface RunbooksActions {
  readonly change: (part: Partial<RunbooksState['view']>) => void;
  readonly changeResult: (key: string, part: Partial<ResultView>) => void;
  /** Fetches the list unless it is there or on its way. */
  readonly load: () => void;
  /** Fetches the list anew; what is shown stays until the answer comes. */
  readonly reload: () => void;
  readonly read: (runbook: string) => void;
  /** Runs it unless there is a result, or it runs already. */
  readonly run: (question: RunQuestion) => void;
  /** Runs it whatever there is. */
  readonly runAgain: (question: RunQuestion) => void;
  /** What was concluded is not known any more; how the screen was left stays. */
  readonly forgetAnswers: () => void;
  readonly forgetCase: () => void;
}

export type RunbooksStoreState = RunbooksState & RunbooksActions;
export type RunbooksStore = StoreApi<RunbooksStoreState>;

/** Names a run in the maps of results. */
export const runKey = ({ runbook, bundle }: RunQuestion): string => JSON.stringify([runbook, bundle]);

export const FRESH_RESULT: ResultView = { step: null, inspects: 'output', scroll: 0 };

const NO_ANSWERS = { list: { state: 'idle' }, contents: new Map(), results: new Map() } as const;
const FRESH: RunbooksState = {
  ...NO_ANSWERS,
  view: { text: '', shown: 'all', selected: null, scroll: 0, bundle: null },
  resultViews: new Map(),
};

const loadable = <T>(answer: Result<T>): Loadable<T> =>
  answer.ok ? { state: 'ready', value: answer.value } : { state: 'failed', failure: answer.failure };

/** @returns the store; `caseId` gives the open case, null when there is none. */
export function createRunbooks(bridge: Bridge, caseId: () => CaseId | null): RunbooksStore {
  // Answers to what was asked before the case changed are dropped, and of two lists the older one.
  let epoch = 0;
  let lists = 0;
  return createStore<RunbooksStoreState>()((set, get) => {
    const fetchList = async () => {
      const id = caseId();
      if (id === null) return;
      const mine = ++lists;
      const since = epoch;
      if (get().list.state !== 'ready') set({ list: { state: 'loading' } });
      const answer = await bridge.call('runbooks.list', { caseId: id });
      if (mine !== lists || since !== epoch) return;
      set({ list: loadable(answer) });
    };
    const putContents = (key: string, value: Loadable<RunbookContents>) =>
      set(({ contents }) => ({ contents: new Map([...contents, [key, value]]) }));
    const putResult = (key: string, value: Loadable<RunbookResult>) =>
      set(({ results }) => ({ results: new Map([...results, [key, value]]) }));
    return {
      ...FRESH,
      change: (part) => set(({ view }) => ({ view: { ...view, ...part } })),
      changeResult: (key, part) =>
        set(({ resultViews }) => ({
          resultViews: new Map([...resultViews, [key, { ...(resultViews.get(key) ?? FRESH_RESULT), ...part }]]),
        })),
      load: () => {
        const { state } = get().list;
        if (state === 'idle' || state === 'failed') void fetchList();
      },
      reload: () => void fetchList(),
      read: (runbook) => {
        const before = get().contents.get(runbook)?.state;
        if (before === 'ready' || before === 'loading') return;
        const since = epoch;
        putContents(runbook, { state: 'loading' });
        void bridge.call('runbooks.get', { runbook }).then((answer) => {
          if (since === epoch) putContents(runbook, loadable(answer));
        });
      },
      run: (question) => {
        const before = get().results.get(runKey(question))?.state;
        if (before === undefined || before === 'idle') get().runAgain(question);
      },
      runAgain: (question) => {
        const id = caseId();
        const key = runKey(question);
        if (id === null || get().results.get(key)?.state === 'loading') return;
        const since = epoch;
        putResult(key, { state: 'loading' });
        void bridge.call('runbooks.run', { caseId: id, ...question }).then((answer) => {
          if (since === epoch) putResult(key, loadable(answer));
        });
      },
      forgetAnswers: () => {
        epoch += 1;
        set(NO_ANSWERS);
      },
      forgetCase: () => {
        epoch += 1;
        set(FRESH);
      },
    };
  });
}
