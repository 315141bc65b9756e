/** The viewer's own scroll bar: the thumb, cited and kept lines, and beside it where lines match. */
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Severity } from '../../model/types.ts';
import { lineOfPart, overviewPath, overviewSays } from './overview.ts';
import { lineOfThumb, markOffset, thumbOf } from './scroll-map.ts';

/** Marks that are drawn: two on one pixel are one mark, as many as a screen has pixels. */
export type BarMarks = ReadonlyMap<number, Severity | 'bookmark'>;

const NO_MARKS: BarMarks = new Map();

export function ScrollBar({
  controls,
  label,
  first,
  visible,
  total,
  marks = NO_MARKS,
  onRow,
}: {
  /** Id of the list that is scrolled. */
  readonly controls: string;
  readonly label: string;
  /** First visible row, with the fraction of it that is above the edge. */
  readonly first: number;
  /** Rows in view, as visibleLines counts them. */
  readonly visible: number;
  readonly total: number;
  readonly marks?: BarMarks;
  readonly onRow: (row: number) => void;
}) {
  const bar = useRef<HTMLDivElement>(null);
  const [track, setTrack] = useState(600);
  const grip = useRef<number | null>(null);
  useLayoutEffect(() => {
    const element = bar.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setTrack(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const drawn = useMemo(() => {
    const at = new Map<number, Severity | 'bookmark'>();
    for (const [line, mark] of marks) at.set(markOffset(line, total, track), mark);
    return [...at];
  }, [marks, total, track]);
  const thumb = thumbOf(first, visible, total, track);

  const at = (event: PointerEvent) => event.clientY - (bar.current?.getBoundingClientRect().top ?? 0);
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const y = at(event);
    const onThumb = y >= thumb.offset && y < thumb.offset + thumb.size;
    grip.current = onThumb ? y - thumb.offset : thumb.size / 2;
    if (!onThumb) onRow(lineOfThumb(y - thumb.size / 2, visible, total, track));
  };
  const onPointerMove = (event: PointerEvent) => {
    if (grip.current !== null) onRow(lineOfThumb(at(event) - grip.current, visible, total, track));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: first + 1,
      ArrowUp: first - 1,
      PageDown: first + visible,
      PageUp: first - visible,
      Home: 1,
      End: total,
    };
    const next = steps[event.key];
    if (next === undefined || event.altKey) return;
    event.preventDefault();
    onRow(Math.max(1, Math.min(total, next)));
  };
  return (
    <div
      ref={bar}
      className="scrollbar"
      role="scrollbar"
      aria-controls={controls}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuemin={1}
      aria-valuemax={Math.max(1, total)}
      aria-valuenow={Math.floor(first)}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        grip.current = null;
      }}
      onPointerCancel={() => {
        grip.current = null;
      }}
      onKeyDown={onKeyDown}
    >
      {thumb.size < track ? (
        <div className="scrollbar__thumb" style={{ height: thumb.size, transform: `translateY(${thumb.offset}px)` }} />
      ) : null}
      {drawn.map(([offset, kind]) => (
        <i key={offset} className={`scrollbar__mark scrollbar__mark--${kind}`} style={{ top: offset }} />
      ))}
    </div>
  );
}

/** Where in the file lines match; a click leads there. Keys have ] and [. */
export function Overview({
  counts,
  total,
  onRow,
}: {
  readonly counts: readonly number[];
  readonly total: number;
  readonly onRow: (row: number) => void;
}) {
  const path = useMemo(() => overviewPath(counts), [counts]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a picture; keys go from match to match
    <svg
      className="overview"
      role="img"
      aria-label={overviewSays(counts, total)}
      viewBox={`0 0 1 ${Math.max(1, counts.length)}`}
      preserveAspectRatio="none"
      onClick={(event) => {
        const { top, height } = event.currentTarget.getBoundingClientRect();
        const share = height === 0 ? 0 : (event.clientY - top) / height;
        onRow(lineOfPart(Math.floor(share * counts.length), counts.length, total));
      }}
    >
      <path d={path} />
    </svg>
  );
}
