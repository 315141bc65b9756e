import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { captured } from '../../components/Captured.tsx';
import { EvidenceMark } from '../../components/EvidenceChip.tsx';
import { holdFocus, useFocusWhenFree } from '../../components/focus.ts';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { When } from '../../components/When.tsx';
import type { BundleId, SearchMatch } from '../../model/types.ts';
import { useSession, useStores } from '../../stores/stores.tsx';
import { markRanges } from '../files/FileLine.tsx';

const LINE_PX = 18;
const META_PX = 22;
const PAD_PX = 13;

/** @returns what tells one file of the case from another. */
export function fileKey(of: { readonly bundle: BundleId; readonly file: string }): string {
  return `${of.bundle} ${of.file}`;
}

/** Characters before the first match that are kept when a line is too long for its row. */
const LEAD_CHARS = 60;
const CHARS_SHOWN = 1_000;

/** @returns the line cut so that its first match is seen, and the ranges in the cut text. */
export function excerpt(
  text: string,
  ranges: SearchMatch['ranges'],
): { readonly text: string; readonly ranges: readonly (readonly [number, number])[]; readonly cut: number } {
  const first = Math.min(...ranges.map(([start]) => start), text.length);
  const cut = first > 120 ? first - LEAD_CHARS : 0;
  return {
    cut,
    text: text.slice(cut, cut + CHARS_SHOWN),
    ranges: ranges.map(([start, end]) => [Math.max(0, start - cut), end - cut] as const),
  };
}

function Match({ match, showNode }: { readonly match: SearchMatch; readonly showNode: 'node' | 'no-node' }) {
  const shown = excerpt(match.text, match.ranges);
  return (
    <>
      <div className="result__meta">
        {match.time === null ? <span>no time</span> : <When iso={match.time} />}
        {match.severity === null ? null : <SeverityMark mark={match.severity} />}
        <EvidenceMark
          target={{ bundle: match.bundle, file: match.file, line: match.line, endLine: match.line }}
          node={showNode === 'node' ? match.node : null}
        />
      </div>
      {match.before.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: context lines are known by their place alone
        <div key={index} className="result__line result__context">
          {captured(text.slice(0, CHARS_SHOWN))}
        </div>
      ))}
      <div className="result__line">
        {shown.cut > 0 ? <span className="result__context">… </span> : null}
        {markRanges(shown.text, shown.ranges)}
      </div>
      {match.after.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: context lines are known by their place alone
        <div key={index} className="result__line result__context">
          {captured(text.slice(0, CHARS_SHOWN))}
        </div>
      ))}
    </>
  );
}

export function Results({
  ran,
  matches,
  selected,
  onSelect,
  onOpen,
}: {
  /** The query that these matches answer. */
  readonly ran: string;
  readonly matches: readonly SearchMatch[];
  readonly selected: number;
  readonly onSelect: (index: number) => void;
  readonly onOpen: (match: SearchMatch) => void;
}) {
  const { screens } = useStores();
  const several = useSession((state) => (state.openCase?.bundles.length ?? 0) > 1);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: matches.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => {
      const match = matches[index];
      return META_PX + PAD_PX + LINE_PX * (1 + (match?.before.length ?? 0) + (match?.after.length ?? 0));
    },
    overscan: 6,
    initialOffset: () => screens.getState().search.scroll,
    initialRect: { width: 800, height: 600 },
  });
  useFocusWhenFree(scroller);
  useEffect(() => {
    const { draft, ran: asked } = screens.getState().search;
    const focused = document.activeElement;
    // Results take the focus from the box that asked for them, unless something else is being typed there.
    if (focused?.tagName === 'INPUT' && focused.closest('search') !== null && draft.trim() === asked)
      scroller.current?.focus({ preventScroll: true });
  }, [screens]);
  useEffect(() => virtual.scrollToIndex(selected, { align: 'auto' }), [selected, virtual]);
  // A layout effect: when the others are cleaned up the element has left the page and has no scroll any more.
  useLayoutEffect(() => {
    const element = scroller.current;
    return () => {
      if (element !== null) screens.getState().leaveSearch(ran, element.scrollTop);
    };
  }, [screens, ran]);
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
      <div className="results__all" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const match = matches[item.index];
          if (match === undefined) return null;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the list, which has the focus
            <div
              key={`${fileKey(match)} ${match.line}`}
              id={`match-${item.index}`}
              className={item.index === selected ? 'result is-selected' : 'result'}
              role="option"
              tabIndex={-1}
              aria-selected={item.index === selected}
              aria-posinset={item.index + 1}
              aria-setsize={matches.length}
              style={{ height: item.size, transform: `translateY(${item.start}px)` }}
              onClick={(event) => {
                onSelect(item.index);
                if (event.target instanceof Element && event.target.closest('[data-opens]') !== null) onOpen(match);
              }}
              onDoubleClick={() => onOpen(match)}
            >
              <Match match={match} showNode={several ? 'node' : 'no-node'} />
            </div>
          );
        })}
      </div>
    </div>
  );
}
