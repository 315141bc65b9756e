/** The lines of all files and nodes in the order of time, endless both ways. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { Bookmark } from 'lucide-react';
import { memo, useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { holdFocus, useFocusWhenFree } from '../../components/focus.ts';
import { MarkedText } from '../../components/MarkedText.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import { useNodeNames } from '../../components/use-node-names.ts';
import { baseName, shortInstant } from '../../model/format.ts';
import type { NodeNames } from '../../model/node-names.ts';
import { messageStart } from '../../model/timeline-text.ts';
import { distanceLabel, panned, within } from '../../model/timeline-view.ts';
import type { MergedLine } from '../../model/types.ts';
import { marks } from '../../stores/notebook.ts';
import { useNotebook, useSession, useStores, useTimeline, useTimelineLines } from '../../stores/stores.tsx';
import { viewOf } from '../../stores/timeline.ts';

const ROW_PX = 28;
/** The next page is fetched when so few rows are left. */
const ROWS_AHEAD = 60;
const CHARS_SHOWN = 600;

interface RowProps {
  readonly line: MergedLine;
  /** ms since 1970; null when there is no pivot. */
  readonly pivotAt: number | null;
  readonly node: string | null;
  /** Where its name is cut. */
  readonly cut: NodeNames['cut'];
  readonly withDay: 'day' | 'time alone';
  readonly isPivot: 'pivot' | 'another';
}

const Row = memo(function Row({ line, pivotAt, node, cut, withDay, isPivot }: RowProps) {
  const kept = useNotebook((state) => state.bookmarks.some((one) => marks(one, line)));
  const at = Date.parse(line.time);
  const clock = new Date(at).toISOString().slice(11, 23);
  const start = messageStart(line.text);
  return (
    <>
      <time className="mono" dateTime={line.time}>
        {withDay === 'day' ? `${shortInstant(line.time).replace(/ [\d:]+$/, '')} ${clock}` : clock}
      </time>
      {pivotAt === null ? null : (
        <span className="tl-row__away mono">{isPivot === 'pivot' ? 'pivot' : distanceLabel(at - pivotAt)}</span>
      )}
      {line.severity === null ? <i className="tl-row__mark" /> : <SeverityMark mark={line.severity} />}
      {node === null ? null : (
        <span className={`tl-row__node mono clip clip--${cut}`}>
          <bdi>{node}</bdi>
        </span>
      )}
      <span className="tl-row__who clip">{line.component ?? baseName(line.file)}</span>
      <span className="tl-row__text mono clip" title={line.text.slice(0, CHARS_SHOWN)}>
        <MarkedText text={line.text.slice(start, start + CHARS_SHOWN)} />
      </span>
      {kept ? <Bookmark className="icon" role="img" aria-label="Bookmarked" /> : null}
    </>
  );
});

const dayOf = (ms: number) => Math.floor(ms / 86_400_000);

