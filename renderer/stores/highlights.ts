/** The highlighters of the open case: they apply wherever captured text is shown. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ActiveHighlighter, activeHighlighters } from '../model/line-marks.ts';
import type { Highlighter } from '../model/types.ts';

export interface HighlightsState {
  readonly list: readonly Highlighter[];
  /** Those of the list that are on, read once for every line that is drawn. */
  readonly active: readonly ActiveHighlighter[];
  readonly set: (list: readonly Highlighter[]) => void;
  readonly forgetCase: () => void;
}

export type HighlightsStore = StoreApi<HighlightsState>;

/** @returns the store. */
export function createHighlights(): HighlightsStore {
  return createStore<HighlightsState>()((set) => ({
    list: [],
    active: [],
    set: (list) => set({ list, active: activeHighlighters(list) }),
    forgetCase: () => set({ list: [], active: [] }),
  }));
}
