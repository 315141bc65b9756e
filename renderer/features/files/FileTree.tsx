/** Source files by bundle and folder; one tab stop, arrows as in every tree. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { holdFocus } from '../../components/focus.ts';
import { inScope } from '../../model/derive.ts';
import { instant, shortInstant } from '../../model/format.ts';
import type { Severity, SourceFile } from '../../model/types.ts';
import { SEVERITY_ORDER } from '../../model/types.ts';
import { type FileSpan, fileKey } from '../../stores/files.ts';
import { useFiles, useSession, useStores } from '../../stores/stores.tsx';
import { scaleOf } from './span-bar.ts';
import { describeFile, rowSays, TreeRow } from './TreeRow.tsx';
import { type TreeRow as Row, treeRows } from './tree.ts';

const ROW_PX = 24;
const NO_SPANS: readonly FileSpan[] = [];

/** @returns the worst severity with which findings cite each file. */
function useCited(): ReadonlyMap<string, Severity> {
  const analysis = useSession((state) => state.analysis);
  return useMemo(() => {
    const worst = new Map<string, Severity>();
    if (analysis.state !== 'ready') return worst;
    for (const finding of analysis.value.findings) {
      for (const { bundle, fileId } of finding.evidence) {
        const key = `${bundle} ${fileId}`;
        const before = worst.get(key);
        if (before === undefined || SEVERITY_ORDER.indexOf(finding.severity) < SEVERITY_ORDER.indexOf(before)) {
          worst.set(key, finding.severity);
        }
      }
    }
    return worst;
  }, [analysis]);
}

/** @returns when each file has lines, and the scale that all bars share. */
function useSpans(files: readonly SourceFile[]) {
  const store = useStores().files;
  const spans = useFiles((state) => state.spans);
  const window = useSession((state) => state.window);
  useEffect(() => {
    if (spans.state === 'idle') void store.getState().loadSpans();
  }, [store, spans.state]);
  return useMemo(() => {
    const known = spans.state === 'ready' ? spans.value : new Map<string, readonly FileSpan[]>();
    // A folded copy lies where its original does.
    const of = (file: SourceFile) =>
      known.get(fileKey({ bundle: file.bundle, file: file.path })) ??
      (file.aliasOf === null ? undefined : known.get(fileKey({ bundle: file.bundle, file: file.aliasOf }))) ??
      NO_SPANS;
    const failure = spans.state === 'failed' ? spans.failure : null;
    return { of, scale: scaleOf(files.map(of), window), failure };
  }, [spans, files, window]);
}

