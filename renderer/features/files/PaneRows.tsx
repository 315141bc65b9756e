/** What panes of lines and of bytes have in common: the frame that keys act on, and the list of the rows in view. */
import type { CSSProperties, KeyboardEvent, ReactNode } from 'react';
import { holdFocus } from '../../components/focus.ts';
import type { Side } from '../../stores/files-route.ts';
import { useFiles, useStores } from '../../stores/stores.tsx';
import { lineId, listId } from './pane.ts';
import { ROW_PX } from './scroll-map.ts';
import { extended, type Selection } from './selection.ts';
import type { Scroll } from './use-scroll.ts';

export function PaneFrame({
  side,
  total,
  onMove,
  children,
}: {
  readonly side: Side;
  /** Rows, whose numbers need room; null when they show none. */
  readonly total: number | null;
  /** The engineer moves this pane, or is about to. */
  readonly onMove: (() => void) | null;
  readonly children: ReactNode;
}) {
  const { files } = useStores();
  const active = useFiles((state) => state.active === side);
  const activate = () => {
    if (!active) files.getState().change({ active: side });
  };
  const move = () => {
    activate();
    onMove?.();
  };
  return (
    <section
      className={active ? 'pane is-active' : 'pane'}
      style={total === null ? {} : ({ '--digits': String(total).length } as CSSProperties)}
      aria-label={side === 'main' ? 'File' : 'File beside it'}
      onFocusCapture={activate}
      onPointerDownCapture={move}
      onWheelCapture={move}
    >
      {children}
    </section>
  );
}

export function PaneRows({
  side,
  look,
  label,
  total,
  scroll,
  selection,
  onExtend,
  onCopy,
  onPage,
  row,
  children,
}: {
  readonly side: Side;
  /** More classes of the list, each with a space before it. */
  readonly look: string;
  readonly label: string;
  readonly total: number;
  readonly scroll: Pick<Scroll, 'viewport' | 'first' | 'last' | 'position' | 'box'>;
  readonly selection: Selection | null;
  readonly onExtend: (selection: Selection) => void;
  readonly onCopy: () => void;
  /** A page down or up, in pixels. */
  readonly onPage: (px: number) => void;
  readonly row: (number: number) => ReactNode;
  /** What stands beside the list. */
  readonly children: ReactNode;
}) {
  const { viewport, first, last, position, box } = scroll;
  const head = selection?.head ?? null;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.metaKey || event.target !== event.currentTarget) return;
    if (event.ctrlKey) {
      if (event.key !== 'c' || window.getSelection()?.type === 'Range') return;
      onCopy();
    } else if (event.shiftKey && event.key === 'ArrowDown') {
      onExtend(extended(selection, (head ?? first - 1) + 1, total));
    } else if (event.shiftKey && event.key === 'ArrowUp') {
      onExtend(extended(selection, (head ?? first + 1) - 1, total));
    } else if (event.key === 'PageDown') onPage(box.height - ROW_PX);
    else if (event.key === 'PageUp') onPage(ROW_PX - box.height);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const shown = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return (
    <div className="viewer__body">
      <div
        id={listId(side)}
        className={`viewer__lines${look}`}
        ref={viewport}
        role="listbox"
        data-screen-keys=""
        aria-label={label}
        aria-multiselectable="true"
        tabIndex={0}
        {...(head === null || head < first || head > last ? {} : { 'aria-activedescendant': lineId(side, head) })}
        onKeyDown={onKeyDown}
        onFocus={holdFocus}
      >
        <div className="viewer__window" style={{ transform: `translateY(${-position.px}px)` }}>
          {shown.map(row)}
        </div>
      </div>
      {children}
    </div>
  );
}
