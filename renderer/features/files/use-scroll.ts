/** The place of a view in a file of any size: moved by wheel, keys and the scroll bar, never by an element's own scroll. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { moveBy, type Position, positionAt, positionOf, ROW_PX, TOP } from './scroll-map.ts';

export interface Scroll {
  readonly viewport: RefObject<HTMLDivElement | null>;
  readonly box: { readonly height: number; readonly width: number };
  readonly position: Position;
  /** First and last row that may be seen. */
  readonly first: number;
  readonly last: number;
  /** By pixels. */
  readonly move: (delta: number) => void;
  /** Brings a row a third down the view, or to where it is told. */
  readonly show: (row: number, above?: number) => void;
  /** To a row and a fraction of it, as the scroll bar tells it. */
  readonly drag: (row: number) => void;
  /** Whether all of the row is in view as it is drawn now. */
  readonly sees: (element: HTMLElement | null) => 'seen' | 'not seen';
}

export interface ScrollOptions {
  readonly total: number;
  /** Row at the upper edge at first. */
  readonly start: number;
  /** Measured where it was drawn, else estimated. @param width of the view in pixels. */
  readonly heightOf: (row: number, width: number) => number;
  /** Whether the row was drawn with its text: then its height is the true one. */
  readonly isMeasured: (row: number) => boolean;
  /** Changes when rows have arrived. */
  readonly version: number;
}

export function useScroll({ total, start, heightOf, isMeasured, version }: ScrollOptions): Scroll {
  const viewport = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState({ height: 600, width: 800 });
  const [position, setPosition] = useState<Position>(() => ({ ...TOP, line: Math.max(1, Math.min(start, total)) }));
  // The row that was asked for, until it is here: rows above it may turn out higher than estimated.
  const settling = useRef<{ readonly row: number; readonly above: number | null } | null>(null);
  const height = useCallback((row: number) => heightOf(row, box.width), [heightOf, box.width]);

  const move = useCallback(
    (delta: number) => {
      settling.current = null;
      setPosition((from) => moveBy(from, delta, total, box.height, height));
    },
    [total, box.height, height],
  );
  const place = useCallback(
    (row: number, above: number | null) =>
      setPosition(positionAt(row, above ?? box.height / 3, total, box.height, height)),
    [total, box.height, height],
  );
  const show = useCallback(
    (row: number, above?: number) => {
      settling.current = { row, above: above ?? null };
      place(row, above ?? null);
    },
    [place],
  );
  const drag = useCallback(
    (row: number) => {
      settling.current = null;
      setPosition(moveBy(positionOf(row, height), 0, total, box.height, height));
    },
    [total, box.height, height],
  );

  useLayoutEffect(() => {
    const element = viewport.current;
    if (element === null) return;
    const measure = () => {
      if (element.clientHeight > 0) setBox({ height: element.clientHeight, width: element.clientWidth });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: rows have arrived, and drawing them has measured them
  useEffect(() => {
    const target = settling.current;
    if (target === null) return;
    const frame = requestAnimationFrame(() => {
      if (settling.current !== target) return;
      if (isMeasured(target.row)) settling.current = null;
      place(target.row, target.above);
    });
    return () => cancelAnimationFrame(frame);
  }, [version, position.line, box.height]);

  // React listens to wheel passively; a wheel that moves the rows must not scroll anything else.
  useEffect(() => {
    const element = viewport.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) return;
      event.preventDefault();
      const unit = event.deltaMode === 1 ? ROW_PX : event.deltaMode === 2 ? box.height : 1;
      move(event.deltaY * unit);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [move, box.height]);

  const sees = useCallback((element: HTMLElement | null) => {
    const frame = viewport.current?.getBoundingClientRect();
    const row = element?.getBoundingClientRect();
    return frame === undefined || row === undefined || row.top < frame.top || row.bottom > frame.bottom
      ? 'not seen'
      : 'seen';
  }, []);
  const rows = Math.ceil(box.height / ROW_PX) + 1;
  const first = position.line;
  return { viewport, box, position, first, last: Math.min(total, first + rows), move, show, drag, sees };
}
