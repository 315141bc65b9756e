/** The lines of two texts: only what is in view is drawn, each number opens its line in Files. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { fileRoute } from '../../components/EvidenceChip.tsx';
import { useFocusWhenFree } from '../../components/focus.ts';
import { useBookmark } from '../../components/use-bookmark.ts';
import { count, counted } from '../../model/format.ts';
import type { TextComparison } from '../../model/types.ts';
import type { TextSide } from '../../stores/compare-route.ts';
import { useCompare, useStores } from '../../stores/stores.tsx';
import { type TextCell, type TextRow, textRows, type UnifiedRow, unifiedRows } from './text-rows.ts';

/** Of a row whose lines are not wrapped. */
const ROW_PX = 20;

interface LabelledSide extends TextSide {
  readonly label: string;
}

type Row = TextRow | UnifiedRow;

const isChange = ({ kind }: Row): boolean => kind !== 'same' && kind !== 'left-out';
const cellsOf = (row: Row): readonly [TextCell | null, TextCell | null] =>
  row.kind === 'left-out' ? [null, null] : [row.left, row.right];

/** A list's options may hold nothing that takes the focus: the number opens by a click, the row by Enter. */
function LineNumber({ side, cell }: { readonly side: LabelledSide; readonly cell: TextCell }) {
  const { navigation } = useStores();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter opens the selected row
    // biome-ignore lint/a11y/noStaticElementInteractions: the row is what the keys act on
    <span
      className="textrow__number"
      title={`Open line ${cell.line} of ${side.label} in Files (Enter)`}
      data-opens=""
      onClick={(event) => {
        event.stopPropagation();
        navigation.getState().go(fileRoute({ ...side, line: cell.line, endLine: cell.line }));
      }}
    >
      {count(cell.line)}
    </span>
  );
}

/** What the other side has not is marked within its line. */
function CellText({ cell }: { readonly cell: TextCell }) {
  const { text, own } = cell;
  if (own === null) return text === '' ? ' ' : text;
  const [from, to] = own;
  return (
    <>
      {text.slice(0, from)}
      {from < to ? <em className="textrow__own">{text.slice(from, to)}</em> : null}
      {text.slice(to)}
    </>
  );
}

function Side({
  side,
  cell,
  changed,
}: {
  readonly side: LabelledSide;
  readonly cell: TextCell | null;
  /** Its sign where only this side has the line. */
  readonly changed: '-' | '+' | null;
}) {
  if (cell === null) return <div className="textrow__none" />;
  const look = changed === '-' ? ' textrow__side--left' : changed === '+' ? ' textrow__side--right' : '';
  return (
    <div className={`textrow__side${look}`}>
      <LineNumber side={side} cell={cell} />
      <span className="textrow__sign">{changed ?? ' '}</span>
      <span className="textrow__text">
        <CellText cell={cell} />
      </span>
    </div>
  );
}

function RowView({
  row,
  left,
  right,
  layout,
}: {
  readonly row: Row;
  readonly left: LabelledSide;
  readonly right: LabelledSide;
  readonly layout: 'side by side' | 'unified';
}) {
  if (row.kind === 'left-out')
    return <div className="textrow__left-out">{counted(row.lines, 'line')} alike left out</div>;
  if (layout === 'side by side')
    return (
      <>
        <Side side={left} cell={row.left} changed={isChange(row) ? '-' : null} />
        <Side side={right} cell={row.right} changed={isChange(row) ? '+' : null} />
      </>
    );
  if (row.kind === 'only-left') return <Side side={left} cell={row.left} changed="-" />;
  return <Side side={right} cell={row.right} changed={row.kind === 'only-right' ? '+' : null} />;
}

export function TextLines({
  comparison,
  left,
  right,
}: {
  readonly comparison: TextComparison;
  readonly left: LabelledSide;
  readonly right: LabelledSide;
}) {
  const { compare, navigation } = useStores();
  const bookmark = useBookmark();
  const { layout, row: chosen } = useCompare((state) => state.view);
  const scroller = useRef<HTMLDivElement>(null);
  useFocusWhenFree(scroller);
  const rows: readonly Row[] = useMemo(() => {
    const beside = textRows(comparison.hunks);
    return layout === 'unified' ? unifiedRows(beside) : beside;
  }, [comparison, layout]);
  const changes = useMemo(() => rows.flatMap((row, index) => (isChange(row) ? [index] : [])), [rows]);
  const selected = chosen !== null && rows[chosen] !== undefined ? chosen : (changes[0] ?? 0);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    // Without a laid-out element (tests, first frame) a window of rows is shown all the same.
    initialRect: { width: 800, height: 600 },
  });
  useEffect(() => {
    virtual.scrollToIndex(selected, { align: 'auto' });
  }, [selected, virtual]);
  const to = (index: number | undefined) => {
    if (index !== undefined) compare.getState().change({ row: index });
  };
  /** The side that has a line of its own in the selected row; the right one where both have. */
  const line = () => {
    const row = rows[selected];
    const [mine, other] = row === undefined ? [null, null] : cellsOf(row);
    if (other !== null) return { ...right, line: other.line };
    return mine === null ? null : { ...left, line: mine.line };
  };
  const nextChange = () => to(changes.find((index) => index > selected));
  const changeBefore = () => to(changes.findLast((index) => index < selected));
  useScreenKeys({
    'next-row': nextChange,
    'previous-row': changeBefore,
    'next-match': nextChange,
    'previous-match': changeBefore,
    'first-row': () => to(changes[0]),
    'last-row': () => to(changes.at(-1)),
    open: () => {
      const at = line();
      if (at !== null) navigation.getState().go(fileRoute({ ...at, endLine: at.line }));
    },
    bookmark: () => {
      const at = line();
      if (at !== null) void bookmark({ bundle: at.bundle, file: at.file, line: at.line });
    },
  });
  return (
    <>
      {layout === 'unified' ? null : (
        <div className="texts__heads" aria-hidden="true">
          <span className="mono clip">{left.label}</span>
          <span className="mono clip">{right.label}</span>
        </div>
      )}
      <div
        ref={scroller}
        className="texts__lines"
        role="listbox"
        data-screen-keys=""
        aria-label={`Lines of ${left.label} against ${right.label}`}
        aria-activedescendant={`textrow-${selected}`}
        tabIndex={0}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of the screen move between changes
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                id={`textrow-${item.index}`}
                role="option"
                tabIndex={-1}
                aria-selected={item.index === selected}
                className={`textrow textrow--${layout === 'unified' ? 'unified' : 'beside'}${item.index === selected ? ' is-selected' : ''}`}
                style={{ transform: `translateY(${item.start}px)` }}
                onClick={() => to(item.index)}
                onDoubleClick={() => {
                  const at = line();
                  if (at !== null) navigation.getState().go(fileRoute({ ...at, endLine: at.line }));
                }}
              >
                <RowView row={row} left={left} right={right} layout={layout} />
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
