/** Captured text with the matches of the search and the highlighters of the case marked in it. */
import { type ReactNode, useMemo } from 'react';
import { type Highlight, highlightsOf, piecesOf, type Range } from '../model/line-marks.ts';
import { useHighlighters } from '../stores/stores.tsx';
import { captured } from './Captured.tsx';

const NO_RANGES: readonly Range[] = [];

/** @returns where the highlighters of the case stand in `text`; ask only for lines that are shown. */
export function useHighlights(text: string): readonly Highlight[] {
  const active = useHighlighters((state) => state.active);
  return useMemo(() => highlightsOf(text, active), [text, active]);
}

/** @returns the text as nodes: matches as `<mark>`, highlighters as `<mark class="hl hl--green">`, both where both are. */
export function markedText(text: string, matches: readonly Range[], highlights: readonly Highlight[]): ReactNode {
  if (matches.length === 0 && highlights.length === 0) return captured(text);
  return piecesOf(text.length, matches, highlights).map(({ start, end, match, colour }) => {
    const piece = captured(text.slice(start, end));
    if (match === 'none' && colour === null) return <span key={start}>{piece}</span>;
    const highlighter = colour === null ? '' : `hl hl--${colour}`;
    return (
      <mark key={start} className={match === 'match' ? `match ${highlighter}` : highlighter}>
        {piece}
      </mark>
    );
  });
}

/** One line, or the part of it that is shown. `ranges` are the matches of the search in this very text. */
export function MarkedText({
  text,
  ranges = NO_RANGES,
}: {
  readonly text: string;
  readonly ranges?: readonly Range[];
}) {
  const highlights = useHighlights(text);
  return useMemo(() => markedText(text, ranges, highlights), [text, ranges, highlights]);
}
