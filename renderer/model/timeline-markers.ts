/** Findings on the axis of time: those that would lie on each other stand together. Pure. */
import { type Span, xOf } from './timeline-view.ts';
import { SEVERITY_ORDER, type Severity, type TimelineMarker } from './types.ts';

/** Findings that begin at about the same place of the picture. */
export interface MarkerGroup {
  readonly x: number;
  /** Where the first of them begins. */
  readonly at: number;
  /** The worst of them. */
  readonly severity: Severity;
  /** Worst first, then as they begin. */
  readonly markers: readonly TimelineMarker[];
}

/** Width of a shape, and of the number beside it. */
const SHAPE_PX = 28;

const rank = ({ severity }: TimelineMarker) => SEVERITY_ORDER.indexOf(severity);

/** @returns groups from left to right, of the findings that begin in the view. */
export function markerGroups(markers: readonly TimelineMarker[], view: Span, width: number): readonly MarkerGroup[] {
  const groups: { x: number; at: number; markers: TimelineMarker[] }[] = [];
  const inView = markers
    .map((marker) => ({ marker, at: Date.parse(marker.first) }))
    .filter(({ at }) => at >= view.from && at < view.to)
    .sort((one, other) => one.at - other.at);
  for (const { marker, at } of inView) {
    const x = xOf(at, view, width);
    const last = groups.at(-1);
    if (last !== undefined && x - last.x < SHAPE_PX) last.markers.push(marker);
    else groups.push({ x, at, markers: [marker] });
  }
  return groups.map(({ x, at, markers: own }) => {
    const sorted = [...own].sort((one, other) => rank(one) - rank(other));
    return { x, at, severity: sorted[0]?.severity ?? 'info', markers: sorted };
  });
}
