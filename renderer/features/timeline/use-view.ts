import { useMemo } from 'react';
import type { Span } from '../../model/timeline-view.ts';
import { useTimeline } from '../../stores/stores.tsx';
import { viewOf } from '../../stores/timeline.ts';

/** @returns the span that is looked at; while a wheel turns that before it: the picture moves without React. */
export function useView(): Span | null {
  const place = useTimeline((state) => state.place);
  const whole = useTimeline((state) => state.whole);
  return useMemo(() => viewOf({ place, whole }), [place, whole]);
}
