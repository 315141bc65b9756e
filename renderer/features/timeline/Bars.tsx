/** Above the picture: which span this is, and the ways to another. Between picture and lines: what is listed, what was chosen. */
import { ChevronLeft, ChevronRight, Crosshair, Table2, X, ZoomIn, ZoomOut } from 'lucide-react';
import { AddToReport } from '../../components/AddToReport.tsx';
import { IconButton } from '../../components/IconButton.tsx';
import { Progress } from '../../components/Progress.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { useNodeNames } from '../../components/use-node-names.ts';
import { count, counted } from '../../model/format.ts';
import { windowLabel } from '../../model/time-window.ts';
import { countCells, type LevelCounts } from '../../model/timeline-lanes.ts';
import { roundSpan } from '../../model/timeline-view.ts';
import type { TimelineHistogram } from '../../model/types.ts';
import { useStores, useTimeline } from '../../stores/stores.tsx';
import { type LeastLevel, viewOf } from '../../stores/timeline.ts';
import { pinnableLines, useScopeOf } from './pin-answers.ts';
import type { Moves } from './use-moves.ts';

function Counts({ counts }: { readonly counts: LevelCounts }) {
  return (
    <span className="tl-counts">
      {counted(counts.lines, 'line')}
      {counts.errors === 0 ? null : (
        <span>
          <SeverityMark mark="high" label={null} />
          {counted(counts.errors, 'error')}
        </span>
      )}
      {counts.warnings === 0 ? null : (
        <span>
          <SeverityMark mark="medium" label={null} />
          {counted(counts.warnings, 'warning')}
        </span>
      )}
    </span>
  );
}

function PivotChip() {
  const { timeline } = useStores();
  const correlation = useTimeline((state) => state.correlation);
  const asked = useTimeline((state) => state.place.pivot !== null);
  if (!asked) return null;
  const pivot = correlation.state === 'ready' ? correlation.value.pivot : null;
  const label =
    correlation.state === 'loading'
      ? 'Looking for the pivot'
      : pivot === null
        ? 'No pivot'
        : `Pivot ${new Date(pivot.time).toISOString().slice(11, 23)}`;
  return (
    <span className="tl-pivot">
      <Crosshair className="icon" aria-hidden="true" />
      <span title={pivot?.sentence}>{label}</span>
      <button
        type="button"
        aria-label="Take the pivot away"
        title="Take the pivot away"
        onClick={() => timeline.getState().pivotOn(null)}
      >
        <X className="icon" aria-hidden="true" />
      </button>
    </span>
  );
}

function Densest({ histogram, moves }: { readonly histogram: TimelineHistogram; readonly moves: Moves }) {
  const at = useTimeline((state) => state.densest);
  const names = useNodeNames().short;
  const { densest } = histogram;
  if (densest.length === 0) return null;
  const shown = densest[at ?? 0];
  const nodes = new Set(densest.map(({ bundle }) => bundle)).size;
  const node = shown === undefined || nodes < 2 ? null : (names.get(shown.bundle) ?? null);
  return (
    <span className="tl-densest">
      <button
        type="button"
        className="btn btn--s"
        title={
          shown === undefined
            ? ''
            : `${windowLabel({ from: Date.parse(shown.from), to: Date.parse(shown.to) })} UTC${node === null ? '' : ` on ${node}`}: ${count(shown.count)} warnings and errors in ten minutes ( ] )`
        }
        onClick={() => moves.densest(at === null ? 0 : at)}
      >
        {at === null || nodes < 2 ? 'Densest window' : `Densest ${at + 1} of ${densest.length}`}
      </button>
      {densest.length < 2 ? null : (
        <>
          <IconButton
            icon={ChevronLeft}
            label="Densest window before"
            title="Denser ( [ )"
            look="quiet"
            disabled={(at ?? 0) === 0}
            onClick={() => moves.densest((at ?? 0) - 1)}
          />
          <IconButton
            icon={ChevronRight}
            label="Next of the densest windows"
            title="Next ( ] )"
            look="quiet"
            disabled={(at ?? -1) >= densest.length - 1}
            onClick={() => moves.densest(at === null ? 0 : at + 1)}
          />
        </>
      )}
    </span>
  );
}

