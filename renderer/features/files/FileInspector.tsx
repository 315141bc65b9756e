import { FileText } from 'lucide-react';
import type { ReactNode } from 'react';
import { FindingLinks } from '../../components/FindingLinks.tsx';
import { Inspector, InspectorBlock } from '../../components/Inspector.tsx';
import { When } from '../../components/When.tsx';
import { baseName, count, counted, size } from '../../model/format.ts';
import type { SourceFile } from '../../model/types.ts';
import { useSession } from '../../stores/stores.tsx';

const COVERAGE: Readonly<Record<SourceFile['coverage'], string>> = {
  read: 'read whole',
  empty: 'captured, empty',
  truncated: 'cut off: the rest is not known',
  binary: 'not text, not shown',
  'not-opened': 'not opened',
};

export function FileInspector({
  file,
  line,
  end,
  actions,
}: {
  readonly file: SourceFile;
  readonly line: number | null;
  readonly end: number | null;
  readonly actions: ReactNode;
}) {
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
      actions={actions}
    >
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
                <When iso={file.firstTime} length="full" /> to <When iso={file.lastTime} length="full" />
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
