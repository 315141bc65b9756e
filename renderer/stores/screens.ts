/** What each screen remembers while another one is shown. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import type { CaseId, FindingId, Loadable, ReportFormat, SearchAnswer, Severity } from '../model/types.ts';

export type Theme = 'system' | 'light' | 'dark' | 'contrast';

export interface FindingFilters {
  /** Severities that are shown. */
  readonly severities: ReadonlySet<Severity>;
  readonly owner: string | null;
  readonly area: string | null;
  readonly text: string;
}

export const NO_FILTERS: FindingFilters = {
  severities: new Set<Severity>(['critical', 'high', 'medium', 'low', 'info']),
  owner: null,
  area: null,
  text: '',
};

export interface ScreensState {
  readonly theme: Theme;
  readonly inspector: 'open' | 'closed';
  /** Said once to screen readers and shown for a moment, e.g. "Copied". */
  readonly announcement: string;
  readonly overview: { readonly cause: number; readonly scroll: number };
  readonly findings: {
    readonly filters: FindingFilters;
    readonly grouping: 'cause' | 'none';
    readonly selected: FindingId | null;
    readonly scroll: number;
  };
  readonly search: {
    /** What is in the box; the same in the top bar and on the screen. */
    readonly draft: string;
    readonly ran: string;
    readonly answer: Loadable<SearchAnswer>;
    readonly show: 'best' | 'all';
    readonly file: string | null;
    readonly context: number;
    readonly limit: number;
    readonly selected: number;
    readonly scroll: number;
  };
  readonly files: {
    readonly filter: string;
    /** Folders that are shut, as `bundle/path`. */
    readonly shut: ReadonlySet<string>;
    readonly wrap: 'wrap' | 'no-wrap';
    /** Top line of each file that was looked at, by `bundle/path`. */
    readonly tops: ReadonlyMap<string, number>;
    readonly treeScroll: number;
    /** Route of the file shown last; empty before the first. */
    readonly last: Readonly<Record<string, string>>;
  };
  readonly report: {
    readonly format: ReportFormat;
    /** Findings left out by hand; everything else is in. */
    readonly leftOut: ReadonlySet<FindingId>;
    readonly saved: string | null;
  };
}

export interface ScreensActions {
  readonly setTheme: (theme: Theme) => void;
  readonly toggleInspector: () => void;
  readonly announce: (text: string) => void;
  readonly change: <K extends 'overview' | 'findings' | 'search' | 'files' | 'report'>(
    screen: K,
    part: Partial<ScreensState[K]>,
  ) => void;
  /** Runs the drafted query and keeps the answer unless a newer one was asked. */
  readonly runSearch: (bridge: Bridge, caseId: CaseId) => Promise<void>;
  /** Shows the kept answer to a query as it was left, e.g. on the way back; the box then holds the query. */
  readonly recallSearch: (query: string) => 'shown' | 'not-kept';
  /** Remembers how far the results of a query were scrolled. */
  readonly leaveSearch: (query: string, scroll: number) => void;
  /** The case has other bundles now: no answer given before covers them. */
  readonly forgetAnswers: () => void;
  /** Forgets everything that belongs to one case. */
  readonly forgetCase: () => void;
}

export type ScreensStore = StoreApi<ScreensState & ScreensActions>;

/** How long something said stays on the screen. */
const SAID_MILLISECONDS = 8_000;
const THEME_KEY = 'coldcase.theme';
/** Answers kept for the way back; the oldest goes first. */
const KEPT_SEARCHES = 8;
export const SEARCH_LIMITS = { first: 200, more: 2_000, most: 10_000 } as const;

const FRESH = {
  overview: { cause: 0, scroll: 0 },
  findings: { filters: NO_FILTERS, grouping: 'cause', selected: null, scroll: 0 },
  search: {
    draft: '',
    ran: '',
    answer: { state: 'idle' },
    show: 'all',
    file: null,
    context: 1,
    limit: SEARCH_LIMITS.first,
    selected: 0,
    scroll: 0,
  },
  files: {
    filter: '',
    shut: new Set<string>(),
    wrap: 'wrap',
    tops: new Map<string, number>(),
    treeScroll: 0,
    last: {} as Readonly<Record<string, string>>,
  },
  report: { format: 'html', leftOut: new Set<FindingId>(), saved: null },
} as const satisfies Partial<ScreensState>;

function isTheme(value: string | null): value is Theme {
  return value === 'system' || value === 'light' || value === 'dark' || value === 'contrast';
}

/** @returns the store; the chosen theme is kept in `storage`. */
export function createScreens(storage: Storage): ScreensStore {
  const theme = storage.getItem(THEME_KEY);
  let asked = 0;
  let saying: ReturnType<typeof setTimeout> | undefined;
  const kept = new Map<string, ScreensState['search']>();
  const keep = (search: ScreensState['search']) => {
    if (search.answer.state !== 'ready' || search.answer.value.matches.length > SEARCH_LIMITS.more) return;
    kept.delete(search.ran);
    kept.set(search.ran, search);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_SEARCHES) break;
      kept.delete(oldest);
    }
  };
  return createStore<ScreensState & ScreensActions>()((set, get) => ({
    ...FRESH,
    theme: isTheme(theme) ? theme : 'system',
    inspector: 'open',
    announcement: '',
    setTheme: (theme) => {
      storage.setItem(THEME_KEY, theme);
      set({ theme });
    },
    toggleInspector: () => set(({ inspector }) => ({ inspector: inspector === 'open' ? 'closed' : 'open' })),
    announce: (announcement) => {
      clearTimeout(saying);
      set({ announcement });
      saying = setTimeout(() => set({ announcement: '' }), SAID_MILLISECONDS);
    },
    change: (screen, part) => set((state) => ({ [screen]: { ...state[screen], ...part } }) as Partial<ScreensState>),
    runSearch: async (bridge, caseId) => {
      const { draft, context, limit, ran } = get().search;
      const query = draft.trim();
      if (query !== ran) keep(get().search);
      const change = get().change;
      asked += 1;
      if (query === '') {
        change('search', { ran: '', answer: { state: 'idle' }, file: null, selected: 0 });
        return;
      }
      const mine = asked;
      const fresh = query === ran ? {} : { file: null, selected: 0, scroll: 0 };
      change('search', { ran: query, answer: { state: 'loading' }, ...fresh });
      const answer = await bridge.call('search.run', { caseId, query, context, limit });
      if (mine !== asked) return;
      change('search', {
        answer: answer.ok ? { state: 'ready', value: answer.value } : { state: 'failed', failure: answer.failure },
      });
    },
    recallSearch: (query) => {
      const before = get().search;
      const found = kept.get(query);
      if (found === undefined) return 'not-kept';
      asked += 1;
      keep(before);
      set({ search: { ...found, draft: query } });
      return 'shown';
    },
    leaveSearch: (query, scroll) => {
      if (get().search.ran === query) get().change('search', { scroll });
      const left = kept.get(query);
      if (left !== undefined) kept.set(query, { ...left, scroll });
    },
    forgetAnswers: () => {
      asked += 1;
      kept.clear();
      get().change('search', { ran: '', answer: { state: 'idle' }, file: null, selected: 0, scroll: 0 });
    },
    forgetCase: () => {
      asked += 1;
      kept.clear();
      set({ ...FRESH, files: { ...FRESH.files, wrap: get().files.wrap } });
    },
  }));
}
