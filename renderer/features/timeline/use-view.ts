import { useMemo } from 'react';
import type { Span } from '../../model/timeline-view.ts';
import { useTimeline } from '../../stores/stores.tsx';
import { viewOf } from '../../stores/timeline.ts';

/** @returns the span that is shown, at every notch of a wheel: for the little that cannot be moved along. */
export function useView(): Span | null {
  const place = useTimeline((state) => state.place);
  const whole = useTimeline((state) => state.whole);
  const turning = useTimeline((state) => state.turning);
  return useMemo(() => viewOf({ place, whole, turning }), [place, whole, turning]);
}
