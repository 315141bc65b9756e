/** Leads to Timeline with the line or the finding as its pivot. */
import { Crosshair } from 'lucide-react';
import { useStores } from '../stores/stores.tsx';
import { type PivotQuestion, timelineRoute } from '../stores/timeline-route.ts';

/** What T does on every screen that shows lines or findings. */
export function usePivotOn(): (pivot: PivotQuestion) => void {
  const { navigation } = useStores();
  return (pivot) => navigation.getState().go(timelineRoute({ pivot }));
}

export function WhatCameBefore({ pivot }: { readonly pivot: PivotQuestion }) {
  const pivotOn = usePivotOn();
  return (
    <button
      type="button"
      className="btn btn--s"
      title="What came before, on Timeline (T)"
      onClick={() => pivotOn(pivot)}
    >
      <Crosshair className="icon" aria-hidden="true" />
      What came before
    </button>
  );
}
