/** The table of all nodes, what sets some of them apart, and how Compare was left. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import type {
  BundleId,
  CaseId,
  Comparison,
  Difference,
  Fleet,
  Loadable,
  Result,
  TextComparison,
} from '../model/types.ts';
import type { TextSide } from './compare-route.ts';

export interface CompareQuestion {
  readonly bundles: readonly BundleId[];
  readonly affected: readonly BundleId[];
}

export interface TextQuestion {
  readonly left: TextSide;
  readonly right: TextSide;
}

export interface CompareView {
  readonly kind: Difference['kind'] | 'all';
  /** null: every area. */
  readonly area: string | null;
  /** Id of the selected difference; null: the first. */
  readonly selected: string | null;
  readonly scroll: number;
  readonly layout: 'side by side' | 'unified';
  /** Selected row of the texts; null: the first line that differs. */
  readonly row: number | null;
}

export interface CompareState {
  /** Stays while a newer one is on its way. */
  readonly fleet: Loadable<Fleet>;
  /** Counts what made answers old: whoever shows the fleet loads it again. */
  readonly asOf: number;
  /** By questionKey. */
  readonly answers: ReadonlyMap<string, Loadable<Comparison>>;
  /** By questionKey. */
  readonly texts: ReadonlyMap<string, Loadable<TextComparison>>;
  readonly view: CompareView;
  /** Parameters of the route shown last; empty before the first. */
  readonly last: Readonly<Record<string, string>>;
}

export interface CompareActions {
  readonly change: (part: Partial<CompareView>) => void;
  readonly keepRoute: (params: Readonly<Record<string, string>>) => void;
  /** Each of the three asks unless the answer is there or on its way; a failure is asked for again. */
  readonly loadFleet: () => void;
  readonly compare: (question: CompareQuestion) => void;
  readonly compareTexts: (question: TextQuestion) => void;
  /** The case, its findings or its clocks are others now; how the screen was left stays. */
  readonly forgetAnswers: () => void;
  readonly forgetCase: () => void;
}

export type CompareStore = StoreApi<CompareState & CompareActions>;

/** Comparisons, and pairs of texts, that are kept for the way back. */
const KEPT_MAX = 6;

const FRESH: Omit<CompareState, 'asOf'> = {
  fleet: { state: 'idle' },
  answers: new Map(),
  texts: new Map(),
  view: { kind: 'all', area: null, selected: null, scroll: 0, layout: 'side by side', row: null },
  last: {},
};

/** @returns what names a question in the maps of answers. */
export function questionKey(question: CompareQuestion | TextQuestion): string {
  return JSON.stringify(question);
}

/** @returns the map with one more entry, without the oldest where there are too many. */
function kept<T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  const next = new Map(map);
  next.delete(key);
  next.set(key, value);
  const [oldest] = next.keys();
  if (next.size > KEPT_MAX && oldest !== undefined) next.delete(oldest);
  return next;
}

/** What the engine gave up for a newer question was not answered: it is asked anew when it is shown again. */
function loadable<T>(answer: Result<T>): Loadable<T> {
  if (answer.ok) return { state: 'ready', value: answer.value };
  return answer.failure.code === 'cancelled' ? { state: 'idle' } : { state: 'failed', failure: answer.failure };
}

const isWanted = (before: Loadable<unknown> | undefined): boolean =>
  before === undefined || before.state === 'idle' || before.state === 'failed';

/** @returns the store; `caseId` gives the open case, null when there is none. */
export function createCompare(bridge: Bridge, caseId: () => CaseId | null): CompareStore {
  /** As of when the fleet was asked for last. */
  let fleetAsked = -1;
  return createStore<CompareState & CompareActions>()((set, get) => ({
    ...FRESH,
    asOf: 0,
    change: (part) => set(({ view }) => ({ view: { ...view, ...part } })),
    keepRoute: (last) => set({ last }),
    loadFleet: () => {
      const id = caseId();
      const { fleet, asOf } = get();
      if (id === null || (fleetAsked === asOf && !isWanted(fleet))) return;
      fleetAsked = asOf;
      if (fleet.state !== 'ready') set({ fleet: { state: 'loading' } });
      void bridge.call('case.fleet', { caseId: id }).then((answer) => {
        if (get().asOf === asOf) set({ fleet: loadable(answer) });
      });
    },
    compare: (question) => {
      const id = caseId();
      const key = questionKey(question);
      if (id === null || !isWanted(get().answers.get(key))) return;
      const since = get().asOf;
      const put = (value: Loadable<Comparison>) => set(({ answers }) => ({ answers: kept(answers, key, value) }));
      put({ state: 'loading' });
      void bridge
        .call('compare.run', { caseId: id, bundles: [...question.bundles], affected: [...question.affected] })
        .then((answer) => {
          if (since === get().asOf) put(loadable(answer));
        });
    },
    compareTexts: (question) => {
      const id = caseId();
      const key = questionKey(question);
      if (id === null || !isWanted(get().texts.get(key))) return;
      const since = get().asOf;
      const put = (value: Loadable<TextComparison>) => set(({ texts }) => ({ texts: kept(texts, key, value) }));
      put({ state: 'loading' });
      void bridge.call('compare.text', { caseId: id, ...question }).then((answer) => {
        if (since === get().asOf) put(loadable(answer));
      });
    },
    forgetAnswers: () => set(({ asOf }) => ({ asOf: asOf + 1, answers: FRESH.answers, texts: FRESH.texts })),
    forgetCase: () => set(({ asOf }) => ({ ...FRESH, asOf: asOf + 1 })),
  }));
}
