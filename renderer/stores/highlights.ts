/** The highlighters of the open case: they apply wherever captured text is shown. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import { type ActiveHighlighter, activeHighlighters } from '../model/line-marks.ts';
import type { CaseId, Failure, Highlighter } from '../model/types.ts';
import { createQueue } from './in-turn.ts';

/** Makes of the list as it is the list as it shall be; it is made again where another window has changed the list. */
export type HighlighterChange = (list: readonly Highlighter[]) => readonly Highlighter[];

export interface HighlightsState {
  readonly list: readonly Highlighter[];
  /** Those of the list that are on, read once for every line that is drawn. */
  readonly active: readonly ActiveHighlighter[];
  /** Why the list could not be kept in the case; it is shown all the same. */
  readonly failure: Failure | null;
  readonly load: () => Promise<void>;
  /** Shows the changed list at once, and changes what the case keeps. */
  readonly edit: (change: HighlighterChange) => void;
  readonly forgetCase: () => void;
}

export type HighlightsStore = StoreApi<HighlightsState>;

const shown = (list: readonly Highlighter[]) => ({ list, active: activeHighlighters(list) });

/** The list of a case, which may be left while a change is on its way. */
interface CaseList {
  readonly id: CaseId;
  /** As the case has it, for all that is known here. */
  kept: readonly Highlighter[];
  /** What it does not have yet, the first one first. */
  unkept: readonly HighlighterChange[];
}

const changed = ({ kept, unkept }: CaseList) => unkept.reduce((list, change) => change(list), kept);

/** @returns the store; `load` must be called when a case is opened. */
export function createHighlights(bridge: Bridge, caseId: () => CaseId | null): HighlightsStore {
  // A change says the whole list anew: it must know what the change before it said, and another window.
  const inTurn = createQueue();
  let open: CaseList | null = null;
  return createStore<HighlightsState>()((set, get) => {
    const ofCase = (): CaseList | null => {
      const id = caseId();
      if (open?.id !== id) open = id === null ? null : { id, kept: [], unkept: [] };
      return open;
    };
    const show = (of: CaseList, failure: Failure | null) => {
      if (of === open) set({ ...shown(changed(of)), failure });
    };
    /** Reads what the case has, and changes it. What could not be kept is tried again the next time. */
    const keep = async (of: CaseList): Promise<Failure | null> => {
      const now = await bridge.call('highlighter.list', { caseId: of.id });
      if (!now.ok) return now.failure;
      of.kept = now.value;
      const mine = of.unkept;
      if (mine.length === 0) return null;
      const answer = await bridge.call('highlighter.set', { caseId: of.id, highlighters: [...changed(of)] });
      if (!answer.ok) return answer.failure;
      of.kept = answer.value;
      of.unkept = of.unkept.slice(mine.length);
      return null;
    };
    return {
      list: [],
      active: [],
      failure: null,
      load: async () => {
        const of = ofCase();
        if (of !== null) show(of, await inTurn(() => keep(of)));
      },
      edit: (change) => {
        const of = ofCase();
        if (of === null) {
          set(shown(change(get().list)));
          return;
        }
        of.unkept = [...of.unkept, change];
        set(shown(changed(of)));
        void inTurn(() => keep(of)).then((failure) => show(of, failure));
      },
      forgetCase: () => {
        open = null;
        set({ ...shown([]), failure: null });
      },
    };
  });
}
