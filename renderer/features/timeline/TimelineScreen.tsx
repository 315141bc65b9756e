/** What came just before: all lines of all nodes by time, above as a picture, below one by one. */
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { usePinAnswer } from '../../components/AddToReport.tsx';
import { useCopy } from '../../components/copy.ts';
import { fileRoute } from '../../components/EvidenceChip.tsx';
import { Empty, FailureNote, Loading, NothingImported } from '../../components/States.tsx';
import { useBookmark } from '../../components/use-bookmark.ts';
import { useNodeNames } from '../../components/use-node-names.ts';
import { addedCells, laneRows } from '../../model/timeline-lanes.ts';
import type { MergedLine } from '../../model/types.ts';
import { useNavigation, useSession, useStores, useTimeline, useTimelineLines } from '../../stores/stores.tsx';
import { viewOf } from '../../stores/timeline.ts';
import { timelinePlace, timelineRoute } from '../../stores/timeline-route.ts';
import { HeadBar, ListBar } from './Bars.tsx';
import { BucketTable } from './BucketTable.tsx';
import { MergedList } from './MergedList.tsx';
import { Picture } from './Picture.tsx';
import { pinnableCorrelation, pinnableLines, useScopeOf } from './pin-answers.ts';
import { TimelineInspector } from './TimelineInspector.tsx';
import { useJump } from './use-jump.ts';
import { useMoves } from './use-moves.ts';

/** The list follows the picture once that stands still. */
const SETTLED_MS = 200;

/** The place of the route, and the window of every screen. */
function useArrive(): void {
  const { timeline, navigation } = useStores();
  const params = useNavigation((state) => state.route.params);
  const window = useSession((state) => state.window);
  const whole = useTimeline((state) => state.whole);
  const forgotten = useTimeline((state) => state.forgotten);
  const seen = useRef(window);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was forgotten is asked for again
  useEffect(() => {
    const { place, arrive } = timeline.getState();
    if (Object.keys(params).length > 0) arrive(timelinePlace(params));
    else {
      // The rail brings no place: the one that was left is put there.
      arrive(place);
      const route = timelineRoute(place);
      if (Object.keys(route.params).length > 0) navigation.getState().replace(route);
    }
  }, [params, timeline, navigation, forgotten]);
  useEffect(() => {
    if (whole === null) return;
    const { place, look } = timeline.getState();
    const arrived = seen.current === window;
    seen.current = window;
    if (arrived && (window === null || place.view !== null || place.pivot !== null)) return;
    const view = window === null ? null : { from: window.from ?? whole.from, to: window.to ?? whole.to };
    // A window without any line of this case would show nothing that one could find the way back from.
    if (view === null || (view.from < whole.to && view.to > whole.from)) look(view, arrived ? 'here' : 'new entry');
  }, [window, whole, timeline]);
}

