import { Copy } from 'lucide-react';
import { captured } from '../../components/Captured.tsx';
import { useCopy } from '../../components/copy.ts';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { FindingLinks } from '../../components/FindingLinks.tsx';
import { Inspector, InspectorBlock } from '../../components/Inspector.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { When } from '../../components/When.tsx';
import { chipLabel, quote } from '../../model/evidence.ts';
import type { SearchMatch } from '../../model/types.ts';
import { useSession } from '../../stores/stores.tsx';
import { markRanges } from '../files/FileLine.tsx';
import { excerpt } from './Results.tsx';

const CONTEXT_CHARS = 1_000;

export function MatchInspector({ match }: { readonly match: SearchMatch }) {
  const copy = useCopy();
  const analysis = useSession((state) => state.analysis);
  const target = { bundle: match.bundle, file: match.file, line: match.line, endLine: match.line };
  const first = match.line - match.before.length;
  const before = match.before.map((text, index) => ({ number: first + index, text }));
  const after = match.after.map((text, index) => ({ number: match.line + 1 + index, text }));
  const shown = excerpt(match.text, match.ranges);
  const citing =
    analysis.state !== 'ready'
      ? []
      : analysis.value.findings.filter((finding) =>
          finding.evidence.some(
            (one) =>
              one.bundle === match.bundle &&
              one.file === match.file &&
              one.line <= match.line &&
              one.endLine >= match.line,
          ),
        );
  return (
    <Inspector
      kind={
        <>
          <SeverityMark mark={match.severity ?? 'unknown'} label={null} />
          {match.severity === null ? 'Line, no severity known' : `Line, ${match.severity}`}
        </>
      }
      title={chipLabel(target)}
      actions={
        <>
          <EvidenceChip evidence={target} />
          <button
            type="button"
            className="btn btn--s"
            onClick={() => copy(quote(target, [match.text], match.node), 'the line with its source')}
          >
            <Copy className="icon" aria-hidden="true" />
            Copy as evidence
          </button>
        </>
      }
    >
      <InspectorBlock title="Line">
        <dl className="kv">
          <dt>Instant</dt>
          <dd>{match.time === null ? 'no time in this line' : <When iso={match.time} length="full" />}</dd>
          <dt>Node</dt>
          <dd className={match.node === null ? 'meta' : 'mono'}>{match.node ?? 'not known'}</dd>
          <dt>File</dt>
          <dd className="mono">{match.file}</dd>
        </dl>
      </InspectorBlock>
      <InspectorBlock title="In context">
        <div className="lines lines--match">
          <ol>
            {before.map(({ number, text }) => (
              <li key={number} className="is-context">
                <b>{number}</b>
                <span>{captured(text.slice(0, CONTEXT_CHARS))}</span>
              </li>
            ))}
            <li>
              <b>{match.line}</b>
              <span>
                {shown.cut > 0 ? '… ' : ''}
                {markRanges(shown.text, shown.ranges)}
              </span>
            </li>
            {after.map(({ number, text }) => (
              <li key={number} className="is-context">
                <b>{number}</b>
                <span>{captured(text.slice(0, CONTEXT_CHARS))}</span>
              </li>
            ))}
          </ol>
        </div>
      </InspectorBlock>
      <InspectorBlock title="This line is cited by">
        {citing.length === 0 ? <p className="meta">No finding.</p> : <FindingLinks findings={citing} />}
      </InspectorBlock>
    </Inspector>
  );
}
