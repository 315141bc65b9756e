/** What lies over the picture: pivot, brush, the list's place, the pointer and what it points at. */
import { type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { counted } from '../../model/format.ts';
import { windowLabel } from '../../model/time-window.ts';
import { countCells, type LaneRow, type LevelCounts } from '../../model/timeline-lanes.ts';
import { instantAt, panned, type Span, zoomed } from '../../model/timeline-view.ts';
import type { TimelineGap, TimelineHistogram } from '../../model/types.ts';
import { useSession, useStores, useTimeline } from '../../stores/stores.tsx';
import { viewOf } from '../../stores/timeline.ts';
import { ALL_PX, AXIS_PX, LANE_PX } from './geometry.ts';
import type { Marks } from './paint.ts';
import { useJump } from './use-jump.ts';
import { useView } from './use-view.ts';

/** A press that moves less is a click. */
const DRAG_PX = 4;
/** How much a notch of the wheel (100 px) zooms: to 86 percent. */
const ZOOM_PER_PX = 0.0015;
/** Lines of a wheel that counts in lines. */
const LINE_PX = 16;
const READOUT_PX = 240;

interface OverlayProps {
  readonly histogram: TimelineHistogram;
  readonly cells: readonly number[];
  readonly rows: readonly LaneRow[];
  readonly laneTop: number;
  readonly onMarks: (marks: Marks) => void;
  readonly view: Span;
  readonly width: number;
}

/** @returns e.g. "312 lines: 40 errors, 3 warnings", "no line". */
function countsLabel({ lines, errors, warnings }: LevelCounts): string {
  if (lines === 0) return 'no line';
  const parts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  return `${counted(lines, 'line')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}

/** @returns the gap that an instant lies in. */
function gapAt(gaps: readonly TimelineGap[], at: number): TimelineGap | undefined {
  return gaps.find((gap) => (gap.from === null || Date.parse(gap.from) <= at) && at <= Date.parse(gap.to));
}

function ReadOut({
  histogram,
  cells,
  rows,
  laneTop,
  view,
  width,
  x,
  y,
}: Omit<OverlayProps, 'onMarks'> & { readonly x: number; readonly y: number }) {
  const row = y < ALL_PX ? null : (rows[Math.floor((y - ALL_PX + laneTop) / LANE_PX)] ?? null);
  const at = instantAt(x, view, width);
  const column = Math.floor((at - histogram.start) / histogram.bucketMs);
  const from = histogram.start + column * histogram.bucketMs;
  const inColumns = column >= 0 && column < histogram.columns;
  const gap = row === null ? undefined : gapAt(row.gaps, at);
  return (
    <div className="tl-readout" style={x > width / 2 ? { left: Math.max(0, x - READOUT_PX - 12) } : { left: x + 12 }}>
      <b>{windowLabel({ from, to: from + histogram.bucketMs })}</b>
      {row === null ? null : <span className="mono clip">{row.name}</span>}
      <span>
        {inColumns ? countsLabel(countCells(row === null ? cells : row.cells, column, column)) : 'not counted yet'}
      </span>
      {gap === undefined ? null : <span className="tl-readout__gap">{gap.sentence}</span>}
    </div>
  );
}

export function Overlay(props: Omit<OverlayProps, 'view'>) {
  const view = useView();
  return view === null ? null : <OverlayOf {...props} view={view} />;
}

function OverlayOf(props: OverlayProps) {
  const { histogram, view, width, onMarks } = props;
  const { timeline } = useStores();
  const brush = useTimeline((state) => state.brush);
  const cursor = useTimeline((state) => state.cursor);
  const correlation = useTimeline((state) => state.correlation);
  const windowMs = useTimeline((state) => state.place.windowMs);
  const jump = useJump();
  const area = useRef<HTMLDivElement>(null);
  const [pointer, setPointer] = useState<{ readonly x: number; readonly y: number } | null>(null);
  const still = useTimeline((state) => state.turning === null);
  const drag = useRef<{
    readonly x: number;
    readonly view: Span;
    readonly does: 'brush' | 'pan';
    moved: 'yes' | 'no';
  } | null>(null);
  const pivot = correlation.state === 'ready' ? correlation.value.pivot : null;
  const pivotAt = pivot === null ? null : Date.parse(pivot.time);

  const window = useSession((state) => state.window);
  useLayoutEffect(() => {
    onMarks({
      around: pivotAt === null ? null : { from: pivotAt - windowMs, to: pivotAt + windowMs },
      pivot: pivotAt,
      brush,
      cursor,
      windowFrom: window?.from ?? null,
      windowTo: window?.to ?? null,
    });
  }, [onMarks, pivotAt, windowMs, brush, cursor, window]);
  // React's own listener is passive: the page would scroll.
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { whole } = timeline.getState();
      const now = viewOf(timeline.getState());
      if (now === null || whole === null) return;
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PX;
      const { left, width: wide } = element.getBoundingClientRect();
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        const by = ((event.deltaX + event.deltaY) * unit) / Math.max(1, wide);
        timeline.getState().turn(panned(now, by, whole));
      } else {
        const at = instantAt(event.clientX - left, now, wide);
        timeline.getState().turn(zoomed(now, at, Math.exp(event.deltaY * unit * ZOOM_PER_PX), whole));
      }
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [timeline]);

  const placeOf = (event: PointerEvent<HTMLDivElement>) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    const { x, y } = placeOf(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    const onAxis = y >= ALL_PX - AXIS_PX && y < ALL_PX;
    drag.current = { x, view: viewOf(timeline.getState()) ?? view, does: onAxis ? 'pan' : 'brush', moved: 'no' };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const at = placeOf(event);
    setPointer(at);
    const held = drag.current;
    if (held === null || (held.moved === 'no' && Math.abs(at.x - held.x) < DRAG_PX)) return;
    held.moved = 'yes';
    if (held.does === 'pan') {
      const { whole } = timeline.getState();
      if (whole !== null) timeline.getState().turn(panned(held.view, (held.x - at.x) / width, whole));
      return;
    }
    const [from, to] = [Math.min(held.x, at.x), Math.max(held.x, at.x)];
    const span = { from: Math.round(instantAt(from, view, width)), to: Math.round(instantAt(to, view, width)) };
    if (span.to > span.from) timeline.getState().change({ brush: span });
  };
  const onPointerUp = (event: PointerEvent<HTMLDivElement>) => {
    const held = drag.current;
    drag.current = null;
    if (held === null || held.moved === 'yes') return;
    const { x } = placeOf(event);
    const column = Math.floor((instantAt(x, view, width) - histogram.start) / histogram.bucketMs);
    timeline.getState().change({ brush: null });
    jump(histogram.start + column * histogram.bucketMs, 'first');
  };

  return (
    <div
      ref={area}
      className="tl-overlay"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => {
        drag.current = null;
      }}
      onPointerLeave={() => setPointer(null)}
    >
      {pointer === null || !still ? null : (
        <>
          <i className="tl-pointer" style={{ left: pointer.x }} />
          <ReadOut {...props} {...pointer} />
        </>
      )}
    </div>
  );
}