/** The list goes where the picture and the pivot are. */
function useInStep(): void {
  const { timeline, timelineLines } = useStores();
  const jump = useJump();
  const place = useTimeline((state) => state.place);
  const whole = useTimeline((state) => state.whole);
  const least = useTimeline((state) => state.least);
  const leftOut = useTimeline((state) => state.leftOut);
  const rests = useTimeline((state) => state.turning === null);
  const correlation = useTimeline((state) => state.correlation);
  const idle = useTimelineLines((state) => state.state === 'idle');
  const found = correlation.state === 'ready' ? correlation.value.pivot : null;
  const pivot = found?.time ?? null;
  const evidence = found?.evidence ?? null;
  const listed = useRef({ least, leftOut });
  const toldPivot = useRef<string | null>(null);
  useEffect(() => {
    const told = pivot === null ? null : `${pivot} ${evidence?.file} ${evidence?.line}`;
    if (pivot === null || told === toldPivot.current) return;
    toldPivot.current = told;
    jump(Date.parse(pivot), 'middle', evidence);
  }, [pivot, evidence, jump]);
  useEffect(() => {
    if (listed.current.least === least && listed.current.leftOut === leftOut) return;
    listed.current = { least, leftOut };
    const { cursor } = timeline.getState();
    const view = viewOf(timeline.getState());
    if (view !== null) jump(cursor ?? view.from, 'first');
  }, [least, leftOut, timeline, jump]);
  useEffect(() => {
    const view = viewOf({ place, whole });
    if (!rests || view === null || (place.pivot !== null && pivot === null && idle && correlation.state === 'loading'))
      return;
    const step = () => {
      const { cursor } = timeline.getState();
      const lines = timelineLines.getState();
      const fresh = lines.state === 'idle';
      if (!fresh && (lines.state === 'loading' || (cursor !== null && cursor >= view.from && cursor < view.to))) return;
      if (fresh && pivot !== null) jump(Date.parse(pivot), 'middle', evidence);
      else jump(view.from, 'first');
    };
    if (idle) {
      step();
      return;
    }
    const timer = setTimeout(step, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [place, whole, rests, idle, pivot, evidence, correlation.state, timeline, timelineLines, jump]);
}

/** By itself: the picture moves with every notch of the wheel, and the screen need not be drawn again for it. */
function Following() {
  useArrive();
  useInStep();
  return null;
}

function Screen() {
  const { timeline, timelineLines, navigation, screens, bridge, session } = useStores();
  const shown = useTimeline((state) => state.settled);
  const failure = useTimeline((state) => state.failure);
  const form = useTimeline((state) => state.form);
  const byHand = useTimeline((state) => state.byHand);
  const leftOut = useTimeline((state) => state.leftOut);
  const line = useTimelineLines(({ rows, base, selected }) => (selected === null ? undefined : rows[selected - base]));
  const note = useRef<HTMLTextAreaElement>(null);
  const copy = useCopy();
  const bookmark = useBookmark();
  const moves = useMoves();
  const scope = useScopeOf();
  const pin = usePinAnswer();
  useEffect(() => {
    if (timeline.getState().settled === null) timeline.getState().fit(FIRST_COLUMNS);
  }, [timeline]);

  const names = useNodeNames().rest;
  const rows = useMemo(
    () => (shown === null ? [] : laneRows(shown, names, byHand, leftOut)),
    [shown, names, byHand, leftOut],
  );
  const cells = useMemo(
    () =>
      shown === null
        ? []
        : addedCells(
            shown.lanes.filter(({ id }) => !leftOut.has(id)),
            shown.columns,
          ),
    [shown, leftOut],
  );

  const open = useCallback(
    (one: MergedLine | undefined) => {
      if (one !== undefined) navigation.getState().go(fileRoute({ ...one, endLine: one.line }));
    },
    [navigation],
  );
  const cite = async () => {
    const caseId = session.getState().openCase?.id;
    if (line === undefined || caseId === undefined) return;
    const { bundle, file, line: number } = line;
    const answer = await bridge.call('file.cite', { caseId, bundle, file, line: number, endLine: number });
    if (answer.ok) copy(answer.value.quote, 'the line with its source');
    else screens.getState().announce(`Not copied: ${answer.failure.message}`);
  };
  const keep = () => {
    if (line !== undefined) void bookmark(line);
  };
  const pivot = () => {
    if (line !== undefined)
      timeline.getState().pivotOn({ kind: 'line', bundle: line.bundle, file: line.file, line: line.line });
  };
  const select = (by: number) => {
    const { rows: all, base, selected, select: to } = timelineLines.getState();
    if (all.length > 0) to(Math.max(base, Math.min(base + all.length - 1, (selected ?? base) + by)));
  };
  const densest = (by: number) => {
    const at = timeline.getState().densest;
    moves.densest(at === null ? 0 : at + by);
  };
  useScreenKeys({
    'next-row': () => select(1),
    'previous-row': () => select(-1),
    'first-row': () => moves.end('first'),
    'last-row': () => moves.end('last'),
    'next-match': () => densest(1),
    'previous-match': () => densest(-1),
    open: () => (timeline.getState().brush === null ? open(line) : moves.toBrush()),
    return: () => {
      const { brush, change } = timeline.getState();
      if (brush === null) navigation.getState().back();
      else change({ brush: null });
    },
    'copy-evidence': () => void cite(),
    bookmark: keep,
    note: () => {
      if (screens.getState().inspector === 'closed') screens.getState().toggleInspector();
      requestAnimationFrame(() => note.current?.focus());
    },
    plus: () => moves.zoom('in'),
    minus: () => moves.zoom('out'),
    whole: moves.whole,
    earlier: () => moves.pan('earlier'),
    later: () => moves.pan('later'),
    pivot,
    pin: () => {
      const now = timeline.getState();
      const pinnable =
        pinnableCorrelation(now, scope) ?? (shown === null ? null : pinnableLines(now, shown, cells, scope));
      if (pinnable !== null) void pin(pinnable);
    },
  });

  if (shown === null) {
    return (
      <div className="centre">
        {failure === null ? (
          <Loading what="Counting lines by time" />
        ) : (
          <div className="section">
            <FailureNote failure={failure} onRetry={() => timeline.getState().refresh()} />
          </div>
        )}
      </div>
    );
  }
  if (shown.whole === null) {
    return (
      <div className="centre">
        <Empty mark="unknown" title="There is no timeline">
          <p>{shown.window.sentence}</p>
          <p>Settings shows how the clock of each file was read, and takes a zone where one is missing.</p>
        </Empty>
      </div>
    );
  }
  return (
    <>
      <div className="centre centre--fixed tl">
        <HeadBar histogram={shown} moves={moves} />
        {failure === null ? null : <FailureNote failure={failure} onRetry={() => timeline.getState().refresh()} />}
        {form === 'picture' ? (
          <Picture histogram={shown} rows={rows} cells={cells} />
        ) : (
          <BucketTable histogram={shown} cells={cells} />
        )}
        <ListBar histogram={shown} cells={cells} moves={moves} />
        <MergedList onOpen={open} />
      </div>
      <TimelineInspector
        histogram={shown}
        line={line ?? null}
        actions={{ cite: () => void cite(), bookmark: keep, pivot }}
        note={note}
      />
    </>
  );
}

/** Until the picture knows its width. */
const FIRST_COLUMNS = 200;

export function TimelineScreen() {
  const openCase = useSession((state) => state.openCase);
  if (openCase === null) return <div className="centre" />;
  if (openCase.bundles.length === 0) return <NothingImported />;
  return (
    <>
      <Following />
      <Screen />
    </>
  );
}
