/** Source files by bundle and folder; one tab stop, arrows as in every tree. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight, File } from 'lucide-react';
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { holdFocus } from '../../components/focus.ts';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { inScope, type Mark } from '../../model/derive.ts';
import { count, counted, size } from '../../model/format.ts';
import type { Severity, SourceFile } from '../../model/types.ts';
import { SEVERITY_ORDER } from '../../model/types.ts';
import { useScreens, useSession, useStores } from '../../stores/stores.tsx';
import { type TreeRow, treeRows } from './tree.ts';

const ROW_PX = 24;

const COVERAGE: Partial<Readonly<Record<SourceFile['coverage'], { readonly mark: Mark; readonly says: string }>>> = {
  truncated: { mark: 'medium', says: 'Truncated' },
  binary: { mark: 'skipped', says: 'Binary, not shown' },
  'not-opened': { mark: 'unknown', says: 'Not opened' },
};

function describe(file: SourceFile): string {
  return [
    file.path,
    `${file.role}, because ${file.roleBecause}`,
    `${size(file.bytes)}, ${counted(file.lines, 'line')}, ${file.coverage}`,
    ...(file.aliasOf === null ? [] : [`same bytes as ${file.aliasOf}`]),
  ].join('\n');
}

function Row({ row, cited }: { readonly row: TreeRow; readonly cited: Severity | undefined }) {
  if (row.kind === 'folder') {
    const Icon = row.state === 'open' ? ChevronDown : ChevronRight;
    return (
      <>
        <span className={row.level === 1 ? 'tree__name mono' : 'tree__name'}>
          <Icon className="icon" aria-hidden="true" />
          <span className="clip">{row.name}</span>
        </span>
        <span className="tree__role" />
        <span className="num">{row.level === 1 ? counted(row.files, 'file') : count(row.files)}</span>
      </>
    );
  }
  const coverage = COVERAGE[row.file.coverage];
  return (
    <>
      <span className="tree__name">
        <File className="icon" aria-hidden="true" />
        <span className="clip">{row.name}</span>
        {coverage === undefined ? null : <SeverityMark mark={coverage.mark} label={coverage.says} />}
        {cited === undefined ? null : <SeverityMark mark={cited} label={`Cited, ${cited}`} />}
      </span>
      <span className="tree__role clip">{row.file.role === 'other' ? '' : row.file.role}</span>
      <span className="num">{row.file.coverage === 'binary' ? size(row.file.bytes) : count(row.file.lines)}</span>
    </>
  );
}

export function FileTree({
  files,
  current,
  onOpen,
}: {
  readonly files: readonly SourceFile[];
  readonly current: SourceFile | null;
  readonly onOpen: (file: SourceFile) => void;
}) {
  const { screens } = useStores();
  const bundles = useSession((state) => state.openCase?.bundles);
  const hidden = useSession((state) => state.hidden);
  const analysis = useSession((state) => state.analysis);
  const { filter, shut } = useScreens((state) => state.files);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(
    () =>
      treeRows(
        (bundles ?? []).filter((bundle) => !hidden.has(bundle.id)),
        inScope(files, hidden),
        filter,
        shut,
      ),
    [bundles, files, hidden, filter, shut],
  );
  const cited = useMemo(() => {
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

  const currentKey = current === null ? null : `${current.bundle} ${current.id}`;
  const [active, setActive] = useState<string | null>(currentKey);
  useEffect(() => setActive(currentKey), [currentKey]);
  const at = Math.max(
    0,
    rows.findIndex((row) => row.key === active),
  );

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    initialOffset: () => screens.getState().files.treeScroll,
    initialRect: { width: 300, height: 600 },
  });
  const found = rows.findIndex((row) => row.key === active);
  useEffect(() => {
    if (found >= 0) virtual.scrollToIndex(found, { align: 'auto' });
  }, [found, virtual]);
  // A layout effect: when the others are cleaned up the element has left the page and has no scroll any more.
  useLayoutEffect(() => {
    const element = scroller.current;
    return () => {
      if (element !== null) screens.getState().change('files', { treeScroll: element.scrollTop });
    };
  }, [screens]);

  const fold = (row: TreeRow, state: 'open' | 'shut') => {
    if (row.kind !== 'folder') return;
    const next = new Set(shut);
    if (state === 'shut') next.add(row.key);
    else next.delete(row.key);
    screens.getState().change('files', { shut: next });
  };
  const act = (row: TreeRow) => {
    setActive(row.key);
    if (row.kind === 'file') onOpen(row.file);
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
        act(row);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="tree">
      <div className="tree__filter">
        <input
          className="input"
          type="text"
          aria-label="Filter files by name, role or node"
          placeholder="Filter by name, role or node"
          value={filter}
          onChange={(event) => screens.getState().change('files', { filter: event.target.value })}
        />
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
                aria-label={
                  row.kind === 'file' ? `${row.name}, ${row.file.role}, ${counted(row.file.lines, 'line')}` : row.name
                }
                aria-selected={isCurrent}
                {...(row.kind === 'folder' ? { 'aria-expanded': row.state === 'open' } : {})}
                title={row.kind === 'file' ? describe(row.file) : row.title}
                style={{ transform: `translateY(${item.start}px)`, paddingLeft: 10 + (row.level - 1) * 12 }}
                onClick={() => act(row)}
              >
                <Row row={row} cited={cited.get(row.key)} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
