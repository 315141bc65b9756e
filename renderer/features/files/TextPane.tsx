/** A file of lines, of any size: only the lines in view are drawn, and only their pages are fetched. */
import { Search, WrapText } from 'lucide-react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { useFocusWhenFree } from '../../components/focus.ts';
import { HighlighterButton } from '../../components/HighlighterList.tsx';
import { IconButton } from '../../components/IconButton.tsx';
import { FailureNote } from '../../components/States.tsx';
import { count, counted } from '../../model/format.ts';
import { fileKey } from '../../stores/files.ts';
import { useFiles, useNavigation, useStores } from '../../stores/stores.tsx';
import { FileLine, ParsedHead } from './FileLine.tsx';
import { FindBar, matchesNothing, matchesSay } from './FindBar.tsx';
import { createFindWalk } from './find-walk.ts';
import { useLineMarks } from './line-marks.ts';
import { PaneBar } from './PaneBar.tsx';
import { PaneNotes } from './PaneNotes.tsx';
import { PaneFrame, PaneRows } from './PaneRows.tsx';
import { BesideTools, TreeButton } from './PaneTools.tsx';
import { lineId, listId, type PaneProps } from './pane.ts';
import { type BarMarks, Overview, ScrollBar } from './ScrollBar.tsx';
import { visibleLines } from './scroll-map.ts';
import { extended, type LineRange, rangeOf, type Selection, selectionOf, stepped } from './selection.ts';
import { useFind } from './use-find.ts';
import { useGoTo } from './use-goto.ts';
import { useHeights } from './use-heights.ts';
import { useLead } from './use-lead.ts';
import { useLineActions } from './use-line-actions.ts';
import { useLineRows, useParsedRows, useWanted } from './use-rows.ts';
import { useScroll } from './use-scroll.ts';
import { useStops } from './use-stops.ts';

