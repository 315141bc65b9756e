import { ChevronDown, ChevronRight, Columns2, File } from 'lucide-react';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import type { Mark } from '../../model/derive.ts';
import { count, counted, shortInstant, size } from '../../model/format.ts';
import type { Severity, SourceFile } from '../../model/types.ts';
import type { FileSpan } from '../../stores/files.ts';
import { barOf, type Scale, spansSay } from './span-bar.ts';
import type { TreeRow as Row } from './tree.ts';

const COVERAGE: Partial<Readonly<Record<SourceFile['coverage'], { readonly mark: Mark; readonly says: string }>>> = {
  truncated: { mark: 'medium', says: 'Cut off' },
  binary: { mark: 'skipped', says: 'Not text' },
  'not-opened': { mark: 'unknown', says: 'Not opened' },
};

/** @returns all that is known of a file, in words. */
export function describeFile(file: SourceFile, spans: readonly FileSpan[]): string {
  return [
    file.path,
    `${file.role}, because ${file.roleBecause}`,
    `${file.format} format, ${size(file.bytes)}, ${counted(file.lines, 'line')}, ${file.coverage}`,
    ...(file.firstTime === null && spans.length === 0 ? [] : [spansSay(spans)]),
    ...(file.aliasOf === null ? [] : [`same bytes as ${file.aliasOf}`]),
  ].join('\n');
}

/** @returns the name of a row for who hears it. */
export function rowSays(row: Row, spans: readonly FileSpan[]): string {
  if (row.kind === 'folder') return `${row.name}, ${counted(row.files, 'file')}`;
  const { role, format, bytes, lines, coverage, firstTime } = row.file;
  const time = spans.length > 0 ? spansSay(spans) : firstTime === null ? 'no time' : '';
  const parts = [
    row.name,
    role,
    format,
    size(bytes),
    counted(lines, 'line'),
    COVERAGE[coverage]?.says ?? coverage,
    time,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Where in time the file lies; in words it is told by the row. */
function SpanBar({ spans, scale }: { readonly spans: readonly FileSpan[]; readonly scale: Scale | null }) {
  if (scale === null || spans.length === 0) return <span className="span span--none" aria-hidden="true" />;
  const { parts, beyond } = barOf(spans, scale);
  return (
    <span className={`span span--beyond-${beyond}`} aria-hidden="true">
      {parts.map(({ left, width }) => (
        <i key={left} style={{ left: `${left}%`, width: `${width}%` }} />
      ))}
    </span>
  );
}

export function TreeRow({
  row,
  cited,
  spans,
  scale,
  wide,
  counts,
}: {
  readonly row: Row;
  readonly cited: Severity | undefined;
  readonly spans: readonly FileSpan[];
  readonly scale: Scale | null;
  readonly wide: 'wide' | 'narrow';
  /** What the one number of a narrow row is. */
  readonly counts: 'lines' | 'size';
}) {
  if (row.kind === 'folder') {
    const Icon = row.state === 'open' ? ChevronDown : ChevronRight;
    return (
      <>
        <span className={row.level === 1 ? 'tree__name mono' : 'tree__name'}>
          <Icon className="icon" aria-hidden="true" />
          <span className="clip">{row.name}</span>
        </span>
        {wide === 'wide' ? <span /> : null}
        {wide === 'wide' ? <span /> : null}
        {wide === 'wide' ? <span /> : null}
        <span className="num">{counted(row.files, 'file')}</span>
      </>
    );
  }
  const { file } = row;
  const coverage = COVERAGE[file.coverage];
  const name = (
    <span className="tree__name">
      <File className="icon" aria-hidden="true" />
      <span className={row.level === 2 && row.name.includes('/') ? 'clip clip--start' : 'clip'}>
        <bdi>{row.name}</bdi>
      </span>
      {coverage === undefined || wide === 'wide' ? null : <SeverityMark mark={coverage.mark} label={coverage.says} />}
      {cited === undefined ? null : <SeverityMark mark={cited} label={`Cited, ${cited}`} />}
      <span className="tree__beside" data-beside="" title="Open beside (Shift Enter)">
        <Columns2 className="icon" aria-hidden="true" />
      </span>
    </span>
  );
  const lines = file.coverage === 'binary' ? '' : count(file.lines);
  if (wide === 'narrow') {
    return (
      <>
        {name}
        <span className="num">{lines === '' || counts === 'size' ? size(file.bytes) : lines}</span>
        <SpanBar spans={spans} scale={scale} />
      </>
    );
  }
  return (
    <>
      {name}
      <span className="clip">{file.role === 'other' ? '' : file.role}</span>
      <span className="clip">{file.format}</span>
      <span className="num">{size(file.bytes)}</span>
      <span className="num">{lines}</span>
      <span className="tree__coverage">
        {coverage === undefined ? null : <SeverityMark mark={coverage.mark} label={null} />}
        {coverage?.says ?? (file.coverage === 'empty' ? 'Empty' : 'Whole')}
      </span>
      <span className="clip">
        {file.firstTime === null ? <span className="meta">no time</span> : shortInstant(file.firstTime)}
      </span>
      <SpanBar spans={spans} scale={scale} />
    </>
  );
}
