/** The highlighters of the open case: they apply wherever captured text is shown. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import { type ActiveHighlighter, activeHighlighters } from '../model/line-marks.ts';
import type { CaseId, Failure, Highlighter } from '../model/types.ts';

export interface HighlightsState {
  readonly list: readonly Highlighter[];
  /** Those of the list that are on, read once for every line that is drawn. */
  readonly active: readonly ActiveHighlighter[];
  /** Why the list could not be kept in the case; it is shown all the same. */
  readonly failure: Failure | null;
  readonly load: () => Promise<void>;
  /** Shows these from now on and keeps them in the case. */
  readonly set: (list: readonly Highlighter[]) => void;
  readonly forgetCase: () => void;
}

export type HighlightsStore = StoreApi<HighlightsState>;

const shown = (list: readonly Highlighter[]) => ({ list, active: activeHighlighters(list) });

/** @returns the store; `load` must be called when a case is opened. */
export function createHighlights(bridge: Bridge, caseId: () => CaseId | null): HighlightsStore {
  let changes = 0;
  let kept: 'unread' | 'read' = 'unread';
  return createStore<HighlightsState>()((set, get) => {
    const keep = (id: CaseId, list: readonly Highlighter[]) => {
      const mine = changes;
      void bridge.call('highlighter.set', { caseId: id, highlighters: [...list] }).then((answer) => {
        if (mine === changes) set({ failure: answer.ok ? null : answer.failure });
      });
    };
    return {
      list: [],
      active: [],
      failure: null,
      load: async () => {
        const id = caseId();
        if (id === null) return;
        const before = changes;
        const answer = await bridge.call('highlighter.list', { caseId: id });
        if (caseId() !== id) return;
        if (!answer.ok) {
          set({ failure: answer.failure });
          return;
        }
        const first = kept === 'unread';
        kept = 'read';
        if (before === changes) set(shown(answer.value));
        else if (first) {
          // What was made before the kept ones were known comes beside them.
          const made = get().list;
          const all = [...answer.value.filter((one) => made.every(({ query }) => query !== one.query)), ...made];
          set(shown(all));
          keep(id, all);
        }
      },
      set: (list) => {
        changes += 1;
        set(shown(list));
        const id = caseId();
        if (id !== null && kept === 'read') keep(id, list);
      },
      forgetCase: () => {
        changes += 1;
        kept = 'unread';
        set({ ...shown([]), failure: null });
      },
    };
  });
}
