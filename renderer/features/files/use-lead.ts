/** A pane beside another one: it comes along when that one is moved, and tells where it stands when it is moved itself. */
import { useCallback, useEffect, useRef } from 'react';
import { lineId, type PaneProps } from './pane.ts';
import type { Scroll } from './use-scroll.ts';

/**
 * @param looked the line that is looked at. @param time of it; undefined until it is here.
 * @returns to be called when the engineer moves this pane.
 */
export function useLead(
  { side, lead, onMoved }: Pick<PaneProps, 'side' | 'lead' | 'onMoved'>,
  { show, position, viewport }: Pick<Scroll, 'show' | 'position' | 'viewport'>,
  looked: number,
  time: string | null | undefined,
): () => void {
  // What comes along does not lead back.
  const led = useRef(false);
  useEffect(() => {
    if (lead === null) return;
    led.current = true;
    show(lead.line, lead.above);
  }, [lead, show]);
  const moved = useRef(onMoved);
  moved.current = onMoved;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place is another instant, even of the same line
  useEffect(() => {
    if (led.current || time === undefined) return;
    const row = document.getElementById(lineId(side, looked))?.getBoundingClientRect();
    const frame = viewport.current?.getBoundingClientRect();
    moved.current(time, row === undefined || frame === undefined ? 0 : row.top - frame.top);
  }, [position, looked, time, side]);
  return useCallback(() => {
    led.current = false;
  }, []);
}