function Rows({ onOpen }: { readonly onOpen: (line: MergedLine) => void }) {
  const { timeline, timelineLines } = useStores();
  const { rows, base, before, after, state, target, selected } = useTimelineLines((all) => all);
  const correlation = useTimeline((all) => all.correlation);
  const whole = useTimeline((all) => all.whole);
  const window = useSession((all) => all.window);
  const { rest, cut } = useNodeNames();
  // One node needs no name in each row.
  const names = rest.size < 2 ? null : rest;
  const scroller = useRef<HTMLDivElement>(null);
  const shownBase = useRef(base);
  /** What moves the list: the picture follows somebody who reads on, not a list that was sent somewhere. */
  const moved = useRef<'by hand' | 'by a jump'>('by a jump');
  useFocusWhenFree(scroller);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    initialRect: { width: 800, height: 600 },
    getItemKey: (index) => index + base,
  });

  // Rows were put before these, or taken away: what is read stays where it is.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null) element.scrollTop += (shownBase.current - base) * ROW_PX;
    shownBase.current = base;
  }, [base]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || target === null) return;
    const { base: first } = timelineLines.getState();
    shownBase.current = first;
    const above = target.where === 'middle' ? Math.max(0, element.clientHeight / 2 - 2 * ROW_PX) : 0;
    element.scrollTop = Math.max(0, (target.row - first) * ROW_PX - above);
    moved.current = 'by a jump';
  }, [target, timelineLines]);
  // By the element itself: the virtualizer learns of a jump only by the event that follows.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || selected === null) return;
    const top = (selected - timelineLines.getState().base) * ROW_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_PX > element.scrollTop + element.clientHeight)
      element.scrollTop = top + ROW_PX - element.clientHeight;
  }, [selected, timelineLines]);

  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => {
    if (state !== 'ready') return;
    if (before === 'more' && first < ROWS_AHEAD) void timelineLines.getState().more('before');
    if (after === 'more' && last > rows.length - ROWS_AHEAD) void timelineLines.getState().more('after');
  }, [timelineLines, state, before, after, first, last, rows.length]);

  const follow = useCallback(() => {
    const element = scroller.current;
    const { rows: now } = timelineLines.getState();
    const top = now[Math.ceil((element?.scrollTop ?? 0) / ROW_PX)] ?? now.at(-1);
    if (top === undefined) return;
    const cursor = Date.parse(top.time);
    timeline.getState().change({ cursor });
    const { whole: all } = timeline.getState();
    const view = viewOf(timeline.getState());
    if (moved.current !== 'by hand' || view === null || all === null) return;
    if (cursor < view.from)
      timeline.getState().look(panned({ ...view }, (cursor - view.from) / (view.to - view.from), all), 'here');
    else if (cursor >= view.to) {
      const length = view.to - view.from;
      timeline.getState().look(within({ from: cursor - length / 4, to: cursor + (length * 3) / 4 }, all), 'here');
    }
  }, [timeline, timelineLines]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows begin at another instant
  useEffect(follow, [follow, rows]);
  const byHand = () => {
    moved.current = 'by hand';
  };

  const pivot = correlation.state === 'ready' ? correlation.value.pivot : null;
  const pivotAt = pivot === null ? null : Date.parse(pivot.time);
  const isPivot = (line: MergedLine) =>
    pivot?.evidence != null &&
    pivot.evidence.bundle === line.bundle &&
    pivot.evidence.file === line.file &&
    pivot.evidence.line === line.line;
  const isOutside = (line: MergedLine) => {
    const at = Date.parse(line.time);
    return window !== null && (at < (window.from ?? at) || at >= (window.to ?? at + 1));
  };
  const withDay = whole !== null && dayOf(whole.from) === dayOf(whole.to - 1) ? 'time alone' : 'day';
  const look = `tl-rows${pivotAt === null ? '' : ' has-pivot'}${names === null ? '' : ' has-nodes'}${withDay === 'day' ? ' has-days' : ''}`;
  return (
    <div
      ref={scroller}
      className={state === 'loading' ? `${look} is-stale` : look}
      role="listbox"
      aria-label="Lines"
      aria-busy={state === 'loading'}
      data-screen-keys=""
      tabIndex={0}
      onFocus={holdFocus}
      onScroll={follow}
      onWheel={byHand}
      onPointerDown={byHand}
      onKeyDown={byHand}
      {...(selected === null ? {} : { 'aria-activedescendant': `tl-${selected}` })}
    >
      <div className="tl-rows__all" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const line = rows[item.index];
          const row = item.index + base;
          if (line === undefined) return null;
          const classes = [
            'tl-row',
            row === selected ? 'is-selected' : '',
            isPivot(line) ? 'is-pivot' : '',
            isOutside(line) ? 'is-outside' : '',
          ];
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the list, which has the focus
            // biome-ignore lint/a11y/useFocusableInteractive: a row that took the focus would end a selection of its text
            <div
              key={item.key}
              id={`tl-${row}`}
              className={classes.filter((one) => one !== '').join(' ')}
              role="option"
              aria-selected={row === selected}
              style={{ height: item.size, transform: `translateY(${item.start}px)` }}
              onClick={() => timelineLines.getState().select(row)}
              onDoubleClick={() => onOpen(line)}
            >
              <Row
                line={line}
                pivotAt={pivotAt}
                node={names === null ? null : (names.get(line.bundle) ?? '')}
                cut={cut}
                withDay={withDay}
                isPivot={isPivot(line) ? 'pivot' : 'another'}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Its own state moves it: the picture is drawn anew without it. */
export const MergedList = memo(function MergedList({ onOpen }: { readonly onOpen: (line: MergedLine) => void }) {
  const { timelineLines } = useStores();
  const empty = useTimelineLines((all) => all.rows.length === 0);
  const state = useTimelineLines((all) => all.state);
  const failure = useTimelineLines((all) => all.failure);
  if (failure !== null)
    return (
      <div className="section">
        <FailureNote failure={failure} onRetry={() => timelineLines.getState().forget()} />
      </div>
    );
  if (empty)
    return state === 'ready' ? (
      <Empty title="No line to show">
        <p>No line with a time is in scope, of these lanes and of this severity.</p>
      </Empty>
    ) : (
      <Loading what="Reading the lines" />
    );
  return <Rows onOpen={onOpen} />;
});
