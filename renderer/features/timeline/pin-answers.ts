/** What of Timeline can go into the report: what came before the pivot, and the lines of the span that is looked at. */
import type { Pinnable } from '../../components/AddToReport.tsx';
import { chipLabel } from '../../model/evidence.ts';
import { instant } from '../../model/format.ts';
import { windowLabel } from '../../model/time-window.ts';
import { countCells } from '../../model/timeline-lanes.ts';
import { roundSpan } from '../../model/timeline-view.ts';
import type { BundleId, TimelineHistogram } from '../../model/types.ts';
import { useSession } from '../../stores/stores.tsx';
import { type TimelineState, viewOf, wirePivot } from '../../stores/timeline.ts';
import { SEVERITY_OF } from '../../stores/timeline-lines.ts';
import { lanesOf } from './use-jump.ts';

/** More lines than this nobody reads in a report. */
const LINES_MAX = 200;

/** @returns the nodes in scope as a question names them; null: all. */
export function useScopeOf(): readonly BundleId[] | null {
  const bundles = useSession((state) => state.openCase?.bundles);
  const hidden = useSession((state) => state.hidden);
  return hidden.size === 0 ? null : (bundles ?? []).map(({ id }) => id).filter((id) => !hidden.has(id));
}

/** @returns the correlation that is shown, as a question; null while there is none. */
export function pinnableCorrelation(
  { place, correlation }: Pick<TimelineState, 'place' | 'correlation'>,
  bundles: readonly BundleId[] | null,
): Pinnable | null {
  if (place.pivot === null || correlation.state !== 'ready' || correlation.value.pivot === null) return null;
  const { evidence, sentence, time } = correlation.value.pivot;
  const what = evidence === null ? sentence : chipLabel(evidence);
  return {
    question: {
      method: 'correlate.run',
      input: { bundles, pivot: wirePivot(place.pivot), windowMs: place.windowMs },
    },
    title: `What happened around ${what}, ${instant(time)}`,
  };
}

/** What of the timeline decides which lines are listed. */
type LooksAt = Parameters<typeof viewOf>[0] & Pick<TimelineState, 'brush' | 'least' | 'leftOut' | 'shown'>;

/** @returns the first lines of the chosen span, or of the view, as a question; null when no line is there. */
export function pinnableLines(
  state: LooksAt,
  histogram: TimelineHistogram,
  cells: readonly number[],
  bundles: readonly BundleId[] | null,
): Pinnable | null {
  const span = state.brush ?? viewOf(state);
  if (span === null) return null;
  const column = (at: number) => Math.floor((at - histogram.start) / histogram.bucketMs);
  const counts = countCells(cells, column(span.from), column(span.to - 1));
  const lines =
    state.least === 'all' ? counts.lines : state.least === 'error' ? counts.errors : counts.warnings + counts.errors;
  if (lines === 0) return null;
  const window = `${windowLabel(roundSpan(span))} UTC`;
  return {
    question: {
      method: 'timeline.lines',
      input: {
        bundles,
        at: { time: new Date(span.from).toISOString() },
        until: new Date(span.to).toISOString(),
        direction: 'after',
        count: LINES_MAX,
        severity: SEVERITY_OF[state.least],
        lanes: lanesOf(state),
      },
    },
    // Columns at the ends of the view reach beyond it: how many lines there are is told by the answer.
    title: `${LEAST_WORDS[state.least]}, ${window}`,
  };
}

const LEAST_WORDS = { all: 'Lines', warning: 'Warnings and errors', error: 'Errors' } as const;
