/** What the customer will read. */
import { Download } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { NoAnalysis } from '../../components/NoAnalysis.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { FailureNote, Loading } from '../../components/States.tsx';
import { counted, size } from '../../model/format.ts';
import type { Analysis, Failure, Finding, Loadable, ReportDocument, ReportFormat } from '../../model/types.ts';
import { SEVERITY_ORDER } from '../../model/types.ts';
import { useMarks, useScreens, useSession, useStores } from '../../stores/stores.tsx';
import { Paper } from './Paper.tsx';

const FORMATS: readonly { readonly format: ReportFormat; readonly name: string; readonly says: string }[] = [
  { format: 'html', name: 'HTML', says: 'one file that opens in any browser, offline' },
  { format: 'md', name: 'Markdown', says: 'text for the support case' },
  { format: 'json', name: 'JSON', says: 'the analysis for other tools' },
];

/** Characters of the preview; the exported document is whole. */
const PREVIEW_CHARS = 200_000;

/** @returns the document for these findings; null stands for all of them. */
function useDocument(format: 'md' | 'json', findings: readonly Finding['id'][] | null): Loadable<ReportDocument> {
  const { bridge } = useStores();
  const caseId = useSession((state) => state.openCase?.id);
  const [document, setDocument] = useState<Loadable<ReportDocument>>({ state: 'loading' });
  useEffect(() => {
    if (caseId === undefined) return;
    let current = true;
    // Ticking ten boxes builds one preview.
    const timer = setTimeout(() => {
      void bridge
        .call('report.build', { caseId, format, findings: findings === null ? null : [...findings] })
        .then((answer) => {
          if (current)
            setDocument(
              answer.ok ? { state: 'ready', value: answer.value } : { state: 'failed', failure: answer.failure },
            );
        });
    }, 150);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [bridge, caseId, format, findings]);
  return document;
}

function Outline({
  findings,
  leftOut,
}: {
  readonly findings: readonly Finding[];
  readonly leftOut: ReadonlySet<Finding['id']>;
}) {
  const { screens } = useStores();
  const marks = useMarks((state) => state.marks);
  const pinned = findings.filter(({ id }) => marks.get(id)?.pinned === 'yes').length;
  const set = (next: ReadonlySet<Finding['id']>) => screens.getState().change('report', { leftOut: next, saved: null });
  return (
    <fieldset className="outline">
      <legend className="visually-hidden">Findings in the report</legend>
      <div className="outline__head">
        <h2>Findings</h2>
        <button
          type="button"
          className="link"
          onClick={() => set(leftOut.size === 0 ? new Set(findings.map((one) => one.id)) : new Set())}
        >
          {leftOut.size === 0 ? 'Leave all out' : 'Take all in'}
        </button>
      </div>
      {pinned === 0 ? null : (
        <button
          type="button"
          className="link"
          onClick={() => set(new Set(findings.flatMap(({ id }) => (marks.get(id)?.pinned === 'yes' ? [] : [id]))))}
        >
          Only what is pinned ({pinned})
        </button>
      )}
      {findings.length === 0 ? <p className="meta">No finding in this case.</p> : null}
      {findings.map((finding) => (
        <label key={finding.id} className="outline__row" title={finding.title}>
          <input
            type="checkbox"
            className="check"
            checked={!leftOut.has(finding.id)}
            onChange={() => {
              const next = new Set(leftOut);
              if (!next.delete(finding.id)) next.add(finding.id);
              set(next);
            }}
          />
          <SeverityMark mark={finding.severity} />
          <span className="clip">{finding.title}</span>
        </label>
      ))}
      <h2>Always in it</h2>
      <ul className="outline__always">
        <li>Verdict and its confidence</li>
        <li>Coverage, gaps and what is missing</li>
        <li>What to ask the customer</li>
      </ul>
    </fieldset>
  );
}

function Ready({ analysis }: { readonly analysis: Analysis }) {
  const { bridge, session, screens } = useStores();
  const { format, leftOut, saved } = useScreens((state) => state.report);
  const [busy, setBusy] = useState<'idle' | 'exporting'>('idle');
  const [failure, setFailure] = useState<Failure | null>(null);
  const findings = useMemo(
    () =>
      [...analysis.findings].sort((a, b) => SEVERITY_ORDER.indexOf(a.severity) - SEVERITY_ORDER.indexOf(b.severity)),
    [analysis],
  );
  const chosen = useMemo(
    () => (leftOut.size === 0 ? null : findings.flatMap((finding) => (leftOut.has(finding.id) ? [] : [finding.id]))),
    [findings, leftOut],
  );
  const preview = useDocument(format === 'json' ? 'json' : 'md', chosen);
  const references = findings.reduce(
    (sum, finding) => sum + (leftOut.has(finding.id) ? 0 : finding.evidence.length),
    0,
  );
  const taken = chosen?.length ?? findings.length;

  const exportReport = async () => {
    const caseId = session.getState().openCase?.id;
    if (caseId === undefined) return;
    setBusy('exporting');
    setFailure(null);
    screens.getState().change('report', { saved: null });
    const built = await bridge.call('report.build', { caseId, format, findings: chosen === null ? null : [...chosen] });
    if (built.ok) {
      const { fileName, mediaType, text } = built.value;
      const answer = await bridge.saveDocument(fileName, mediaType, text);
      if (!answer.ok) setFailure(answer.failure);
      else if (answer.value !== null) screens.getState().change('report', { saved: answer.value });
    } else setFailure(built.failure);
    setBusy('idle');
  };

  return (
    <div className="centre centre--fixed">
      <div className="pane-head">
        <h1>Report</h1>
        <span className="meta grow">
          {counted(taken, 'finding')}, {counted(references, 'reference')}
        </span>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of the bar */}
        <span className="toggles" role="group" aria-label="Format">
          {FORMATS.map((one) => (
            <button
              key={one.format}
              type="button"
              aria-pressed={format === one.format}
              title={one.says}
              onClick={() => screens.getState().change('report', { format: one.format, saved: null })}
            >
              {one.name}
            </button>
          ))}
        </span>
        <button
          type="button"
          className="btn btn--s btn--primary"
          disabled={busy === 'exporting'}
          onClick={() => void exportReport()}
        >
          <Download className="icon" aria-hidden="true" />
          {busy === 'exporting' ? 'Exporting' : 'Export'}
        </button>
      </div>
      <div className="report">
        <Outline findings={findings} leftOut={leftOut} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable by key */}
        <section className="report__pane" aria-label="Preview" tabIndex={0}>
          <div className="report__notes">
            {failure === null ? null : <FailureNote failure={failure} onDismiss={() => setFailure(null)} />}
            {saved === null ? null : (
              <div className="note note--good" role="status">
                <SeverityMark mark="pass" label={null} />
                <p>
                  Saved to <span className="mono">{saved}</span>
                </p>
              </div>
            )}
            <div className="note">
              <SeverityMark mark="info" label={null} />
              <p>
                Nothing is replaced: node names, addresses, pod names and log text are in the report as they were
                captured.
                {format === 'html' ? ' The preview shows what the HTML document says, not how it looks.' : ''}
              </p>
            </div>
          </div>
          {preview.state === 'failed' ? <FailureNote failure={preview.failure} /> : null}
          {preview.state === 'loading' ? <Loading what="Building the preview" /> : null}
          {preview.state === 'ready' ? (
            <>
              {format === 'html' ? (
                <Paper markdown={preview.value.text.slice(0, PREVIEW_CHARS)} />
              ) : (
                <pre className="paper">{preview.value.text.slice(0, PREVIEW_CHARS)}</pre>
              )}
              {preview.value.text.length > PREVIEW_CHARS ? (
                <p className="meta report__cut">
                  The preview ends here; the document has {size(preview.value.text.length)}.
                </p>
              ) : null}
            </>
          ) : null}
        </section>
      </div>
    </div>
  );
}

export function ReportScreen() {
  const analysis = useSession((state) => state.analysis);
  if (analysis.state === 'ready') return <Ready analysis={analysis.value} />;
  return <NoAnalysis analysis={analysis} />;
}
