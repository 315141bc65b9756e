import { Bookmark, Copy, FileText, Link } from 'lucide-react';
import type { RefObject } from 'react';
import { FindingLinks } from '../../components/FindingLinks.tsx';
import { Inspector, InspectorBlock } from '../../components/Inspector.tsx';
import { LineNote } from '../../components/LineNote.tsx';
import { When } from '../../components/When.tsx';
import { baseName, count, counted, size } from '../../model/format.ts';
import type { SourceFile } from '../../model/types.ts';
import { marks } from '../../stores/notebook.ts';
import { useNotebook, useSession } from '../../stores/stores.tsx';
import { useLineActions } from './use-line-actions.ts';

const COVERAGE: Readonly<Record<SourceFile['coverage'], string>> = {
  read: 'read whole',
  empty: 'captured, empty',
  truncated: 'cut off or damaged: its end may be wrong, the rest is not known',
  binary: 'not text',
  'not-opened': 'not opened',
};

export function FileInspector({
  file,
  line,
  end,
  note,
}: {
  readonly file: SourceFile;
  readonly line: number | null;
  readonly end: number | null;
  readonly note: RefObject<HTMLTextAreaElement | null>;
}) {
  const actions = useLineActions({ bundle: file.bundle, file: file.path });
  const kept = useNotebook((state) =>
    line === null ? false : state.bookmarks.some((one) => marks(one, { bundle: file.bundle, file: file.path, line })),
  );
  const range = line === null ? null : { line, end: Math.max(line, end ?? line) };
  const analysis = useSession((state) => state.analysis);
  const bundle = useSession((state) => state.openCase?.bundles.find((one) => one.id === file.bundle));
  const citing =
    analysis.state !== 'ready'
      ? []
      : analysis.value.findings.filter((finding) =>
          finding.evidence.some((evidence) => evidence.bundle === file.bundle && evidence.file === file.path),
        );
  const here =
    line === null
      ? []
      : citing.filter((finding) =>
          finding.evidence.some(
            (evidence) =>
              evidence.bundle === file.bundle &&
              evidence.file === file.path &&
              evidence.line <= (end ?? line) &&
              evidence.endLine >= line,
          ),
        );
  return (
    <Inspector
      kind={
        <>
          <FileText className="icon" aria-hidden="true" />
          {line === null ? 'Source file' : end !== null && end > line ? `Lines ${line} to ${end}` : `Line ${line}`}
        </>
      }
      title={baseName(file.path)}
      actions={
        range === null ? null : (
          <>
            <button
              type="button"
              className="btn btn--s"
              title="Copy as evidence (C)"
              onClick={() => void actions.copyQuote(range)}
            >
              <Copy className="icon" aria-hidden="true" />
              Copy as evidence
            </button>
            <button
              type="button"
              className="btn btn--s"
              title="Copy link (L)"
              onClick={() => void actions.copyLink(range)}
            >
              <Link className="icon" aria-hidden="true" />
              Copy link
            </button>
            <button
              type="button"
              className="btn btn--s"
              aria-pressed={kept}
              title="Bookmark (B)"
              onClick={() => void actions.bookmark(range)}
            >
              <Bookmark className="icon" aria-hidden="true" />
              Bookmark
            </button>
          </>
        )
      }
    >
      {line === null ? null : <LineNote target={{ bundle: file.bundle, file: file.path, line }} input={note} />}
      <InspectorBlock title="File">
        <dl className="kv">
          <dt>Path</dt>
          <dd className="mono">{file.path}</dd>
          <dt>Node</dt>
          <dd className={bundle?.node ? 'mono' : 'meta'}>{bundle?.node ?? 'not known'}</dd>
          <dt>Role</dt>
          <dd>
            {file.role}, because {file.roleBecause}
          </dd>
          <dt>Size</dt>
          <dd>
            {counted(file.lines, 'line')}, {size(file.bytes)}, {file.format} format
            {file.encoding === 'utf-8' || file.encoding === 'binary' ? null : `, ${file.encoding} shown as UTF-8`}
          </dd>
          <dt>Span</dt>
          <dd>
            {file.firstTime === null || file.lastTime === null ? (
              'no line carries a known time'
            ) : (
              <>
                <When iso={file.firstTime} length="full" /> to{' '}
                <When iso={file.lastTime} length="full" of={{ bundle: file.bundle, file: file.path }} />
              </>
            )}
          </dd>
          {file.clock.because.length === 0 ? null : (
            <>
              <dt>Times</dt>
              <dd>{file.clock.because.join('; ')}</dd>
            </>
          )}
          <dt>Coverage</dt>
          <dd>{COVERAGE[file.coverage]}</dd>
          <dt>Marked</dt>
          <dd>
            {count(file.errors)} error and {count(file.warnings)} warning lines
          </dd>
          {file.aliasOf === null ? null : (
            <>
              <dt>Same as</dt>
              <dd className="mono">{file.aliasOf}</dd>
            </>
          )}
          <dt>sha256</dt>
          <dd className="mono">{file.sha256}</dd>
        </dl>
      </InspectorBlock>
      {line === null ? null : (
        <InspectorBlock title={end !== null && end > line ? 'These lines are cited by' : 'This line is cited by'}>
          {here.length === 0 ? <p className="meta">No finding.</p> : <FindingLinks findings={here} />}
        </InspectorBlock>
      )}
      <InspectorBlock title="The file is cited by" meta={counted(citing.length, 'finding')}>
        {citing.length === 0 ? <p className="meta">No finding.</p> : <FindingLinks findings={citing} />}
      </InspectorBlock>
    </Inspector>
  );
}
