/** What each screen remembers while another one is shown. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FindingId, Severity } from '../model/types.ts';
import type { Screen } from './navigation.ts';

export type Theme = 'system' | 'light' | 'dark' | 'contrast';

export interface FindingFilters {
  /** Severities that are shown. */
  readonly severities: ReadonlySet<Severity>;
  readonly owner: string | null;
  readonly area: string | null;
  /** `unmarked`: without what was called noise. */
  readonly marks: 'all' | 'pinned' | 'noted' | 'unmarked' | 'noise';
  /** `not-healthy`: without what nodes marked healthy have as well. */
  readonly baseline: 'all' | 'not-healthy';
  readonly text: string;
}

export const NO_FILTERS: FindingFilters = {
  severities: new Set<Severity>(['critical', 'high', 'medium', 'low', 'info']),
  owner: null,
  area: null,
  marks: 'all',
  baseline: 'all',
  text: '',
};

export interface ScreensState {
  readonly theme: Theme;
  readonly inspector: 'open' | 'closed';
  /** What lies over everything: commands by name, or the list of keys. */
  readonly palette: 'closed' | 'commands' | 'keys';
  /** Said once to screen readers and shown for a moment, e.g. "Copied". */
  readonly announcement: string;
  /** A screen that what was said leads to. */
  readonly leadsTo: Screen | null;
  readonly overview: { readonly cause: number; readonly scroll: number };
  readonly findings: {
    readonly filters: FindingFilters;
    readonly grouping: 'cause' | 'none';
    readonly selected: FindingId | null;
    readonly scroll: number;
  };
}

export interface ScreensActions {
  readonly setTheme: (theme: Theme) => void;
  readonly toggleInspector: () => void;
  readonly setPalette: (palette: ScreensState['palette']) => void;
  readonly announce: (text: string, leadsTo?: Screen) => void;
  readonly change: <K extends 'overview' | 'findings'>(screen: K, part: Partial<ScreensState[K]>) => void;
  /** Forgets everything that belongs to one case. */
  readonly forgetCase: () => void;
}

export type ScreensStore = StoreApi<ScreensState & ScreensActions>;

/** How long something said stays on the screen. */
const SAID_MILLISECONDS = 8_000;
const THEME_KEY = 'coldcase.theme';
const FRESH = {
  overview: { cause: 0, scroll: 0 },
  findings: { filters: NO_FILTERS, grouping: 'cause', selected: null, scroll: 0 },
} as const satisfies Partial<ScreensState>;

function isTheme(value: string | null): value is Theme {
  return value === 'system' || value === 'light' || value === 'dark' || value === 'contrast';
}

/** @returns the store; the chosen theme is kept in `storage`. */
export function createScreens(storage: Storage): ScreensStore {
  const theme = storage.getItem(THEME_KEY);
  let saying: ReturnType<typeof setTimeout> | undefined;
  return createStore<ScreensState & ScreensActions>()((set) => ({
    ...FRESH,
    theme: isTheme(theme) ? theme : 'system',
    inspector: 'open',
    palette: 'closed',
    announcement: '',
    leadsTo: null,
    setTheme: (theme) => {
      storage.setItem(THEME_KEY, theme);
      set({ theme });
    },
    toggleInspector: () => set(({ inspector }) => ({ inspector: inspector === 'open' ? 'closed' : 'open' })),
    setPalette: (palette) => set({ palette }),
    announce: (announcement, leadsTo) => {
      clearTimeout(saying);
      set({ announcement, leadsTo: leadsTo ?? null });
      saying = setTimeout(() => set({ announcement: '', leadsTo: null }), SAID_MILLISECONDS);
    },
    change: (screen, part) => set((state) => ({ [screen]: { ...state[screen], ...part } }) as Partial<ScreensState>),
    forgetCase: () => set(FRESH),
  }));
}
