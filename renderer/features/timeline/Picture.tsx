/** The histogram: all lines above, nodes and components as lanes below, findings and gaps where they are. */
import { ChevronDown, ChevronRight, Eye, EyeOff } from 'lucide-react';
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { count, counted } from '../../model/format.ts';
import { barsOf, gapRects, peakOf } from '../../model/timeline-draw.ts';
import { addedCells, type LaneRow } from '../../model/timeline-lanes.ts';
import { bucketLabel, movedAlong, type Span } from '../../model/timeline-view.ts';
import type { TimelineHistogram } from '../../model/types.ts';
import { useStores, useTimeline } from '../../stores/stores.tsx';
import { viewOf } from '../../stores/timeline.ts';
import { AXIS_PX, BARS_PX, COLUMN_PX, COLUMNS_MAX, LANE_PAD_PX, LANE_PX } from './geometry.ts';
import { Markers } from './Markers.tsx';
import { Overlay } from './Overlay.tsx';
import { begin, fill, fillBars, hatch, type Palette, paintAxis, paintDays, readPalette } from './paint.ts';

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
        peak {count(peak)} in {bucketLabel(histogram.bucketMs)}
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
  if (row.kind === 'node') {
    const Chevron = row.state === 'open' ? ChevronDown : ChevronRight;
    return (
      <div className="tl-lane tl-lane--node">
        <button
          type="button"
          className="tl-lane__fold"
          aria-expanded={row.state === 'open'}
          title={row.state === 'open' ? 'Show the node as one lane' : 'Show its components'}
          onClick={() => timeline.getState().toggleNode(row.id, row.state === 'open' ? 'shut' : 'open')}
        >
          <Chevron className="icon" aria-hidden="true" />
          <span className="clip mono">{row.name}</span>
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

export function Picture({
  histogram,
  rows,
}: {
  readonly histogram: TimelineHistogram;
  readonly rows: readonly LaneRow[];
}) {
  const { timeline } = useStores();
  const place = useTimeline((state) => state.place);
  const whole = useTimeline((state) => state.whole);
  const leftOut = useTimeline((state) => state.leftOut);
  const stale = useTimeline((state) => state.asking === 'yes');
  const palette = usePalette();
  const plot = useRef<HTMLDivElement>(null);
  const all = useRef<HTMLCanvasElement>(null);
  const axis = useRef<HTMLCanvasElement>(null);
  const lanes = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [laneView, setLaneView] = useState({ top: 0, height: 0 });
  const wanted = useMemo(() => viewOf({ place, whole }), [place, whole]);
  // Until the answer is here the old drawing is moved along: one drawing for each answer.
  const drawn = useRef<{ readonly histogram: TimelineHistogram; readonly view: Span | null } | null>(null);
  const view = stale && drawn.current?.histogram === histogram ? (drawn.current.view ?? wanted) : wanted;
  useLayoutEffect(() => {
    drawn.current = { histogram, view };
  }, [histogram, view]);
  const cells = useMemo(
    () =>
      addedCells(
        histogram.lanes.filter(({ id }) => !leftOut.has(id)),
        histogram.columns,
      ),
    [histogram, leftOut],
  );

  useLayoutEffect(() => {
    const [area, pane] = [plot.current, scroller.current];
    if (area === null || pane === null) return;
    const measure = () => {
      setWidth(area.clientWidth);
      setLaneView({ top: pane.scrollTop, height: pane.clientHeight });
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

  useLayoutEffect(() => {
    const context = all.current === null || view === null ? null : begin(all.current, width, BARS_PX);
    if (context === null || view === null) return;
    fillBars(context, [barsOf(cells, histogram, view, { y: 0, width, height: BARS_PX }, 'linear')], palette);
    paintDays(context, view, { width, height: BARS_PX }, palette);
  }, [cells, histogram, view, width, palette]);
  useLayoutEffect(() => {
    const context = lanes.current === null || view === null ? null : begin(lanes.current, width, laneView.height);
    if (context === null || view === null) return;
    const first = Math.max(0, Math.floor(laneView.top / LANE_PX));
    const shown = rows.slice(first, first + Math.ceil(laneView.height / LANE_PX) + 1).map((row, nth) => {
      const y = (first + nth) * LANE_PX - laneView.top + LANE_PAD_PX;
      return { row, box: { y, width, height: LANE_PX - 2 * LANE_PAD_PX } };
    });
    fill(
      context,
      shown.flatMap(({ box }) => [0, box.y, width, box.height]),
      palette.ground,
    );
    fillBars(
      context,
      shown.flatMap(({ row, box }) =>
        row.kind === 'component' && row.shown === 'left out' ? [] : [barsOf(row.cells, histogram, view, box, 'root')],
      ),
      palette,
    );
    hatch(
      context,
      shown.flatMap(({ row, box }) => gapRects(row.gaps, view, box)),
      palette,
    );
  }, [rows, histogram, view, width, laneView, palette]);

  // Without React: a notch of the wheel moves what is drawn, and only the labels are drawn anew.
  useLayoutEffect(() => {
    const follow = () => {
      const now = viewOf(timeline.getState());
      if (view === null || now === null) return;
      // First: the font of a canvas is looked up in styles, which are to be worked out once.
      const context = axis.current === null ? null : begin(axis.current, width, AXIS_PX);
      if (context !== null) paintAxis(context, now, { width, height: AXIS_PX }, palette);
      const inPlace = now.from === view.from && now.to === view.to;
      const transform = inPlace ? 'none' : movedAlong(view, now, width);
      for (const canvas of [all.current, lanes.current]) if (canvas !== null) canvas.style.transform = transform;
    };
    follow();
    return timeline.subscribe((now, before) => {
      if (now.turning !== before.turning || now.place !== before.place) follow();
    });
  }, [timeline, view, width, palette]);

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
        onScroll={(event) =>
          setLaneView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })
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
        {wanted === null || width === 0 ? null : (
          <>
            <Overlay histogram={histogram} cells={cells} rows={rows} laneTop={laneView.top} width={width} />
            <Markers markers={histogram.markers} width={width} />
          </>
        )}
      </div>
    </section>
  );
}
