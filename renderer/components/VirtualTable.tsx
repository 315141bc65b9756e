/** A grid of any length with one tab stop: keys move the selection, which fills the inspector and never navigates. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { useScreenKeys } from '../app/screen-keys.tsx';
import { useFocusWhenFree } from './focus.ts';

const ROW_PX = 28;
/** Rows of a PageUp or PageDown. */
const PAGE = 20;

export interface Column<Row> {
  readonly name: string;
  /** CSS class of the column: its width. */
  readonly className?: string;
  readonly numeric?: boolean;
  readonly cell: (row: Row) => ReactNode;
  /** Shown on hover, where the cell may be cut. */
  readonly title?: (row: Row) => string;
}

export interface VirtualTableProps<Row> {
  readonly label: string;
  readonly idPrefix: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Index of the selected row, -1 for none. */
  readonly selected: number;
  readonly onSelect: (row: Row) => void;
  readonly onOpen?: (row: Row) => void;
  readonly scroll: { readonly initial: number; readonly keep: (offset: number) => void };
  /** True for the list a screen is about: it takes the focus when nothing has it. */
  readonly main?: boolean;
  readonly rowClass?: (row: Row) => string;
}

/** Stands for the rows that are not drawn. */
function Space({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a table row takes no focus
    <tr aria-hidden="true" className="vtable__space">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

/** @returns the row a key leads to, null when the key means nothing here. */
function rowAfterKey(key: string, at: number, rows: number): number | null {
  const inside = (index: number) => Math.max(0, Math.min(rows - 1, index));
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return inside(at + 1);
    case 'ArrowUp':
    case 'k':
      return inside(at - 1);
    case 'PageDown':
      return inside(at + PAGE);
    case 'PageUp':
      return inside(at - PAGE);
    case 'Home':
      return inside(0);
    case 'End':
      return inside(rows - 1);
    default:
      return null;
  }
}

export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const { label, idPrefix, columns, rows, rowKey, selected, onSelect, onOpen, scroll, rowClass } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const nowhere = useRef<HTMLElement>(null);
  useFocusWhenFree(props.main === true ? grid : nowhere);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    initialOffset: () => scroll.initial,
    scrollPaddingStart: 26,
    // Without a laid-out element (tests, first frame) a window of rows is shown all the same.
    initialRect: { width: 800, height: 600 },
  });
  useEffect(() => {
    if (selected >= 0) virtual.scrollToIndex(selected, { align: 'auto' });
  }, [selected, virtual]);
  const keep = useRef(scroll.keep);
  keep.current = scroll.keep;
  // A layout effect: when the others are cleaned up the element has left the page and has no scroll any more.
  useLayoutEffect(() => {
    const element = scroller.current;
    return () => {
      if (element !== null) keep.current(element.scrollTop);
    };
  }, []);

  const to = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row !== undefined) onSelect(row);
  };
  useScreenKeys(
    props.main === true
      ? {
          'next-row': () => to(selected + 1),
          'previous-row': () => to(selected - 1),
          'first-row': () => to(0),
          'last-row': () => to(rows.length - 1),
          open: () => {
            const row = rows[selected];
            if (row !== undefined) onOpen?.(row);
          },
        }
      : {},
  );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target !== event.currentTarget) return;
    const current = rows[selected];
    if (event.key === 'Enter' && current !== undefined && onOpen !== undefined) onOpen(current);
    else {
      const next = rowAfterKey(event.key, selected, rows.length);
      const row = next === null ? undefined : rows[next];
      if (row === undefined) return;
      onSelect(row);
    }
    event.preventDefault();
  };

  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div className="vtable" ref={scroller}>
      <table
        ref={grid}
        className="table"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA allows grid on table, and its rows are selectable
        role="grid"
        data-screen-keys=""
        aria-label={label}
        aria-rowcount={rows.length + 1}
        tabIndex={0}
        onKeyDown={onKeyDown}
        {...(rows[selected] === undefined ? {} : { 'aria-activedescendant': `${idPrefix}-${selected}` })}
      >
        <colgroup>
          {columns.map((column) => (
            <col key={column.name} className={column.className} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th key={column.name} scope="col" className={column.numeric ? 'num' : undefined}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Space height={before} columns={columns.length} />
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const classes = `${item.index === selected ? 'is-selected' : ''} ${rowClass?.(row) ?? ''}`.trim();
            return (
              <tr
                key={rowKey(row)}
                id={`${idPrefix}-${item.index}`}
                className={classes}
                aria-rowindex={item.index + 2}
                aria-selected={item.index === selected}
                onClick={() => onSelect(row)}
                onDoubleClick={() => onOpen?.(row)}
              >
                {columns.map((column) => (
                  <td key={column.name} className={column.numeric ? 'num' : undefined} title={column.title?.(row)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          <Space height={after} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}
