import { useVirtualizer } from '@tanstack/react-virtual';
import { Bookmark } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { EvidenceMark } from '../../components/EvidenceChip.tsx';
import { holdFocus, useFocusWhenFree } from '../../components/focus.ts';
import { MarkedText } from '../../components/MarkedText.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { When } from '../../components/When.tsx';
import { counted } from '../../model/format.ts';
import type { SearchMatch } from '../../model/types.ts';
import { marks } from '../../stores/notebook.ts';
import type { Shown } from '../../stores/search-answers.ts';
import { useNotebook, useSearch, useSession, useStores } from '../../stores/stores.tsx';

const LINE_PX = 18;
const META_PX = 22;
const PAD_PX = 13;
/** Room of the row that tells what is behind the last match. */
const END_PX = 40;
/** The next page is fetched when so few rows are left below. */
const ROWS_AHEAD = 50;

/** Characters before the first match that are kept when a line is too long for its row. */
const LEAD_CHARS = 30;
/** `… ` before a cut line. */
const ELLIPSIS_CHARS = 2;
const CHARS_SHOWN = 1_000;
/** Width of one character of the 12 px mono face. */
const CHAR_PX = 7.23;

/** @returns the line cut so that its first match is among the first `columns` characters, and the ranges in the cut text. */
export function excerpt(
  text: string,
  ranges: SearchMatch['ranges'],
  columns: number,
): { readonly text: string; readonly ranges: readonly (readonly [number, number])[]; readonly cut: number } {
  const [start = 0, end = 0] = ranges[0] ?? [];
  // As little as must be: a row is filled to its end.
  const least = Math.max(0, text.length - columns + ELLIPSIS_CHARS);
  const cut = Math.min(end, start + LEAD_CHARS) > columns ? Math.max(0, Math.min(start - LEAD_CHARS, least)) : 0;
  return {
    cut,
    text: text.slice(cut, cut + CHARS_SHOWN),
    ranges: ranges.map(([start, end]) => [Math.max(0, start - cut), end - cut] as const),
  };
}

function Context({ lines }: { readonly lines: readonly string[] }) {
  return lines.map((text, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: context lines are known by their place alone
    <div key={index} className="result__line result__context">
      <MarkedText text={text.slice(0, CHARS_SHOWN)} />
    </div>
  ));
}

function Match({
  match,
  showNode,
  columns,
}: {
  readonly match: SearchMatch;
  readonly showNode: 'node' | 'no-node';
  readonly columns: number;
}) {
  const shown = excerpt(match.text, match.ranges, columns);
  const kept = useNotebook((state) => state.bookmarks.find((one) => marks(one, match)));
  return (
    <>
      <div className="result__meta">
        {match.time === null ? <span>no time</span> : <When iso={match.time} of={match} />}
        {match.severity === null ? null : <SeverityMark mark={match.severity} />}
        <EvidenceMark
          target={{ bundle: match.bundle, file: match.file, line: match.line, endLine: match.line }}
          node={showNode === 'node' ? match.node : null}
        />
        {kept === undefined ? null : (
          <span className="result__kept" title={kept.note === '' ? 'Bookmarked' : kept.note}>
            <Bookmark className="icon" role="img" aria-label="Bookmarked" />
            <span className="clip">{kept.note}</span>
          </span>
        )}
        {match.aliases.length === 0 ? null : (
          <span className="result__also" title={match.aliases.join('\n')}>
            {counted(match.aliases.length, 'copy', 'copies')}
          </span>
        )}
      </div>
      <Context lines={match.before} />
      <div className="result__line">
        {shown.cut > 0 ? <span className="result__context">… </span> : null}
        <MarkedText text={shown.text} ranges={shown.ranges} />
      </div>
      <Context lines={match.after} />
    </>
  );
}

/** What is behind the last match that was fetched. */
function End({ shown, list }: { readonly shown: Shown; readonly list: 'best' | 'all' }) {
  const { search } = useStores();
  const running = useSearch((state) => state.running !== null);
  if (list === 'best') return <p className="meta">The best matches. All of them are one press away.</p>;
  if (typeof shown.paging === 'object') {
    return (
      <>
        <p>More matches could not be fetched: {shown.paging.message}</p>
        <button type="button" className="btn btn--s" onClick={() => void search.getState().loadMore()}>
          Try again
        </button>
      </>
    );
  }
  if (shown.next !== null || running) {
    return (
      <>
        <span className="spinner" aria-hidden="true" />
        <p className="meta">{running ? 'Searching on' : 'Fetching more matches'}</p>
      </>
    );
  }
  return (
    <p className="meta">{shown.answer.complete ? 'That is all of them.' : 'No more were found before the end.'}</p>
  );
}

