import { useMemo } from 'react';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { instant } from '../../model/format.ts';
import { markerGroups } from '../../model/timeline-markers.ts';
import type { TimelineMarker } from '../../model/types.ts';
import { useStores } from '../../stores/stores.tsx';
import { useView } from './use-view.ts';

/** Titles in a tooltip; the rest is counted. */
const TITLES = 6;

/** Findings where they begin, as their shapes; pressing one makes it the pivot. The table lists them for the keyboard. */
export function Markers({ markers, width }: { readonly markers: readonly TimelineMarker[]; readonly width: number }) {
  const { timeline } = useStores();
  const view = useView();
  const groups = useMemo(() => (view === null ? [] : markerGroups(markers, view, width)), [markers, view, width]);
  return groups.map(({ severity, markers: own, at }) => {
    const [worst] = own;
    if (worst === undefined) return null;
    const lines = own.slice(0, TITLES).map((one) => `${instant(one.first)} ${one.title}`);
    const more = own.length > TITLES ? [`and ${own.length - TITLES} more`] : [];
    return (
      <button
        key={worst.finding}
        type="button"
        className="tl-marker"
        tabIndex={-1}
        data-at={at}
        aria-label={`Finding: ${worst.title}${own.length > 1 ? `, and ${own.length - 1} more` : ''}`}
        title={[...lines, ...more, 'Press for what came before'].join('\n')}
        onClick={() => timeline.getState().pivotOn({ kind: 'finding', finding: worst.finding })}
      >
        <SeverityMark mark={severity} label={null} />
        {own.length > 1 ? <span>{own.length}</span> : null}
      </button>
    );
  });
}
