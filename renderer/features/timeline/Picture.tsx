/** The histogram: all lines above, nodes and components as lanes below, findings and gaps where they are. */
import { ChevronDown, ChevronRight, Eye, EyeOff } from 'lucide-react';
import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { useNodeNames } from '../../components/use-node-names.ts';
import { count, counted } from '../../model/format.ts';
import { peakOf } from '../../model/timeline-draw.ts';
import { addedCells, type LaneRow, laneRows } from '../../model/timeline-lanes.ts';
import { bucketLabel, type Span } from '../../model/timeline-view.ts';
import type { BundleId, TimelineHistogram } from '../../model/types.ts';
import { useStores, useTimeline } from '../../stores/stores.tsx';
import { viewOf } from '../../stores/timeline.ts';
import { AXIS_PX, BARS_PX, COLUMN_PX, COLUMNS_MAX, LANE_PX } from './geometry.ts';
import { Markers } from './Markers.tsx';
import { placeMarks } from './marks.ts';
import { Overlay } from './Overlay.tsx';
import { type Marks, type Palette, readPalette } from './paint.ts';
import { type Painting, paintingOf } from './painter.ts';
import type { Scene } from './scene.ts';
import { useView } from './use-view.ts';

/** @returns the colours of the theme, read again when it changes. */
function usePalette(): Palette {
  const [palette, setPalette] = useState(readPalette);
  useEffect(() => {
    const read = () => setPalette(readPalette());
    // The theme of the first frame is set after it.
    read();
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, []);
  return palette;
}

function Legend({ histogram, peak }: { readonly histogram: TimelineHistogram; readonly peak: number }) {
  return (
    <div className="tl-legend">
      <span>
        peak {counted(peak, 'line')} in {bucketLabel(histogram.bucketMs)}
      </span>
      <span className="tl-legend__keys">
        <span>
          <i className="tl-swatch tl-swatch--error" />
          errors
        </span>
        <span>
          <i className="tl-swatch tl-swatch--warning" />
          warnings
        </span>
        <span>
          <i className="tl-swatch tl-swatch--other" />
          other
        </span>
        <span>
          <i className="tl-swatch tl-swatch--gap" />
          gap
        </span>
      </span>
    </div>
  );
}

/** The worst of what a lane holds, as a shape. */
function LaneMark({ row }: { readonly row: LaneRow }) {
  if (row.errors > 0) return <SeverityMark mark="high" label={counted(row.errors, 'error')} />;
  if (row.warnings > 0) return <SeverityMark mark="medium" label={counted(row.warnings, 'warning')} />;
  return <span className="tl-lane__none" />;
}

function LaneName({ row }: { readonly row: LaneRow }) {
  const { timeline } = useStores();
  const { cut } = useNodeNames();
  if (row.kind === 'node') {
    const Chevron = row.state === 'open' ? ChevronDown : ChevronRight;
    return (
      <div className="tl-lane tl-lane--node">
        <button
          type="button"
          className="tl-lane__fold"
          aria-expanded={row.state === 'open'}
          title={`${row.name}: show ${row.state === 'open' ? 'the node as one lane' : 'its components'}`}
          onClick={() => timeline.getState().toggleNode(row.id, row.state === 'open' ? 'shut' : 'open')}
        >
          <Chevron className="icon" aria-hidden="true" />
          <span className={`clip clip--${cut} mono`}>
            <bdi>{row.name}</bdi>
          </span>
        </button>
        <LaneMark row={row} />
        <span className="tl-lane__count">{count(row.lines)}</span>
      </div>
    );
  }
  const Look = row.shown === 'shown' ? Eye : EyeOff;
  const leave = row.shown === 'shown' ? 'left out' : 'shown';
  return (
    <div className={row.shown === 'shown' ? 'tl-lane' : 'tl-lane is-out'}>
      <button
        type="button"
        className="tl-lane__look"
        aria-pressed={row.shown === 'shown'}
        aria-label={`Show ${row.name}`}
        title={row.shown === 'shown' ? `Leave ${row.name} out` : `Take ${row.name} in again`}
        onClick={() => timeline.getState().setLeftOut([row.id], leave)}
      >
        <Look className="icon" aria-hidden="true" />
      </button>
      <span className="clip">{row.name}</span>
      <LaneMark row={row} />
      <span className="tl-lane__count">{count(row.lines)}</span>
    </div>
  );
}

/** Drawn again when the lanes change, not when the picture moves. */
const LaneNames = memo(function LaneNames({ rows }: { readonly rows: readonly LaneRow[] }) {
  return (
    <div className="tl-lanes__names">
      {rows.map((row) => (
        <LaneName key={`${row.kind} ${row.id}`} row={row} />
      ))}
    </div>
  );
});

const NO_NAMES: ReadonlyMap<BundleId, string> = new Map();

/** @returns pixels of the screen for one of the page; another one when the window moves to another screen. */
function usePixelRatio(): number {
  const [ratio, setRatio] = useState(window.devicePixelRatio || 1);
  useEffect(() => {
    // A query of media tells only that it no longer holds: each ratio has one of its own.
    const query = window.matchMedia(`(resolution: ${ratio}dppx)`);
    const changed = () => setRatio(window.devicePixelRatio || 1);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [ratio]);
  return ratio;
}

export function Picture({
  histogram,
  rows,
  cells,
}: {
  /** The one that is told in words; while a wheel turns a newer one may be drawn. */
  readonly histogram: TimelineHistogram;
  readonly rows: readonly LaneRow[];
  readonly cells: readonly number[];
}) {
  const { timeline } = useStores();
  const view = useView();
  const stale = useTimeline((state) => state.asking === 'yes');
  const palette = usePalette();
  const ratio = usePixelRatio();
  const plot = useRef<HTMLDivElement>(null);
  const all = useRef<HTMLCanvasElement>(null);
  const axis = useRef<HTMLCanvasElement>(null);
  const lanes = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [laneView, setLaneView] = useState({ top: 0, height: 0, over: 0 });

  useLayoutEffect(() => {
    const [area, pane] = [plot.current, scroller.current];
    if (area === null || pane === null) return;
    const measure = () => {
      setWidth(area.clientWidth);
      setLaneView({ top: pane.scrollTop, height: pane.clientHeight, over: area.clientHeight });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(area);
    observer.observe(pane);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (width > 0) timeline.getState().fit(Math.min(COLUMNS_MAX, Math.max(60, Math.floor(width / COLUMN_PX))));
  }, [timeline, width]);

  const painting = useRef<Painting | null>(null);
  useLayoutEffect(() => {
    const drawn = { all: all.current, axis: axis.current, lanes: lanes.current, over: over.current };
    if (drawn.all === null || drawn.axis === null || drawn.lanes === null || drawn.over === null) return;
    painting.current = paintingOf({ all: drawn.all, axis: drawn.axis, lanes: drawn.lanes, over: drawn.over });
    return painting.current.leave;
  }, []);
  const mark = useCallback((marks: Marks) => painting.current?.painter.mark(marks), []);
  // Without React: a notch of the wheel moves what is drawn, and what lies over it.
  useLayoutEffect(() => {
    const painter = painting.current?.painter;
    if (painter === undefined || width === 0) return;
    const sceneOf = (shown: TimelineHistogram): Scene => {
      const { leftOut, byHand } = timeline.getState();
      const told = shown === histogram;
      const fresh = told ? rows : laneRows(shown, NO_NAMES, byHand, leftOut);
      const byId = new Map(fresh.map((row) => [`${row.kind} ${row.id}`, row]));
      return {
        start: shown.start,
        bucketMs: shown.bucketMs,
        cells: told
          ? cells
          : addedCells(
              shown.lanes.filter(({ id }) => !leftOut.has(id)),
              shown.columns,
            ),
        lanes: rows.map((named) => {
          const row = byId.get(`${named.kind} ${named.id}`);
          const isOut = row === undefined || (row.kind === 'component' && row.shown === 'left out');
          return { cells: isOut ? [] : row.cells, gaps: row?.gaps ?? [] };
        }),
        width,
        laneTop: laneView.top,
        laneHeight: laneView.height,
        overHeight: laneView.over,
        ratio,
        palette,
      };
    };
    const place = (view: Span) => {
      if (plot.current !== null) placeMarks(plot.current, view, width);
    };
    const now = viewOf(timeline.getState());
    const { turning, shown } = timeline.getState();
    if (now !== null) {
      painter.paint(sceneOf(turning === null ? histogram : (shown ?? histogram)), now);
      place(now);
    }
    return timeline.subscribe((state, before) => {
      if (state.turning === null) return;
      if (state.shown !== before.shown && state.shown !== null) painter.paint(sceneOf(state.shown), state.turning);
      if (state.turning === before.turning) return;
      painter.move(state.turning);
      place(state.turning);
    });
  }, [timeline, histogram, rows, cells, width, laneView, palette, ratio]);
  // Another view that is looked at.
  useLayoutEffect(() => {
    if (view !== null && timeline.getState().turning === null) painting.current?.painter.move(view);
    if (view !== null && plot.current !== null) placeMarks(plot.current, view, width);
  }, [timeline, view, width]);

  return (
    <section className={stale ? 'tl-picture is-stale' : 'tl-picture'} aria-label="Histogram" aria-busy={stale}>
      <Legend histogram={histogram} peak={peakOf(cells)} />
      <div className="tl-all" style={{ width }}>
        <canvas
          ref={all}
          role="img"
          aria-label="Lines by time and severity; Show as table tells the same"
          style={{ width, height: BARS_PX }}
        />
      </div>
      <canvas ref={axis} className="tl-axis" style={{ width, height: AXIS_PX }} />
      <section
        ref={scroller}
        className="tl-lanes"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls takes the focus
        tabIndex={0}
        aria-label="Lanes"
        onScroll={({ currentTarget }) =>
          setLaneView(({ over }) => ({ top: currentTarget.scrollTop, height: currentTarget.clientHeight, over }))
        }
      >
        <div className="tl-lanes__all" style={{ height: rows.length * LANE_PX }}>
          <LaneNames rows={rows} />
          <div className="tl-lanes__canvas" style={{ width, height: laneView.height }}>
            <canvas ref={lanes} style={{ width, height: laneView.height }} />
          </div>
        </div>
      </section>
      <div ref={plot} className="tl-plot">
        <canvas ref={over} className="tl-over" style={{ width, height: laneView.over }} />
        {view === null || width === 0 ? null : (
          <>
            <Overlay
              histogram={histogram}
              cells={cells}
              rows={rows}
              laneTop={laneView.top}
              width={width}
              onMarks={mark}
            />
            <Markers markers={histogram.markers} width={width} />
          </>
        )}
      </div>
    </section>
  );
}
