/** How high lines are drawn: one row each, or wrapped as measured, and as their length lets expect before that. */
import { useCallback, useRef } from 'react';
import type { PageCache } from './page-cache.ts';
import { ROW_PX } from './scroll-map.ts';
import type { LineRow } from './use-rows.ts';

/** Width of one character of the 12 px mono face, for estimating wrapped lines that were not drawn yet. */
const CHAR_PX = 7.2;
/** Width of what stands beside the text. */
const BESIDE_TEXT_PX = { raw: 100, parsed: 330 } as const;
/** Lines whose measured height is remembered. */
const HEIGHTS_MAX = 20_000;

export interface Heights {
  readonly heightOf: (line: number, width: number) => number;
  readonly isMeasured: (line: number) => boolean;
  readonly measure: (line: number, element: HTMLElement | null) => void;
  /** Other widths and other ways to show have other heights. */
  readonly forget: () => void;
}

export function useHeights(
  cache: PageCache<LineRow>,
  { wrap, view }: { readonly wrap: 'wrap' | 'no-wrap'; readonly view: 'raw' | 'parsed' },
): Heights {
  const heights = useRef(new Map<number, number>());
  const heightOf = useCallback(
    (line: number, width: number) => {
      if (wrap === 'no-wrap') return ROW_PX;
      const measured = heights.current.get(line);
      if (measured !== undefined) return measured;
      const columns = Math.max(20, Math.floor((width - BESIDE_TEXT_PX[view]) / CHAR_PX));
      return Math.max(1, Math.ceil((cache.at(line)?.text.length ?? 0) / columns)) * ROW_PX;
    },
    [wrap, view, cache],
  );
  const measure = useCallback((line: number, element: HTMLElement | null) => {
    if (element === null || element.offsetHeight === 0) return;
    if (heights.current.size > HEIGHTS_MAX) heights.current.clear();
    heights.current.set(line, element.offsetHeight);
  }, []);
  const forget = useCallback(() => heights.current.clear(), []);
  return {
    heightOf,
    isMeasured: (line) => cache.at(line) !== undefined && heights.current.has(line),
    measure,
    forget,
  };
}
