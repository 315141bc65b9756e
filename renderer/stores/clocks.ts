/** What the engineer says of clocks in the open case, and how the clocks of its nodes stand against each other. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import type {
  CaseId,
  ClockAlignments,
  ClockOverride,
  ClockOverrideRequest,
  Failure,
  Loadable,
  Result,
} from '../model/types.ts';
import { createQueue } from './in-turn.ts';

/** A change that can be taken back. */
interface Undo {
  /** What it did, as it is said: `node a shifted by -90 s`. */
  readonly says: string;
  /** What it set: taken back by undoing. */
  readonly set: readonly ClockOverrideRequest[];
  /** What there was before: set again by undoing. */
  readonly gone: readonly ClockOverrideRequest[];
}

export interface ClocksState {
  readonly overrides: Loadable<readonly ClockOverride[]>;
  readonly alignments: Loadable<ClockAlignments>;
  /** Why the last change was not made. */
  readonly failure: Failure | null;
  /** The last one at the end. */
  readonly undos: readonly Undo[];
  /** Counts what made answers old: they stay until newer ones are here, and whoever shows them loads again. */
  readonly asOf: number;
}

export interface ClocksActions {
  /** Asks for what is not known and not on its way. */
  readonly load: () => void;
  /** @returns how many files have another clock now; null when it was not set. */
  readonly set: (request: ClockOverrideRequest, says: string) => Promise<number | null>;
  readonly takeBack: (overrides: readonly ClockOverride[], says: string) => Promise<'taken back' | 'not taken back'>;
  /** @returns what the undone change had done; null when there was none, or it could not be undone. */
  readonly undo: () => Promise<string | null>;
  readonly dismissFailure: () => void;
  /** Lines are at other instants now, or there are other nodes. */
  readonly forgetAnswers: () => void;
  readonly forgetCase: () => void;
}

export type ClocksStore = StoreApi<ClocksState & ClocksActions>;

const UNDOS_MAX = 20;
const FRESH: Omit<ClocksState, 'asOf'> = {
  overrides: { state: 'idle' },
  alignments: { state: 'idle' },
  failure: null,
  undos: [],
};

const requestOf = ({ what, value, file, node, bundle }: ClockOverrideRequest): ClockOverrideRequest => ({
  what,
  value,
  file,
  node,
  bundle,
});

/** @returns true when both are for the same files. */
function sameTarget(a: ClockOverrideRequest, b: ClockOverrideRequest): boolean {
  return a.what === b.what && a.file === b.file && a.node === b.node && a.bundle === b.bundle;
}

function loadable<T>(answer: Result<T>): Loadable<T> {
  return answer.ok ? { state: 'ready', value: answer.value } : { state: 'failed', failure: answer.failure };
}

/** @returns the store; `caseId` gives the open case, null when there is none. */
export function createClocks(bridge: Bridge, caseId: () => CaseId | null): ClocksStore {
  /** As of when overrides and alignments were asked for last. */
  let asked = -1;
  // A change must see what the one before it did.
  const inTurn = createQueue();
  return createStore<ClocksState & ClocksActions>()((set, get) => {
    const readOverrides = async (id: CaseId): Promise<readonly ClockOverride[]> => {
      const answer = await bridge.call('clock.overrides', { caseId: id });
      if (caseId() === id) set({ overrides: loadable(answer) });
      return answer.ok ? answer.value : [];
    };
    const refuse = (failure: Failure): null => {
      set({ failure });
      return null;
    };
    const remember = (undo: Undo) => set(({ undos }) => ({ undos: [...undos, undo].slice(-UNDOS_MAX), failure: null }));
    return {
      ...FRESH,
      asOf: 0,
      load: () => {
        const id = caseId();
        if (id === null) return;
        const { overrides, alignments, asOf } = get();
        const failed = overrides.state === 'failed' || alignments.state === 'failed';
        if (asked === asOf && !failed) return;
        asked = asOf;
        if (overrides.state !== 'ready') set({ overrides: { state: 'loading' } });
        if (alignments.state !== 'ready') set({ alignments: { state: 'loading' } });
        void readOverrides(id);
        void bridge.call('clocks.align', { caseId: id }).then((answer) => {
          if (caseId() === id && get().asOf === asOf) set({ alignments: loadable(answer) });
        });
      },
      set: (request, says) =>
        inTurn(async () => {
          const id = caseId();
          if (id === null) return null;
          const answer = await bridge.call('clock.override', { caseId: id, override: request });
          if (!answer.ok) return refuse(answer.failure);
          const { replaced, files } = answer.value;
          remember({ says, set: [request], gone: replaced === null ? [] : [requestOf(replaced)] });
          await readOverrides(id);
          return files;
        }),
      takeBack: (overrides, says) =>
        inTurn(async () => {
          const id = caseId();
          if (id === null) return 'not taken back';
          const answer = await bridge.call('clock.restore', { caseId: id, overrides: overrides.map((one) => one.id) });
          if (!answer.ok) {
            refuse(answer.failure);
            return 'not taken back';
          }
          remember({ says, set: [], gone: answer.value.map(requestOf) });
          await readOverrides(id);
          return 'taken back';
        }),
      undo: () =>
        inTurn(async () => {
          const id = caseId();
          const undo = get().undos.at(-1);
          if (id === null || undo === undefined) return null;
          // Found by what they are for: one that was taken back and set again has another id.
          const there = await readOverrides(id);
          const ids = there.filter((one) => undo.set.some((made) => sameTarget(made, one))).map((one) => one.id);
          if (ids.length > 0) {
            const answer = await bridge.call('clock.restore', { caseId: id, overrides: ids });
            if (!answer.ok) return refuse(answer.failure);
          }
          for (const request of undo.gone) {
            const answer = await bridge.call('clock.override', { caseId: id, override: request });
            if (!answer.ok) return refuse(answer.failure);
          }
          set(({ undos }) => ({ undos: undos.filter((one) => one !== undo), failure: null }));
          await readOverrides(id);
          return undo.says;
        }),
      dismissFailure: () => set({ failure: null }),
      forgetAnswers: () => set(({ asOf }) => ({ asOf: asOf + 1 })),
      forgetCase: () => set(({ asOf }) => ({ ...FRESH, asOf: asOf + 1 })),
    };
  });
}