export function Results({
  shown,
  list,
  matches,
  selected,
  onOpen,
}: {
  readonly shown: Shown;
  readonly list: 'best' | 'all';
  readonly matches: readonly SearchMatch[];
  readonly selected: number;
  readonly onOpen: (match: SearchMatch) => void;
}) {
  const { search } = useStores();
  const several = useSession((state) => (state.openCase?.bundles.length ?? 0) > 1);
  const focus = useSearch((state) => state.focus);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: matches.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => {
      const match = matches[index];
      return META_PX + PAD_PX + LINE_PX * (1 + (match?.before.length ?? 0) + (match?.after.length ?? 0));
    },
    overscan: 6,
    initialOffset: () => search.getState().shown?.scroll ?? 0,
    initialRect: { width: 800, height: 600 },
  });
  useFocusWhenFree(scroller);
  useEffect(() => {
    if (focus !== 'results') return;
    scroller.current?.focus({ preventScroll: true });
    search.getState().focused();
  }, [focus, search]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other context lines make other heights
  useLayoutEffect(() => virtual.measure(), [virtual, shown.asked.context, list]);
  const question = `${list} ${shown.asked.order} ${shown.asked.query} ${shown.asked.bundles?.join() ?? ''}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins at its own place
  useLayoutEffect(() => {
    if (scroller.current !== null) scroller.current.scrollTop = search.getState().shown?.scroll ?? 0;
  }, [search, question]);
  useEffect(() => virtual.scrollToIndex(selected, { align: 'auto' }), [selected, virtual]);
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (list === 'all' && shown.next !== null && shown.paging === 'idle' && last >= matches.length - ROWS_AHEAD)
      void search.getState().loadMore();
  }, [search, list, shown.next, shown.paging, last, matches.length]);
  // A layout effect: when the others are cleaned up the element has left the page and has no scroll any more.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const remember = () => search.getState().scrolled(element.scrollTop);
    element.addEventListener('scrollend', remember);
    return () => {
      element.removeEventListener('scrollend', remember);
      remember();
    };
  }, [search]);
  const columns = Math.max(40, Math.floor(((virtual.scrollRect?.width ?? 800) - 56) / CHAR_PX));
  const total = list === 'best' ? matches.length : Math.max(matches.length, shown.answer.total);
  return (
    <div
      ref={scroller}
      className="results"
      role="listbox"
      aria-label="Matches"
      data-screen-keys=""
      tabIndex={0}
      onFocus={holdFocus}
      aria-activedescendant={`match-${selected}`}
    >
      <div className="results__all" role="presentation" style={{ height: virtual.getTotalSize() + END_PX }}>
        {virtual.getVirtualItems().map((item) => {
          const match = matches[item.index];
          if (match === undefined) return null;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the list, which has the focus
            // biome-ignore lint/a11y/useFocusableInteractive: a row that took the focus would end a selection of its text
            <div
              key={item.index}
              id={`match-${item.index}`}
              className={item.index === selected ? 'result is-selected' : 'result'}
              role="option"
              aria-selected={item.index === selected}
              aria-posinset={item.index + 1}
              aria-setsize={total}
              style={{ height: item.size, transform: `translateY(${item.start}px)` }}
              onClick={(event) => {
                // Selecting text with the mouse is not choosing a line.
                if (window.getSelection()?.type === 'Range') return;
                search.getState().select(item.index);
                if (event.target instanceof Element && event.target.closest('[data-opens]') !== null) onOpen(match);
              }}
              onDoubleClick={() => onOpen(match)}
            >
              <Match match={match} showNode={several ? 'node' : 'no-node'} columns={columns} />
            </div>
          );
        })}
        <div
          className="results__end"
          role="presentation"
          style={{ transform: `translateY(${virtual.getTotalSize()}px)` }}
        >
          <End shown={shown} list={list} />
        </div>
      </div>
    </div>
  );
}
