import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { AlsoOn } from '../../components/AlsoOn.tsx';
import { useFocusWhenFree } from '../../components/focus.ts';
import { SeverityHead, SeverityMark } from '../../components/SeverityMark.tsx';
import { useNodeNames } from '../../components/use-node-names.ts';
import { When } from '../../components/When.tsx';
import { count, counted } from '../../model/format.ts';
import type { Finding, FindingId } from '../../model/types.ts';
import { useStores } from '../../stores/stores.tsx';
import type { FindingRow, Said } from './filter.ts';

const ROW_PX = 28;
const GROUP_PX = 30;
const COLUMNS = 8;

const rowId = (id: FindingId) => `finding-${id}`;

/** Stands for the rows that are not drawn. */
function Space({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a table row takes no focus
    <tr aria-hidden="true" className="findings__space">
      <td colSpan={COLUMNS} style={{ height }} />
    </tr>
  );
}

/** A grid with one tab stop: the keys move the selection, which fills the inspector and never navigates. */
export function FindingsTable({
  rows,
  said,
  selected,
  onSelect,
  onOpen,
}: {
  readonly rows: readonly FindingRow[];
  readonly said: Said;
  readonly selected: FindingId | null;
  readonly onSelect: (finding: Finding) => void;
  readonly onOpen: (finding: Finding) => void;
}) {
  const { screens } = useStores();
  const scroller = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  useFocusWhenFree(grid);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === 'group' ? GROUP_PX : ROW_PX),
    overscan: 10,
    initialOffset: () => screens.getState().findings.scroll,
    // Without a laid-out element (tests, first frame) a window of rows is shown all the same.
    initialRect: { width: 800, height: 600 },
  });
  const names = useNodeNames();

  const at = rows.findIndex((row) => row.kind === 'finding' && row.finding.id === selected);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [at, virtual]);
  // A layout effect: when the others are cleaned up the element has left the page and has no scroll any more.
  useLayoutEffect(() => {
    const element = scroller.current;
    return () => {
      if (element !== null) screens.getState().change('findings', { scroll: element.scrollTop });
    };
  }, [screens]);

  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div className="findings" ref={scroller}>
      <table
        ref={grid}
        className="table"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA allows grid on table, and its rows are selectable
        role="grid"
        data-screen-keys=""
        aria-label="Findings"
        aria-rowcount={rows.length + 1}
        tabIndex={0}
        {...(selected === null ? {} : { 'aria-activedescendant': rowId(selected) })}
      >
        <colgroup>
          <col className="findings__mark" />
          <col />
          <col className="findings__owner" />
          <col className="findings__node" />
          <col className="findings__area" />
          <col className="findings__first" />
          <col className="findings__count" />
          <col className="findings__sure" />
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <SeverityHead />
            <th scope="col">Finding</th>
            <th scope="col">Owner</th>
            <th scope="col">Node</th>
            <th scope="col">Area</th>
            <th scope="col">First, UTC</th>
            <th scope="col" className="num">
              Count
            </th>
            <th scope="col">Sure</th>
          </tr>
        </thead>
        <tbody>
          <Space height={before} />
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            if (row.kind === 'group') {
              return (
                <tr key={row.key} className="group" aria-rowindex={item.index + 2}>
                  <th scope="rowgroup" colSpan={COLUMNS}>
                    <b>{row.title}</b> {row.detail} <span className="meta">{counted(row.count, 'finding')}</span>
                  </th>
                </tr>
              );
            }
            const { finding } = row;
            const mark = said.get(finding.id);
            return (
              <tr
                key={finding.id}
                id={rowId(finding.id)}
                className={[finding.id === selected ? 'is-selected' : '', mark?.noise === 'yes' ? 'is-noise' : ''].join(
                  ' ',
                )}
                aria-rowindex={item.index + 2}
                aria-selected={finding.id === selected}
                onClick={() => onSelect(finding)}
                onDoubleClick={() => onOpen(finding)}
              >
                <td>
                  <SeverityMark mark={finding.severity} />
                </td>
                <td title={finding.title}>
                  {mark?.pinned === 'yes' ? <span className="chip finding__said">pinned</span> : null}
                  {mark?.noise === 'yes' ? <span className="chip finding__said">noise</span> : null}
                  {mark === undefined || mark.note === '' ? null : (
                    <span className="chip finding__said" title={mark.note}>
                      note
                    </span>
                  )}
                  <AlsoOn finding={finding} prefix={names.prefix} />
                  {finding.title}
                </td>
                <td>{finding.owner}</td>
                <td className="mono" title={names.whole.get(finding.bundle)}>
                  {finding.node === null ? 'not known' : (names.rest.get(finding.bundle) ?? finding.node)}
                </td>
                <td>{finding.area}</td>
                <td>
                  <When iso={finding.first} of={finding.evidence[0]} />
                </td>
                <td className="num">{count(finding.count)}</td>
                <td title={finding.confidence.because}>{finding.confidence.level}</td>
              </tr>
            );
          })}
          <Space height={after} />
        </tbody>
      </table>
    </div>
  );
}
