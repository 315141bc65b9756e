/** The list at an instant, with what the screen leaves out left out. */
import { useMemo } from 'react';
import type { LineOf } from '../../stores/notebook.ts';
import { useStores } from '../../stores/stores.tsx';
import type { TimelineState } from '../../stores/timeline.ts';
import type { LinesQuestion } from '../../stores/timeline-lines.ts';

/** @returns ids of the lanes that are listed; null: all. */
export function lanesOf({ leftOut, shown }: Pick<TimelineState, 'leftOut' | 'shown'>): readonly string[] | null {
  if (leftOut.size === 0 || shown === null) return null;
  return shown.lanes.map(({ id }) => id).filter((id) => !leftOut.has(id));
}

/** @returns shows the lines from an instant on, at the top or in the middle of the list. */
export function useJump(): (at: number, where: 'first' | 'middle', meant?: LineOf | null) => void {
  const { timeline, timelineLines } = useStores();
  return useMemo(
    () =>
      (at, where, meant = null) => {
        const state = timeline.getState();
        const question: LinesQuestion = { least: state.least, lanes: lanesOf(state), meant };
        void timelineLines.getState().jump(at, question, where);
      },
    [timeline, timelineLines],
  );
}
