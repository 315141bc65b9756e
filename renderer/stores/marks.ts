/** What the engineer says of findings of the open case: pinned for the report, noise, a note. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import { NO_CASE } from '../model/no-case.ts';
import type { CaseId, Failure, FindingId, FindingMark } from '../model/types.ts';
import { createQueue } from './in-turn.ts';

export type MarkChange = Partial<Pick<FindingMark, 'pinned' | 'noise' | 'note'>>;

export interface MarksState {
  readonly marks: ReadonlyMap<FindingId, FindingMark>;
  readonly load: () => Promise<void>;
  /** Changes a part of what is said, and keeps the rest. @returns why it could not be kept. */
  readonly change: (finding: FindingId, part: MarkChange) => Promise<Failure | null>;
  readonly forgetCase: () => void;
}

export type MarksStore = StoreApi<MarksState>;

const byFinding = (marks: readonly FindingMark[]) => new Map(marks.map((mark) => [mark.finding, mark]));

/** @returns the store; `load` must be called when a case is opened. */
export function createMarks(bridge: Bridge, caseId: () => CaseId | null): MarksStore {
  // A change says all of a finding anew: it must know what the change before it said, and another window.
  const inTurn = createQueue();
  return createStore<MarksState>()((set) => {
    const write = async (id: CaseId, finding: FindingId, part: MarkChange): Promise<Failure | null> => {
      if (caseId() !== id) return NO_CASE;
      const now = await bridge.call('mark.list', { caseId: id });
      if (!now.ok) return now.failure;
      const { pinned = 'no', noise = 'no', note = '' } = { ...byFinding(now.value).get(finding), ...part };
      const answer = await bridge.call('mark.set', { caseId: id, finding, pinned, noise, note });
      if (!answer.ok) return answer.failure;
      if (caseId() === id) set({ marks: byFinding(answer.value) });
      return null;
    };
    return {
      marks: new Map(),
      load: async () => {
        const id = caseId();
        if (id === null) return;
        const answer = await bridge.call('mark.list', { caseId: id });
        if (answer.ok && caseId() === id) set({ marks: byFinding(answer.value) });
      },
      change: (finding, part) => {
        const id = caseId();
        return id === null ? Promise.resolve(NO_CASE) : inTurn(() => write(id, finding, part));
      },
      forgetCase: () => set({ marks: new Map() }),
    };
  });
}
