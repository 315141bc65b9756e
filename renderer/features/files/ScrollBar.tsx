/** The viewer's own scrollbar: thumb, cited lines and matches over the whole file. */
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Severity } from '../../model/types.ts';
import type { LineMarks } from './line-marks.ts';
import { lineOfThumb, markOffset, thumbOf } from './scroll-map.ts';

export function ScrollBar({
  first,
  visible,
  total,
  marks,
  onLine,
}: {
  /** First visible line, with the fraction of it that is above the edge. */
  readonly first: number;
  /** Lines in view, as visibleLines counts them. */
  readonly visible: number;
  readonly total: number;
  readonly marks: LineMarks;
  readonly onLine: (line: number) => void;
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
  // Two marks on one pixel are one mark: a search may match a million lines.
  const drawn = useMemo(() => {
    const at = new Map<number, Severity | 'match'>();
    for (const line of marks.ranges.keys()) at.set(markOffset(line, total, track), 'match');
    for (const [line, severity] of marks.cited) at.set(markOffset(line, total, track), severity);
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
    if (!onThumb) onLine(lineOfThumb(y - thumb.size / 2, visible, total, track));
  };
  const onPointerMove = (event: PointerEvent) => {
    if (grip.current !== null) onLine(lineOfThumb(at(event) - grip.current, visible, total, track));
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
    onLine(Math.max(1, Math.min(total, next)));
  };
  return (
    <div
      ref={bar}
      className="scrollbar"
      role="scrollbar"
      aria-controls="viewer-lines"
      aria-label="Position in the file"
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
