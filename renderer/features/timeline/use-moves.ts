/** The ways about the timeline that keys and buttons share. */
import { useMemo } from 'react';
import { windowLabel } from '../../model/time-window.ts';
import { framed, panned, type Span, zoomed } from '../../model/timeline-view.ts';
import { useStores } from '../../stores/stores.tsx';
import { viewOf } from '../../stores/timeline.ts';

export interface Moves {
  /** Around the brush, else the list's place where it is in view, else the middle. */
  readonly zoom: (way: 'in' | 'out') => void;
  readonly pan: (way: 'earlier' | 'later') => void;
  readonly whole: () => void;
  readonly end: (which: 'first' | 'last') => void;
  readonly toBrush: () => void;
  /** The window of every screen. */
  readonly onlyBrush: () => void;
  /** @param at counted from 0, the densest. */
  readonly densest: (at: number) => void;
}

const ZOOM_STEP = 2;
const PAN_STEP = 0.25;

export function useMoves(): Moves {
  const { timeline, session, screens } = useStores();
  return useMemo((): Moves => {
    const look = (view: Span | null, how: 'here' | 'new entry') => timeline.getState().look(view, how);
    const announce = (text: string) => screens.getState().announce(text);
    return {
      zoom: (way) => {
        const { whole, brush, cursor } = timeline.getState();
        const view = viewOf(timeline.getState());
        if (view === null || whole === null) return;
        const middle = (view.from + view.to) / 2;
        const inView = cursor !== null && cursor >= view.from && cursor < view.to ? cursor : middle;
        const at = brush === null ? inView : (brush.from + brush.to) / 2;
        look(zoomed(view, at, way === 'in' ? 1 / ZOOM_STEP : ZOOM_STEP, whole), 'here');
      },
      pan: (way) => {
        const { whole } = timeline.getState();
        const view = viewOf(timeline.getState());
        if (view !== null && whole !== null)
          look(panned(view, way === 'earlier' ? -PAN_STEP : PAN_STEP, whole), 'here');
      },
      whole: () => look(null, 'new entry'),
      end: (which) => {
        const { whole } = timeline.getState();
        const view = viewOf(timeline.getState());
        if (view === null || whole === null) return;
        const length = view.to - view.from;
        look(
          which === 'first' ? { from: whole.from, to: whole.from + length } : { from: whole.to - length, to: whole.to },
          'here',
        );
      },
      toBrush: () => {
        const { brush } = timeline.getState();
        if (brush === null) return;
        timeline.getState().change({ brush: null });
        look(brush, 'new entry');
      },
      onlyBrush: () => {
        const { brush } = timeline.getState();
        if (brush === null) return;
        timeline.getState().change({ brush: null });
        session.getState().setWindow(brush);
        announce(`Time window: ${windowLabel(brush)} UTC`);
      },
      densest: (wanted) => {
        const all = timeline.getState().shown?.densest ?? [];
        const at = Math.max(0, Math.min(all.length - 1, wanted));
        const found = all[at];
        if (found === undefined) return;
        const span = { from: Date.parse(found.from), to: Date.parse(found.to) };
        look(framed(span), 'new entry');
        timeline.getState().change({ brush: span, densest: at });
        announce(`${windowLabel(span)} UTC: ${found.count} warnings and errors in ten minutes`);
      },
    };
  }, [timeline, session, screens]);
}