export function TextPane(props: PaneProps) {
  const { side, file, place, onPlace, lead, onNote } = props;
  const { navigation, files, screens } = useStores();
  const wrap = useFiles((state) => state.wrap);
  const view = useFiles((state) => (file.format === 'text' ? 'raw' : state.view));
  const findBar = useFiles((state) => state.findBar === 'shown' && state.active === side);
  const active = useFiles((state) => state.active === side);
  const [kept] = useState(() => files.getState().tops.get(fileKey({ bundle: file.bundle, file: file.path })));
  const depth = useNavigation((state) => state.index);
  const goTo = useRef<HTMLInputElement>(null);
  const findInput = useRef<HTMLTextAreaElement>(null);
  const total = file.lines;
  const { line } = place;
  const range: LineRange | null = line === null ? null : { line, end: Math.max(line, place.end ?? line) };
  const chosen = useRef<Selection | null>(null);
  const selection = selectionOf(range, chosen.current);
  const marks = useLineMarks(file);
  const find = useFind(file);
  const lines = useLineRows(file);
  const parsed = useParsedRows(file);
  const heights = useHeights(lines.cache, { wrap, view });
  const [grown, setGrown] = useState<ReadonlySet<number>>(new Set());
  const actions = useLineActions({ bundle: file.bundle, file: file.path });

  const version = lines.version + parsed.version;
  const scroll = useScroll({
    total,
    start: line === null ? (kept ?? 1) : 1,
    heightOf: heights.heightOf,
    isMeasured: heights.isMeasured,
    version,
  });
  const { first, last, position, box, show } = scroll;
  useFocusWhenFree(scroll.viewport);
  useWanted(lines.cache, first, last);
  useWanted(view === 'parsed' ? parsed.cache : null, first, last);

  // biome-ignore lint/correctness/useExhaustiveDependencies: they are what the heights depend on
  useLayoutEffect(heights.forget, [box.width, wrap, view]);
  useEffect(
    () => files.getState().keepTop(fileKey({ bundle: file.bundle, file: file.path }), first),
    [files, file, first],
  );
  // Shows a line that was asked for by route, and only then: scrolling must not be pulled back.
  const asked = useRef<string | null>(null);
  const wanted = line === null ? null : `${depth} ${line}`;
  useEffect(() => {
    if (wanted === null || line === null || asked.current === wanted) return;
    asked.current = wanted;
    show(Math.min(line, total));
  }, [wanted, line, total, show]);

  const looked = line !== null && line >= first && line <= last ? line : first;
  const leads = useLead(props, scroll, looked, lines.cache.at(looked)?.time);
  const [walk] = useState(createFindWalk);
  const own = () => {
    leads();
    if (!active) files.getState().change({ active: side });
  };

  /** `walk`: the next match was found; by anything else what is still looked for is not wanted any more. */
  const choose = (next: Selection, how: 'jump' | 'step', by: 'walk' | 'other' = 'other') => {
    own();
    if (by === 'other') walk.leave();
    chosen.current = next;
    const to = rangeOf(next);
    if (how === 'step') asked.current = `${depth} ${to.line}`;
    onPlace(to, how);
  };
  const jump = (to: number, by: 'walk' | 'other' = 'other') => {
    // Where one was is a place to come back to, also when nothing was chosen there.
    if (line === null) onPlace({ line: first, end: first }, 'step');
    choose({ anchor: to, head: to }, 'jump', by);
    show(to);
  };
  const follow = (next: Selection) => {
    choose(next, 'step');
    if (scroll.sees(document.getElementById(lineId(side, next.head))) === 'not seen') show(next.head);
  };
  const go = useGoTo(file, (to) => {
    jump(to);
    scroll.viewport.current?.focus();
  });
  const cited = useMemo(() => [...marks.cited.keys()].sort((a, b) => a - b), [marks]);
  const stops = useStops(walk, { find, cited, total, head: selection?.head ?? null, first, jump });
  const closeFind = () => {
    files.getState().change({ findBar: 'hidden' });
    scroll.viewport.current?.focus();
  };
  const withRange = (act: (chosen: LineRange) => unknown) => () => {
    if (range !== null) act(range);
    else screens.getState().announce('Choose a line first: a click, the arrows or G');
  };
  const toLine = () => {
    goTo.current?.focus();
    goTo.current?.select();
  };
  useScreenKeys(
    active
      ? {
          'next-row': () => follow(stepped(selection, 1, total, first)),
          'previous-row': () => follow(stepped(selection, -1, total, first)),
          'first-row': () => jump(1),
          'last-row': () => jump(total),
          'go-to-line': toLine,
          find: () => {
            files.getState().change({ findBar: 'shown' });
            findInput.current?.focus();
            findInput.current?.select();
          },
          'next-match': () => stops.next('down'),
          'previous-match': () => stops.next('up'),
          'copy-evidence': withRange(actions.copyQuote),
          'copy-link': withRange(actions.copyLink),
          bookmark: withRange(actions.bookmark),
          note: withRange(onNote),
          pivot: withRange(actions.pivot),
          open: () => {
            if (line !== null) setGrown(new Set(grown).add(line));
          },
          return: () => navigation.getState().back(),
        }
      : {},
  );
  const barMarks = useMemo<BarMarks>(() => {
    const drawn = new Map<number, 'bookmark' | NonNullable<ReturnType<typeof marks.cited.get>>>(marks.cited);
    for (const kept of marks.bookmarks.keys()) drawn.set(kept, 'bookmark');
    return drawn;
  }, [marks]);
  const day = lines.cache.at(looked)?.time ?? file.firstTime;
  const here = { line: selection?.head ?? first, total, day: day === null ? null : Date.parse(day) };
  const failure = lines.cache.failure() ?? (view === 'parsed' ? parsed.cache.failure() : null);
  const height = (number: number) => heights.heightOf(number, box.width);
  const said = matchesSay(find);
  return (
    <PaneFrame side={side} total={total} onMove={own}>
      <PaneBar
        path={file.path}
        input={goTo}
        label={`Go to line, 1 to ${total}, or time`}
        hint="Go to (G): 4821, +1000, 50%, 12:03, 2025-10-14T10:07, or a coldcase:// link"
        value={line === null ? '' : String(line)}
        placeholder={count(first)}
        onGo={(text) => go(text, here)}
        onLeave={() => scroll.viewport.current?.focus()}
        start={side === 'main' ? <TreeButton /> : null}
      >
        {find.query === null || findBar || matchesNothing(find) ? (
          cited.length === 0 || findBar ? null : (
            <span className="meta viewer__count">{counted(cited.length, 'cited line')}</span>
          )
        ) : (
          <span className="meta viewer__count" title={`${find.text}\nNext and previous match: ] and [`}>
            {said}
          </span>
        )}
        {file.format === 'text' ? null : (
          <fieldset className="toggles" aria-label="How lines are shown">
            {(['raw', 'parsed'] as const).map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={view === one}
                onClick={() => files.getState().change({ view: one })}
              >
                {one === 'raw' ? 'Raw' : 'Parsed'}
              </button>
            ))}
          </fieldset>
        )}
        <IconButton
          icon={WrapText}
          aria-pressed={wrap === 'wrap'}
          label="Wrap lines"
          onClick={() => files.getState().change({ wrap: wrap === 'wrap' ? 'no-wrap' : 'wrap' })}
        />
        <IconButton
          icon={Search}
          aria-pressed={findBar}
          label="Search in this file"
          title="Search in this file (Ctrl F)"
          onClick={() => (findBar ? closeFind() : files.getState().change({ findBar: 'shown', active: side }))}
        />
        <HighlighterButton />
        <BesideTools {...props} />
      </PaneBar>
      {findBar ? (
        <FindBar
          find={find}
          input={findInput}
          onNext={() => stops.next('down')}
          onPrevious={() => stops.next('up')}
          onClose={closeFind}
        />
      ) : null}
      <PaneNotes file={file} side={side} />
      {failure === null ? null : (
        <FailureNote
          failure={failure}
          onRetry={() => {
            lines.cache.retry();
            parsed.cache.retry();
          }}
        />
      )}
      {view === 'parsed' ? <ParsedHead /> : null}
      <PaneRows
        side={side}
        look={`${wrap === 'wrap' ? ' is-wrapped' : ''}${view === 'parsed' ? ' is-parsed' : ''}`}
        label={`Lines of ${file.path}`}
        total={total}
        scroll={scroll}
        selection={selection}
        onExtend={follow}
        onCopy={withRange(actions.copyQuote)}
        onPage={(px) => {
          own();
          scroll.move(px);
        }}
        row={(number) => (
          <FileLine
            key={number}
            id={lineId(side, number)}
            number={number}
            total={total}
            row={lines.cache.at(number)}
            parsed={view === 'raw' ? null : (parsed.cache.at(number) ?? 'coming')}
            version={version}
            query={find.query}
            cited={marks.cited.get(number)}
            bookmark={marks.bookmarks.get(number)?.note}
            look={
              range !== null && number >= range.line && number <= range.end
                ? 'current'
                : lead !== null && lead.line === number
                  ? 'same time'
                  : 'other'
            }
            onMeasure={heights.measure}
            length={grown.has(number) ? 'whole' : 'beginning'}
            onChoose={(how) => {
              if (how === 'grow') setGrown(new Set(grown).add(number));
              else if (how === 'extend') choose(extended(selection, number, total), 'step');
              else choose({ anchor: number, head: number }, 'step');
            }}
          />
        )}
      >
        {find.map.state === 'ready' ? (
          <Overview counts={find.map.value.counts} total={total} onRow={stops.near} />
        ) : null}
        <ScrollBar
          controls={listId(side)}
          label="Position in the file"
          first={first + (position.px === 0 ? 0 : position.px / height(first))}
          visible={visibleLines(total, box.height, height)}
          total={total}
          marks={barMarks}
          onRow={(to) => {
            own();
            scroll.drag(to);
          }}
        />
      </PaneRows>
    </PaneFrame>
  );
}
