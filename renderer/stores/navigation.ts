/** Where the engineer is: a hash route, so that back, forward and deep links are the browser's own. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export const SCREENS = [
  'start',
  'overview',
  'findings',
  'network',
  'search',
  'timeline',
  'files',
  'compare',
  'runbooks',
  'report',
  'settings',
] as const;
export type Screen = (typeof SCREENS)[number];

/** @returns true for a screen that shows something without a case. */
export function needsNoCase(screen: Screen): boolean {
  return screen === 'start' || screen === 'settings';
}

export interface Route {
  readonly screen: Screen;
  readonly params: Readonly<Record<string, string>>;
}

/** @returns the route of a location hash such as `#/files?file=a.txt&line=88`; Start for anything unknown. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const screen = SCREENS.find((known) => known === path);
  if (screen === undefined) return { screen: 'start', params: {} };
  return { screen, params: Object.fromEntries(new URLSearchParams(query)) };
}

/** @returns the hash that parseRoute reads back. */
export function formatRoute(route: Route): string {
  const query = new URLSearchParams(route.params).toString();
  return `#/${route.screen}${query === '' ? '' : `?${query}`}`;
}

export interface NavigationState {
  readonly route: Route;
  /** Number of entries behind and ahead of this one that belong to the app. */
  readonly index: number;
  readonly last: number;
  /** Opens a route; the same route again changes nothing. */
  readonly go: (route: Route) => void;
  /** Changes the parameters of the present entry without adding one. */
  readonly replace: (route: Route) => void;
  readonly back: () => void;
  readonly forward: () => void;
}

export type NavigationStore = StoreApi<NavigationState>;

/** @returns the store, following `window.history` from now on. */
export function createNavigation(win: Window): NavigationStore {
  const indexOf = (state: unknown) =>
    typeof state === 'object' && state !== null && 'index' in state && typeof state.index === 'number'
      ? state.index
      : null;
  const store = createStore<NavigationState>()((set, get) => ({
    route: parseRoute(win.location.hash),
    index: indexOf(win.history.state) ?? 0,
    last: indexOf(win.history.state) ?? 0,
    go: (route) => {
      if (formatRoute(route) === formatRoute(get().route)) return;
      const index = get().index + 1;
      win.history.pushState({ index }, '', formatRoute(route));
      set({ route, index, last: index });
    },
    replace: (route) => {
      win.history.replaceState({ index: get().index }, '', formatRoute(route));
      set({ route });
    },
    back: () => {
      if (get().index > 0) win.history.back();
    },
    forward: () => {
      if (get().index < get().last) win.history.forward();
    },
  }));
  if (indexOf(win.history.state) === null)
    win.history.replaceState({ index: 0 }, '', formatRoute(store.getState().route));
  const follow = () => {
    const { index, last } = store.getState();
    // A hash typed by hand has no state of ours: it is a new entry after the present one.
    const known = indexOf(win.history.state);
    const now = known ?? index + 1;
    if (known === null) win.history.replaceState({ index: now }, '', win.location.hash);
    store.setState({
      route: parseRoute(win.location.hash),
      index: now,
      last: known === null ? now : Math.max(last, now),
    });
  };
  win.addEventListener('popstate', follow);
  win.addEventListener('hashchange', () => {
    if (indexOf(win.history.state) === null) follow();
  });
  return store;
}
