/** All stores of one window, made around one bridge and handed down by context so that tests can make their own. */
import { createContext, type ReactNode, useContext } from 'react';
import { useStore } from 'zustand';
import type { Bridge } from '../bridge/bridge.ts';
import { createHighlights, type HighlightsState, type HighlightsStore } from './highlights.ts';
import { createJobs, type JobsState, type JobsStore } from './jobs.ts';
import { createNavigation, type NavigationState, type NavigationStore } from './navigation.ts';
import { createNetwork, type NetworkStore, type NetworkStoreState } from './network.ts';
import { createScreens, type ScreensActions, type ScreensState, type ScreensStore } from './screens.ts';
import { createSession, type SessionState, type SessionStore } from './session.ts';

export interface Stores {
  readonly bridge: Bridge;
  readonly navigation: NavigationStore;
  readonly jobs: JobsStore;
  readonly session: SessionStore;
  readonly screens: ScreensStore;
  readonly network: NetworkStore;
  readonly highlights: HighlightsStore;
}

const bundlesOf = ({ openCase }: SessionState) => openCase?.bundles.map((bundle) => bundle.id).join(' ');

/** @returns the stores of a window, connected to each other. */
export function createStores(bridge: Bridge, win: Window): Stores {
  const navigation = createNavigation(win);
  const jobs = createJobs(bridge);
  const session = createSession(bridge, jobs, navigation, win.sessionStorage);
  const screens = createScreens(win.localStorage);
  const network = createNetwork(bridge, () => session.getState().openCase?.id ?? null);
  const highlights = createHighlights();
  session.subscribe((now, before) => {
    if (now.openCase?.id !== before.openCase?.id) {
      screens.getState().forgetCase();
      network.getState().forgetCase();
      highlights.getState().forgetCase();
    } else if (bundlesOf(now) !== bundlesOf(before)) {
      screens.getState().forgetAnswers();
      network.getState().forgetAnswers();
    }
  });
  return { bridge, navigation, jobs, session, screens, network, highlights };
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
export const useHighlighters = <T,>(select: (state: HighlightsState) => T): T =>
  useStore(useStores().highlights, select);
export const useScreens = <T,>(select: (state: ScreensState & ScreensActions) => T): T =>
  useStore(useStores().screens, select);