export function FileTree({
  files,
  current,
  wide,
  onOpen,
  onEnter,
}: {
  readonly files: readonly SourceFile[];
  readonly current: SourceFile | null;
  readonly wide: 'wide' | 'narrow';
  readonly onOpen: (file: SourceFile, where: 'here' | 'beside') => void;
  /** Puts the focus on the lines of the file that is shown. */
  readonly onEnter: () => void;
}) {
  const store = useStores().files;
  const bundles = useSession((state) => state.openCase?.bundles);
  const hidden = useSession((state) => state.hidden);
  const filter = useFiles((state) => state.filter);
  const order = useFiles((state) => state.order);
  const shut = useFiles((state) => state.shut);
  const scroller = useRef<HTMLDivElement>(null);
  const cited = useCited();
  const shown = useMemo(() => inScope(files, hidden), [files, hidden]);
  const { of, scale, failure } = useSpans(shown);
  const rows = useMemo(
    () =>
      treeRows(
        (bundles ?? []).filter((bundle) => !hidden.has(bundle.id)),
        shown,
        filter,
        shut,
        order,
      ),
    [bundles, shown, hidden, filter, shut, order],
  );

  const currentKey = current === null ? null : `${current.bundle} ${current.id}`;
  const [active, setActive] = useState<string | null>(currentKey);
  useEffect(() => setActive(currentKey), [currentKey]);
  const found = rows.findIndex((row) => row.key === active);
  const at = Math.max(0, found);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    initialOffset: () => store.getState().treeScroll,
    initialRect: { width: 300, height: 600 },
  });
  useEffect(() => {
    if (found >= 0) virtual.scrollToIndex(found, { align: 'auto' });
  }, [found, virtual]);
  // A layout effect: when the others are cleaned up the element has left the page and has no scroll any more.
  useLayoutEffect(() => {
    const element = scroller.current;
    return () => {
      if (element !== null) store.getState().change({ treeScroll: element.scrollTop });
    };
  }, [store]);

  const fold = (row: Row, state: 'open' | 'shut') => {
    if (row.kind !== 'folder') return;
    const next = new Set(shut);
    if (state === 'shut') next.add(row.key);
    else next.delete(row.key);
    store.getState().change({ shut: next });
  };
  const act = (row: Row, where: 'here' | 'beside') => {
    setActive(row.key);
    // Enter once shows the file, once more leads into it.
    if (row.kind === 'file' && where === 'here' && row.key === currentKey && wide === 'narrow') onEnter();
    else if (row.kind === 'file') onOpen(row.file, where);
    else fold(row, row.state === 'open' ? 'shut' : 'open');
  };
  const focus = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row !== undefined) setActive(row.key);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const row = rows[at];
    if (row === undefined) return;
    switch (event.key) {
      case 'ArrowDown':
        focus(at + 1);
        break;
      case 'ArrowUp':
        focus(at - 1);
        break;
      case 'PageDown':
      case 'PageUp': {
        const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1);
        focus(event.key === 'PageDown' ? at + page : at - page);
        break;
      }
      case 'Home':
        focus(0);
        break;
      case 'End':
        focus(rows.length - 1);
        break;
      case 'ArrowRight':
        if (row.kind === 'folder' && row.state === 'shut') fold(row, 'open');
        else focus(at + 1);
        break;
      case 'ArrowLeft':
        if (row.kind === 'folder' && row.state === 'open') fold(row, 'shut');
        else focus(rows.findLastIndex((other, index) => index < at && other.level < row.level));
        break;
      case 'Enter':
        act(row, event.shiftKey ? 'beside' : 'here');
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const ends = scale === null ? null : ([scale.from, scale.to] as const).map((ms) => new Date(ms).toISOString());

  return (
    <>
      {failure === null ? null : (
        <div className="tree__undo" role="alert">
          <span className="grow">Where files lie in time is not known: {failure.message}</span>
          <button type="button" className="btn btn--s" onClick={() => store.getState().forgetSpans()}>
            Try again
          </button>
        </div>
      )}
      <div className="tree__head" aria-hidden="true">
        <span>File</span>
        {wide === 'wide' ? (
          <>
            <span>Role</span>
            <span>Format</span>
            <span className="num">Size</span>
            <span className="num">Lines</span>
            <span>Coverage</span>
            <span>First, UTC</span>
          </>
        ) : (
          <span className="num">{order === 'size' ? 'Size' : 'Lines'}</span>
        )}
        <span
          className="tree__scale"
          title={ends === null ? 'No file has a known time' : ends.map((iso) => `${instant(iso)} UTC`).join(' to ')}
        >
          {wide === 'wide' && ends !== null ? (
            <>
              <span>{shortInstant(ends[0] ?? '')}</span>
              <span>{shortInstant(ends[1] ?? '')}</span>
            </>
          ) : (
            'Time'
          )}
        </span>
      </div>
      <div
        ref={scroller}
        className="tree__rows"
        role="tree"
        aria-label="Source files"
        tabIndex={0}
        {...(rows[at] === undefined ? {} : { 'aria-activedescendant': `tree-${at}` })}
        onKeyDown={onKeyDown}
        onFocus={holdFocus}
      >
        {rows.length === 0 ? <p className="meta tree__none">No file passes this filter.</p> : null}
        <div className="tree__all" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const isCurrent = row.key === currentKey;
            const spans = row.kind === 'file' ? of(row.file) : NO_SPANS;
            const classes = ['tree__row', isCurrent ? 'is-selected' : '', item.index === at ? 'is-active' : ''];
            if (row.kind === 'file' && (row.file.lines === 0 || row.file.aliasOf !== null)) classes.push('is-empty');
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the tree, which has the focus
              <div
                key={row.key}
                id={`tree-${item.index}`}
                className={classes.filter((one) => one !== '').join(' ')}
                role="treeitem"
                tabIndex={-1}
                aria-level={row.level}
                aria-label={rowSays(row, spans)}
                aria-selected={isCurrent}
                {...(row.kind === 'folder' ? { 'aria-expanded': row.state === 'open' } : {})}
                title={row.kind === 'file' ? describeFile(row.file, spans) : row.title}
                style={{ transform: `translateY(${item.start}px)`, paddingLeft: 10 + (row.level - 1) * 12 }}
                onClick={(event) => {
                  const beside =
                    event.shiftKey ||
                    (event.target instanceof Element && event.target.closest('[data-beside]') !== null);
                  act(row, beside ? 'beside' : 'here');
                }}
              >
                <TreeRow
                  row={row}
                  cited={cited.get(row.key)}
                  spans={spans}
                  scale={scale}
                  wide={wide}
                  counts={order === 'size' ? 'size' : 'lines'}
                />
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