/** While a wheel turns the axis tells where one is. */
function Title() {
  const label = useTimeline(({ place, whole }) => {
    const view = viewOf({ place, whole });
    return view === null ? null : windowLabel(roundSpan(view));
  });
  return (
    <h1>
      <span className="visually-hidden">Timeline: </span>
      {label ?? 'Timeline'}
      {label === null ? null : <span className="meta"> UTC</span>}
    </h1>
  );
}

export function HeadBar({ histogram, moves }: { readonly histogram: TimelineHistogram | null; readonly moves: Moves }) {
  const { timeline } = useStores();
  const form = useTimeline((state) => state.form);
  const asking = useTimeline((state) => state.asking === 'yes');
  return (
    <div className="pane-head tl-head">
      <Title />
      {asking && histogram === null ? <Progress percent={null} label="Counting" /> : null}
      <PivotChip />
      <span className="grow" />
      {histogram === null ? null : <Densest histogram={histogram} moves={moves} />}
      <IconButton icon={ZoomIn} label="Zoom in" title="Zoom in (+)" onClick={() => moves.zoom('in')} />
      <IconButton icon={ZoomOut} label="Zoom out" title="Zoom out (-)" onClick={() => moves.zoom('out')} />
      <button type="button" className="btn btn--s" title="All times (0)" onClick={moves.whole}>
        All
      </button>
      <button
        type="button"
        className="btn btn--s"
        aria-label={form === 'table' ? 'Show as picture' : 'Show as table'}
        title={form === 'table' ? 'Show as picture' : 'Show as table'}
        onClick={() => timeline.getState().change({ form: form === 'table' ? 'picture' : 'table' })}
      >
        <Table2 className="icon" aria-hidden="true" />
        <span className="tl-head__word">{form === 'table' ? 'Show as picture' : 'Show as table'}</span>
      </button>
    </div>
  );
}

const LEAST: readonly { readonly least: LeastLevel; readonly label: string; readonly title: string }[] = [
  { least: 'all', label: 'All lines', title: 'Every line that has a time' },
  { least: 'warning', label: 'Warnings', title: 'Warnings and errors' },
  { least: 'error', label: 'Errors', title: 'Errors alone' },
];

export function ListBar({
  histogram,
  cells,
  moves,
}: {
  readonly histogram: TimelineHistogram;
  readonly cells: readonly number[];
  readonly moves: Moves;
}) {
  const { timeline } = useStores();
  const least = useTimeline((state) => state.least);
  const brush = useTimeline((state) => state.brush);
  const leftOut = useTimeline((state) => state.leftOut);
  const shown = useTimeline((state) => state.shown);
  const whole = useTimeline((state) => state.whole);
  // It follows the wheel's end, not each notch.
  const place = useTimeline((state) => state.place);
  const column = (at: number) => Math.floor((at - histogram.start) / histogram.bucketMs);
  const scope = useScopeOf();
  const pinnable = pinnableLines({ place, whole, brush, least, leftOut, shown }, histogram, cells, scope);
  return (
    <div className="tl-bar">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of the bar */}
      <span className="toggles" role="group" aria-label="Lines listed">
        {LEAST.map((one) => (
          <button
            key={one.least}
            type="button"
            aria-pressed={least === one.least}
            title={one.title}
            onClick={() => timeline.getState().change({ least: one.least })}
          >
            {one.label}
          </button>
        ))}
      </span>
      <Counts counts={countCells(cells)} />
      {leftOut.size === 0 ? null : (
        <button
          type="button"
          className="btn btn--s"
          onClick={() => timeline.getState().setLeftOut([...leftOut], 'shown')}
        >
          {counted(leftOut.size, 'lane')} left out: show all
        </button>
      )}
      <span className="grow" />
      {pinnable === null ? null : <AddToReport pinnable={pinnable} keys={null} />}
      {brush === null ? null : (
        <>
          <span className="tl-brush clip">
            <b>{windowLabel(roundSpan(brush))}</b>{' '}
            <span className="meta">
              about {counted(countCells(cells, column(brush.from), column(brush.to - 1)).lines, 'line')}
            </span>
          </span>
          <button type="button" className="btn btn--s" title="Zoom to it (Enter)" onClick={moves.toBrush}>
            Zoom to it
          </button>
          <button type="button" className="btn btn--s" title="Every screen shows this window" onClick={moves.onlyBrush}>
            Only this window
          </button>
          <IconButton
            icon={X}
            label="Take the chosen span back"
            title="Take it back (Esc)"
            look="quiet"
            onClick={() => timeline.getState().change({ brush: null })}
          />
        </>
      )}
    </div>
  );
}
